"""How long a portal or a source asks us to wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from publishing.waits import retry_after


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *[(None, None), ("", None), ("soon", None), ("nan", None)],
        *[("7", 7.0), ("-1", 0.0), ("99999", 900.0), ("inf", 900.0)],
        ("Sat, 01 Jan 2000 00:00:00 GMT", 0.0),
    ],
)
def test_the_header_is_read_with_bounds(text: str | None, seconds: float | None) -> None:
    assert retry_after(text, longest=900) == seconds


def test_a_date_is_read_as_the_seconds_until_then() -> None:
    then = datetime.now(UTC) + timedelta(hours=2)
    wait = retry_after(format_datetime(then, usegmt=True), longest=24 * 3600)
    assert wait is not None and 7100 < wait <= 7200
