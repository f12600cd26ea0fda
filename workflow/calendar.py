"""Business days: Monday to Friday without the holidays of the program, in the program's time zone.

A deadline of n business days ends at 17:00 local time on the nth business day after the day it began; the day
it began never counts. Days are counted as dates, so a change to or from daylight saving time moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from accounts.profiles import Profile
from workflow.federal_holidays import holidays_in

END_OF_DAY = time(17, 0)


@dataclass(frozen=True)
class BusinessCalendar:
    """Which days count. `extra` are days off that a program adds to the federal ones, or has instead."""

    zone: str = "UTC"
    federal: bool = False
    extra: frozenset[date] = frozenset()

    def is_business_day(self, day: date) -> bool:
        return day.weekday() < 5 and not self._is_holiday(day)

    def add(self, day: date, days: int) -> date:
        """The business day `days` after `day`, or before it when `days` is negative; `day` itself for 0."""
        step = timedelta(days=1 if days > 0 else -1)
        left = abs(days)
        while left:
            day += step
            left -= self.is_business_day(day)
        return day

    def between(self, start: date, end: date) -> int:
        """Business days after `start` up to and including `end`; negative when `end` is before `start`."""
        if end < start:
            return -self.between(end, start)
        weeks, rest = divmod((end - start).days, 7)
        weekdays = weeks * 5 + sum((start + timedelta(days=i + 1)).weekday() < 5 for i in range(rest))
        return weekdays - sum(
            start < day <= end and day.weekday() < 5 for day in self._holidays(start.year, end.year)
        )

    def days_off(self, start: date, end: date) -> list[date]:
        """The weekdays after `start` up to and including `end` that are no business days."""
        found = self._holidays(start.year, end.year) if start <= end else set()
        return sorted(day for day in found if start < day <= end and day.weekday() < 5)

    def local_day(self, moment: datetime) -> date:
        """The day it is at `moment` where the program is."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def end_of(self, day: date) -> datetime:
        """When a deadline on `day` ends: 17:00 where the program is."""
        return datetime.combine(day, END_OF_DAY, tzinfo=ZoneInfo(self.zone))

    def due_after(self, start: datetime, days: int) -> datetime:
        """When `days` business days after `start` have ended."""
        return self.end_of(self.add(self.local_day(start), days))

    def moved(self, due: datetime, days: int) -> datetime:
        """A due date, `days` business days later."""
        return self.end_of(self.add(self.local_day(due), days)) if days > 0 else due

    def _is_holiday(self, day: date) -> bool:
        return day in self.extra or (self.federal and day in holidays_in(day.year))

    def _holidays(self, first: int, last: int) -> set[date]:
        federal = (
            {day for year in range(first, last + 1) for day in holidays_in(year)} if self.federal else set()
        )
        return federal | self.extra


WEEKDAYS = BusinessCalendar()


def calendar_of(profile: Profile) -> BusinessCalendar:
    """The business calendar of a program, as its profile has it."""
    return _calendar(profile.timezone, profile.clock.calendar, tuple(profile.clock.holidays))


def due_for(stage: str, profile: Profile, now: datetime) -> datetime | None:
    """When a release that enters `stage` at `now` is due there; None where the program sets no deadline."""
    days = profile.deadlines.get(stage)
    return calendar_of(profile).due_after(now, days) if days else None


@lru_cache(maxsize=64)
def _calendar(zone: str, name: str, holidays: tuple[str, ...]) -> BusinessCalendar:
    return BusinessCalendar(
        zone=zone,
        federal=name == "us_federal",
        extra=frozenset(date.fromisoformat(day) for day in holidays),
    )


def business_days_between(start: date, end: date) -> int:
    """Weekdays from `start` to `end`, where no program is known; negative when `end` is before `start`."""
    return WEEKDAYS.between(start, end)
