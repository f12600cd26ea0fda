"""Leave a column out altogether."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from privacy.remedies.base import Context, Params, Remedy, column_and


def _reshape(frame: pl.DataFrame, params: Params, _context: Context) -> pl.DataFrame:
    return frame.drop(params["column"])


def _left(columns: Sequence[str], params: Params) -> list[str]:
    return [name for name in columns if name != params["column"]]


REMEDY = Remedy(
    name="drop_column",
    label="Drop the column",
    says=lambda params: f"The column “{params['column']}” is left out of the copy.",
    params=column_and(),
    reshape=_reshape,
    columns_after=_left,
)
