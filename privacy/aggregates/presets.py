"""What the columns of a table of counts probably are, by name, type and what the scan says of them.

A suggestion for the form; somebody confirms each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from privacy.evidence import header_tokens

DIMENSION, COUNT, DENOMINATOR, STATISTIC = "dimension", "count", "denominator", "statistic"
_NUMBERS = ("integer", "decimal")
# Numbers that say where, when or of what kind a cell is.
_PLACES_AND_TIMES = {
    *(
        "year",
        "yr",
        "fy",
        "month",
        "quarter",
        "qtr",
        "week",
        "day",
        "hour",
        "date",
        "period",
        "season",
        "decade",
    ),
    *(
        "zip",
        "zcta",
        "fips",
        "geoid",
        "tract",
        "block",
        "county",
        "city",
        "district",
        "ward",
        "precinct",
        "beat",
    ),
    *("area", "region", "zone", "station", "route", "site", "code", "id", "key", "type", "category", "class"),
    *("group", "level", "grade", "stage", "band", "age", "sex", "gender", "race", "ethnicity", "rank"),
}
_OUT_OF = {
    *("population", "pop", "denominator", "residents", "inhabitants", "enrolled", "enrollment", "enrolment"),
    *("members", "membership", "eligible", "registered"),
}
_FIGURES = {
    *(
        "rate",
        "rates",
        "percent",
        "pct",
        "percentage",
        "share",
        "ratio",
        "proportion",
        "average",
        "avg",
        "mean",
    ),
    *(
        "median",
        "index",
        "score",
        "estimate",
        "amount",
        "cost",
        "costs",
        "dollars",
        "usd",
        "revenue",
        "price",
    ),
    *(
        "budget",
        "spending",
        "income",
        "hours",
        "minutes",
        "lower",
        "upper",
        "ci",
        "stddev",
        "variance",
        "per",
    ),
}
_COUNTS = {"count", "counts", "cnt", "n", "num", "tally", "total", "totals", "subtotal", "cases", "events"}
_TOTALS = {"total", "totals", "all", "overall", "sum", "subtotal", "both"}
_PEOPLE_OF_A_ROW = ("direct", "quasi", "key")


@dataclass(frozen=True, slots=True)
class TableColumn:
    """What is known of a column: its name and type, and the group in which the scan put it ("" if it saw none)."""

    name: str
    type: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Preset:
    """What a column probably is; `is_total` where its name says that it sums up other counts."""

    role: str
    is_total: bool = False


def presets_of(columns: Iterable[TableColumn]) -> dict[str, Preset]:
    """By name. The first column that counts everybody is the denominator; another one is a figure."""
    found: dict[str, Preset] = {}
    has_denominator = False
    for column in columns:
        role = _role(column)
        if role == DENOMINATOR and has_denominator:
            role = STATISTIC
        has_denominator = has_denominator or role == DENOMINATOR
        tokens = header_tokens(column.name)
        found[column.name] = Preset(role, is_total=role == COUNT and bool(_TOTALS & set(tokens)))
    return found


def _role(column: TableColumn) -> str:
    """Texts and dates break a table down; of numbers the name tells, and a number without a telling name counts."""
    words = header_tokens(column.name)
    known = set(words)
    if column.type and column.type not in _NUMBERS:
        return DIMENSION
    if known & _FIGURES:
        return STATISTIC
    if known & _OUT_OF:
        return DENOMINATOR
    if words[:2] in (("number", "of"), ("no", "of"), ("num", "of")) or known & _COUNTS:
        return COUNT
    if words[:2] == ("sum", "of") or column.type == "decimal":
        return STATISTIC
    if known & _PLACES_AND_TIMES or column.group in _PEOPLE_OF_A_ROW:
        return DIMENSION
    return COUNT if column.type == "integer" else DIMENSION
