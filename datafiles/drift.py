"""What changed between two tables of the same data: columns, rows, and how the values are spread.

Works on columnar copies, a column and a block at a time. The report holds names of columns, counts and shares,
never a value, so it may be kept and shown. Bounds of a shift: PSI below 0.1 says that nothing moved, above 0.25
that much did (Siddiqi, Credit Risk Scorecards, 2006); a total variation of 0.2 means that a fifth of the rows
would have to be other ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from datafiles.drift_columns import ColumnPairs, pair_columns
from datafiles.drift_values import Spread, overlap, shift, spread_of
from datafiles.table import Column, count_rows, read_columns

Tick = Callable[[int, str], None]


@dataclass(frozen=True, slots=True)
class Shift:
    """One column that both tables have, before and now.

    `measure` is "psi" (numbers, dates, lengths of text), "tv" (categories) or "" (not compared). `counts` is false
    where moving on is what the column is for: dates and keys.
    """

    name: str
    type: str
    empty_before: float
    empty_now: float
    distinct_before: int
    distinct_now: int
    measure: str = ""
    shift: float = 0.0
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Drift:
    """Everything that differs. `renamed` holds (before, now); `retyped` (name, type before, type now)."""

    rows_before: int
    rows_now: int
    renamed: list[tuple[str, str]] = field(default_factory=list)
    retyped: list[tuple[str, str, str]] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    # Those of the added columns that hold no value in some rows: readers of the old ones miss nothing.
    added_nullable: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    is_reordered: bool = False
    columns: list[Shift] = field(default_factory=list)

    @property
    def more_rows(self) -> float:
        """By which share the rows grew (negative: shrank)."""
        if not self.rows_before:
            return 1.0 if self.rows_now else 0.0
        return (self.rows_now - self.rows_before) / self.rows_before

    @property
    def has_same_columns(self) -> bool:
        return not (self.renamed or self.retyped or self.added or self.vanished)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_dict(cls, kept: dict[str, Any]) -> Drift:
        """The report as it was before it was kept as JSON."""
        pairs = {"renamed": [tuple(row) for row in kept.get("renamed", [])]}
        pairs["retyped"] = [tuple(row) for row in kept.get("retyped", [])]
        return cls(**{**kept, **pairs, "columns": [Shift(**row) for row in kept.get("columns", [])]})


def drift_between(before: Path, now: Path, tick: Tick = lambda percent, message: None) -> Drift:
    """Compare two columnar copies. `tick(percent, message)` is called for every column."""
    old, new = read_columns(before), read_columns(now)
    spreads_before = _spreads(before, old, lambda share: tick(int(share * 45), "Looking at what is public"))
    spreads_now = _spreads(now, new, lambda share: tick(45 + int(share * 45), "Looking at the new file"))
    pairs = pair_columns(
        old, new, lambda one, other: overlap(spreads_before[one.name], spreads_now[other.name])
    )
    tick(95, "Comparing the two")
    return Drift(
        rows_before=count_rows(before),
        rows_now=count_rows(now),
        renamed=[(one.name, other.name) for one, other in pairs.renamed],
        retyped=[(other.name, one.type, other.type) for one, other in pairs.both if one.type != other.type],
        added=[column.name for column in pairs.added],
        added_nullable=[column.name for column in pairs.added if spreads_now[column.name].nulls],
        vanished=[column.name for column in pairs.vanished],
        is_reordered=pairs.is_reordered,
        columns=[
            _shift(other, spreads_before[one.name], spreads_now[other.name]) for one, other in _kept(pairs)
        ],
    )


def _kept(pairs: ColumnPairs) -> list[tuple[Column, Column]]:
    return [*pairs.both, *pairs.renamed]


def _spreads(path: Path, columns: tuple[Column, ...], tick: Callable[[float], None]) -> dict[str, Spread]:
    found, rows = {}, count_rows(path)
    for number, column in enumerate(columns, start=1):
        found[column.name] = spread_of(path, column, rows)
        tick(number / len(columns))
    return found


def _shift(column: Column, before: Spread, now: Spread) -> Shift:
    measured = shift(before, now)
    return Shift(
        name=column.name,
        type=column.type,
        empty_before=round(before.empty, 4),
        empty_now=round(now.empty, 4),
        distinct_before=before.distinct,
        distinct_now=now.distinct,
        measure=measured.measure,
        shift=round(measured.value, 4),
        counts=measured.counts,
    )
