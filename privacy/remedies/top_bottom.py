"""Extremes are cut to a cap, which the copy states."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from privacy.remedies.base import ColumnFacts, Context, Param, Params, Remedy, column_and
from privacy.remedies.numbers import number_text, numbers_in


def _recode(values: pl.Series, _counts: pl.Series, params: Params, _context: Context) -> pl.Series:
    numbers = numbers_in(values)
    kept: pl.Expr = pl.when(numbers.is_not_null()).then(values)
    top, bottom = params.get("top"), params.get("bottom")
    if top is not None:
        kept = pl.when(numbers > top).then(pl.lit(_plain(top))).otherwise(kept)
    if bottom is not None:
        kept = pl.when(numbers < bottom).then(pl.lit(_plain(bottom))).otherwise(kept)
    return pl.select(kept).to_series().alias(values.name)


def _plain(number: float) -> str:
    return number_text(number).replace(",", "")


def _faults(params: Params) -> Iterator[str]:
    top, bottom = params.get("top"), params.get("bottom")
    if top is None and bottom is None:
        yield "Give a highest or a lowest number, or both."
    elif top is not None and bottom is not None and top <= bottom:
        yield "The highest number must be more than the lowest."


def _fits(column: ColumnFacts) -> bool:
    return column.type in ("integer", "decimal")


def _says(params: Params) -> str:
    caps = []
    if params.get("top") is not None:
        caps.append(f"more than {number_text(params['top'])} becomes {number_text(params['top'])}")
    if params.get("bottom") is not None:
        caps.append(f"less than {number_text(params['bottom'])} becomes {number_text(params['bottom'])}")
    return f"In “{params['column']}” {' and '.join(caps)}; what is no number is emptied."


REMEDY = Remedy(
    name="top_bottom",
    label="Cap the extremes",
    says=_says,
    params=column_and(
        Param("top", "Highest number that stays", "number", required=False),
        Param("bottom", "Lowest number that stays", "number", required=False),
    ),
    recode=_recode,
    faults=_faults,
    fits=_fits,
)
