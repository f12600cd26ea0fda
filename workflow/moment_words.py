"""A moment as people of a program read it, and in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from django.utils.formats import date_format


@dataclass(frozen=True)
class MomentWords:
    """The same moment twice: with the letters of the time zone of the program, and in UTC."""

    local: str
    utc: str

    def __str__(self) -> str:
        return self.local


def moment_words(moment: datetime, zone: tzinfo) -> MomentWords:
    """As "Tue 3 Nov 2026, 9:00 PST" and "3 Nov 2026, 17:00 UTC"."""
    local, utc = moment.astimezone(zone), moment.astimezone(UTC)
    return MomentWords(
        f"{date_format(local, 'D j M Y, H:i')} {local.tzname()}", f"{date_format(utc, 'j M Y, H:i')} UTC"
    )
