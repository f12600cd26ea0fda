"""Empty the cells in which something was found; the rest of the column stays."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from privacy.detectors import DETECTORS
from privacy.finding import matching_values
from privacy.remedies.base import ColumnFacts, Context, Param, Params, Remedy, column_and

ENTITIES = Param("entities", "What to look for", "texts", help="The kinds that the scan found in the column.")


def unknown_entities(params: Params) -> Iterable[str]:
    """A sentence where something is to be looked for that no detector finds; it is not repeated, whatever it says."""
    known = {one.entity for one in DETECTORS}
    for at, entity in enumerate(params["entities"], start=1):
        if entity not in known:
            yield (
                f"what is looked for at place {at} is no kind of value that the scan finds. "
                f"Choose from the kinds that were found in “{params['column']}”."
            )


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
    faults=unknown_entities,
)
