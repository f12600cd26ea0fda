"""Business days: weekends, holidays on the day they are observed, time zones, and the arithmetic itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.profiles import Clock
from workflow.calendar import (
    BusinessCalendar,
    business_days_between,
    calendar_of,
    due_for,
)
from workflow.federal_holidays import holidays_in

FEDERAL = BusinessCalendar(zone="America/New_York", federal=True)
DAYS = st.dates(date(2021, 1, 1), date(2040, 12, 31))
COUNTS = st.integers(0, 60)
MOMENTS = st.integers(1_600_000_000, 2_200_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))
CALENDARS = st.builds(
    BusinessCalendar,
    zone=st.just("America/New_York"),
    federal=st.booleans(),
    extra=st.frozensets(DAYS, max_size=5),
)


class AProgram:
    """As much of a profile as the calendar reads."""

    timezone = "America/New_York"
    clock = Clock()
    deadlines = {"PRIVACY": 10, "CDO_REVIEW": 5}


PROGRAM: Any = AProgram()


@pytest.mark.parametrize(
    ("year", "days"),
    [
        # As the Office of Personnel Management publishes them.
        (2026, "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25"),
        (2027, "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31"),
        (2028, "01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25"),
    ],
)
def test_federal_holidays_stand_on_the_days_they_are_observed(year: int, days: str) -> None:
    assert [f"{day:%m-%d}" for day in holidays_in(year)] == days.split()


def test_juneteenth_was_no_holiday_before_2021() -> None:
    assert date(2020, 6, 19) not in holidays_in(2020)
    assert date(2021, 6, 18) in holidays_in(2021)


def test_a_deadline_steps_over_the_weekend_and_thanksgiving() -> None:
    friday = datetime(2026, 11, 20, 15, 30, tzinfo=ZoneInfo("America/New_York"))
    due = due_for("CDO_REVIEW", PROGRAM, friday)
    assert due is not None
    assert due.isoformat() == "2026-11-30T17:00:00-05:00"


@pytest.mark.parametrize(
    ("start", "due"),
    [
        # Daylight saving time begins on Sun 8 March and ends on Sun 1 November 2026.
        ("2026-03-02T16:00:00-05:00", "2026-03-16T17:00:00-04:00"),
        ("2026-10-26T16:00:00-04:00", "2026-11-09T17:00:00-05:00"),
    ],
)
def test_a_deadline_ends_at_17_00_local_time_on_both_sides_of_a_clock_change(start: str, due: str) -> None:
    found = due_for("PRIVACY", PROGRAM, datetime.fromisoformat(start))
    assert found is not None
    assert found.isoformat() == due


def test_the_day_is_that_of_the_program_not_that_of_greenwich() -> None:
    late_on_monday = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
    assert FEDERAL.local_day(late_on_monday) == date(2026, 11, 2)
    assert FEDERAL.local_day(FEDERAL.due_after(late_on_monday, 1)) == date(2026, 11, 3)


def test_a_stage_without_a_deadline_has_no_due_date() -> None:
    assert due_for("STAGED", PROGRAM, datetime(2026, 11, 2, tzinfo=UTC)) is None


def test_a_program_may_count_its_own_days_off_and_no_federal_ones() -> None:
    program: Any = AProgram()
    program.clock = replace(Clock(), calendar="none", holidays=("2026-11-27",))
    calendar = calendar_of(program)
    assert calendar.is_business_day(date(2026, 11, 26))
    assert not calendar.is_business_day(date(2026, 11, 27))


def test_where_no_program_is_known_weekdays_are_counted() -> None:
    assert business_days_between(date(2026, 11, 20), date(2026, 11, 27)) == 5


@given(CALENDARS, DAYS, COUNTS)
def test_adding_days_and_counting_them_are_inverse(calendar: BusinessCalendar, day: date, n: int) -> None:
    later = calendar.add(day, n)
    assert calendar.between(day, later) == n
    assert n == 0 or calendar.is_business_day(later)
    assert calendar.between(later, day) == -n


@given(CALENDARS, DAYS, COUNTS)
def test_subtracting_undoes_adding_from_a_business_day(calendar: BusinessCalendar, day: date, n: int) -> None:
    start = calendar.add(day, 1)
    assert calendar.add(calendar.add(start, n), -n) == start


@given(CALENDARS, DAYS, DAYS, COUNTS, COUNTS)
def test_a_later_start_or_more_days_are_never_due_earlier(
    calendar: BusinessCalendar, one: date, other: date, few: int, more: int
) -> None:
    first, second = sorted((one, other))
    fewer, most = sorted((few, more))
    assert calendar.add(first, fewer) <= calendar.add(second, fewer)
    assert calendar.add(first, fewer) <= calendar.add(first, most)


@given(CALENDARS, DAYS, st.integers(0, 900))
def test_counting_agrees_with_looking_at_every_day(
    calendar: BusinessCalendar, day: date, length: int
) -> None:
    end = day + timedelta(days=length)
    seen = sum(calendar.is_business_day(day + timedelta(days=i + 1)) for i in range(length))
    assert calendar.between(day, end) == seen


@given(CALENDARS, MOMENTS, COUNTS)
def test_a_due_date_is_five_in_the_afternoon_and_never_before_the_start(
    calendar: BusinessCalendar, start: datetime, n: int
) -> None:
    due = calendar.due_after(start, n + 1)
    assert (due.hour, due.minute) == (17, 0)
    assert due > start
