"""A recipe: an ordered list of remedies. The same bytes, recipe and secret give the same output bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from datafiles.table import Column, Table
from privacy.aggregates.cube import ShapeError
from privacy.remedies.aggregate import COUNT
from privacy.remedies.base import Context, Params, Remedy, apply_step, completed, named_columns
from privacy.remedies.parameters import param_faults
from privacy.remedies.registry import REMEDIES

Recipe = Sequence[dict[str, Any]]
AGGREGATE = "aggregate"
# What may be done to the counts of a table: they stay numbers, or become hidden.
_LEAVES_COUNTS = ("suppress_table", "suppress_cells", "round_numbers", "drop_rows")


class RecipeError(Exception):
    """The recipe cannot be applied to this table. The sentence says which step and why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one step (from 1), in a sentence that names it."""

    step: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one step did: the cells it changed, the rows it removed, and in how many rows a cell changed."""

    step: int
    remedy: str
    says: str
    rows_removed: int
    rows_changed: int
    cells_changed: int
    columns_removed: int


@dataclass(frozen=True, slots=True)
class Change:
    """How far a column was changed: the share of its filled cells that the strongest step changed, and the share of
    its distinct values that all steps together leave."""

    share: float = 0.0
    distinct: float = 1.0

    def followed_by(self, later: Change) -> Change:
        return Change(max(self.share, later.share), self.distinct * later.distinct)


@dataclass(frozen=True, slots=True)
class Replay:
    """The treated table, what each step did, and how far each column that a step may change was `changed`."""

    table: Table
    outcomes: list[Outcome]
    changed: dict[str, Change]


def canonical(recipe: Recipe) -> str:
    """The recipe as text that is equal for equal recipes."""
    return json.dumps(list(recipe), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def recipe_digest(recipe: Recipe) -> str:
    """sha256 of the canonical text."""
    return hashlib.sha256(canonical(recipe).encode()).hexdigest()


def recipe_faults(recipe: Any, columns: Sequence[str], hierarchies: Collection[str] = ()) -> list[Fault]:
    """What is wrong with a recipe for a table of these columns: the first fault of each step.

    `hierarchies` are the digests of the uploaded ones that are there. Each step is judged on the columns that
    the steps before it leave.
    """
    if not isinstance(recipe, list):
        return [Fault(0, "A recipe is a list of steps.")]
    left, faults, is_table = list(columns), [], False
    for number, step in enumerate(recipe, start=1):
        fault = _step_fault(number, step, left, hierarchies)
        if not fault and is_table:
            fault = _count_fault(number, step)
        if fault:
            faults.append(Fault(number, fault))
        else:
            is_table = is_table or step["remedy"] == AGGREGATE
            left = REMEDIES[step["remedy"]].left(left, step["params"])
    return faults


def columns_left(recipe: Recipe, columns: Sequence[str]) -> list[str]:
    """The columns that a sound recipe leaves of `columns`."""
    left = list(columns)
    for step in recipe:
        left = REMEDIES[step["remedy"]].left(left, step["params"])
    return left


def columns_touched(recipe: Recipe, columns: Sequence[str]) -> set[str]:
    """Which of `columns` a step leaves out or may change; one that only leaves out rows touches none."""
    touched = set(columns) - set(columns_left(recipe, columns))
    for step in recipe:
        touched.update(step_changes(step))
    return touched & set(columns)


def columns_guarded(recipe: Recipe) -> set[str]:
    """The columns over which a step leaves no small group of rows."""
    guarding = (step for step in recipe if REMEDIES[step["remedy"]].guards)
    return {name for step in guarding for name in named_columns(step["params"])}


def step_changes(step: Mapping[str, Any]) -> list[str]:
    """The columns of which a sound step may change values."""
    remedy = REMEDIES[step["remedy"]]
    return remedy.changes(completed(remedy, step["params"]))


def apply_recipe(table: Table, recipe: Recipe, *, secret: bytes = b"") -> Table:
    """The treated table. Columns no step touches keep their types. Raises RecipeError."""
    return replay(table, recipe, Context(secret=secret)).table


def replay(table: Table, recipe: Recipe, context: Context) -> Replay:
    """Apply every step in order. Raises RecipeError, naming the step.

    Surrogates given are kept in `context.known`: hand them in again and the next refresh gives the same ones.
    """
    faults = recipe_faults(list(recipe), table.names, set(context.hierarchies))
    if faults:
        raise RecipeError(faults[0].sentence)
    frame = table.frame
    rewritten: dict[str, Remedy] = {}
    changed: dict[str, Change] = {}
    outcomes = []
    for number, step in enumerate(recipe, start=1):
        remedy = REMEDIES[step["remedy"]]
        params = completed(remedy, step["params"])
        if remedy.needs_secret and not context.secret:
            raise RecipeError(
                f"Step {number} of the recipe (“{remedy.label}”) needs a secret, and there is none."
            )
        try:
            after = apply_step(frame, remedy, params, context)
        except ShapeError as error:
            raise RecipeError(f"Step {number} of the recipe: {error.sentence}") from None
        outcomes.append(_outcome(number, remedy, params, frame, after))
        rewritten.update(dict.fromkeys(_rewritten(remedy, params, frame, after), remedy))
        for name, change in _changed(remedy, params, frame, after):
            changed[name] = changed.get(name, Change()).followed_by(change)
        frame = after
    return Replay(Table(tuple(_columns(frame, table, rewritten)), frame), outcomes, changed)


def step_says(step: Mapping[str, Any]) -> str:
    """A sound step in one sentence."""
    remedy = REMEDIES[step["remedy"]]
    return remedy.says(completed(remedy, step["params"]))


def steps_in_words(recipe: Recipe) -> list[dict[str, Any]]:
    """Each step of a sound recipe as people read it: number, remedy, label, columns and the sentence."""
    return [
        {
            "number": number,
            "remedy": step["remedy"],
            "label": REMEDIES[step["remedy"]].label,
            "columns": named_columns(step["params"]),
            "says": step_says(step),
        }
        for number, step in enumerate(recipe, start=1)
    ]


def _step_fault(number: int, step: Any, columns: Sequence[str], hierarchies: Collection[str]) -> str | None:
    where = f"Step {number} of the recipe"
    if not isinstance(step, Mapping) or not isinstance(step.get("params"), Mapping):
        return f"{where} is not written as a remedy with its parameters."
    name, params = step.get("remedy"), step["params"]
    if set(step) - {"remedy", "params"}:
        return f"{where} holds more than a remedy and its parameters."
    if name not in REMEDIES:
        return f"{where} names a remedy that does not exist: {name}."
    params = completed(REMEDIES[name], params)
    for fault in param_faults(REMEDIES[name], params, hierarchies):
        return f"{where}: {fault}"
    return _missing_column(where, REMEDIES[name], params, columns)


def _count_fault(number: int, step: Mapping[str, Any]) -> str | None:
    """What is wrong with a step after the rows have become a table: its counts say for how many people a row stands,
    and the risk of the copy is measured by them."""
    if step["remedy"] == AGGREGATE:
        return (
            f"Step {number} of the recipe: the rows are a table of counts already, and counting its cells would not "
            "count people. Change the step that made the table instead."
        )
    if COUNT in named_columns(step["params"]) and step["remedy"] not in _LEAVES_COUNTS:
        return (
            f"Step {number} of the recipe: “{COUNT}” says how many rows stand behind each cell, and the risk of the "
            "copy is measured by it, so it stays as it is. Take this step out, or hide small cells by “Hide the small "
            "cells of a table of counts”."
        )
    return None


def _missing_column(where: str, remedy: Remedy, params: Params, columns: Sequence[str]) -> str | None:
    wanted: list[str] = []
    for param in remedy.params:
        value = params.get(param.name)
        if param.kind == "column" and value:
            wanted.append(value)
        elif param.kind == "columns" and value:
            if len(set(value)) != len(value):
                return f"{where}: “{param.label}” names a column twice."
            wanted += value
    for name in wanted:
        if name not in columns:
            return f"{where} needs the column “{name}”, which the file has not."
    return None


def _rewritten(remedy: Remedy, params: Params, before: pl.DataFrame, after: pl.DataFrame) -> list[str]:
    """The columns whose types must be judged anew; with fewer rows every column of the copy is the same type."""
    if remedy.recode or remedy.rewrite:
        return [params["column"]]
    known = set(before.columns)
    named = set(named_columns(params))
    return [name for name in after.columns if name not in known or name in named]


def _changed(
    remedy: Remedy, params: Params, before: pl.DataFrame, after: pl.DataFrame
) -> Iterator[tuple[str, Change]]:
    """How far a step changed each column; where rows went, as far as that shows in those that are left."""
    for name in remedy.changes(params):
        if name not in before.columns or name not in after.columns:
            continue
        was, became = before.get_column(name), after.get_column(name)
        if len(was) == len(became):
            other = int((was.is_not_null() & was.ne_missing(became)).sum())
            share = other / max(1, len(was) - was.null_count())
        else:
            share = 1 - _in_common(was, became) / max(1, len(became) - became.null_count())
        # So many could be left: where rows went, no more than there are rows.
        could = min(was.drop_nulls().n_unique(), len(became))
        yield name, Change(share, became.drop_nulls().n_unique() / max(1, could))


def _in_common(was: pl.Series, became: pl.Series) -> int:
    """How many cells of a column that lost rows may be what they were: as many of each value as there were."""
    then, now = (
        column.alias("v").drop_nulls().to_frame().group_by("v").len(name="n") for column in (was, became)
    )
    both = now.join(then, on="v", how="inner", suffix="_then")
    return int(both.select(pl.min_horizontal("n", "n_then").sum()).item() or 0)


def _outcome(
    number: int, remedy: Remedy, params: Params, before: pl.DataFrame, after: pl.DataFrame
) -> Outcome:
    removed = [name for name in before.columns if name not in after.columns]
    cells, rows = 0, 0
    if before.height == after.height:
        named = [name for name in after.columns if name in named_columns(params) and name in before.columns]
        differs = [
            before.get_column(name).ne_missing(after.get_column(name)).alias(str(at))
            for at, name in enumerate(named)
        ]
        if differs:
            cells = sum(int(one.sum()) for one in differs)
            rows = int(pl.DataFrame(differs).select(pl.any_horizontal(pl.all()).sum()).item())
    return Outcome(
        step=number,
        remedy=remedy.name,
        says=remedy.says(params),
        rows_removed=before.height - after.height,
        rows_changed=rows,
        cells_changed=cells,
        columns_removed=len(removed),
    )


def _columns(frame: pl.DataFrame, source: Table, changed: dict[str, Remedy]) -> Iterator[Column]:
    """The columns of the treated table: the types of changed ones are judged anew."""
    known = {column.name: column for column in source.columns if column.name not in changed}
    judged = Table.of(frame.select(name for name in frame.columns if name in changed)).columns
    anew = {column.name: column for column in judged}
    for name in frame.columns:
        if name in known:
            yield known[name]
        elif changed[name].stays_text:
            yield Column(name, "text", "text", anew[name].forms)
        else:
            yield anew[name]
