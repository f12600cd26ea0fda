"""What a table tells beside an earlier one: people who stand alone in the difference of the two.

Source: differencing attacks in CalHHS guidelines 4.4.2 (sums must not differ between tables) and NIST SP 800-188.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from privacy.aggregates.cube import HIDDEN, Shape, counts_in

_PLACES = 20
_NOW, _BEFORE, _ROW = "\x00now", "\x00before", "\x00row"


@dataclass(frozen=True, slots=True)
class RowDifferences:
    """Rows of people that came or went since an earlier table.

    `alone_added`, `alone_removed`: of them those whose combination fewer than `k_min` of those that came (went)
    share. `rows`: positions in the present table (from 1) of the first that came.
    """

    quasi: list[str]
    k_min: int
    added: int
    removed: int
    alone_added: int
    alone_removed: int
    rows: list[int]

    @property
    def isolates(self) -> bool:
        return bool(self.alone_added or self.alone_removed)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def row_differences(
    now: pl.DataFrame, before: pl.DataFrame, quasi: Sequence[str], k_min: int
) -> RowDifferences | None:
    """Compare two tables of people by the quasi-identifiers that both have; None when they share none.

    Two rows are the same when they agree in all columns that both tables have; a row that was there twice and is
    there once has gone once.
    """
    shared = [name for name in now.columns if name in before.columns]
    asked = [name for name in quasi if name in shared]
    if not asked:
        return None
    counted = _counted(now, before, shared)
    came, gone = (
        counted.filter(pl.col(_NOW) > pl.col(_BEFORE)).with_columns(
            (pl.col(_NOW) - pl.col(_BEFORE)).alias("n")
        ),
        counted.filter(pl.col(_BEFORE) > pl.col(_NOW)).with_columns(
            (pl.col(_BEFORE) - pl.col(_NOW)).alias("n")
        ),
    )
    alone_came, alone_gone = (_alone(rows, asked, k_min) for rows in (came, gone))
    return RowDifferences(
        quasi=asked,
        k_min=k_min,
        added=int(came["n"].sum()),
        removed=int(gone["n"].sum()),
        alone_added=int(alone_came["n"].sum()),
        alone_removed=int(alone_gone["n"].sum()),
        rows=sorted(int(row) + 1 for row in alone_came[_ROW].drop_nulls())[:_PLACES],
    )


def _counted(now: pl.DataFrame, before: pl.DataFrame, shared: list[str]) -> pl.DataFrame:
    """Every distinct row of the two, how often it is in each, and where it first stands in the present one."""
    marked = (
        frame.select(shared).with_columns(
            pl.lit(here).alias(_NOW),
            pl.lit(not here).alias(_BEFORE),
            (pl.int_range(pl.len()) if here else pl.lit(None, pl.Int64)).alias(_ROW),
        )
        for frame, here in ((now, True), (before, False))
    )
    return (
        pl.concat(marked)
        .group_by(shared)
        .agg(pl.col(_NOW).cast(pl.Int64).sum(), pl.col(_BEFORE).cast(pl.Int64).sum(), pl.col(_ROW).min())
    )


def _alone(rows: pl.DataFrame, quasi: list[str], k_min: int) -> pl.DataFrame:
    """Those of the rows whose combination too few share among them."""
    return rows.filter(pl.col("n").sum().over(quasi) < k_min)


@dataclass(frozen=True, slots=True)
class CellDifferences:
    """How two tables of counts tell on one another.

    `small`: cells that both show and that differ by 1 to `fewer_than` - 1. `laid_open`: cells that one hides and
    the other shows. `sums`: sums of the finer table that differ from the coarser one by so few.
    """

    fewer_than: int
    compared: int
    small: int
    laid_open: int
    sums: int
    rows: list[int]

    @property
    def isolates(self) -> bool:
        return bool(self.small or self.laid_open or self.sums)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def cell_differences(
    now: pl.DataFrame, before: pl.DataFrame, shape: Shape, fewer_than: int
) -> CellDifferences | None:
    """Compare two tables of counts; None when they share no dimension or no count.

    With the same dimensions they are compared cell by cell. Where one has fewer, the other is added up to it: a
    sum that misses the coarser count by a few tells what the hidden cells hold.
    """
    counts = [name for name in shape.counts if name in before.columns]
    shared = [name for name in shape.dimensions if name in before.columns]
    if not counts or not shared:
        return None
    is_same = len(shared) == len(shape.dimensions) and not _twice(before, shared)
    compared = small = laid_open = sums = 0
    rows: set[int] = set()
    for count in counts:
        pairs = _pairs(now, before, shared, count)
        compared += pairs.height
        both = pairs.filter((pl.col(_NOW) != HIDDEN) & (pl.col(_BEFORE) != HIDDEN))
        few = both.filter((pl.col(_NOW) - pl.col(_BEFORE)).abs().is_between(1, fewer_than - 1))
        one = (
            pairs.filter((pl.col(_NOW) == HIDDEN) != (pl.col(_BEFORE) == HIDDEN)) if is_same else few.clear()
        )
        small, sums = (small + few.height, sums) if is_same else (small, sums + few.height)
        laid_open += one.height
        rows.update(int(row) + 1 for row in [*few[_ROW], *one[_ROW]])
    return CellDifferences(fewer_than, compared, small, laid_open, sums, sorted(rows)[:_PLACES])


def _twice(frame: pl.DataFrame, names: list[str]) -> bool:
    return bool(frame.select(pl.struct(names).is_duplicated().any()).item())


def _pairs(now: pl.DataFrame, before: pl.DataFrame, shared: list[str], count: str) -> pl.DataFrame:
    """Cells of the two tables beside one another; of a table with more dimensions what is shown is added up."""
    sides = []
    for frame, name in ((now, _NOW), (before, _BEFORE)):
        numbered = frame.select(
            *shared, pl.Series(name, counts_in(frame, count)), pl.int_range(pl.len()).alias(_ROW)
        )
        added = pl.col(name).filter(pl.col(name) != HIDDEN).sum()
        summed = pl.when(pl.len() > 1).then(added).otherwise(pl.col(name).first()).alias(name)
        sides.append(numbered.group_by(shared).agg(summed, pl.col(_ROW).min()))
    return sides[0].join(sides[1].drop(_ROW), on=shared, how="inner", nulls_equal=True)


def difference_sentences(found: RowDifferences | CellDifferences) -> list[str]:
    """What the comparison with the earlier table means."""
    if isinstance(found, RowDifferences):
        return _row_sentences(found)
    sentences = [*telling_sentences(found), *harmless_sentences(found)]
    return sentences or ["No cell tells more beside the last release than by itself."]


def telling_sentences(found: RowDifferences | CellDifferences) -> list[str]:
    """What the two tables give away together, which must be mended or accepted; empty when they give away nothing."""
    if isinstance(found, RowDifferences):
        return _row_sentences(found) if found.isolates else []
    parts = (
        (found.laid_open, "are hidden in one of the two releases and shown in the other"),
        (
            found.sums,
            f"do not add up to the last release by fewer than {found.fewer_than}: the difference tells what is hidden",
        ),
    )
    return [
        f"{number:,} of {found.compared:,} cells {words}. Hide them in the recipe, or record why this is acceptable."
        for number, words in parts
        if number
    ]


def harmless_sentences(found: RowDifferences | CellDifferences) -> list[str]:
    """What is worth knowing of the two tables and stops nothing: both show these cells on purpose."""
    if isinstance(found, RowDifferences) or not found.small:
        return []
    return [
        f"{found.small:,} of {found.compared:,} cells differ from the last release by fewer than {found.fewer_than}: "
        "who compares the two learns of so few people."
    ]


def _row_sentences(found: RowDifferences) -> list[str]:
    if not found.isolates:
        return [
            f"Since the last release {found.added:,} rows came and {found.removed:,} went; "
            "nobody stands alone among them."
        ]
    alone = found.alone_added + found.alone_removed
    what, one = ", ".join(found.quasi), alone == 1
    return [
        f"{alone:,} row{'' if one else 's'} that came or went since the last release "
        f"share{'s' if one else ''} {what} with fewer than {found.k_min - 1:,} others that did: who compares the two "
        "releases can single somebody out. Publish more rows at once, make a column coarser, or record why this is "
        "acceptable."
    ]
