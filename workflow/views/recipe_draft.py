"""Steps of a recipe that somebody works on and has not saved: kept in their session, for one release."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from privacy.page_recipe import Draft
from privacy.selectors import PrivacyState

Step = dict[str, Any]
_SEEN = "recipe-values"


def draft_of(request: HttpRequest, release_id: int) -> Draft | None:
    """What this person has not saved yet."""
    kept = request.session.get(_key(release_id))
    return Draft(int(kept["base"]), list(kept["steps"])) if kept else None


def draft_keep(request: HttpRequest, state: PrivacyState, steps: list[Step]) -> None:
    """Remember `steps`; the version that they were made from stays the one of the first change.

    Steps that are those in force again are no draft.
    """
    known = draft_of(request, state.release_id)
    number = state.recipe_version.number if state.recipe_version else 0
    base = known.base if known else number
    if steps == state.recipe and base == number:
        draft_forget(request, state.release_id)
        return
    request.session[_key(state.release_id)] = {"base": base, "steps": steps}


def draft_rebase(request: HttpRequest, state: PrivacyState) -> None:
    """Keep the steps, now as changes of the version in force: the person has seen what it holds."""
    known = draft_of(request, state.release_id)
    if known is not None:
        draft_forget(request, state.release_id)
        draft_keep(request, state, known.steps)


def draft_forget(request: HttpRequest, release_id: int) -> None:
    request.session.pop(_key(release_id), None)


def values_are_seen(request: HttpRequest, release_id: int) -> bool:
    """This person asked for the values of the columns on this page, and that was recorded."""
    return release_id in request.session.get(_SEEN, [])


def values_seen(request: HttpRequest, release_id: int, *, on: bool) -> None:
    seen = [one for one in request.session.get(_SEEN, []) if one != release_id]
    request.session[_SEEN] = [*seen, release_id] if on else seen


def _key(release_id: int) -> str:
    return f"recipe-draft-{release_id}"
