"""QUA-13: dates written year first."""

from __future__ import annotations

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

NAME, ITEM, VERSION = "dates_iso", "QUA-13", 1
_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
# Whole values that are plainly a day, in an order that readers must guess.
_OTHER = (
    r"^(?i:"
    r"\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})(?: .*)?"
    r"|\d{1,2}[.-]\d{1,2}[.-](?:\d{4}|\d{2})"
    rf"|{_MONTHS} \d{{1,2}},? \d{{4}}"
    rf"|\d{{1,2}}[ -]{_MONTHS}[ -]\d{{2,4}}"
    r")$"
)
_ISO = ("date_iso", "datetime_iso", "datetime_zoned")
_US = ("date_us", "datetime_us")


def check(subject: Subject) -> CheckResult:
    """Warns of columns whose dates put month or day first, or spell the month."""
    found, bad, seen = [], 0, 0
    for column in subject.table.columns:
        if column.type not in ("text", "date", "datetime"):
            continue
        iso = sum(column.forms.get(form, 0) for form in _ISO)
        seen += iso
        if column.type != "text" and not any(column.forms.get(form) for form in _US):
            continue
        other = subject.texts(column.name).str.contains(_OTHER)
        count = int(other.sum() or 0)
        seen, bad = seen + count, bad + count
        if count:
            found.append(_result(column.name, count, count + iso, other))
    good = f"All {seen:,} dates are written year first." if seen else "There are no dates."
    return conclude(NAME, ITEM, good, found, dimension="validity", score=share_good(bad, seen))


def _result(name: str, count: int, of: int, mask: pl.Series) -> ColumnResult:
    return ColumnResult(
        name,
        "warn",
        f"{counted(count, 'date')} in “{name}” {'is' if count == 1 else 'are'} not written year first. "
        "Write them like 2026-03-31.",
        count=count,
        of=of,
        rows=positions(mask),
    )
