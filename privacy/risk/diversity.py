"""What a group gives away although nobody in it stands alone: l-diversity and t-closeness of one column.

Sources: Machanavajjhala et al. 2007 (distinct and entropy l), Li et al. 2007 (t, earth mover's distance).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

# Names that no file's columns have.
_VALUE, _N, _P, _Q = (f"\x00{name}" for name in ("value", "n", "p", "q"))


@dataclass(frozen=True, slots=True)
class Diversity:
    """Over the groups that share a combination of the quasi-identifiers; null counts as a value.

    `l` is the smallest number of different sensitive values in a group, `entropy_l` the same weighted by how
    evenly they occur, `t` the largest distance of a group's values from those of the whole table.
    """

    l: int  # noqa: E741 - its name in the literature
    entropy_l: float
    t: float


def diversity(
    frame: pl.DataFrame, quasi: Sequence[str], sensitive: str, *, ordered: bool
) -> Diversity | None:
    """Measure the column `sensitive`. `ordered` values (numbers) are near or far from one another.

    None for a table without rows. Raises ValueError when a column is missing.
    """
    missing = [name for name in (*quasi, sensitive) if name not in frame.columns]
    if missing:
        raise ValueError(f"The table has no column {missing[0]!r}.")
    if frame.is_empty():
        return None
    by = list(quasi)
    text = pl.col(sensitive)
    ranked = (text.cast(pl.Float64, strict=False) if ordered else text).rank("dense")
    # Codes from 0, null first.
    coded = frame.select(*by, ranked.fill_null(0).alias(_VALUE))
    coded = coded.with_columns(pl.col(_VALUE) - pl.col(_VALUE).min())
    counts = coded.group_by([*by, _VALUE]).len(name=_N)
    counts = counts.with_columns((pl.col(_N) / pl.col(_N).sum().over(by)).alias(_P))
    per_group = counts.group_by(by).agg(l=pl.len(), entropy=-(pl.col(_P) * pl.col(_P).log()).sum())
    whole = (
        coded.group_by(_VALUE).len(name=_N).sort(_VALUE).select(_VALUE, (pl.col(_N) / frame.height).alias(_Q))
    )
    return Diversity(
        l=int(per_group.get_column("l").min() or 0),  # type: ignore[arg-type]
        entropy_l=math.exp(float(per_group.get_column("entropy").min() or 0.0)),  # type: ignore[arg-type]
        t=_ordered(counts, whole, by) if ordered else _categorical(counts, whole, by),
    )


def _categorical(counts: pl.DataFrame, whole: pl.DataFrame, by: list[str]) -> float:
    """Half the sum of |p - q|. A value that a group lacks adds its q, so the sum over those it has is enough."""
    apart = ((pl.col(_P) - pl.col(_Q)).abs() - pl.col(_Q)).sum()
    return _largest(counts.join(whole, on=_VALUE).group_by(by).agg(t=(apart + 1) / 2))


def _ordered(counts: pl.DataFrame, whole: pl.DataFrame, by: list[str]) -> float:
    """The sum over all m values of |cumulated q - p| / (m - 1), without looking at values a group lacks.

    Between two of its values the cumulated p of a group stays at c while that of the table, Q, rises: the
    range is cut where Q passes c, and each side is a difference of prefix sums of Q.
    """
    rising = whole.get_column(_Q).cum_sum().to_numpy()
    last = len(rising)
    if last < 2:
        return 0.0
    prefix = np.concatenate([[0.0], np.cumsum(rising)])
    steps = counts.sort([*by, _VALUE]).with_columns(
        c=pl.col(_P).cum_sum().over(by),
        start=pl.col(_VALUE).cast(pl.Int64),
        end=pl.col(_VALUE).shift(-1).over(by).fill_null(last).cast(pl.Int64),
        first=pl.col(_VALUE).cum_count().over(by) == 1,
    )
    c, start, end = (steps.get_column(name).to_numpy() for name in ("c", "start", "end"))
    cut = np.clip(np.searchsorted(rising, c), start, end)
    below = c * (cut - start) - (prefix[cut] - prefix[start])
    above = (prefix[end] - prefix[cut]) - c * (end - cut)
    before = np.where(steps.get_column("first").to_numpy(), prefix[start], 0.0)
    moved = steps.with_columns(pl.Series("moved", below + above + before))
    return _largest(moved.group_by(by).agg(t=pl.col("moved").sum() / (last - 1)))


def _largest(per_group: pl.DataFrame) -> float:
    return float(per_group.get_column("t").max() or 0.0)  # type: ignore[arg-type]
