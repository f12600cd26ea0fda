"""The way back: a copy made private in every place, and one that stops on its way to the public."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from dossier.selectors import subject_of
from dossier.services import dossier_lock
from publishing.models import Permit, Publication
from publishing.places import and_words, place_words
from publishing.selectors import (
    dataset_is_public,
    is_going_public,
    is_half_public,
    newest_by_portal,
    places_of,
)
from publishing.services.facts import facts_record
from publishing.services.locks import places_lock
from publishing.services.requests import publication_event, publication_start_anew
from work.services import work_queue

if TYPE_CHECKING:
    from accounts.models import User

Goal = Publication.Goal


@transaction.atomic
def publication_make_private(
    *, release_id: int, actor: User | None = None, now: datetime | None = None
) -> Publication | None:
    """Take the copy back everywhere: the permit ends now, and workers make the dataset private at once.

    For a retraction, for every return or end of a release, and for the button of a half success: a copy that is
    private already is only checked. What another release of the dataset has public stays as it is, unless nothing
    of the dataset counts as published any more: then what a place still shows of an earlier release goes too.
    Returns the publication in the first place, None when the release has no copy on a portal.
    """
    now = now or timezone.now()
    dossier_lock(release_id=release_id)
    # Before it is asked whose rows a place shows: a worker may be about to make others public there.
    places_lock(dataset_id=subject_of(release_id)["dataset_id"])
    rows = [*newest_by_portal(release_id).values(), *_left_by_earlier_releases(release_id)]
    releases = {release_id, *(row.release_id for row in rows)}
    Permit.objects.filter(release_id__in=releases, revoked_at=None).update(revoked_at=now)
    _turn_round(release_id, rows, Goal.HIDDEN, "publishing.take_back_asked", actor, now)
    return rows[0] if rows else None


@transaction.atomic
def publication_hide_everywhere(
    *, release_id: int, actor: User, now: datetime | None = None
) -> Publication | None:
    """The button beside a half success: make it private in every place, and end the approval.

    Returns None, and does nothing, when it is public in no place, or in all that the release waits for: taking
    that back is a retraction, with its reason.
    """
    dossier_lock(release_id=release_id)
    if not is_half_public(release_id):
        return None
    first = publication_make_private(release_id=release_id, actor=actor, now=now)
    if first is not None:
        rows = newest_by_portal(release_id).values()
        names = and_words([place_words(row.asset.portal, row.asset.domain) for row in rows])
        publication_event(
            "publishing.taken_back_everywhere", first, actor=actor, now=now, data={"places": names}
        )
    return first


@transaction.atomic
def publication_stay_private(*, release_id: int, now: datetime | None = None) -> Publication | None:
    """Stop a publication on its way to the public; its permit stays. For a hold, or a date moved away.

    A worker that runs it now loses the row at its next beat, and the next run hides what was exposed already: also
    in a place that is public while another is not yet. Returns None when nothing was on its way to the public, or
    it is public wherever it has to be.
    """
    dossier_lock(release_id=release_id)
    if not is_going_public(release_id):
        return None
    rows = [row for row in places_of(release_id).values() if row.goal == Goal.PUBLIC]
    _turn_round(release_id, rows, Goal.PRIVATE, "publishing.requested", None, now)
    return rows[0]


def _turn_round(
    release_id: int,
    rows: Sequence[Publication],
    goal: Goal,
    action: str,
    actor: User | None,
    now: datetime | None,
) -> None:
    for row in rows:
        Publication.objects.filter(pk=row.pk).update(goal=goal, failure="")
        row.refresh_from_db(fields=["goal", "failure"])
        publication_start_anew(row)
        publication_event(action, row, actor=actor, now=now, data={"goal": goal.label.lower()})
        work_queue(row)
    # Of other releases the run that takes a copy back says it: their dossiers are not ours to lock after the places.
    for row in rows:
        if row.release_id == release_id:
            facts_record(row, now=now)


def _left_by_earlier_releases(release_id: int) -> list[Publication]:
    """What places still show of other releases, once none of the dataset's releases counts as published."""
    dataset_id = subject_of(release_id)["dataset_id"]
    if dataset_is_public(dataset_id):
        return []
    shown = Publication.objects.filter(asset__dataset_id=dataset_id, asset__public_publication_id=F("pk"))
    return list(shown.select_related("asset").exclude(release_id=release_id))
