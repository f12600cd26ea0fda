"""Real servers for the tests: PostgreSQL, Redis, a worker, the stand-in portal, SMTP, a browser.

Nothing here is mocked and nothing is skipped: what a machine lacks stops the run with the exact command
that installs it (`Missing`).
"""


class Missing(RuntimeError):
    """Something the tests need is not on this machine. The message says what to type."""
