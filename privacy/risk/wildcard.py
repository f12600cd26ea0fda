"""k when null may stand for any value: a row counts every row it could be taken for (as sdcMicro counts)."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

_SIZE, _LOOKS, _FITTING = "\x00size", "\x00looks", "\x00fitting"


def k_null_wildcard(frame: pl.DataFrame, quasi: Sequence[str]) -> int:
    """The smallest number of rows that any row could be taken for; 0 for a table without rows.

    Two combinations fit when they agree wherever neither is null. They are compared by which columns are null
    in each, so that every comparison is one join on the columns that are filled in both.
    """
    if frame.is_empty():
        return 0
    classes = frame.select(quasi).group_by(quasi).len(name=_SIZE)
    by_nulls = classes.with_columns(pl.concat_list([pl.col(name).is_null() for name in quasi]).alias(_LOOKS))
    parts = [part.drop(_LOOKS) for part in by_nulls.partition_by(_LOOKS)]
    return min(_smallest(part, parts, quasi) for part in parts)


def _smallest(part: pl.DataFrame, parts: list[pl.DataFrame], quasi: Sequence[str]) -> int:
    """The smallest count among the combinations of `part`, which are null in the same columns."""
    total = part.select(quasi).with_columns(pl.lit(0, pl.UInt64).alias(_FITTING))
    for other in parts:
        filled = [name for name in quasi if not (_null(part, name) or _null(other, name))]
        if not filled:
            found = pl.lit(int(other.get_column(_SIZE).sum()), pl.UInt64)
        else:
            sums = other.group_by(filled).agg(pl.col(_SIZE).sum().cast(pl.UInt64))
            total = total.join(sums, on=filled, how="left")
            found = pl.col(_SIZE).fill_null(0)
        total = total.with_columns(pl.col(_FITTING) + found).drop(_SIZE, strict=False)
    return int(total.get_column(_FITTING).min() or 0)  # type: ignore[arg-type]


def _null(part: pl.DataFrame, name: str) -> bool:
    return part.get_column(name).null_count() > 0
