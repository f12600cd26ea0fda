"""A stand-in for a CKAN portal: the Action API (version 3) with its DataStore, and pages for people.

As the real one it takes a wrong token for no token, answers 403 for what is private and 409 for what is not
valid (quoting the value), keeps numbers with every digit, and does each call of the DataStore whole or not.
"""
