"""Leave out the rows whose combination of values fewer than k rows share."""

from __future__ import annotations

import polars as pl

from privacy.remedies.base import Context, Param, Params, Remedy, no_column


def _reshape(frame: pl.DataFrame, params: Params, _context: Context) -> pl.DataFrame:
    return frame.filter(pl.len().over(params["columns"]) >= params["k"])


REMEDY = Remedy(
    name="drop_small_classes",
    label="Drop rows that too few share",
    says=lambda params: (
        f"Rows are left out whose combination of {', '.join(params['columns'])} "
        f"is shared by fewer than {params['k']} rows."
    ),
    params=(
        Param("columns", "Columns", "columns"),
        Param("k", "Smallest group that stays", "integer", default=5, least=2, most=1_000_000),
    ),
    reshape=_reshape,
    changes=no_column,
    guards=True,
)
