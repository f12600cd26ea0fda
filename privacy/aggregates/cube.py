"""The cells of a table of counts: where each stands, what it holds, and which of them add up to which.

A table has a row for each combination of its dimensions. Where several columns of counts add up to one of
them ("women", "men", "all"), they are one more dimension; otherwise each column of counts is a cube of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from privacy.risk.packing import pack, regroup

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
# What stands for a hidden value.
HIDDEN = -1
NO_TOTAL = -1
_MARKS = r"^(?:[*xs.†‡-]+|<=? ?[0-9]+|≤ ?[0-9]+|suppressed|redacted|hidden|n/?a|n\.a\.|nr|null)$"
_TOTAL = re.compile(
    r"^(?:grand |sub)?-?totals?$|^all(?: .*)?$|^overall$|^(?:state|city|county|nation)-?wide$|^both(?: .*)?$"
    r"|^total\b.*$",
    re.IGNORECASE,
)
_SHOWN = 3


class ShapeError(Exception):
    """The table is not what was said of it. Carries a sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Shape:
    """What the columns of a table are: dimensions, counts, people the counts are out of, and other figures."""

    dimensions: tuple[str, ...]
    counts: tuple[str, ...]
    denominator: str = ""
    statistics: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        return [
            *self.dimensions,
            *self.counts,
            *([self.denominator] if self.denominator else []),
            *self.statistics,
        ]


@dataclass(frozen=True)
class Cube:
    """Cells with their codes per dimension. `totals[d]` is the code that is the total of dimension d, or -1.

    `rows` are positions of the table's rows from 0, `columns` the place of the count column in the shape.
    `values` are counts; HIDDEN where none is shown. `denominators` are -1 where none is known.
    """

    dimensions: tuple[str, ...]
    codes: Ints
    totals: tuple[int, ...]
    values: Ints
    rows: Ints
    columns: Ints
    denominators: Ints
    notes: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def depth(self) -> int:
        return self.codes.shape[1]

    @cached_property
    def is_total(self) -> NDArray[np.bool_]:
        """For each cell and dimension whether the cell is the total there."""
        return self.codes == np.asarray(self.totals, np.int64).reshape(1, -1)

    @cached_property
    def lines(self) -> list[Ints]:
        """For each dimension the line of every cell: cells of a line differ in that dimension only."""
        return [grouped(self.codes, [d for d in range(self.depth) if d != at]) for at in range(self.depth)]

    def constrained(self, *, totals_known: bool) -> list[int]:
        """The dimensions whose lines have a sum that somebody may know."""
        return [d for d in range(self.depth) if totals_known or self.totals[d] >= 0]


def grouped(codes: Ints, dimensions: Sequence[int]) -> Ints:
    """A number for each combination of codes in these dimensions; all 0 without any."""
    if not dimensions or not len(codes):
        return np.zeros(len(codes), np.int64)
    radices = [int(codes[:, d].max()) + 1 for d in dimensions]
    keys, packing = pack([codes[:, d] for d in dimensions], radices)
    return regroup(keys, packing.space)[1]


def cubes_of(frame: pl.DataFrame, shape: Shape) -> list[Cube]:
    """Read the cells of a table of text.

    Raises ShapeError when a column is missing, a combination occurs twice, or a count is no whole number.
    """
    missing = [name for name in shape.columns if name not in frame.columns]
    if missing:
        raise ShapeError(f"The table has no column “{missing[0]}”. Say again what its columns are.")
    if not shape.dimensions or not shape.counts:
        raise ShapeError("A table of counts has at least one dimension and one column of counts.")
    codes, labels = _coded(frame, shape.dimensions)
    _once(frame, shape.dimensions)
    counts = np.column_stack([counts_in(frame, name) for name in shape.counts])
    people = counts_in(frame, shape.denominator) if shape.denominator else np.full(frame.height, HIDDEN)
    totals = tuple(_total_code(names) for names in labels)
    rows = np.arange(frame.height)
    whole = _total_column(counts)
    if whole is not None:
        return [_checked(_wide(shape, codes, totals, counts, people, whole))]
    return [
        _checked(
            Cube(
                shape.dimensions,
                codes,
                totals,
                counts[:, at],
                rows,
                np.full(frame.height, at),
                people,
            )
        )
        for at in range(len(shape.counts))
    ]


def _coded(frame: pl.DataFrame, names: Sequence[str]) -> tuple[Ints, list[list[str]]]:
    codes, labels = [], []
    for name in names:
        text = frame.get_column(name).cast(pl.String).fill_null("\x00")
        distinct = text.unique(maintain_order=True)
        place = dict(zip(distinct.to_list(), range(len(distinct)), strict=True))
        codes.append(text.replace_strict(place, return_dtype=pl.Int64).to_numpy())
        labels.append(distinct.to_list())
    return np.column_stack(codes).astype(np.int64) if frame.height else np.zeros(
        (0, len(names)), np.int64
    ), labels


def _once(frame: pl.DataFrame, names: Sequence[str]) -> None:
    twice = frame.select(pl.struct(names).is_duplicated().arg_true()).to_series()
    if len(twice):
        rows = ", ".join(f"{row + 1:,}" for row in twice[:_SHOWN])
        raise ShapeError(
            f"Rows {rows} have a combination of {', '.join(names)} that occurs twice. "
            "Name one more dimension that tells them apart."
        )


def counts_in(frame: pl.DataFrame, name: str) -> Ints:
    text = frame.get_column(name).cast(pl.String).str.strip_chars()
    bare = text.str.replace_all(",", "")
    number = bare.cast(pl.Float64, strict=False)
    blank = text.is_null() | (text == "") | text.str.to_lowercase().str.contains(_MARKS)
    wrong = ~blank & (number.is_null() | (number < 0) | (number != number.floor()) | number.is_infinite())
    if wrong.any():
        row = int(wrong.arg_true()[0]) + 1
        raise ShapeError(
            f"Column “{name}” holds something in row {row:,} that is no count. "
            "Counts are whole numbers from 0; leave hidden ones empty."
        )
    return number.set(blank, HIDDEN).cast(pl.Int64).to_numpy().copy()


def _total_code(labels: Sequence[str]) -> int:
    found = [code for code, label in enumerate(labels) if _TOTAL.match(label.strip())]
    return found[0] if len(found) == 1 else NO_TOTAL


def _total_column(counts: Ints) -> int | None:
    """Which of the columns of counts is the sum of the others in every row that shows all of them."""
    whole = (counts != HIDDEN).all(axis=1)
    if counts.shape[1] < 3 or not whole.any() or not counts[whole].any():
        return None
    for at in range(counts.shape[1]):
        if (counts[whole].sum(axis=1) == 2 * counts[whole, at]).all():
            return at
    return None


def _wide(shape: Shape, codes: Ints, totals: tuple[int, ...], counts: Ints, people: Ints, whole: int) -> Cube:
    """The columns of counts as one more dimension."""
    height, width = counts.shape
    columns = np.tile(np.arange(width), height)
    return Cube(
        (*shape.dimensions, "column of counts"),
        np.column_stack([np.repeat(codes, width, axis=0), columns]),
        (*totals, whole),
        counts.reshape(-1),
        np.repeat(np.arange(height), width),
        columns,
        np.repeat(people, width),
    )


def _checked(cube: Cube) -> Cube:
    """Without totals that are none: where all of a line is shown and does not add up, the word means something else."""
    totals, notes = list(cube.totals), list(cube.notes)
    for at, total in enumerate(cube.totals):
        if total >= 0 and not _adds_up(cube, at):
            totals[at] = NO_TOTAL
            notes.append(
                f"“{cube.dimensions[at]}” has a value that is named like a total and is not the sum of the others."
            )
    return Cube(
        cube.dimensions,
        cube.codes,
        tuple(totals),
        cube.values,
        cube.rows,
        cube.columns,
        cube.denominators,
        notes,
    )


def _adds_up(cube: Cube, at: int) -> bool:
    line, is_total = cube.lines[at], cube.is_total[:, at]
    size = int(line.max()) + 1 if len(line) else 0
    hidden = np.bincount(line, cube.values == HIDDEN, size)
    here = np.bincount(line, is_total, size)
    signed = np.where(is_total, -cube.values, cube.values)
    off = np.bincount(line, signed, size)
    told = (hidden == 0) & (here == 1) & (np.bincount(line, minlength=size) > 1)
    return not told.any() or bool((off[told] == 0).mean() > 0.5)
