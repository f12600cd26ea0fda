"""The recipe as decisions on columns write it: one step for one column, with the parameters usually taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from privacy.remedies.base import ColumnFacts, named_columns
from privacy.remedies.registry import REMEDIES

Step = dict[str, Any]

# Remedies that a decision on a column may name without further questions, in the order in which they are offered.
QUICK = (
    "drop_column",
    "redact_matches",
    "redact_text",
    "generalise_date",
    "generalise_zip",
    "age_bands",
    "hundred_block",
    "point_grid",
    "mask",
    "pseudonym",
)


def quick_step(column: str, remedy: str, entities: Iterable[str] = ()) -> Step:
    """The step that a decision on one column asks for; what else the remedy wants takes its default."""
    params: dict[str, Any] = {"column": column}
    if any(param.name == "entities" for param in REMEDIES[remedy].params):
        params["entities"] = sorted(set(entities))
    return {"remedy": remedy, "params": params}


def fitting(column: ColumnFacts) -> list[str]:
    """The quick remedies that make sense for a column."""
    return [name for name in QUICK if REMEDIES[name].fits(column)]


def with_step(steps: Sequence[Step], step: Step) -> list[Step]:
    """The recipe with one column's step replaced where it stands, or added at the end.

    A step of the same remedy with parameters of its own stays: somebody chose them.
    """
    column = step["params"]["column"]
    mine = [at for at, one in enumerate(steps) if named_columns(one["params"]) == [column]]
    kept = [one for at, one in enumerate(steps) if at not in mine[1:]]
    if not mine:
        return [*steps, step]
    old = steps[mine[0]]
    if old["remedy"] == step["remedy"]:
        step = {"remedy": step["remedy"], "params": old["params"] | step["params"]}
    return [step if one is old else one for one in kept]


def without_column(steps: Sequence[Step], column: str) -> list[Step]:
    """The recipe without the steps that are about this column alone."""
    return [step for step in steps if named_columns(step["params"]) != [column]]
