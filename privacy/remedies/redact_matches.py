"""Empty the cells in which something was found; the rest of the column stays."""

from __future__ import annotations

import polars as pl

from privacy.finding import matching_values
from privacy.remedies.base import ColumnFacts, Context, Param, Params, Remedy, column_and

ENTITIES = Param("entities", "What to look for", "texts", help="The kinds that the scan found in the column.")


def _rewrite(series: pl.Series, params: Params, _context: Context) -> pl.Series:
    found = matching_values(series, params["entities"])
    hit = series.is_in(found.implode()).fill_null(value=False)
    return series.set(hit, None)


def _fits(column: ColumnFacts) -> bool:
    return bool(column.entities)


REMEDY = Remedy(
    name="redact_matches",
    label="Redact the cells that were found",
    says=lambda params: (
        f"Each cell of “{params['column']}” in which something was found is emptied; the others stay."
    ),
    params=column_and(ENTITIES),
    rewrite=_rewrite,
    fits=_fits,
)
