"""Steps of a recipe that somebody works on and has not saved: kept in their session, for one release."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from privacy.page_recipe import Draft
from privacy.selectors import PrivacyState
from privacy.services.looks import look_of

Step = dict[str, Any]
_SEEN = "recipe-values"
# So many looks are remembered; of an older one a new look is asked for.
_LOOKS = 20


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


def values_are_seen(request: HttpRequest, state: PrivacyState) -> bool:
    """This person asked for the values of exactly these columns of this file, and that was recorded."""
    return look_of(state) in request.session.get(_SEEN, [])


def values_seen(request: HttpRequest, state: PrivacyState, *, on: bool) -> None:
    look = look_of(state)
    seen = [one for one in request.session.get(_SEEN, []) if one != look]
    request.session[_SEEN] = [*seen, look][-_LOOKS:] if on else seen


def _key(release_id: int) -> str:
    return f"recipe-draft-{release_id}"
