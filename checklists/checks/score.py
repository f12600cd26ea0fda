"""The quality score: five named dimensions between 0 and 1, each with what it was counted from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from checklists.checks.base import CheckResult

DIMENSIONS = ("completeness", "validity", "timeliness", "uniqueness", "consistency")
# What a check looks at, as it stands beside its number.
_WORDS = {
    "completeness": "cells that are filled",
    "coordinates": "coordinates",
    "dates_iso": "dates written year first",
    "duplicate_rows": "rows that stand once",
    "numbers_plain": "plain numbers",
    "schema_matches_dictionary": "columns as the dictionary describes them",
    "text_clean": "clean text",
    "timeliness": "as fresh as promised",
    "type_consistency": "one kind of value in each column",
    "valid_ranges": "possible values",
}


@dataclass(frozen=True)
class Dimension:
    """One number and where it comes from; `value` is None when nothing could be judged."""

    name: str
    value: float | None
    explanation: str


@dataclass(frozen=True)
class Score:
    """All dimensions, and their mean over those that could be judged."""

    value: float | None
    dimensions: tuple[Dimension, ...]


def quality_score(results: Iterable[CheckResult]) -> Score:
    """The mean of the checks in each dimension, and the mean of the dimensions."""
    results = list(results)
    dimensions = tuple(_dimension(name, results) for name in DIMENSIONS)
    values = [one.value for one in dimensions if one.value is not None]
    return Score(round(sum(values) / len(values), 2) if values else None, dimensions)


def _dimension(name: str, results: list[CheckResult]) -> Dimension:
    parts = [(one.check, one.score) for one in results if one.dimension == name and one.score is not None]
    if not parts:
        return Dimension(name, None, "Nothing in this file could be judged by it.")
    value = round(sum(score for _, score in parts) / len(parts), 2)
    words = ", ".join(f"{_WORDS[check]} {score:.2f}" for check, score in parts)
    return Dimension(name, value, f"{'Mean of' if len(parts) > 1 else 'From'}: {words}.")
