"""Log lines without secrets and without cells of a file: who reads the log may read neither."""

from __future__ import annotations

import logging
import re
from types import TracebackType

from work.faults import is_near_cells, told_without_values

# Addresses whose last part is a secret: a comment by link, a confirmation, an invitation, a password, a calendar.
_SECRETS = re.compile(
    r"(/comment/|/requests/confirm/|/invitation/[^/\s]+/|/password/new/[^/\s]+/)[\w:.~-]{12,}"
    r"|(/calendar/)[\w-]{12,}(?=\.ics)"
)
_ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
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


class DiscreetFormatter(logging.Formatter):
    """Writes an error that arose over a file without its message, which may quote a cell."""

    def formatException(self, ei: _ExceptionInfo) -> str:
        error = ei[1]
        if error is not None and is_near_cells(error):
            return told_without_values(error)
        return super().formatException(ei)
