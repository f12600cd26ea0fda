"""What a recipe would do, and the least harmful one for a k: computed on the class table, nothing is written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from privacy.errors import RecipeRefused
from privacy.hierarchies import baseline_loaded, suggested_hierarchies, uploaded_hierarchies, uploaded_rows
from privacy.models import ColumnVerdict
from privacy.recipe_changes import with_proposal
from privacy.recipes import Step
from privacy.remedies.built_in import hierarchy_named
from privacy.remedies.hierarchy import Hierarchy, Rule
from privacy.remedies.ladder import Ladder
from privacy.remedies.lattice import Optimum, search
from privacy.remedies.recipe import columns_left, recipe_faults
from privacy.remedies.trial import Baseline
from privacy.remedies.what_if import WhatIf, what_if
from privacy.risk.classes import ClassTable
from privacy.selectors import PrivacyState, state_of
from privacy.services.recipes import refuse_faults

# The search keeps some numbers for every combination of levels.
MOST_NODES = 2_000_000
PROPOSED = "k_anonymise"
# A proposal names columns, hierarchies and levels; what is longer was not made by a search.
_LONGEST_PROPOSAL = 100_000
# A column that stays as it is still tells rows apart, so it takes part with its finest level only.
AS_IT_IS = Rule("category", "Left as it is", ("as it is",), ())
NOT_COUNTED = "The groups of the file are still being counted. Try again in a moment."
NOT_CONFIRMED = (
    "Confirm first which columns together could single out a person: then there is something to measure."
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The least harmful levels for `k`, as a step, the recipe that holds it, and what that recipe would do.

    `levels` says for each column its hierarchy, the level in words, and the number of the level.
    """

    step: Step
    recipe: list[Step]
    optimum: Optimum
    levels: list[tuple[str, str, str, int]]
    effect: WhatIf


def recipe_what_if(*, release_id: int, steps: Sequence[Step]) -> WhatIf:
    """What `steps` would do to the risk of a release's file. Raises RecipeRefused while the groups are not counted.

    Values of a column are shown only when the scan takes it for no direct identifier.
    """
    state = state_of(release_id)
    return _effect(state, _baseline(state), list(steps), uploaded_hierarchies(release_id))


def recipe_propose(
    *,
    release_id: int,
    k: int,
    limit: float = 0.02,
    mean: str = "geometric",
    chosen: Mapping[str, str] | None = None,
    steps: Sequence[Step] = (),
) -> Proposal:
    """The least harmful way to make groups of at least `k` out of the confirmed quasi-identifiers.

    `limit` is the largest share of rows that may be left out, `chosen` names hierarchies for columns in place of
    the suggested ones ("none" leaves the column as it is). `steps` is the recipe that the proposal goes into: the
    columns it leaves out are not searched over, and what is measured is the recipe after the proposal was taken
    over (privacy.recipe_changes.with_proposal). Raises RecipeRefused when the groups are not counted or no choice
    of levels is enough.
    """
    if k < 2:
        raise RecipeRefused("Groups of one do not protect anybody. Ask for at least 2.")
    if not 0 <= limit <= 1:
        raise RecipeRefused("The share of rows that may be left out lies between 0 and 100 percent.")
    state = state_of(release_id)
    base = _baseline(state)
    table = base.table
    uploaded = uploaded_hierarchies(release_id)
    picked = _picked(state, table, chosen or {}, uploaded)
    names = searched_columns(state, steps)
    if any(step.get("remedy") == "aggregate" for step in steps):
        raise RecipeRefused(
            "The recipe makes a table of counts, in which groups are made by leaving out small cells. Take that step "
            "out first, then search."
        )
    if not names:
        raise RecipeRefused(
            "The recipe leaves out every confirmed column, so nothing is left to make coarser."
        )
    nodes = prod(len(picked[name].levels) for name in names)
    if nodes > MOST_NODES:
        raise RecipeRefused(
            f"That makes {nodes:,} combinations of levels, more than can be compared. Leave columns as they are "
            "that need not become coarser, or take hierarchies with fewer levels."
        )
    ladders = [Ladder.of(table, name, picked[name]) for name in names]
    optimum = search(table, ladders, k=k, limit=limit, mean=mean)
    if optimum is None:
        raise RecipeRefused(
            f"No choice of levels makes groups of {k} without leaving out more rows than allowed. Allow more, "
            "ask for smaller groups, or drop a column."
        )
    step: Step = {
        "remedy": PROPOSED,
        "params": {
            "columns": names,
            "hierarchies": [picked[name].name for name in names],
            "levels": list(optimum.levels),
            "k": k,
        },
    }
    levels = [
        (name, picked[name].label, picked[name].levels[level], level)
        for name, level in zip(names, optimum.levels, strict=True)
    ]
    recipe = with_proposal(steps, step)
    effect = _effect(state, base, recipe, uploaded)
    if not effect.after.rows:
        raise RecipeRefused(
            "Together with the other steps of the recipe no row would be left. Take out those that drop rows, then "
            "search."
        )
    return Proposal(step, recipe, optimum, levels, effect)


def proposal_taken(state: PrivacyState, steps: Sequence[Step], text: str) -> list[Step]:
    """The recipe with a proposal that comes back from a page as JSON. Raises RecipeRefused unless it is sound."""
    try:
        step: Any = json.loads(text) if len(text) <= _LONGEST_PROPOSAL else None
    except (ValueError, RecursionError):
        step = None
    sound = isinstance(step, dict) and step.get("remedy") == PROPOSED and isinstance(step.get("params"), dict)
    if not sound or not isinstance(step["params"].get("columns"), list):
        raise RecipeRefused("The proposal could not be read. Search once more, then take it over.")
    refuse_faults(state, [step])
    recipe = with_proposal(steps, step)
    refuse_faults(state, recipe)
    return recipe


def searched_columns(state: PrivacyState, steps: Sequence[Step]) -> list[str]:
    """The confirmed columns that the steps leave in the table, as far as the steps are sound."""
    uploaded = {row.digest for row in uploaded_rows(state.release_id)}
    sound = [step for step in steps if not recipe_faults([step], state.columns, uploaded)]
    left = set(columns_left(sound, state.columns))
    confirmed = set(state.quasi.columns) if state.quasi else set()
    return [name for name in state.columns if name in confirmed & left]


def _baseline(state: PrivacyState) -> Baseline:
    if state.quasi is None or not state.quasi.columns:
        raise RecipeRefused(NOT_CONFIRMED)
    base = baseline_loaded(state)
    if base is None:
        raise RecipeRefused(NOT_COUNTED)
    return base


def _effect(
    state: PrivacyState, base: Baseline, steps: list[Step], uploaded: Mapping[str, Hierarchy]
) -> WhatIf:
    shown = {verdict.column for verdict in state.verdicts if verdict.group != ColumnVerdict.Group.DIRECT}
    return what_if(
        base,
        steps,
        columns=state.columns,
        threshold=state.quasi.k_min if state.quasi else 5,
        show=shown,
        hierarchies=uploaded,
    )


def _picked(
    state: PrivacyState, table: ClassTable, chosen: Mapping[str, str], uploaded: Mapping[str, Hierarchy]
) -> dict[str, Hierarchy]:
    picked = suggested_hierarchies(state, table)
    for name, key in chosen.items():
        if name not in picked:
            raise RecipeRefused(
                f"“{name}” is not among the confirmed columns. Reload the page and choose again."
            )
        try:
            picked[name] = AS_IT_IS if key == "none" else hierarchy_named(key, uploaded)
        except LookupError:
            raise RecipeRefused(
                f"The hierarchy chosen for “{name}” is not there. Choose another one, or upload it again."
            ) from None
    return picked
