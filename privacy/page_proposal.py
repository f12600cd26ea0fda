"""The form and the result of the search for the least harmful way to groups of at least k."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from privacy.errors import RecipeRefused
from privacy.hierarchies import class_table_loaded, is_for_pages, suggested_hierarchies, uploaded_hierarchies
from privacy.models import RecipeSearch
from privacy.page_effect import effect_words
from privacy.page_risk_rows import of
from privacy.recipe_changes import gives_way, says
from privacy.recipes import Step
from privacy.remedies.built_in import hierarchy_named
from privacy.selectors import PrivacyState, class_table_of
from privacy.services.proposals import Proposal, recipe_propose, searched_columns
from privacy.services.searches import proposal_of, search_made
from privacy.step_form import Choices, Option, Posted, usual_hierarchy

AS_IT_IS = "none"
# Up to so many combinations of levels, and so many times the groups of the file, a search takes up to about three
# seconds on two slow cores; what takes longer is for a worker.
MOST_NODES = 100_000
MOST_WORK = 1_000_000_000
_LIMIT = "2"
_SMALLEST = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for, as it was typed, with what is wrong with it by field."""

    rows: list[dict[str, Any]]
    k_text: str
    limit_text: str
    k: int | None
    limit: float | None
    steps: Sequence[Step] = ()

    @property
    def faults(self) -> dict[str, str]:
        faults = {}
        if self.k is None or self.k < _SMALLEST:
            faults["k"] = "“Smallest group” must be a whole number of at least 2."
        if self.limit is None:
            faults["limit"] = "“Rows that may be left out” must be a number between 0 and 100."
        return faults

    def search(self) -> dict[str, Any]:
        """The parameters of the search; only without faults."""
        chosen = {row["column"]: row["by"] for row in self.rows}
        return {"k": self.k, "limit": self.limit, "chosen": chosen, "steps": list(self.steps)}


def asked_of(state: PrivacyState, steps: Sequence[Step], data: Posted) -> Asked:
    """The form as it was filled in, or as it stands before that; of columns that the recipe leaves."""
    quasi, usual = state.quasi.columns if state.quasi else [], _usual(state)
    left = searched_columns(state, steps)
    rows = [
        {"at": at, "column": name, "by": data.get(f"by-{at}", "") or usual.get(name, "category")}
        for at, name in enumerate(quasi)
        if name in left
    ]
    k_text = data.get("k", "") or str(state.quasi.k_min if state.quasi else 5)
    limit_text = data.get("limit", "") or _LIMIT
    return Asked(rows, k_text, limit_text, _whole(k_text), _share(limit_text), steps)


def is_long(state: PrivacyState, asked: Asked) -> bool:
    """Whether the search is for a worker: for a page there are too many groups, or too many ways to make them."""
    table = class_table_of(state)
    if table is None:
        return False
    nodes = _nodes(state, asked)
    return not is_for_pages(state) or nodes > MOST_NODES or nodes * table.classes > MOST_WORK


def _nodes(state: PrivacyState, asked: Asked) -> int:
    """How many combinations of levels the search is over; a hierarchy that is not there has one."""
    uploaded, nodes = uploaded_hierarchies(state.release_id), 1
    for row in asked.rows:
        try:
            nodes *= 1 if row["by"] == AS_IT_IS else len(hierarchy_named(row["by"], uploaded).levels)
        except LookupError:
            continue
    return nodes


def proposal_part(
    state: PrivacyState,
    steps: Sequence[Step],
    choices: Choices,
    data: Posted,
    *,
    asked: bool,
    shows_values: bool,
) -> dict[str, Any]:
    """The form and, when `asked`, what was found or why nothing was; each fault at its field.

    `steps` is the recipe that a proposal goes into. The search runs on the counted groups, never on the rows; a
    long one is made by a worker (services.searches).
    """
    typed = asked_of(state, steps, data)
    part: dict[str, Any] = {
        "propose_rows": typed.rows,
        "propose_options": _options(choices),
        "propose_k": typed.k_text,
        "propose_limit": typed.limit_text,
        "propose_faults": typed.faults if asked else {},
        "proposal": None,
        "search": None,
    }
    if not asked or typed.faults:
        return {"propose": part}
    if is_long(state, typed):
        _from_worker(part, steps, search_made(state, **typed.search()))
        return {"propose": part}
    started = perf_counter()
    try:
        found = recipe_propose(release_id=state.release_id, **typed.search())
    except RecipeRefused as error:
        part["propose_faults"] = {"all": error.sentence}
        return {"propose": part}
    milliseconds = round((perf_counter() - started) * 1000)
    part["proposal"] = _proposal(found, steps, shows_values) | {"milliseconds": f"{milliseconds:,}"}
    return {"propose": part}


def _from_worker(part: dict[str, Any], steps: Sequence[Step], search: RecipeSearch | None) -> None:
    """What a worker found, or how far it is."""
    if search is None:
        return
    if search.found:
        part["proposal"] = _proposal(proposal_of(search.found), steps, shows_values=False)
    elif search.refused or not search.is_live:
        part["propose_faults"] = {"all": search.refused or search.error}
    else:
        part["search"] = search


def _proposal(found: Proposal, steps: Sequence[Step], shows_values: bool) -> dict[str, Any]:
    """The proposal with the figures of the recipe after it was taken over: the same that stand there then."""
    optimum, effect = found.optimum, effect_words(found.effect, shows_values=shows_values)
    return {
        "k": effect["k"],
        "groups": f"{found.effect.after.groups:,}",
        "suppressed": of(found.effect.rows_removed, found.effect.before.rows),
        "loss": effect["loss"],
        "gives_way": [says(step) for step in steps if gives_way(step, found.step)],
        "stay": len(found.recipe) - 1,
        "levels": [
            {"column": column, "hierarchy": label, "level": words, "height": height}
            for column, label, words, height in found.levels
        ],
        "nodes": f"{optimum.nodes:,}",
        "checked": f"{optimum.checked:,}",
        "classes": f"{found.effect.before.groups:,}",
        "step": json.dumps(found.step, ensure_ascii=False),
        "effect": effect,
    }


def _usual(state: PrivacyState) -> dict[str, str]:
    """The hierarchy that fits each confirmed column, by its values; of very many groups, by what the column is."""
    if state.quasi is None or not state.quasi.columns:
        return {}
    if not is_for_pages(state):
        verdicts = {verdict.column: verdict for verdict in state.verdicts}
        return {name: usual_hierarchy(verdicts.get(name)) for name in state.quasi.columns}
    table = class_table_loaded(state)
    if table is None:
        return {}
    return {name: hierarchy.name for name, hierarchy in suggested_hierarchies(state, table).items()}


def _options(choices: Choices) -> list[Option]:
    return [(AS_IT_IS, "Leave it as it is"), *choices.hierarchies()]


def _whole(text: str) -> int | None:
    plain = text.strip().replace(",", "")
    return int(plain) if plain.isdecimal() and len(plain) <= 7 else None


def _share(text: str) -> float | None:
    try:
        percent_of = float(text.strip().removesuffix("%"))
    except ValueError:
        return None
    return percent_of / 100 if 0 <= percent_of <= 100 else None
