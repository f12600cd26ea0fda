"""Surrogates in place of values: rows of one person stay together, and nothing tells who it is."""

from __future__ import annotations

import polars as pl

from privacy.remedies.base import ColumnFacts, Context, Param, Params, Remedy, column_and
from privacy.remedies.surrogates import surrogates


def _recode(values: pl.Series, _counts: pl.Series, params: Params, context: Context) -> pl.Series:
    name = params["column"]
    known = context.known.setdefault(name, {})
    given = surrogates(values, secret=context.secret, purpose=name, known=known)
    prefix = params.get("prefix") or ""
    return pl.Series(values.name, [f"{prefix}{one}" for one in given], dtype=pl.String)


def _fits(column: ColumnFacts) -> bool:
    return column.group in ("direct", "key")


REMEDY = Remedy(
    name="pseudonym",
    label="Replace by surrogates",
    says=lambda params: (
        f"Each value of “{params['column']}” becomes a surrogate drawn at random, the same for the same value, "
        "also in later refreshes."
    ),
    params=column_and(
        Param(
            "prefix",
            "Begins with",
            "text",
            help="Letters before each surrogate, such as “P-”.",
            required=False,
            default="",
        )
    ),
    recode=_recode,
    fits=_fits,
    stays_text=True,
    needs_secret=True,
)
