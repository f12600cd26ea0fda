"""A recipe: an ordered list of remedies. The same bytes and the same recipe give the same output bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

import polars as pl

from datafiles.table import Column, Table
from privacy.remedies import drop_column, generalise_date, generalise_zip, redact_matches

REMEDIES: dict[str, ModuleType] = {
    "drop_column": drop_column,
    "redact_matches": redact_matches,
    "generalise_date": generalise_date,
    "generalise_zip": generalise_zip,
}
# "036" is no number.
_STAYS_TEXT = {"generalise_zip"}

Recipe = Sequence[dict[str, Any]]


class RecipeError(Exception):
    """The recipe cannot be applied to this table. The sentence says which step and why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def canonical(recipe: Recipe) -> str:
    """The recipe as text that is equal for equal recipes."""
    return json.dumps(list(recipe), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def recipe_digest(recipe: Recipe) -> str:
    """sha256 of the canonical text."""
    return hashlib.sha256(canonical(recipe).encode()).hexdigest()


def apply_recipe(table: Table, recipe: Recipe) -> Table:
    """The treated table. Columns no step touches keep their types. Raises RecipeError."""
    frame = table.frame
    changed: dict[str, str] = {}
    for number, step in enumerate(recipe, start=1):
        name, params = step["remedy"], step["params"]
        if name not in REMEDIES:
            raise RecipeError(f"Step {number} of the recipe names a remedy that does not exist: {name}.")
        column = params["column"]
        if column not in frame.columns:
            raise RecipeError(
                f"Step {number} of the recipe needs the column “{column}”, which the file has not."
            )
        frame = REMEDIES[name].apply(frame, params)
        changed[column] = name
    return Table(tuple(_columns(frame, table, changed)), frame)


def _columns(frame: pl.DataFrame, source: Table, changed: dict[str, str]) -> Iterator[Column]:
    """The columns of the treated table: the types of changed ones are judged anew."""
    known = {column.name: column for column in source.columns if column.name not in changed}
    judged = Table.of(frame.select(name for name in frame.columns if name in changed)).columns
    anew = {column.name: column for column in judged}
    for name in frame.columns:
        if name in known:
            yield known[name]
        elif changed[name] in _STAYS_TEXT:
            yield Column(name, "text", "text", anew[name].forms)
        else:
            yield anew[name]
