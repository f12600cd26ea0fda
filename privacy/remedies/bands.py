"""Numbers become bands of one width."""

from __future__ import annotations

import polars as pl

from privacy.remedies.base import ColumnFacts, Context, Param, Params, Remedy, column_and
from privacy.remedies.built_in import numeric_bands
from privacy.remedies.numbers import number_text


def _recode(values: pl.Series, _counts: pl.Series, params: Params, _context: Context) -> pl.Series:
    return numeric_bands(values, params["width"], top=params.get("top"))


def _fits(column: ColumnFacts) -> bool:
    return column.type in ("integer", "decimal")


def _says(params: Params) -> str:
    top = params.get("top")
    pooled = f"; {number_text(top)} and more are taken together" if top is not None else ""
    return f"The numbers of “{params['column']}” become bands of {number_text(params['width'])}{pooled}."


REMEDY = Remedy(
    name="bands",
    label="Numbers in bands",
    says=_says,
    params=column_and(
        Param("width", "Width of a band", "number", least=0.000001, most=1e12),
        Param("top", "Take together from", "number", help="Optional: extremes stand out.", required=False),
    ),
    recode=_recode,
    fits=_fits,
    stays_text=True,
)
