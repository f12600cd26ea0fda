"""A long search for the least harmful recipe, asked for on a page and made by a worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction

from dossier.services import digest_of
from privacy.errors import RecipeRefused
from privacy.models import RecipeSearch
from privacy.remedies.lattice import Optimum
from privacy.remedies.what_if import ColumnChange, Sizes, WhatIf
from privacy.selectors import PrivacyState, quasi_digest, state_of
from privacy.services.proposals import Proposal, recipe_propose
from work.errors import Stop
from work.services import Beat, work_queue, work_retry


@transaction.atomic
def search_request(
    *, release_id: int, k: int, limit: float, chosen: Mapping[str, str]
) -> RecipeSearch | None:
    """Have a worker search on the present file and columns; the same search is never made twice.

    None when no columns are confirmed.
    """
    state = state_of(release_id)
    if state.quasi is None:
        return None
    asked = _asked(k, limit, chosen)
    row, created = RecipeSearch.objects.get_or_create(**_key(state, asked), defaults={"asked": asked})
    if created:
        work_queue(row)
    elif row.status == RecipeSearch.Status.DEAD:
        work_retry(row)
    return row


def search_made(
    state: PrivacyState, *, k: int, limit: float, chosen: Mapping[str, str]
) -> RecipeSearch | None:
    """The search for exactly this, finished or on its way; None when nobody asked for it."""
    if state.quasi is None:
        return None
    return RecipeSearch.objects.filter(**_key(state, _asked(k, limit, chosen))).first()


def search_run(item: RecipeSearch, beat: Beat) -> None:
    """Search: the handler that privacy.tasks runs. Idempotent. Raises Stop when file or columns changed meanwhile."""
    if item.found or item.refused:
        return
    state = state_of(item.release_id)
    if any(getattr(item, name) != value for name, value in _key(state, item.asked).items()):
        raise Stop("The file or its columns changed meanwhile. Search again.")
    beat(10, "Comparing the combinations of levels")
    try:
        item.found = proposal_kept(recipe_propose(release_id=item.release_id, **item.asked))
    except RecipeRefused as error:
        item.refused = error.sentence
    with transaction.atomic():
        beat(99, "Keeping what was found")  # the row must still be ours, inside the transaction
        item.save(update_fields=["found", "refused"])


def proposal_kept(proposal: Proposal) -> dict[str, Any]:
    """A proposal for the database: without the values that its columns hold."""
    effect = proposal.effect
    columns = [replace(one, before=[], after=[]) for one in effect.columns]
    return {
        "steps": proposal.steps,
        "optimum": asdict(proposal.optimum),
        "levels": [list(level) for level in proposal.levels],
        "effect": replace(effect, columns=columns).to_dict(),
    }


def proposal_of(found: Mapping[str, Any]) -> Proposal:
    """What proposal_kept wrote."""
    effect = dict(found["effect"])
    effect["before"], effect["after"] = Sizes(**effect["before"]), Sizes(**effect["after"])
    effect["columns"] = [ColumnChange(**one) for one in effect["columns"]]
    optimum = found["optimum"] | {"levels": tuple(found["optimum"]["levels"])}
    levels = [(column, label, words, level) for column, label, words, level in found["levels"]]
    return Proposal(list(found["steps"]), Optimum(**optimum), levels, WhatIf(**effect))


def _asked(k: int, limit: float, chosen: Mapping[str, str]) -> dict[str, Any]:
    return {"k": k, "limit": limit, "chosen": dict(chosen)}


def _key(state: PrivacyState, asked: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "release_id": state.release_id,
        "file_sha256": state.file_sha256,
        "quasi_digest": quasi_digest(state.quasi.columns) if state.quasi else "",
        "asked_digest": digest_of(dict(asked)),
    }
