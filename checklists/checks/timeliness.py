"""QUA-20: the newest date against the promised frequency.

The answer says within which period the newest date lies, never the date: a column of dates may be about people,
and checks run before the privacy scan has cleared it.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from checklists.checks.base import CheckResult, ColumnResult, Subject, conclude, left_open
from datafiles import inference

NAME, ITEM, VERSION = "timeliness", "QUA-20", 2
_PERIODS = {
    # Dates are whole days: what is promised more often is looked at by the day.
    "continuous": 1,
    "hourly": 1,
    "daily": 1,
    "weekdays": 1,
    "weekly": 7,
    "biweekly": 14,
    "monthly": 31,
    "bimonthly": 62,
    "quarterly": 92,
    "biannually": 183,
    "annually": 366,
}
_SATURDAY = 5
_NO_PROMISE = ("not_updated", "as_needed")


def check(subject: Subject) -> CheckResult:
    """Warns when the data is older than one period; the score falls by half for each period (Toronto)."""
    if subject.accrual_periodicity in _NO_PROMISE:
        return conclude(
            NAME,
            ITEM,
            "No regular update is promised, so the data cannot be late.",
            dimension="timeliness",
            score=1.0,
        )
    period = _PERIODS.get(subject.accrual_periodicity)
    newest = subject.data_as_of or _newest(subject)
    if period is None or newest is None:
        return left_open(
            NAME,
            ITEM,
            "How fresh the data is cannot be told: " + _missing(subject, period),
            dimension="timeliness",
        )
    days = _days(newest, subject.today, subject.accrual_periodicity)
    score = round(max(0.0, 1 - (days // period) / 2), 4)
    one = "weekday" if subject.accrual_periodicity == "weekdays" else "day"
    many = f"{2 * period} {one}s"
    one = one if period == 1 else f"{period} days"
    found = []
    if days > period:
        how_late = f"more than {many}" if days > 2 * period else f"more than {one}"
        found.append(
            ColumnResult(
                "",
                "warn",
                f"The newest date lies {how_late} back; an update is promised every {one}. Export newer data, or "
                "change the frequency on the inventory record.",
            )
        )
    good = f"The newest date lies within the last {one}, and an update is promised every {one}."
    return conclude(NAME, ITEM, good, found, dimension="timeliness", score=score)


def _missing(subject: Subject, period: int | None) -> str:
    """What to do where nothing can be compared."""
    if period is not None:
        return "no column holds dates. Say on the inventory record until when the data goes."
    if subject.accrual_periodicity == "other":
        return "the inventory record names no schedule that could be counted. Compare it yourself."
    return "the inventory record does not say how often it is updated. Choose a frequency there."


def _days(newest: date, today: date, frequency: str) -> int:
    """Days since then; of what is updated on weekdays, only those count."""
    days = max(0, (today - newest).days)
    if frequency != "weekdays":
        return days
    weeks, rest = divmod(days, 7)
    return weeks * 5 + sum((newest + timedelta(days=day)).weekday() < _SATURDAY for day in range(1, rest + 1))


def _newest(subject: Subject) -> date | None:
    """The latest day in any column of dates that is not in the future."""
    newest = None
    for column in subject.table.columns:
        if column.type not in ("date", "datetime"):
            continue
        days = (
            subject.table.frame.lazy()
            .select(inference.cast(column.form, pl.col(column.name)).cast(pl.Date).alias("v"))
            .filter(pl.col("v") <= subject.today)
            .select(pl.col("v").max())
            .collect()
            .item()
        )
        newest = max(filter(None, (newest, days)), default=None)
    return newest
