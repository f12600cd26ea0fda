"""What takes too long for a page, asked for on it and made by a worker: a search, or what a recipe would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction

from dossier.services import digest_of
from privacy.errors import RecipeRefused
from privacy.models import RecipeSearch
from privacy.recipes import Step
from privacy.remedies.lattice import Optimum
from privacy.remedies.what_if import ColumnChange, Sizes, WhatIf
from privacy.selectors import PrivacyState, quasi_digest, state_of
from privacy.services.proposals import Proposal, recipe_propose, recipe_what_if
from privacy.services.recipes import refuse_faults
from work.errors import Stop
from work.services import Beat, work_queue, work_retry


def search_request(
    *, release_id: int, k: int, limit: float, chosen: Mapping[str, str], steps: Sequence[Step] = ()
) -> RecipeSearch | None:
    """Have a worker search on the present file and columns; the same search is never made twice.

    None when no columns are confirmed. Raises RecipeRefused for steps that may not be kept.
    """
    refuse_faults(state_of(release_id), steps)
    return _request(release_id, _asked(k, limit, chosen, steps))


def measurement_request(*, release_id: int, steps: Sequence[Step]) -> RecipeSearch | None:
    """Have a worker measure what the steps would do; the same steps are never measured twice.

    None when no columns are confirmed. Raises RecipeRefused for steps that may not be kept.
    """
    refuse_faults(state_of(release_id), steps)
    return _request(release_id, {"steps": list(steps)})


@transaction.atomic
def _request(release_id: int, asked: dict[str, Any]) -> RecipeSearch | None:
    state = state_of(release_id)
    if state.quasi is None:
        return None
    row, created = RecipeSearch.objects.get_or_create(**_key(state, asked), defaults={"asked": asked})
    if created:
        work_queue(row)
    elif row.status == RecipeSearch.Status.DEAD:
        work_retry(row)
    return row


def search_made(
    state: PrivacyState, *, k: int, limit: float, chosen: Mapping[str, str], steps: Sequence[Step] = ()
) -> RecipeSearch | None:
    """The search for exactly this, finished or on its way; None when nobody asked for it."""
    return _made(state, _asked(k, limit, chosen, steps))


def measurement_made(state: PrivacyState, steps: Sequence[Step]) -> RecipeSearch | None:
    """The measurement of exactly these steps, finished or on its way; None when nobody asked for it."""
    return _made(state, {"steps": list(steps)})


def _made(state: PrivacyState, asked: dict[str, Any]) -> RecipeSearch | None:
    if state.quasi is None:
        return None
    return RecipeSearch.objects.filter(**_key(state, asked)).first()


def search_run(item: RecipeSearch, beat: Beat) -> None:
    """Search or measure: the handler that privacy.tasks runs. Idempotent.

    Raises Stop when file or columns changed meanwhile.
    """
    if item.found or item.refused:
        return
    state = state_of(item.release_id)
    if any(getattr(item, name) != value for name, value in _key(state, item.asked).items()):
        raise Stop("The file or its columns changed meanwhile. Ask again.")
    try:
        if "k" in item.asked:
            beat(10, "Comparing the combinations of levels")
            item.found = proposal_kept(recipe_propose(release_id=item.release_id, **item.asked))
        else:
            beat(10, "Measuring the groups")
            item.found = {"effect": effect_kept(recipe_what_if(release_id=item.release_id, **item.asked))}
    except RecipeRefused as error:
        item.refused = error.sentence
    with transaction.atomic():
        beat(99, "Keeping what was found")  # the row must still be ours, inside the transaction
        item.save(update_fields=["found", "refused"])


def proposal_kept(proposal: Proposal) -> dict[str, Any]:
    """A proposal for the database: without the values that its columns hold."""
    return {
        "step": proposal.step,
        "recipe": proposal.recipe,
        "optimum": asdict(proposal.optimum),
        "levels": [list(level) for level in proposal.levels],
        "effect": effect_kept(proposal.effect),
    }


def effect_kept(effect: WhatIf) -> dict[str, Any]:
    """What a recipe does, for the database: without the values that its columns hold."""
    columns = [replace(one, before=[], after=[]) for one in effect.columns]
    return replace(effect, columns=columns).to_dict()


def effect_of(kept: Mapping[str, Any]) -> WhatIf:
    """What effect_kept wrote."""
    effect = dict(kept)
    effect["before"], effect["after"] = Sizes(**effect["before"]), Sizes(**effect["after"])
    effect["columns"] = [ColumnChange(**one) for one in effect["columns"]]
    return WhatIf(**effect)


def proposal_of(found: Mapping[str, Any]) -> Proposal:
    """What proposal_kept wrote."""
    optimum = found["optimum"] | {"levels": tuple(found["optimum"]["levels"])}
    levels = [(column, label, words, level) for column, label, words, level in found["levels"]]
    return Proposal(
        found["step"], list(found["recipe"]), Optimum(**optimum), levels, effect_of(found["effect"])
    )


def _asked(k: int, limit: float, chosen: Mapping[str, str], steps: Sequence[Step]) -> dict[str, Any]:
    return {"k": k, "limit": limit, "chosen": dict(chosen), "steps": list(steps)}


def _key(state: PrivacyState, asked: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "release_id": state.release_id,
        "file_sha256": state.file_sha256,
        "quasi_digest": quasi_digest(state.quasi.columns) if state.quasi else "",
        "asked_digest": digest_of(dict(asked)),
    }
