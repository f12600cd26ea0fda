"""Ages become bands, with 90 and over taken together (HIPAA Safe Harbor)."""

from __future__ import annotations

import polars as pl

from privacy.remedies.ages import POOLED_FROM, age_bands
from privacy.remedies.base import ColumnFacts, Context, Param, Params, Remedy, column_and


def _recode(values: pl.Series, _counts: pl.Series, params: Params, _context: Context) -> pl.Series:
    return age_bands(values, width=params["width"], top=params.get("top") or POOLED_FROM)


def _fits(column: ColumnFacts) -> bool:
    return column.entity == "AGE"


REMEDY = Remedy(
    name="age_bands",
    label="Ages in bands",
    says=lambda params: (
        f"The ages of “{params['column']}” become bands of {params['width']} years; "
        f"{params.get('top') or POOLED_FROM} and over are taken together."
    ),
    params=column_and(
        Param("width", "Years in a band", "integer", default=5, least=1, most=50),
        Param(
            "top",
            "Take together from",
            "integer",
            help="HIPAA Safe Harbor: 90 at most.",
            required=False,
            default=POOLED_FROM,
            least=1,
            most=POOLED_FROM,
        ),
    ),
    recode=_recode,
    fits=_fits,
    stays_text=True,
)
