"""The form and the result of the search for the least harmful way to groups of at least k."""

from __future__ import annotations

import json
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from privacy.errors import RecipeRefused
from privacy.hierarchies import class_table_loaded, suggested_hierarchies
from privacy.models import RecipeSearch
from privacy.page_effect import effect_words
from privacy.page_risk_rows import of, percent
from privacy.selectors import PrivacyState, class_table_of
from privacy.services.proposals import Proposal, recipe_propose
from privacy.services.searches import proposal_of, search_made
from privacy.step_form import Choices, Option, Posted

AS_IT_IS = "none"
# A search on so many groups takes about two seconds on two slow cores.
MOST_CLASSES = 1_000_000
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
        return {"k": self.k, "limit": self.limit, "chosen": {row["column"]: row["by"] for row in self.rows}}


def asked_of(state: PrivacyState, data: Posted) -> Asked:
    """The form as it was filled in, or as it stands before that."""
    quasi, usual = state.quasi.columns if state.quasi else [], _usual(state)
    rows = [
        {"at": at, "column": name, "by": data.get(f"by-{at}", "") or usual.get(name, "category")}
        for at, name in enumerate(quasi)
    ]
    k_text = data.get("k", "") or str(state.quasi.k_min if state.quasi else 5)
    limit_text = data.get("limit", "") or _LIMIT
    return Asked(rows, k_text, limit_text, _whole(k_text), _share(limit_text))


def is_long(state: PrivacyState) -> bool:
    """Whether the search is for a worker: with so many groups it may take more than a second or two."""
    table = class_table_of(state)
    return table is not None and table.classes > MOST_CLASSES


def proposal_part(
    state: PrivacyState, choices: Choices, data: Posted, *, asked: bool, shows_values: bool
) -> dict[str, Any]:
    """The form and, when `asked`, what was found or why nothing was; each fault at its field.

    The search runs on the counted groups, never on the rows; a long one is made by a worker (services.searches).
    """
    typed = asked_of(state, data)
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
    if is_long(state):
        _from_worker(part, search_made(state, **typed.search()))
        return {"propose": part}
    started = perf_counter()
    try:
        found = recipe_propose(release_id=state.release_id, **typed.search())
    except RecipeRefused as error:
        part["propose_faults"] = {"all": error.sentence}
        return {"propose": part}
    milliseconds = round((perf_counter() - started) * 1000)
    part["proposal"] = _proposal(found, shows_values) | {"milliseconds": f"{milliseconds:,}"}
    return {"propose": part}


def _from_worker(part: dict[str, Any], search: RecipeSearch | None) -> None:
    """What a worker found, or how far it is."""
    if search is None:
        return
    if search.found:
        part["proposal"] = _proposal(proposal_of(search.found), shows_values=False)
    elif search.refused or not search.is_live:
        part["propose_faults"] = {"all": search.refused or search.error}
    else:
        part["search"] = search


def _proposal(found: Proposal, shows_values: bool) -> dict[str, Any]:
    optimum = found.optimum
    return {
        "k": optimum.k,
        "groups": f"{optimum.groups:,}",
        "suppressed": of(optimum.suppressed, found.effect.before.rows),
        "loss": percent(optimum.loss),
        "levels": [
            {"column": column, "hierarchy": label, "level": words, "height": height}
            for column, label, words, height in found.levels
        ],
        "nodes": f"{optimum.nodes:,}",
        "checked": f"{optimum.checked:,}",
        "classes": f"{found.effect.before.groups:,}",
        "steps": json.dumps(found.steps, ensure_ascii=False),
        "effect": effect_words(found.effect, shows_values=shows_values),
    }


def _usual(state: PrivacyState) -> dict[str, str]:
    """The hierarchy that fits each confirmed column, by its values."""
    table = class_table_loaded(state) if state.quasi and state.quasi.columns else None
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
