"""What a table has in common with the tables that are public already: sketches, and how many rows would join (M26).

A sketch keeps of a column, or of several together, the smallest hashes of its distinct values and how often each
occurs (bottom-k, after Bar-Yossef et al. 2002; samples of two sketches are coordinated because both hash alike).
Values are hashed with the site's secret: who has only the sketches cannot try out values. Who has the secret can,
for values that are few (sexes, ZIP codes); they are of published tables, so nothing is lost that is not public.

Estimates are exact while the smaller sketch holds all its values, and within about 1/sqrt(size) otherwise. What
is written differently in two tables ("1990-05-01" and "1990") does not meet, and is not found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datafiles.table import Table

Hashes = NDArray[np.uint64]
Counts = NDArray[np.uint32]

SIZE = 1024
# Sets of columns are sketched up to so many together, out of so many.
_TOGETHER, _OF = 4, 6
_SPACE = float(2**64)
# Columns of other names and kinds are compared by their values alone from so many on, and if so many of them meet.
_TELLING, _MEET = 50, 0.5
_MOST_JOINS = 5
_NULL = np.uint64(0)


@dataclass(frozen=True, slots=True)
class SketchColumn:
    """A column that may link people: its name, and its kind, which is what it shares with other tables."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """Columns together: hashes of their distinct combinations, rising, with how often each occurs."""

    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: int
    distinct: int
    hashes: Hashes
    counts: Counts

    @property
    def reach(self) -> int:
        """Every hash up to here is in the sketch."""
        return 2**64 - 1 if self.distinct <= len(self.hashes) else int(self.hashes[-1])


@dataclass(frozen=True, slots=True)
class Join:
    """How two tables would join on columns: `common` combinations are in both, `unique` once in each."""

    here: list[str]
    there: list[str]
    common: int
    unique: int
    joined_rows: int
    is_exact: bool

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def kind_of(name: str, entity: str, group: str) -> str:
    """The kind of a column: what it tells of people, by the scan; else its name, for want of better."""
    if entity and group in ("quasi", "direct", "sensitive"):
        return entity
    return "name:" + "".join(letter for letter in name.casefold() if letter.isalnum())


def sketches_of(
    table: Table, columns: Sequence[SketchColumn], secret: bytes, tick: Callable[[], None] = lambda: None
) -> list[Sketch]:
    """Sketch every column, and every two to four of the first six together. `tick` is called after each.

    A running number (1, 2, 3 ...) links nothing and is left out; so are rows that miss a value.
    """
    hashed: dict[str, Hashes] = {}
    told = [column for column in columns if column.name in table.frame.columns]
    typed = table.typed().select(column.name for column in told) if told else pl.DataFrame()
    for column in told:
        series = typed.get_column(column.name)
        if not _is_running_number(series):
            hashed[column.name] = _hashed(series, secret)
        tick()
    used = [column for column in told if column.name in hashed]
    groups: list[tuple[SketchColumn, ...]] = [(column,) for column in used]
    first = _one_of_each_kind(used)[:_OF]
    for size in range(2, _TOGETHER + 1):
        groups += combinations(first, size)
    made = []
    for group in groups:
        made.append(_sketch(sorted(group, key=lambda one: one.kind), hashed))
        tick()
    return made


def _one_of_each_kind(columns: Iterable[SketchColumn]) -> list[SketchColumn]:
    by_kind: dict[str, SketchColumn] = {}
    for column in columns:
        by_kind.setdefault(column.kind, column)
    return list(by_kind.values())


def _is_running_number(series: pl.Series) -> bool:
    if not series.dtype.is_integer() or not len(series) or series.null_count():
        return False
    low, high = int(series.min()), int(series.max())  # type: ignore[arg-type]
    return low in (0, 1) and high - low + 1 == len(series) and series.n_unique() == len(series)


def _hashed(series: pl.Series, secret: bytes) -> Hashes:
    """The keyed hash of every row's value; 0 where there is none. Each distinct value is hashed once."""
    text = _plain(series)
    distinct = text.drop_nulls().unique(maintain_order=True)
    key = hashlib.blake2b(secret, digest_size=32, person=b"mosaic").digest()
    marks = [
        int.from_bytes(hashlib.blake2b(value.encode(), digest_size=8, key=key).digest(), "big") or 1
        for value in distinct
    ]
    hashes = pl.Series(marks, dtype=pl.UInt64)
    return text.replace_strict(distinct, hashes, default=0, return_dtype=pl.UInt64).to_numpy().copy()


def _plain(series: pl.Series) -> pl.Series:
    """Values as text in one way of writing: dates as ISO, whole numbers without a point, words in small letters."""
    if series.dtype.is_float():
        whole = (series == series.floor()) & (series.abs() < 1e15)
        as_whole = series.set(~whole.fill_null(value=False), None).cast(pl.Int64).cast(pl.String)
        return pl.select(pl.when(whole).then(as_whole).otherwise(series.cast(pl.String))).to_series()
    if series.dtype == pl.String:
        small = series.str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
        return small.set((small == "").fill_null(value=False), None)
    return series.cast(pl.String)


def _sketch(columns: Sequence[SketchColumn], hashed: dict[str, Hashes]) -> Sketch:
    rows = _mixed([hashed[column.name] for column in columns])
    values, counts, distinct = _smallest(rows)
    return Sketch(
        columns=tuple(column.name for column in columns),
        kinds=tuple(column.kind for column in columns),
        rows=len(rows),
        distinct=distinct,
        hashes=values,
        counts=np.minimum(counts, np.iinfo(np.uint32).max).astype(np.uint32),
    )


def _smallest(rows: Hashes) -> tuple[Hashes, NDArray[np.integer], int]:
    """The smallest distinct hashes, how often each occurs, and how many there are (about, when not all are kept)."""
    share = min(1.0, 4 * SIZE / max(len(rows), 1))
    while True:
        few = rows if share >= 1 else rows[rows <= np.uint64(share * (_SPACE - 2**12))]
        counted = pl.Series("h", few).to_frame().group_by("h").len("n").sort("h")
        if len(counted) > SIZE or share >= 1:
            break
        share = min(1.0, share * 16)
    kept = counted.head(SIZE)
    values, counts = kept["h"].to_numpy(), kept["n"].to_numpy()
    distinct = len(counted)
    if share < 1:
        distinct = max(SIZE + 1, round((SIZE - 1) * _SPACE / (float(values[-1]) + 1)))
    return values, counts, distinct


def _mixed(parts: Sequence[Hashes]) -> Hashes:
    """One hash of several for each row that has all of them; one alone stays as it is."""
    whole = np.logical_and.reduce([part != _NULL for part in parts])
    mixed = parts[0][whole]
    for part in parts[1:]:
        with np.errstate(over="ignore"):
            # The finaliser of SplitMix64 over both: spreads the combinations evenly.
            mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + part[whole]
            mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            mixed = mixed ^ (mixed >> np.uint64(31))
    return mixed


def join(here: Sketch, there: Sketch) -> Join:
    """How the two would join, from what both samples reach."""
    reach = min(here.reach, there.reach)
    ours, theirs = (side.hashes <= np.uint64(reach) for side in (here, there))
    _, mine, yours = np.intersect1d(here.hashes[ours], there.hashes[theirs], return_indices=True)
    counts_here = here.counts[ours][mine].astype(np.float64)
    counts_there = there.counts[theirs][yours].astype(np.float64)
    scale = _SPACE / (reach + 1.0)
    unique = (counts_here == 1) & (counts_there == 1)
    return Join(
        here=list(here.columns),
        there=list(there.columns),
        common=round(len(mine) * scale),
        unique=round(int(unique.sum()) * scale),
        joined_rows=round(float((counts_here * counts_there).sum()) * scale),
        is_exact=scale == 1,
    )


def joins(here: Sequence[Sketch], there: Sequence[Sketch]) -> list[Join]:
    """The ways in which rows of two tables would join one to one, the most telling first.

    Columns are compared when they are of one kind, or single ones when most of the values of one are in the
    other. A larger set that joins no more rows than a part of it is left out.
    """
    found = []
    for ours in here:
        for theirs in there:
            is_alike = ours.kinds == theirs.kinds
            if not is_alike and not _may_mean_the_same(ours, theirs):
                continue
            made = join(ours, theirs)
            fewest = min(ours.distinct, theirs.distinct)
            if made.unique and (is_alike or made.common >= _MEET * fewest):
                found.append(made)
    found.sort(key=lambda one: (-one.unique, len(one.here), one.here))
    telling: list[Join] = []
    for one in found:
        if not any(set(other.here) < set(one.here) and other.unique >= one.unique for other in found):
            telling.append(one)
    return telling[:_MOST_JOINS]


def _may_mean_the_same(ours: Sketch, theirs: Sketch) -> bool:
    is_single = len(ours.columns) == len(theirs.columns) == 1
    return is_single and min(ours.distinct, theirs.distinct) >= _TELLING


def public_already(here: Sequence[Sketch], there: Sequence[Sketch]) -> list[str]:
    """The columns of ours of whose kind the other table has one with values in common."""
    return [
        ours.columns[0]
        for ours in here
        if len(ours.columns) == 1
        and any(
            theirs.kinds == ours.kinds and join(ours, theirs).common
            for theirs in there
            if len(theirs.columns) == 1
        )
    ]


def join_sentence(title: str, found: Join) -> str:
    """What a join means for the people in both tables."""
    about = "" if found.is_exact else "about "
    rows = f"{about}{found.unique:,} row{'' if found.unique == 1 else 's'}"
    return (
        f"Joined with “{title}” on {' and '.join(found.here)}, {rows} would meet exactly one row there: what both "
        "tables tell of the same person could be put together. Drop or coarsen one of these columns, or record why "
        "it may stay."
    )
