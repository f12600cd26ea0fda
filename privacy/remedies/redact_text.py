"""Inside texts, what was found is replaced by what it is ("[redacted SSN]"); the rest of the text stays.

Only what the detectors find: meaning is not understood. A cell that is an identifier as a whole is replaced whole.
"""

from __future__ import annotations

import polars as pl

from privacy.cells import Cells
from privacy.detectors import detector_of
from privacy.finding import cells_of, matching_values
from privacy.remedies.base import ColumnFacts, Context, Params, Remedy, column_and
from privacy.remedies.redact_matches import ENTITIES, unknown_entities
from privacy.search import pattern_matches


def _rewrite(series: pl.Series, params: Params, _context: Context) -> pl.Series:
    cells = cells_of(series, "text")
    after: dict[str, str] = {}
    for entity in params["entities"]:
        spans = _spans(cells, entity)
        for value in matching_values(series, [entity]):
            text = after.get(value, value)
            marks = spans.get(value, [value])
            for mark in sorted(marks, key=len, reverse=True):
                text = text.replace(mark, placeholder(entity))
            after[value] = text
    if not after:
        return series
    return series.replace(list(after), list(after.values()))


def _spans(cells: Cells, entity: str) -> dict[str, list[str]]:
    """Value -> what of it was matched."""
    spans: dict[str, list[str]] = {}
    for part in pattern_matches(cells, detector_of(entity), "text"):
        for value, match in part.select("v", "m").unique(maintain_order=True).iter_rows():
            # A match may begin with the blank before it, which belongs to the text.
            spans.setdefault(value, []).append(match.strip())
    return spans


def placeholder(entity: str) -> str:
    """ "[redacted STREET ADDRESS]"."""
    return f"[redacted {entity.replace('_', ' ')}]"


def _fits(column: ColumnFacts) -> bool:
    return bool(column.entities) and column.type == "text"


REMEDY = Remedy(
    name="redact_text",
    label="Redact inside the text",
    says=lambda params: (
        f"In the texts of “{params['column']}” what was found is replaced by what it is, such as "
        f"{placeholder(params['entities'][0])}; the rest stays."
    ),
    params=column_and(ENTITIES),
    rewrite=_rewrite,
    fits=_fits,
    faults=unknown_entities,
    on_classes=False,
    stays_text=True,
)
