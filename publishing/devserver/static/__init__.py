"""The web server in front of a static catalogue: shows the files of one folder, and nothing beside it."""
