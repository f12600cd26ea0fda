"""Log lines without secrets: who reads an address that carries one could use it."""

from __future__ import annotations

import logging
import re

# Addresses whose last part is a secret: a comment by link, a confirmation, an invitation, a password, a calendar.
_SECRETS = re.compile(
    r"(/comment/|/requests/confirm/|/invitation/[^/\s]+/|/password/new/[^/\s]+/)[\w:.~-]{12,}"
    r"|(/calendar/)[\w-]{12,}(?=\.ics)"
)
# What a URL calls such a part.
SECRET_PARTS = frozenset({"token", "secret"})


def without_secrets(line: str) -> str:
    """The line with every secret of an address left out."""
    return _SECRETS.sub(lambda found: f"{found[1] or found[2]}...", line)


class SecretFilter(logging.Filter):
    """Takes the secrets out of a record before a handler writes it."""

    def filter(self, record: logging.LogRecord) -> bool:
        line = record.getMessage()
        clean = without_secrets(line)
        if clean != line:
            record.msg, record.args = clean, None
        return True
