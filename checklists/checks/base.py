"""What every check is given and what it answers. Plain Python and polars; answers hold no values of the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from datafiles.table import Table

LEVELS = ("pass", "info", "warn", "error", "open")
_RANK = {"pass": 0, "info": 0, "warn": 1, "error": 2}
_SHOWN_ROWS = 20


@dataclass(frozen=True)
class Subject:
    """A table and what is declared about it.

    `notes` are what the reader noticed, `declared` the data dictionary (name -> description, type, label),
    `source_rows` the count that the source system reports: declared by people or queried, never counted here.
    """

    table: Table
    today: date
    notes: tuple[Mapping[str, str], ...] = ()
    declared: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    source_rows: int | None = None
    accrual_periodicity: str = ""
    data_as_of: date | None = None

    def texts(self, name: str) -> pl.Series:
        """The values of a column as they were read."""
        return self.table.frame.get_column(name)


@dataclass(frozen=True)
class ColumnResult:
    """What a check found in one column ("" for the table as a whole): how much, of how much, and where.

    `rows` are the first positions of data rows, from 1; never values.
    """

    column: str
    level: str
    sentence: str
    count: int = 0
    of: int = 0
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class CheckResult:
    """The answer of one check to one item of the quality checklist.

    `score` between 0 and 1 counts towards `dimension`; None when there was nothing to judge.
    """

    check: str
    item: str
    level: str
    sentence: str
    columns: tuple[ColumnResult, ...] = ()
    dimension: str = ""
    score: float | None = None


def conclude(
    check: str,
    item: str,
    good: str,
    columns: Iterable[ColumnResult] = (),
    *,
    dimension: str = "",
    score: float | None = None,
) -> CheckResult:
    """The worst level of the columns, with `good` as the sentence when nothing is wrong."""
    found = tuple(columns)
    level = max((one.level for one in found), key=lambda name: _RANK[name], default="pass")
    level = "pass" if level == "info" else level
    if not found:
        sentence = good
    elif len(found) == 1:
        sentence = found[0].sentence
    else:
        sentence = f"{len(found)} columns or parts need a look."
    return CheckResult(check, item, level, sentence, found, dimension, score)


def left_open(check: str, item: str, sentence: str, *, dimension: str = "") -> CheckResult:
    """The check cannot answer without something that only people can bring."""
    return CheckResult(check, item, "open", sentence, (), dimension, None)


def merge(column: str, parts: list[ColumnResult]) -> list[ColumnResult]:
    """One result per column out of several remarks about it."""
    if len(parts) < 2:
        return parts
    worst = max(parts, key=lambda part: _RANK[part.level])
    rows = sorted({row for part in parts for row in part.rows})[:_SHOWN_ROWS]
    sentence = " ".join(part.sentence for part in parts)
    return [
        ColumnResult(
            column, worst.level, sentence, sum(p.count for p in parts), max(p.of for p in parts), tuple(rows)
        )
    ]


def positions(mask: pl.Series) -> tuple[int, ...]:
    """The first rows, from 1, where a mask holds."""
    return tuple(int(row) + 1 for row in mask.fill_null(value=False).arg_true().head(_SHOWN_ROWS))


def counted(number: int, noun: str, plural: str = "") -> str:
    """ "1 row", "1,204 rows"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def percent(share: float) -> str:
    """ "34 %", and never 100 % of what is not whole."""
    if 0 < share < 0.01:
        return "under 1 %"
    return f"{99 if 0.99 < share < 1 else round(share * 100)} %"


def share_good(bad: int, of: int) -> float | None:
    """1 - bad/of, None when there was nothing to look at."""
    return round(1 - bad / of, 4) if of else None
