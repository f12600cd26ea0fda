"""Leave out the rows that meet a condition on one column."""

from __future__ import annotations

import polars as pl

from privacy.remedies.base import Context, Params, Remedy, column_and, no_column
from privacy.remedies.conditions import PARAMS, in_words, meets, unused


def _reshape(frame: pl.DataFrame, params: Params, _context: Context) -> pl.DataFrame:
    return frame.filter(~meets(frame.get_column(params["column"]), params))


REMEDY = Remedy(
    name="drop_rows",
    label="Drop rows by a condition",
    says=lambda params: f"Rows in which “{params['column']}” {in_words(params)} are left out.",
    params=column_and(*PARAMS),
    reshape=_reshape,
    faults=unused,
    changes=no_column,
)
