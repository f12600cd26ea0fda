"""Words that people type about data must not repeat the data: does a text hold somebody's number?"""

from __future__ import annotations

import re

import polars as pl

from privacy.cells import Cells
from privacy.detectors import detector_of
from privacy.finding import cells_of
from privacy.masking import mask
from privacy.search import pattern_matches

# One of these is one too many.
_NEVER = ("SSN", "CREDIT_CARD")
# Below this a match is a number of nine digits that could be anything.
_LIKELY = 0.45
# A colleague's number or address may be written; so many are a list from the file.
_LISTED = {"PHONE": "telephone numbers", "EMAIL": "e-mail addresses"}
_LIST_BEGINS = 3
_PIECES = re.compile(r"[\n,;|\t]+")
_WHERE = "Describe the place instead: the column and the row."


def raw_values_in(text: str) -> str:
    """The sentence that refuses a text holding values of a file; empty when there are none.

    Takes what a person typed. The sentence shows what was found masked, never in clear.
    """
    pieces = [piece.strip() for piece in _PIECES.split(text) if piece.strip()]
    if not pieces:
        return ""
    cells = cells_of(pl.Series("remarks", pieces, dtype=pl.String), "text")
    for entity in _NEVER:
        found = _matches(cells, entity)
        if found:
            label = detector_of(entity).label
            return f"This looks like a {label} ({mask(found[0], entity)}). Do not write it here. {_WHERE}"
    for entity, words in _LISTED.items():
        if len(_matches(cells, entity)) >= _LIST_BEGINS:
            return f"This looks like a list of {words}. Do not write values of the file here. {_WHERE}"
    return ""


def _matches(cells: Cells, entity: str) -> list[str]:
    """The distinct likely matches of one detector."""
    parts = pattern_matches(cells, detector_of(entity), "text")
    return [match for part in parts for match in part.filter(pl.col("s") >= _LIKELY).get_column("m").unique()]
