"""k-anonymity over a set of quasi-identifiers (PRIVACY 3): one pass, everything else from the class table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

# Class sizes as the page draws them: lower and upper bound.
BANDS = ((1, 1), (2, 4), (5, 10), (11, 50), (51, None))


@dataclass(frozen=True, slots=True)
class RiskMeasures:
    """Rows in groups that share one combination of the quasi-identifiers. Null counts as a value of its own."""

    quasi: list[str]
    rows: int
    k: int
    classes: int
    unique_rows: int
    rows_under_5: int
    rows_under_11: int
    prosecutor_max: float
    prosecutor_average: float
    # (from, to, rows, groups); `to` None is open.
    class_sizes: list[tuple[int, int | None, int, int]]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def measure(frame: pl.DataFrame, quasi: Sequence[str]) -> RiskMeasures:
    """Measure `frame` over the columns `quasi` (at least one; each must exist). A table without rows has k 0."""
    if not quasi:
        raise ValueError("There is nothing to measure without a quasi-identifier.")
    missing = [name for name in quasi if name not in frame.columns]
    if missing:
        raise ValueError(f"The table has no column {missing[0]!r}.")
    sizes = class_sizes(frame, quasi)
    rows = frame.height
    k = int(sizes.min() or 0)  # type: ignore[arg-type]
    bands = []
    for low, high in BANDS:
        inside = sizes.filter((sizes >= low) & ((sizes <= high) if high else pl.Series([True])))
        bands.append((low, high, int(inside.sum()), len(inside)))
    return RiskMeasures(
        quasi=list(quasi),
        rows=rows,
        k=k,
        classes=len(sizes),
        unique_rows=int((sizes == 1).sum()),
        rows_under_5=int(sizes.filter(sizes < 5).sum()),
        rows_under_11=int(sizes.filter(sizes < 11).sum()),
        prosecutor_max=1 / k if k else 0.0,
        prosecutor_average=len(sizes) / rows if rows else 0.0,
        class_sizes=bands,
    )


def class_sizes(frame: pl.DataFrame, quasi: Sequence[str]) -> pl.Series:
    """How many rows share each combination that occurs."""
    return frame.select(quasi).group_by(quasi).len(name="n").get_column("n")
