"""How long a server asks us to wait before the next request: a portal, or a source."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isnan


def retry_after(text: str | None, *, longest: float) -> float | None:
    """Seconds from a Retry-After header (RFC 9110, 10.2.3), a number or a date, between 0 and `longest`.

    None when there is none that can be read.
    """
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
        except (TypeError, ValueError):
            return None
    return None if isnan(seconds) else max(0.0, min(seconds, longest))
