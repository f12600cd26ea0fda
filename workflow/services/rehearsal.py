"""A dry run of the publication of one release, for its page and for the command."""

from __future__ import annotations

from publishing.errors import NothingToPublish
from publishing.page import page_of
from publishing.places import PortalRules, has_map
from publishing.selectors import portals_shown
from publishing.services.rehearsal import Rehearsed, publication_rehearse
from workflow.context import ReleaseContext
from workflow.services.catalogue import record_for
from workflow.stages import Stage

_PUBLIC = "This release is public already, so nothing of this is due. The plan is what doing it once more would ask."
_COMPARED = (
    "The private copy is made and compared already. What is still to come is to make it public and to check it from "
    "outside; the steps before that are what making the copy once more would ask."
)
_CLOSED = (
    "This release is not on its way to the public, so nothing of this is due. The plan is what it would ask."
)


def rehearsal_standing(context: ReleaseContext) -> str:
    """What of the plan is done already, in a sentence; empty where everything is still to come."""
    if context.release.stage == Stage.PUBLISHED:
        return _PUBLIC
    if not context.release.is_open:
        return _CLOSED
    places = page_of(context.release.pk)["places"]
    made = [place.private_copy and not place.taken_back and not place.live for place in places]
    return _COMPARED if made and all(made) else ""


def release_rehearse(context: ReleaseContext, *, to_public: bool = True) -> list[Rehearsed]:
    """What publishing the release as it is now would do, on each portal that it goes to.

    Reads the portals and writes nothing. Raises NothingToPublish when there is no treated copy yet.
    """
    columns = context.data("treated", "columns")
    if not columns:
        raise NothingToPublish(
            "There is no treated copy to publish yet, so there is nothing to plan. Decide every privacy finding "
            "first; the copy is then made, and the plan is made from it."
        )
    record = record_for(context)
    return publication_rehearse(
        dataset_id=context.dataset.pk,
        portals=PortalRules.of(context.profile.publication).portals_for(
            has_map=has_map(record.columns), shown=portals_shown(context.dataset.pk)
        ),
        record=record,
        rows=context.data("treated", "rows"),
        to_public=to_public,
    )
