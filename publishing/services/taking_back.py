"""Taking copies back whose permits stand: they may go public again, once what stopped them is settled."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from dossier.services import dossier_lock
from publishing.models import Publication
from publishing.services.locks import places_lock
from publishing.services.requests import publication_event, publication_start_anew
from work.services import work_queue

Goal = Publication.Goal
_LIVE = (Publication.Status.QUEUED, Publication.Status.RUNNING)


@transaction.atomic
def publication_take_back(*, release_id: int, now: datetime | None = None) -> int:
    """Send every copy of a release that is public, or on its way there, back to private; the permits stay.

    For releases that were to go public together with one that failed. A worker that runs a copy now loses it at
    its next beat, and the next run hides what was exposed and checks the private copy anew. Returns how many
    copies it concerns; what is on its way back already is left alone.
    """
    now = now or timezone.now()
    dossier_lock(release_id=release_id)
    rows = list(Publication.objects.filter(release_id=release_id, goal=Goal.PUBLIC).select_related("asset"))
    for row in rows:
        Publication.objects.filter(pk=row.pk).update(goal=Goal.PRIVATE, failure="")
        row.refresh_from_db(fields=["goal", "failure"])
        publication_start_anew(row)
        publication_event("publishing.take_back_asked", row, now=now)
        work_queue(row)
    return len(rows)


@transaction.atomic
def publications_stop(*, dataset_id: int, now: datetime | None = None) -> int:
    """For a retraction: everything of the dataset that may be running, or that strangers see, is made private.

    Call it under the lock of the retracted release. A run that holds a place now loses it at its next beat; its
    goal is to hide, so that it also looks whether it had made something public. Returns how many copies it concerns.
    """
    places = places_lock(dataset_id=dataset_id)
    held = {pk for place in places for pk in (place.writer_id, place.public_publication_id) if pk}
    rows = Publication.objects.filter(asset__in=places).filter(Q(status__in=_LIVE) | Q(pk__in=held))
    return _hidden_urgently(rows.exclude(goal=Goal.HIDDEN, status__in=_LIVE), now)


@transaction.atomic
def publications_shown_hide(
    *, dataset_id: int, asked_until: datetime | None = None, now: datetime | None = None
) -> int:
    """While a retraction stands: whatever a place of the dataset still shows is made private, started anew.

    `asked_until` leaves alone what was asked for later. What is on its way back already, or stopped there, is left
    alone. Returns how many copies it concerns.
    """
    places = places_lock(dataset_id=dataset_id)
    rows = Publication.objects.filter(pk__in=[place.public_publication_id for place in places])
    if asked_until is not None:
        rows = rows.filter(requested_at__lte=asked_until)
    # One that stopped says why; whoever pursues it asks again.
    on_its_way = (*_LIVE, Publication.Status.DEAD)
    return _hidden_urgently(rows.exclude(goal=Goal.HIDDEN, status__in=on_its_way), now)


def stopped_take_backs_anew(*, before: datetime) -> int:
    """Start anew what was to be made private and had stopped before then, while strangers may still see it.

    Whoever was told may not have come to it, and a portal that refused for hours may obey the next day. Returns how
    many copies it concerns.
    """
    stopped = Publication.objects.filter(
        goal__in=(Goal.PRIVATE, Goal.HIDDEN),
        status=Publication.Status.DEAD,
        finished_at__lt=before,
        asset__public_publication=F("pk"),
    )
    return sum(_started_anew(stopped, row) for row in list(stopped))


@transaction.atomic
def _started_anew(stopped: QuerySet[Publication], row: Publication) -> bool:
    dossier_lock(release_id=row.release_id)
    if not stopped.filter(pk=row.pk).exists():
        return False
    publication_start_anew(row)
    work_queue(row, urgent=row.goal == Goal.HIDDEN)
    return True


def _hidden_urgently(found: QuerySet[Publication], now: datetime | None) -> int:
    rows = list(found.select_related("asset").order_by("pk"))
    for row in rows:
        is_new = row.goal != Goal.HIDDEN
        Publication.objects.filter(pk=row.pk).update(goal=Goal.HIDDEN, failure="")
        row.refresh_from_db(fields=["goal", "failure"])
        publication_start_anew(row)
        if is_new:
            publication_event(
                "publishing.take_back_asked", row, now=now, data={"goal": Goal.HIDDEN.label.lower()}
            )
        work_queue(row, urgent=True)
    return len(rows)
