"""A dry run of the publication of one release, for its page and for the command."""

from __future__ import annotations

from publishing.errors import NothingToPublish
from publishing.places import PortalRules, has_map
from publishing.services.rehearsal import Rehearsed, publication_rehearse
from workflow.context import ReleaseContext
from workflow.services.catalogue import record_for


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
    drawn = has_map(record.columns, [column.get("type", "") for column in columns])
    return publication_rehearse(
        dataset_id=context.dataset.pk,
        portals=PortalRules.of(context.profile.publication).portals_for(has_map=drawn),
        record=record,
        rows=context.data("treated", "rows"),
        to_public=to_public,
    )
