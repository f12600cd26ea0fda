"""Numbers are rounded to a multiple."""

from __future__ import annotations

import polars as pl

from privacy.remedies.base import ColumnFacts, Context, Param, Params, Remedy, column_and
from privacy.remedies.numbers import number_text, numbers_in, text_of_numbers


def _recode(values: pl.Series, _counts: pl.Series, params: Params, _context: Context) -> pl.Series:
    step = params["to"]
    # Half up, away from what floats do to 0.5: the same number always goes the same way.
    rounded = ((numbers_in(values) / step) + 0.5).floor() * step
    return text_of_numbers(rounded, decimals=_places(step)).alias(values.name)


def _places(step: float) -> int:
    return len(f"{step:.6f}".rstrip("0").partition(".")[2])


def _fits(column: ColumnFacts) -> bool:
    return column.type in ("integer", "decimal")


REMEDY = Remedy(
    name="round_numbers",
    label="Round numbers",
    says=lambda params: f"The numbers of “{params['column']}” are rounded to {number_text(params['to'])}.",
    params=column_and(Param("to", "To the nearest", "number", default=10, least=0.000001, most=1e12)),
    recode=_recode,
    fits=_fits,
)
