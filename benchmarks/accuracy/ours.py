"""What our own scan says of labelled tables and texts."""

from __future__ import annotations

import polars as pl

from benchmarks.accuracy.score import Verdicts
from benchmarks.accuracy.tables import Labelled
from privacy.detectors import DETECTORS
from privacy.finding import cells_of
from privacy.scanner import scan
from privacy.search import pattern_matches
from privacy.verdicts import CLEAR

# Weaker matches are asked about, not found.
_LIKELY = 0.45


def verdicts(tables: list[Labelled]) -> Verdicts:
    """Column -> the entity that a person is asked about; None for a column that is clear."""
    return [
        {
            column.name: None if column.decision == CLEAR else column.entity
            for column in scan(one.table).columns
        }
        for one in tables
    ]


def found_in(texts: list[str]) -> list[set[str]]:
    """The entities found inside each text, all texts being the cells of one column of remarks."""
    cells = cells_of(pl.Series("remarks", texts), "text")
    found: dict[str, set[str]] = {text: set() for text in texts}
    for detector in DETECTORS:
        for part in pattern_matches(cells, detector, "text"):
            for value in part.filter(pl.col("s") >= _LIKELY).get_column("v").unique():
                found[value].add(detector.entity)
    return [found[text] for text in texts]
