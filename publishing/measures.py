"""What is counted of a table in the common notation, the same whether it comes from us or from a portal.

Measures add up over pages in any order: the number of rows, the sum of their hashes, and of each column how many
cells are filled, the lowest and highest number or date, and a checksum of its values. The last lives in memory
only: it tells which columns differ, and it is another one in every process.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

import polars as pl

from datafiles.fingerprint import RowSum
from publishing.encode import canonical_rows
from publishing.records import CALENDAR_DATE, NUMBER, PortalColumn, PortalRecord

_SEED = secrets.randbits(63)
_WORD = 1 << 64
# Each row that is hashed is an object of Python for a moment: not too many of them at once.
_ROWS_AT_ONCE = 10_000


@dataclass
class ColumnMeasure:
    """Counts of one column."""

    filled: int = 0
    lowest: float | str | None = None
    highest: float | str | None = None
    checksum: int = 0

    def words(self) -> str:
        """ "1,200 filled, from 10 to 9000.5"."""
        if self.lowest is None or self.highest is None:
            return f"{self.filled:,} filled"
        return f"{self.filled:,} filled, from {_short(self.lowest)} to {_short(self.highest)}"

    def add(
        self, filled: int, lowest: float | str | None, highest: float | str | None, checksum: int
    ) -> None:
        self.filled += filled
        self.checksum = (self.checksum + checksum) % _WORD
        if lowest is not None and highest is not None:
            self.lowest = lowest if self.lowest is None else min(self.lowest, lowest)  # type: ignore[type-var]
            self.highest = highest if self.highest is None else max(self.highest, highest)  # type: ignore[type-var]


@dataclass
class Measures:
    """Counts of a table; begin with the record and add its pages."""

    record: PortalRecord
    columns: dict[str, ColumnMeasure] = field(default_factory=dict)
    _sum: RowSum = field(default_factory=RowSum)

    def __post_init__(self) -> None:
        self.columns = {name: ColumnMeasure() for name in self.record.fields}

    @property
    def rows(self) -> int:
        return self._sum.count

    @property
    def fingerprint(self) -> str:
        return self._sum.text()

    def add(self, frame: pl.DataFrame) -> None:
        """Count a page in the common notation, with every column of the record."""
        self._count(frame)
        self._sum = self._sum.plus(_hashed(frame))

    def _count(self, frame: pl.DataFrame) -> None:
        if not frame.height:
            return
        asked = [told.alias(f"{n}.{m}") for n, c in enumerate(self.record.columns) for m, told in _asked(c)]
        found = frame.select(asked).row(0, named=True)
        for number, column in enumerate(self.record.columns):
            told = [found.get(f"{number}.{what}") for what in ("filled", "low", "high", "sum")]
            self.columns[column.field_name].add(*told)  # type: ignore[arg-type]

    def differing(self, other: Measures) -> list[PortalColumn]:
        """The columns that are not the same in both, judged by their own values alone."""
        return [
            column
            for column in self.record.columns
            if self.columns[column.field_name] != other.columns[column.field_name]
        ]


class SideBySide:
    """Our rows and the portal's, page beside page. Rows of a page that is the same in both are hashed once.

    `known` are ours where they were measured before: then a page that is the same is not hashed at all.
    """

    def __init__(self, record: PortalRecord, known: Measures | None = None) -> None:
        self.expected = known or Measures(record)
        self._known = known is not None
        self._found = Measures(record)
        # Of the pages that are not the same.
        self._ours, self._theirs = RowSum(), RowSum()

    def add(self, ours: pl.DataFrame, theirs: pl.DataFrame) -> None:
        """The next page of each; either may hold fewer rows, or none."""
        same = theirs.equals(ours)
        self._found._count(theirs)
        hashed = RowSum() if same and self._known else _hashed(ours)
        if not self._known:
            self.expected._count(ours)
            self.expected._sum = self.expected._sum.plus(hashed)
        if not same:
            self._ours = self._ours.plus(hashed)
            self._theirs = self._theirs.plus(_hashed(theirs))

    @property
    def found(self) -> Measures:
        """What the portal holds, once every row of ours was beside a page."""
        self._found._sum = self.expected._sum.minus(self._ours).plus(self._theirs)
        return self._found


def _hashed(frame: pl.DataFrame) -> RowSum:
    total = RowSum()
    for part in frame.iter_slices(_ROWS_AT_ONCE):
        total.add(canonical_rows(part))
    return total


def _asked(column: PortalColumn) -> list[tuple[str, pl.Expr]]:
    value = pl.col(column.field_name)
    asked = [("filled", value.count()), ("sum", value.hash(_SEED).sum())]
    if column.type == NUMBER:
        value = value.cast(pl.Float64, strict=False)
    if column.type in (NUMBER, CALENDAR_DATE):
        asked += [("low", value.min()), ("high", value.max())]
    return asked


def _short(value: float | str) -> str:
    if isinstance(value, float):
        return f"{value:,.15g}".removesuffix(".0")
    return value.removesuffix("T00:00:00.000").removesuffix(".000").replace("T", " ")
