"""The form and the result of the search for the least harmful way to groups of at least k."""

from __future__ import annotations

import json
from time import perf_counter
from typing import Any

from privacy.errors import RecipeRefused
from privacy.hierarchies import class_table_loaded, suggested_hierarchies
from privacy.page_effect import effect_words
from privacy.page_risk_rows import of, percent
from privacy.selectors import PrivacyState
from privacy.services.proposals import recipe_propose
from privacy.step_form import Choices, Option, Posted

AS_IT_IS = "none"
_LIMIT = "2"


def proposal_part(
    state: PrivacyState, choices: Choices, data: Posted, *, asked: bool, shows_values: bool
) -> dict[str, Any]:
    """The form as it is or was filled in and, when `asked`, what was found or why nothing was.

    Each fault stands at its field. The search runs on the counted groups, never on the rows.
    """
    quasi = state.quasi.columns if state.quasi else []
    usual = _usual(state)
    rows = [
        {"at": at, "column": name, "by": data.get(f"by-{at}", "") or usual.get(name, "category")}
        for at, name in enumerate(quasi)
    ]
    k_text = data.get("k", "") or str(state.quasi.k_min if state.quasi else 5)
    limit_text = data.get("limit", "") if asked else _LIMIT
    part: dict[str, Any] = {
        "propose_rows": rows,
        "propose_options": _options(choices),
        "propose_k": k_text,
        "propose_limit": limit_text or _LIMIT,
        "propose_faults": {},
        "proposal": None,
    }
    if not asked:
        return {"propose": part}
    k, limit = _whole(k_text), _share(limit_text or _LIMIT)
    if k is None or k < 2:
        part["propose_faults"]["k"] = "“Smallest group” must be a whole number of at least 2."
    if limit is None:
        part["propose_faults"]["limit"] = "“Rows that may be left out” must be a number between 0 and 100."
    if k is None or limit is None or part["propose_faults"]:
        return {"propose": part}
    started = perf_counter()
    try:
        found = recipe_propose(
            release_id=state.release_id, k=k, limit=limit, chosen={row["column"]: row["by"] for row in rows}
        )
    except RecipeRefused as error:
        part["propose_faults"]["all"] = error.sentence
        return {"propose": part}
    optimum = found.optimum
    part["proposal"] = {
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
        "milliseconds": round((perf_counter() - started) * 1000),
        "classes": f"{found.effect.before.groups:,}",
        "steps": json.dumps(found.steps, ensure_ascii=False),
        "effect": effect_words(found.effect, shows_values=shows_values),
    }
    return {"propose": part}


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
