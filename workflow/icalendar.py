"""A calendar file as RFC 5545 has it: escaped text, lines of at most 75 octets, CRLF, times in UTC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

PRODUCT = "-//Open data publication workflow//Dates//EN"
_LINE = 75


@dataclass(frozen=True)
class CalendarEntry:
    """One date: a day as a whole, or a moment. `uid` stays the same when the date moves."""

    uid: str
    title: str
    at: date | datetime
    url: str


def calendar_text(name: str, entries: Iterable[CalendarEntry], *, now: datetime) -> str:
    """The whole file. Titles and links only: nothing in it says who does what."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    for entry in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{escaped(entry.uid)}",
            f"DTSTAMP:{_utc(now)}",
            *_when(entry.at),
            f"SUMMARY:{escaped(entry.title)}",
            f"URL:{entry.url}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def escaped(text: str) -> str:
    """Text as a value (RFC 5545, 3.3.11); control characters have no place in it."""
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return "".join(char for char in text if char.isprintable())


def folded(line: str) -> str:
    """A line broken after at most 75 octets, never inside a character (RFC 5545, 3.1)."""
    parts: list[str] = []
    part, size = "", 0
    for char in line:
        width = len(char.encode())
        if size + width > _LINE:
            parts.append(part)
            # The space that begins a continuation counts.
            part, size = " ", 1
        part += char
        size += width
    return "\r\n".join([*parts, part])


def _when(at: date | datetime) -> list[str]:
    if isinstance(at, datetime):
        # A moment has no end: one that equals its beginning is not allowed (RFC 5545, 3.6.1 and 3.8.2.2).
        return [f"DTSTART:{_utc(at)}"]
    return [f"DTSTART;VALUE=DATE:{at:%Y%m%d}", f"DTEND;VALUE=DATE:{at + timedelta(days=1):%Y%m%d}"]


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
