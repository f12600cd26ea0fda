"""Texts keep their first characters."""

from __future__ import annotations

import polars as pl

from privacy.remedies.base import ColumnFacts, Context, Param, Params, Remedy, column_and


def _recode(values: pl.Series, _counts: pl.Series, params: Params, _context: Context) -> pl.Series:
    cut = values.str.strip_chars().str.slice(0, params["characters"])
    return cut.set(cut == "", None).alias(values.name)


def _fits(column: ColumnFacts) -> bool:
    return column.type in ("text", "integer")


REMEDY = Remedy(
    name="truncate_text",
    label="Keep the first characters",
    says=lambda params: (
        f"Each value of “{params['column']}” keeps its first {params['characters']} characters."
    ),
    params=column_and(Param("characters", "How many characters", "integer", default=3, least=1, most=10_000)),
    recode=_recode,
    fits=_fits,
    stays_text=True,
)
