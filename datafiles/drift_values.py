"""How the values of one column are spread, and how far two spreads are apart. Holds hashes and counts, no values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from datafiles import inference
from datafiles.table import Column, read_blocks

# Above so many distinct values a column of text is no list of categories.
_CATEGORIES = 1_000
# Above this share of distinct values a column is a key: every value is new with every row.
_KEY = 0.95
_BINS = 10
# A share that is nought counts as this little in the logarithm of the PSI.
_LEAST = 0.0001
# Sizes are judged from about so many rows, evenly spread over the table.
_SIZED = 200_000
# Of a block with more distinct values than this, one in so many is followed: always the same ones, by their hash.
_FOLLOWED, _ONE_IN = 50_000, 16
_NUMBERS = ("integer", "decimal")
_DATES = ("date", "datetime")


@dataclass(frozen=True, slots=True)
class Spread:
    """One column: rows, empty ones, how often each value (by its hash) occurs, and a ruler of sizes.

    `sizes` counts numbers, dates as days, or lengths of text. `is_sampled`: `hashes` follows one value in sixteen.
    `is_running`: the sizes only grow, or only fall, down the table.
    """

    type: str
    rows: int
    nulls: int
    hashes: pl.DataFrame
    sizes: pl.DataFrame
    is_sampled: bool = False
    is_running: bool = False

    @property
    def filled(self) -> int:
        return self.rows - self.nulls

    @property
    def empty(self) -> float:
        return self.nulls / self.rows if self.rows else 0.0

    @property
    def distinct(self) -> int:
        """How many values there are; of many, nearly."""
        return min(self.filled, self.hashes.height * (_ONE_IN if self.is_sampled else 1))

    @property
    def is_key(self) -> bool:
        """Every row has a value of its own; of numbers, only a running one is no measure of anything."""
        if self.type in (*_DATES, "decimal") or (self.type == "integer" and not self.is_running):
            return False
        return self.distinct > max(_BINS, _KEY * max(1, self.filled))

    def followed(self, is_sampled: bool) -> pl.DataFrame:
        """The values by their hashes, as many as the other side follows."""
        return self.hashes.filter(_is_followed()) if is_sampled and not self.is_sampled else self.hashes


@dataclass(frozen=True, slots=True)
class Overlap:
    """Which share of the rows of the shorter column is found in the other, and how many distinct values that has."""

    share: float
    distinct: int


@dataclass(frozen=True, slots=True)
class Measured:
    """How far two spreads are apart: the measure ("psi", "tv" or ""), and whether it counts as drift."""

    measure: str
    value: float
    counts: bool


def spread_of(path: Path, column: Column, rows: int) -> Spread:
    """Read one column of a columnar copy, block by block. `rows` is how many the copy has."""
    step = max(1, rows // _SIZED)
    nulls, is_sampled, is_running = 0, False, True
    hashes: list[pl.DataFrame] = []
    sizes: list[pl.DataFrame] = []
    for block in read_blocks(path, [column.name]):
        values = block.to_series().rename("v").drop_nulls()
        nulls += block.height - len(values)
        told = values.hash().rename("v")
        if int(told.to_frame().select(pl.col("v").approx_n_unique()).item()) > _FOLLOWED:
            is_sampled, told = True, told.to_frame().filter(_is_followed()).to_series()
        hashes.append(_counted(told))
        measured = _sizes(values.gather_every(step), column)
        is_running = is_running and (measured.is_sorted() or measured.is_sorted(descending=True))
        sizes.append(_counted(measured))
    found = _added_up(hashes, pl.UInt64)
    if is_sampled:
        found = found.filter(_is_followed())
    return Spread(column.type, rows, nulls, found, _added_up(sizes, pl.Float64), is_sampled, is_running)


def overlap(one: Spread, other: Spread) -> Overlap:
    """How many of the rows of two columns could be paired by equal values, as a share of the shorter one's."""
    shorter = min(one.filled, other.filled)
    if not shorter:
        return Overlap(0.0, 0)
    is_sampled = one.is_sampled or other.is_sampled
    ours, theirs = one.followed(is_sampled), other.followed(is_sampled)
    both = ours.join(theirs, on="v", suffix="_now")
    common = both.select(pl.min_horizontal("n", "n_now").sum()).item() or 0
    # Of the shorter: a table that grew still holds what it held.
    least = min(_total(ours), _total(theirs))
    return Overlap(float(common) / least if least else 0.0, min(one.distinct, other.distinct))


def shift(before: Spread, now: Spread) -> Measured:
    """How far the values moved: PSI over tenths for what has a size, total variation for categories."""
    if not before.filled or not now.filled or before.type != now.type:
        return Measured("", 0.0, counts=False)
    if before.is_key and now.is_key:
        return Measured("", 0.0, counts=False)
    if before.type in _DATES:
        return Measured("psi", _psi(before, now), counts=False)
    if before.type in _NUMBERS and before.distinct > _BINS:
        return Measured("psi", _psi(before, now), counts=True)
    if max(before.distinct, now.distinct) <= _CATEGORIES:
        return Measured("tv", _total_variation(before, now), counts=True)
    return Measured("psi", _psi(before, now), counts=True)


def _sizes(values: pl.Series, column: Column) -> pl.Series:
    frame = values.to_frame()
    if column.type in _NUMBERS:
        found = frame.select(inference.cast(column.form, pl.col("v")).cast(pl.Float64, strict=False))
    elif column.type in _DATES:
        cast = inference.cast(column.form, pl.col("v"))
        found = frame.select(cast.cast(pl.Date, strict=False).to_physical().cast(pl.Float64))
    else:
        found = frame.select(pl.col("v").str.len_chars().cast(pl.Float64))
    return found.to_series().drop_nulls()


def _is_followed() -> pl.Expr:
    return pl.col("v") % _ONE_IN == 0


def _total(counted: pl.DataFrame) -> int:
    return int(counted.select(pl.col("n").sum()).item() or 0)


def _counted(values: pl.Series) -> pl.DataFrame:
    return values.rename("v").value_counts(name="n")


def _added_up(parts: list[pl.DataFrame], kind: type[pl.DataType]) -> pl.DataFrame:
    if not parts:
        return pl.DataFrame(schema={"v": kind, "n": pl.UInt32})
    if len(parts) == 1:
        return parts[0]
    return pl.concat(parts).group_by("v").agg(pl.col("n").sum())


def _psi(before: Spread, now: Spread) -> float:
    """The population stability index over tenths of what was there before."""
    if before.sizes.is_empty() or now.sizes.is_empty():
        return 0.0
    edges = _tenths(before.sizes)
    expected, actual = _shares(before.sizes, edges), _shares(now.sizes, edges)
    return sum((a - e) * math.log(a / e) for e, a in zip(expected, actual, strict=True))


def _tenths(sizes: pl.DataFrame) -> list[float]:
    """The values that end the first nine tenths; fewer where many rows share one value."""
    ordered = sizes.sort("v").with_columns((pl.col("n").cum_sum() / pl.col("n").sum()).alias("share"))
    edges = []
    for tenth in range(1, _BINS):
        row = ordered.filter(pl.col("share") >= tenth / _BINS).head(1)
        edges.append(float(row["v"][0]))
    return sorted(set(edges))


def _shares(sizes: pl.DataFrame, edges: list[float]) -> list[float]:
    total = sizes["n"].sum()
    places = pl.Series(edges, dtype=pl.Float64).search_sorted(sizes["v"], side="left")
    binned = pl.DataFrame({"bin": places, "n": sizes["n"]})
    counted = dict(binned.group_by("bin").agg(pl.col("n").sum()).iter_rows())
    return [max(_LEAST, counted.get(number, 0) / total) for number in range(len(edges) + 1)]


def _total_variation(before: Spread, now: Spread) -> float:
    """Half the sum of the differences of the shares: 0 alike, 1 nothing in common."""
    both = before.hashes.join(now.hashes, on="v", how="full", suffix="_now").select(
        (pl.col("n").fill_null(0) / before.filled).alias("p"),
        (pl.col("n_now").fill_null(0) / now.filled).alias("q"),
    )
    return float(both.select((pl.col("p") - pl.col("q")).abs().sum() / 2).item() or 0.0)
