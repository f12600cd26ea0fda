"""QUA-14: numbers without commas, signs of currency, percent signs or units."""

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

NAME, ITEM, VERSION = "numbers_plain", "QUA-14", 1
_GROUPED = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?"
_DIGITS = r"(?:\d+(?:\.\d+)?|\.\d+)"
_UNITS = r"(?:%|usd|dollars?|km|mi|miles?|ft|feet|sq\.? ?ft|m|lbs?|kg|hours?|hrs?|days?|years?|[km])"
_DECORATED = (
    r"^\(?[-+]?(?i:"
    rf"[$€£] ?-?(?:{_GROUPED}|{_DIGITS})(?: ?{_UNITS})?"
    rf"|{_GROUPED}(?: ?{_UNITS})?"
    rf"|{_DIGITS} ?{_UNITS}"
    r")\)?$"
)
_NUMBERS = ("integer", "integer_long", "decimal")
# A column counts as one of numbers when at least half of it is, decorated or not.
_NUMERIC = 0.5


def check(subject: Subject) -> CheckResult:
    """Warns of columns of numbers in which some are decorated."""
    found, bad, seen = [], 0, 0
    for column in subject.table.columns:
        plain = sum(column.forms.get(form, 0) for form in _NUMBERS)
        filled = sum(column.forms.values())
        if column.type in ("integer", "decimal"):
            seen += plain
        if column.type != "text" or not filled:
            continue
        mask = subject.texts(column.name).str.contains(_DECORATED)
        count = int(mask.sum() or 0)
        if not count or (count + plain) / filled < _NUMERIC:
            continue
        seen, bad = seen + count + plain, bad + count
        found.append(_result(column.name, count, filled, mask))
    good = f"All {seen:,} numbers are plain." if seen else "There are no numbers."
    return conclude(NAME, ITEM, good, found, dimension="validity", score=share_good(bad, seen))


def _result(name: str, count: int, of: int, mask: pl.Series) -> ColumnResult:
    return ColumnResult(
        name,
        "warn",
        f"{counted(count, 'number')} in “{name}” {'has' if count == 1 else 'have'} commas, signs or units. "
        "Write the number alone, and the unit into the data dictionary.",
        count=count,
        of=of,
        rows=positions(mask),
    )
