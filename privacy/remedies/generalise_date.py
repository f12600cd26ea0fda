"""Dates become months, quarters or years. What is not clear is emptied: nobody can tell which year is meant."""

from __future__ import annotations

import polars as pl

from privacy.remedies.base import ColumnFacts, Context, Param, Params, Remedy, column_and
from privacy.remedies.dates import date_parts

_TO = (("year", "The year"), ("quarter", "The quarter"), ("month", "The month"), ("decade", "The decade"))


def _recode(values: pl.Series, _counts: pl.Series, params: Params, _context: Context) -> pl.Series:
    return date_parts(values, params.get("to") or "year")


def _fits(column: ColumnFacts) -> bool:
    return column.type in ("date", "datetime") or column.entity in ("DATE_OF_BIRTH", "EVENT_DATE")


def _says(params: Params) -> str:
    to = params.get("to") or "year"
    return f"Each date of “{params['column']}” becomes its {to}; what has no clear {to} is emptied."


REMEDY = Remedy(
    name="generalise_date",
    label="Make dates coarser",
    says=_says,
    params=column_and(
        Param(
            "to",
            "Keep",
            "choice",
            help="HIPAA Safe Harbor allows no more than the year.",
            required=False,
            default="year",
            choices=_TO,
        )
    ),
    recode=_recode,
    fits=_fits,
)
