"""The eleven legal public holidays of the United States (5 U.S.C. 6103), on the days they are observed.

A holiday that falls on a Saturday is observed on the Friday before, one on a Sunday on the Monday after.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

MONDAY, THURSDAY = 0, 3
# Juneteenth is a holiday since then (Public Law 117-17).
_JUNETEENTH_SINCE = 2021


def _nth(weekday: int, n: int, month: int) -> Callable[[int], date]:
    """The nth such weekday of a month."""

    def day(year: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))

    return day


def _on(month: int, number: int) -> Callable[[int], date]:
    return lambda year: date(year, month, number)


def _last_monday_of_may(year: int) -> date:
    last = date(year, 5, 31)
    return last - timedelta(days=(last.weekday() - MONDAY) % 7)


RULES: dict[str, Callable[[int], date]] = {
    "New Year's Day": _on(1, 1),
    "Birthday of Martin Luther King, Jr.": _nth(MONDAY, 3, 1),
    "Washington's Birthday": _nth(MONDAY, 3, 2),
    "Memorial Day": _last_monday_of_may,
    "Juneteenth": _on(6, 19),
    "Independence Day": _on(7, 4),
    "Labor Day": _nth(MONDAY, 1, 9),
    "Columbus Day": _nth(MONDAY, 2, 10),
    "Veterans Day": _on(11, 11),
    "Thanksgiving Day": _nth(THURSDAY, 4, 11),
    "Christmas Day": _on(12, 25),
}


def observed(day: date) -> date:
    """The day on which a holiday that falls on `day` is observed."""
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))


@lru_cache(maxsize=64)
def holidays_in(year: int) -> dict[date, str]:
    """The days of `year` on which a holiday is observed, each with its name.

    A New Year's Day on a Saturday is observed on the last day of the year before.
    """
    found = {
        observed(rule(of)): name
        for of in (year, year + 1)
        for name, rule in RULES.items()
        if name != "Juneteenth" or of >= _JUNETEENTH_SINCE
    }
    return {day: name for day, name in sorted(found.items()) if day.year == year}
