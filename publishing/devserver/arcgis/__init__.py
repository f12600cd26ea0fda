"""A stand-in for ArcGIS Online: items, hosted layers and their sharing, and pages for people.

As the real one it answers errors with status 200 and the code in the body, 498 for a token that ended and 499
for none, keeps numbers as doubles and dates as milliseconds, and shows nothing of a private item.
"""
