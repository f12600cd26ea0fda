"""The columns that are measured, taken out of a frame one by one; polars and numpy leave room for two at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
from numpy.typing import NDArray

from privacy.risk.coding import Coded, code

Frame = pl.DataFrame | pl.LazyFrame
_WORKERS = 2
# Below, starting a thread takes longer than the work.
_WORTH_THREADS = 50_000


def require(frame: Frame, names: Sequence[str]) -> None:
    """Raises ValueError that names the first column the table does not have."""
    there = frame.collect_schema().names() if isinstance(frame, pl.LazyFrame) else frame.columns
    for name in names:
        if name not in there:
            raise ValueError(f"The table has no column {name!r}.")


def column_of(frame: Frame, name: str) -> pl.Series:
    if isinstance(frame, pl.LazyFrame):
        return frame.select(name).collect().to_series()
    return frame.get_column(name)


def rows_in(frame: Frame) -> int:
    if isinstance(frame, pl.LazyFrame):
        return int(frame.select(pl.len()).collect().item())
    return frame.height


def coded_columns(frame: Frame, names: Sequence[str]) -> Iterator[Coded]:
    """The columns as codes, in the order given."""
    if rows_in(frame) < _WORTH_THREADS:
        yield from (code(column_of(frame, name)) for name in names)
        return
    with ThreadPoolExecutor(max_workers=_WORKERS) as pool:
        yield from pool.map(lambda name: code(column_of(frame, name)), names)


def rows_of(frame: Frame, wanted: pl.DataFrame, *, first: int) -> list[tuple[int, int]]:
    """For the combinations in `wanted`: the place of each there, and its `first` rows, counted from 1."""
    row, at = "\x00row", "\x00at"
    found = (
        frame.lazy()
        .select(wanted.columns)
        .with_row_index(row, offset=1)
        .join(wanted.lazy().with_row_index(at), on=wanted.columns, nulls_equal=True)
        .group_by(at)
        .agg(pl.col(row).sort().head(first))
        .explode(row)
        .sort(at, row)
    )
    return list(found.select(at, row).collect().iter_rows())


def weights_of(frame: Frame, name: str) -> NDArray[np.float64]:
    """The sampling weights of the rows. Raises ValueError when a cell is not a number above 0."""
    column = column_of(frame, name).cast(pl.Float64, strict=False)
    fitting = (column > 0) & column.is_finite()
    wrong = len(column) - int(fitting.sum() or 0)
    if wrong:
        raise ValueError(
            f"The weights in column “{name}” must be numbers above 0; {wrong:,} "
            f"{'cell is' if wrong == 1 else 'cells are'} not."
        )
    return column.to_numpy()
