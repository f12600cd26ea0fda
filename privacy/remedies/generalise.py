"""Values become coarser by a level of a hierarchy, built in or uploaded."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from privacy.remedies.base import Context, Param, Params, Remedy, column_and
from privacy.remedies.built_in import BUILT_IN, hierarchy_named, number_width, numbers_by


def _recode(values: pl.Series, _counts: pl.Series, params: Params, context: Context) -> pl.Series:
    hierarchy = hierarchy_named(params["hierarchy"], context.hierarchies)
    return hierarchy.at(values, params["level"])


def _says(params: Params) -> str:
    name, level = params["column"], params["level"]
    width = number_width(params["hierarchy"])
    known = numbers_by(width) if width else BUILT_IN.get(params["hierarchy"])
    if known is None:
        return f"“{name}” is made coarser to level {level} of an uploaded hierarchy."
    return f"“{name}” is made coarser: {known.label}, {known.levels[level]}."


def _faults(params: Params) -> Iterator[str]:
    width = number_width(params["hierarchy"])
    known = numbers_by(width) if width else BUILT_IN.get(params["hierarchy"])
    if known is not None and params["level"] >= len(known.levels):
        yield f"The hierarchy “{known.label}” has levels 1 to {len(known.levels) - 1}. Choose one of them."


REMEDY = Remedy(
    name="generalise",
    label="Make coarser by a hierarchy",
    says=_says,
    params=column_and(
        Param("hierarchy", "Hierarchy", "hierarchy"),
        Param(
            "level", "Level", "integer", help="1 is the finest; the highest leaves nothing.", least=1, most=20
        ),
    ),
    recode=_recode,
    faults=_faults,
    stays_text=True,
)
