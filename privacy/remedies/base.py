"""What a remedy is made of: a declaration from which the recipe is checked, a form is drawn and a step is said.

A remedy recodes the values of one column (`recode`), rewrites it cell by cell (`rewrite`) or reshapes the table
(`reshape`). A recode sees each distinct value once, in the order in which it first appears, with how often it
occurs: so the same declaration works on the rows of a file and on the class table of the what-if.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import polars as pl

from privacy.remedies.hierarchy import Hierarchy

Params = Mapping[str, Any]


class ColumnFacts(Protocol):
    """What a remedy may know of a column when it says whether it fits (a verdict of the scan)."""

    type: str
    group: str
    entity: str

    @property
    def entities(self) -> list[str]:
        """The entities found in its cells."""


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter as the recipe holds it and as a form asks for it.

    `kind` is one of column, columns, choice, integer, number, text, boolean, values (a list of texts),
    numbers (a list of numbers), integers, texts, hierarchy (a
    built-in name, or the digest of an uploaded one) and hierarchies (one for each of `columns`).
    `only_if` names another parameter and the choices of it with which this one is asked for.
    """

    name: str
    label: str
    kind: str
    help: str = ""
    required: bool = True
    default: Any = None
    choices: tuple[tuple[str, str], ...] = ()
    least: float | None = None
    most: float | None = None
    only_if: tuple[str, tuple[str, ...]] | None = None

    def is_asked(self, params: Params) -> bool:
        """Whether the other parameters leave room for this one."""
        if self.only_if is None:
            return True
        name, choices = self.only_if
        return params.get(name) in choices


@dataclass(slots=True)
class Context:
    """What a replay needs beside table and recipe.

    `secret` seeds surrogates and shifts. `known` holds, by the name of a column, the surrogates given at earlier
    replays (fingerprint of the value -> surrogate); new ones are added to it. `hierarchies` are the uploaded
    ones by digest.
    """

    secret: bytes = b""
    known: dict[str, dict[str, str]] = field(default_factory=dict)
    hierarchies: Mapping[str, Hierarchy] = field(default_factory=dict)


Recode = Callable[[pl.Series, pl.Series, Params, Context], pl.Series]
Rewrite = Callable[[pl.Series, Params, Context], pl.Series]
Reshape = Callable[[pl.DataFrame, Params, Context], pl.DataFrame]


def _nothing(_params: Params) -> Iterable[str]:
    return ()


def _everywhere(_column: ColumnFacts) -> bool:
    return True


def named_columns(params: Params) -> list[str]:
    """The columns that a step names."""
    if "columns" in params:
        return list(params["columns"])
    return [params["column"]] if params.get("column") else []


def no_column(_params: Params) -> list[str]:
    """What steps change that leave rows out or count them: no value of a column."""
    return []


@dataclass(frozen=True, slots=True)
class Remedy:
    """One remedy.

    `says(params)` is the step in one sentence. `fits(column)` tells whether it makes sense for a column.
    `faults(params)` yields a sentence for what the single parameters cannot say. `columns_after(columns, params)`
    are the columns that the step leaves. Exactly one of `recode` (distinct values and their counts -> new
    values, null for emptied), `rewrite` (column -> column) and `reshape` (frame -> frame) is given.
    `changes(params)` are the columns of which it changes values, the named ones unless it says otherwise; a value
    that stays as exact as it was is not changed. `guards`: of the columns it names, it leaves no small group.
    `stays_text`: what it writes looks like a number and is none ("036"). `on_classes`: it can be tried on a
    class table that holds its columns.
    """

    name: str
    label: str
    says: Callable[[Params], str]
    params: tuple[Param, ...]
    recode: Recode | None = None
    rewrite: Rewrite | None = None
    reshape: Reshape | None = None
    fits: Callable[[ColumnFacts], bool] = _everywhere
    faults: Callable[[Params], Iterable[str]] = _nothing
    columns_after: Callable[[Sequence[str], Params], list[str]] | None = None
    stays_text: bool = False
    on_classes: bool = True
    needs_secret: bool = False
    changes: Callable[[Params], list[str]] = named_columns
    guards: bool = False

    def left(self, columns: Sequence[str], params: Params) -> list[str]:
        """The columns after the step."""
        return self.columns_after(columns, params) if self.columns_after else list(columns)


def completed(remedy: Remedy, params: Params) -> dict[str, Any]:
    """The parameters with the defaults of those that were left out."""
    whole = dict(params)
    for param in remedy.params:
        if param.default is not None and whole.get(param.name) is None and param.is_asked(whole):
            whole[param.name] = param.default
    return whole


COLUMN = Param("column", "Column", "column")


def column_and(*params: Param) -> tuple[Param, ...]:
    """The parameters of a remedy for one column."""
    return (COLUMN, *params)


def distinct_values(series: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The values of a column, each once, in the order in which they first appear, and how often each occurs."""
    counted = series.rename("v").drop_nulls().to_frame().group_by("v", maintain_order=True).len(name="n")
    return counted.get_column("v"), counted.get_column("n")


def changed_column(series: pl.Series, remedy: Remedy, params: Params, context: Context) -> pl.Series:
    """The column after a recode or rewrite; in a recode null stays null."""
    if remedy.rewrite is not None:
        return remedy.rewrite(series, params, context).alias(series.name)
    if remedy.recode is None:
        raise TypeError(f"{remedy.name} reshapes the table.")
    values, counts = distinct_values(series)
    after = remedy.recode(values, counts, params, context)
    return series.replace_strict(values, after, default=None, return_dtype=pl.String)


def apply_step(frame: pl.DataFrame, remedy: Remedy, params: Params, context: Context) -> pl.DataFrame:
    """The table after one step."""
    if remedy.reshape is not None:
        return remedy.reshape(frame, params, context)
    name = params["column"]
    return frame.with_columns(changed_column(frame.get_column(name), remedy, params, context).alias(name))
