"""Makers of rows for tests, by app. They go through the services, so that what they make could exist."""
