"""The table that the whole house works on: text exactly as read, with the type of each column beside it.

Text is kept because a cast loses what a reviewer needs (leading zeros, damaged values, how a date was
written); `typed()` gives the cast copy when numbers are wanted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import polars as pl

from datafiles import inference

_META_KEY = "opendata_columns"
_SHOWN_POSITIONS = 20
# A block of rows is about 48 MB of text.
_CELLS_PER_BLOCK = 3_000_000
# So many cells are packed together in the file: whoever reads a slice unpacks no more than that beside it.
_CELLS_PER_GROUP = 300_000
# Some columns of a table, block by block, as often as they are asked for.
Blocks = Callable[[Sequence[str]], Iterator[pl.DataFrame]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the file, its type, and the form in which its values are written.

    `forms` counts the values by form (see inference); nulls are not counted.
    """

    name: str
    type: str
    form: str = "text"
    forms: dict[str, int] = field(default_factory=dict, compare=False)

    @property
    def verdict(self) -> inference.Verdict:
        return inference.Verdict(self.type, self.form, self.forms)


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """A column that is mostly of one type: which, by how much, and the first rows that do not fit.

    `rows` are positions of data rows from 1 (the header does not count); no values.
    """

    column: str
    type: str
    share: float
    misfits: int
    rows: list[int]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns with their types, and a frame of text columns of the same names (null for empty)."""

    columns: tuple[Column, ...]
    frame: pl.DataFrame

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Table:
        """A table out of a frame of text: the type of every column is judged from all its values."""
        columns = []
        for series in frame.iter_columns():
            verdict = inference.infer(series)
            columns.append(Column(series.name, verdict.type, verdict.form, verdict.forms))
        return cls(tuple(columns), frame)

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def rows(self) -> int:
        return self.frame.height

    def typed(self) -> pl.DataFrame:
        """The same table with every column cast to its type: integers, floats, dates, booleans."""
        return self.frame.select(
            inference.cast(column.form, pl.col(column.name)).alias(column.name) for column in self.columns
        )

    def blocks(self, names: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Some columns, in one block."""
        yield self.frame.select(names)

    def inconsistencies(self, *, at_least: float = 0.5) -> list[Inconsistency]:
        """Columns kept as text although at least that share of their values is of one other type."""
        return inconsistencies_of(self.columns, self.blocks, at_least=at_least)


def inconsistencies_of(
    columns: Sequence[Column], blocks: Blocks, *, at_least: float = 0.5
) -> list[Inconsistency]:
    """The same of a table that comes in blocks. Codes are one kind of value, also where some begin with a zero."""
    found = []
    for column in columns:
        if column.type != "text":
            continue
        dominant, fitting = column.verdict.dominant
        filled = sum(column.forms.values())
        if dominant == "text" or not filled or fitting / filled < at_least:
            continue
        if dominant == "integer" and _are_codes(blocks, column.name):
            continue
        start, misfits, rows = 0, 0, list[int]()
        for block in blocks([column.name]):
            more = _misfit_rows(block.to_series(), column.verdict, dominant)
            rows += [start + int(row) for row in more[: _SHOWN_POSITIONS - len(rows)]]
            misfits += len(more)
            start += block.height
        share = round(fitting / filled, 6)
        found.append(Inconsistency(column.name, dominant, share, misfits, rows))
    return found


def _are_codes(blocks: Blocks, name: str) -> bool:
    """Whether all values are digits of one length, such as ZIP codes: a zero in front belongs to them."""
    lengths: set[int] = set()
    for block in blocks([name]):
        values = block.to_series().drop_nulls()
        if not values.str.contains(r"^[0-9]+$").all():
            return False
        lengths.update(values.str.len_chars().unique())
        if len(lengths) > 1:
            return False
    return True


def _misfit_rows(series: pl.Series, verdict: inference.Verdict, dominant: str) -> pl.Series:
    """Positions (from 1) that are not of the dominant form.

    When the values share a type and differ in how they are written, the rarer way of writing is the misfit.
    """
    kin = {"decimal": ("decimal", "integer")}.get(dominant, (dominant,))
    ways = {form: n for form, n in verdict.forms.items() if inference.TYPE_OF_FORM[form] in kin}
    accepted = set(ways) if dominant in ("decimal", "geometry") else {max(ways, key=lambda form: ways[form])}
    forms = inference.forms_of(series)
    return (~forms.is_in(list(accepted)) & series.is_not_null()).arg_true() + 1


def write_columnar(table: Table, path: Path) -> None:
    """Write the table as Parquet: text columns, with the types in the file's own metadata."""
    write_columnar_parts(table.columns, table.frame.lazy(), path)


def write_columnar_parts(columns: Sequence[Column], parts: pl.LazyFrame, path: Path) -> None:
    """The same for a table whose rows are read while they are written."""
    meta = json.dumps([asdict(column) for column in columns], ensure_ascii=False)
    parts.sink_parquet(
        path,
        compression="zstd",
        compression_level=1,
        statistics=False,
        row_group_size=max(1_000, _CELLS_PER_GROUP // max(1, len(columns))),
        metadata={_META_KEY: meta},
    )


def rows_per_block(columns: int) -> int:
    """How many rows make a block of a table with so many columns."""
    return max(1_000, _CELLS_PER_BLOCK // max(1, columns))


def read_columnar(path: Path, columns: list[str] | None = None) -> Table:
    """Read a table that write_columnar wrote; `columns` picks some of them."""
    meta = pl.read_parquet_metadata(path)[_META_KEY]
    known = [Column(**column) for column in json.loads(meta)]
    if columns is not None:
        known = [column for column in known if column.name in set(columns)]
    frame = pl.read_parquet(path, columns=[column.name for column in known], use_statistics=False)
    return Table(tuple(known), frame)


def read_rows(path: Path, first: int, count: int) -> pl.DataFrame:
    """`count` rows as text from position `first` (from 1) on, without reading the others."""
    return pl.scan_parquet(path).slice(first - 1, count).collect()


def count_rows(path: Path) -> int:
    """How many rows there are, without reading one."""
    return int(pl.scan_parquet(path).select(pl.len()).collect().item())


def read_columns(path: Path) -> tuple[Column, ...]:
    """Only the columns and their types, without reading a row."""
    return tuple(Column(**column) for column in json.loads(pl.read_parquet_metadata(path)[_META_KEY]))


def read_blocks(path: Path, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
    """The rows of a columnar copy, a block at a time; `columns` picks some of them."""
    names = [column.name for column in read_columns(path)]
    step = rows_per_block(len(names))
    rows = pl.scan_parquet(path, use_statistics=False).select(names if columns is None else columns)
    for start in range(0, count_rows(path), step):
        yield rows.slice(start, step).collect()
