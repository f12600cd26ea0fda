"""QUA-07: dates that can be true."""

from __future__ import annotations

from datetime import date

import polars as pl

from checklists.checks.base import (
    CheckResult,
    ColumnResult,
    Subject,
    conclude,
    counted,
    positions,
    share_good,
)
from datafiles import inference

NAME, ITEM, VERSION = "valid_ranges", "QUA-07b", 1
_EARLIEST = date(1900, 1, 1)
_YEARS_AHEAD = 100


def check(subject: Subject) -> CheckResult:
    """An error for dates before 1900 or more than a century ahead: placeholders and slips of the keyboard."""
    latest = date(subject.today.year + _YEARS_AHEAD, 12, 31)
    found, bad, seen = [], 0, 0
    for column in subject.table.columns:
        if column.type not in ("date", "datetime"):
            continue
        cast = inference.cast(column.form, pl.col(column.name)).cast(pl.Date)
        days = subject.table.frame.select(cast).to_series()
        early, late = days < _EARLIEST, days > latest
        count = int((early | late).sum() or 0)
        seen, bad = seen + len(days) - days.null_count(), bad + count
        if count:
            found.append(
                ColumnResult(
                    column.name,
                    "error",
                    _sentence(column.name, int(early.sum() or 0), int(late.sum() or 0), latest.year),
                    count=count,
                    of=len(days) - days.null_count(),
                    rows=positions(early | late),
                )
            )
    good = f"All {seen:,} dates are possible ones." if seen else "There are no dates."
    return conclude(NAME, ITEM, good, found, dimension="validity", score=share_good(bad, seen))


def _sentence(name: str, early: int, late: int, year: int) -> str:
    parts = []
    if early:
        parts.append(f"{counted(early, 'date')} in “{name}” {'is' if early == 1 else 'are'} before 1900.")
    if late:
        parts.append(f"{counted(late, 'date')} in “{name}” {'is' if late == 1 else 'are'} after {year}.")
    return " ".join(parts) + " Correct them, leave the cells empty, or have the error waived with a reason."
