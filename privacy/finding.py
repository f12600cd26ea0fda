"""Which values of a column hold an entity: what the scanner counts and what redaction empties."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from datafiles import inference
from privacy.cells import Cells
from privacy.detectors import detector_of
from privacy.evidence import Detector, header_tokens, phrase_in
from privacy.search import pattern_matches
from privacy.vocabulary import FREE_TEXT_HEADERS


def cells_of(series: pl.Series, type_: str) -> Cells:
    """The cells of a column, read the way its name suggests."""
    named_prose = phrase_in(header_tokens(series.name), FREE_TEXT_HEADERS) is not None
    return Cells.of(series, type_, named_prose=named_prose)


def matching_values(series: pl.Series, entities: Iterable[str]) -> pl.Series:
    """The distinct values of `series` in which one of `entities` is found, inside or as a whole."""
    type_ = inference.infer(series).type
    cells = cells_of(series, type_)
    parts = [_values(cells, detector_of(entity), type_) for entity in entities]
    return pl.concat(parts).unique() if parts else pl.Series("v", [], dtype=pl.String)


def _values(cells: Cells, detector: Detector, type_: str) -> pl.Series:
    values = cells.frame.get_column("v")
    tokens = header_tokens(cells.name)
    parts = [part.get_column("v") for part in pattern_matches(cells, detector, type_)]
    if phrase_in(tokens, detector.headers):
        parts.append(values.filter(detector.fits(values).fill_null(value=False)))
    judge = (detector.convinces or detector.fits) if detector.alone is not None else None
    if judge is not None:
        parts.append(values.filter(judge(values).fill_null(value=False)))
    return pl.concat(parts).rename("v") if parts else pl.Series("v", [], dtype=pl.String)
