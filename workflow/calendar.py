"""Business days: Monday to Friday. Holidays come with the programs' own calendars."""

from __future__ import annotations

from datetime import date, datetime, timedelta


def business_days_after(start: datetime, days: int) -> datetime:
    """The moment `days` business days after `start`, at the same time of day."""
    moment = start
    while days > 0:
        moment += timedelta(days=1)
        if moment.weekday() < 5:
            days -= 1
    return moment


def business_days_between(start: date, end: date) -> int:
    """Business days from `start` to `end`; negative when `end` is before `start`."""
    if end < start:
        return -business_days_between(end, start)
    days = (end - start).days
    weeks, rest = divmod(days, 7)
    return weeks * 5 + sum((start + timedelta(days=weeks * 7 + i + 1)).weekday() < 5 for i in range(rest))
