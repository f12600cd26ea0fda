"""Emergency retraction: what follows from the move, and the pursuit until the data is seen private from outside.

The move only asks; a worker makes each copy private and looks from outside. A retraction never gives up: where a
portal refuses, it is asked again, and people are told again (FEATURES M48: private in under five minutes).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.profiles import profile_of
from accounts.roles import Role
from audit.services import event_record
from dossier.selectors import subject_of
from dossier.services import dossier_lock
from notifications.services import message_queue
from publishing.models import PortalAsset, PortalNotice, Publication
from publishing.services.notices import notices_put
from publishing.services.taking_back import publications_shown_hide, publications_stop
from work.models import WorkItem
from work.services import scaled, task_nudge, work_queue, work_retry
from workflow.calendar import calendar_of
from workflow.context import context_of
from workflow.models import PostMortem, PostMortemDuty, Release, Retraction, RetractionFollowUp
from workflow.retracting import carer_roles, places_of
from workflow.routing import holders, team

# After so long it is no passing trouble any more; and so often people hear that it is still public.
_WORRY_AFTER_SECONDS, _TELL_EVERY_SECONDS = 300, 3600
_ASK_AGAIN_SECONDS = 30


def retraction_begin(*, release_id: int, reason: str, person: User | None, now: datetime) -> Retraction:
    """Open the record of a retraction in the door's transaction: its post-mortem, and the copies to look for.

    The permit has ended and the copies are asked back by then. Whatever else writes to these datasets stops, so
    that nothing stands in the way; the work goes to the front.
    """
    context = context_of(release_id, now=now)
    rules = context.profile.retraction
    row = Retraction.objects.create(
        release=context.release,
        reason=reason,
        public_text=rules.public_text,
        started_by=person,
        started_at=now,
    )
    receipts = Publication.objects.filter(release=release_id).values_list("receipt", flat=True)
    record = PostMortem.objects.create(
        retraction=row,
        due_at=calendar_of(context.profile).due_after(now, rules.postmortem_days),
        found_at=now,
        public_since=context.release.published_at,
        rows_exposed=next(
            (one["public"]["rows"] for one in receipts if "rows" in one.get("public", {})), None
        )
        or context.data("treated", "rows"),
    )
    PostMortemDuty.objects.bulk_create(
        PostMortemDuty(post_mortem=record, code=duty.code, label=duty.label, law=duty.help)
        for duty in rules.duties
    )
    _clear_the_way(context.release, now)
    # The next release may hold the same: it is put on hold at once, and not only with the next sweep.
    transaction.on_commit(lambda: task_nudge("workflow.tasks.endings", urgent=True))
    notices_put(dataset_id=context.dataset.pk, wanted="gone", text=row.public_text, now=now)
    message_queue(
        message_id="post_mortem_begun",
        recipients=[],
        asked=[person for role in carer_roles(context.dataset, row) for person in holders(context, role)],
        actor=person,
        context={"dataset": context.dataset.title, "due": _day(record)},
        path=reverse("release_retraction", args=[release_id]),
        release_id=release_id,
        dataset_id=context.dataset.pk,
        now=now,
    )
    return row


def _clear_the_way(release: Release, now: datetime) -> None:
    """Stop every other writer of the dataset on the portals, and put this at the front of the work.

    What the next release had made public by then goes with it: whatever strangers see there is now this
    retraction's to take back. A run that still holds the place lets it go at its next beat; ours waits for that.
    """
    publications_stop(dataset_id=release.dataset_id, now=now)
    for item in _taken_back(release):
        if item.release_id == release.pk:
            seen = PortalAsset.objects.filter(pk=item.asset_id, public_publication__isnull=False)
            seen.update(public_publication=item)
        work_queue(item, urgent=True)


def _taken_back(release: Release) -> list[Publication]:
    """The copies that are being made private, of whichever release a place still showed."""
    rows = Publication.objects.filter(asset__dataset=release.dataset_id, goal=Publication.Goal.HIDDEN)
    return list(rows.exclude(status=WorkItem.Status.DONE))


def retraction_look(*, release_id: int, now: datetime | None = None) -> Retraction | None:
    """See how far a retraction is: write down when the last copy was private, else ask again and tell again.

    Returns the retraction that stands, or None. Idempotent.
    """
    now = now or timezone.now()
    with transaction.atomic():
        # The order of the door: the dossier before the retraction, and both before the places.
        dossier_lock(release_id=release_id)
        rows = Retraction.objects.select_for_update(of=("self",)).filter(
            release=release_id, reinstated_at=None
        )
        row = rows.first()
        if row is None:
            return None
        _hide_what_is_shown(row, now)
        if row.confirmed_at is None:
            _pursue(row, now)
        else:
            _name_federated(row, now)
    return row


def retractions_look(*, now: datetime | None = None) -> int:
    """Look at every retraction that nobody has seen through, and at what other sites show. Returns how many."""
    rows = Retraction.objects.filter(reinstated_at=None, post_mortem__closed_at=None)
    found = list(rows.values_list("release_id", flat=True))
    for release_id in found:
        retraction_look(release_id=release_id, now=now)
    return len(found)


def _pursue(row: Retraction, now: datetime) -> None:
    places = places_of(row)
    open_places = [place for place in places if not place.is_private]
    if not open_places:
        row.confirmed_at = max((place.since for place in places if place.since), default=now)
        row.confirmed_at = max(row.confirmed_at, row.started_at)
        row.save(update_fields=["confirmed_at"])
        seconds = round((row.confirmed_at - row.started_at).total_seconds())
        _event("retraction.confirmed", row, now, {"seconds": seconds, "places": len(places)})
        _tell("retraction_confirmed", row, now, minutes=_minutes(seconds))
        return
    for item in _taken_back(row.release):
        _ask_again(item)
    waited = now - row.started_at
    told = row.told_at or row.started_at
    if waited >= scaled(_WORRY_AFTER_SECONDS) and (
        row.told_at is None or now - told >= scaled(_TELL_EVERY_SECONDS)
    ):
        row.told_at = now
        row.save(update_fields=["told_at"])
        _event(
            "retraction.still_public", row, now, {"places": ", ".join(place.where for place in open_places)}
        )
        trouble = next(
            (place.trouble for place in open_places if place.trouble), "The portal has not answered yet."
        )
        _tell(
            "retraction_stuck", row, now, asks=True, problem=trouble, minutes=_minutes(waited.total_seconds())
        )


def _hide_what_is_shown(row: Retraction, now: datetime) -> None:
    """A place shows rows that nobody is making private: a worker that was stopped came late with them.

    Once it was confirmed, only what was asked for before the retraction: a later release may be public rightly.
    """
    dataset_id = row.release.dataset_id
    until = None if row.confirmed_at is None else row.started_at
    if publications_shown_hide(dataset_id=dataset_id, asked_until=until, now=now) and row.confirmed_at:
        row.confirmed_at = None
        row.save(update_fields=["confirmed_at"])


def _ask_again(item: Publication) -> None:
    """Start work that stopped, and bring nearer what would wait long: this is no ordinary publication."""
    soon = timezone.now() + scaled(_ASK_AGAIN_SECONDS)
    if item.status in (WorkItem.Status.DEAD, WorkItem.Status.CANCELLED):
        work_retry(item)
        work_queue(item, urgent=True)
    elif item.status == WorkItem.Status.QUEUED and item.due_at > soon:
        Publication.objects.filter(pk=item.pk, status=WorkItem.Status.QUEUED).update(due_at=soon, attempts=1)


def _name_federated(row: Retraction, now: datetime) -> None:
    """Put each site that the portal federates to among the places to look at; one that shows nothing is done."""
    for notice in PortalNotice.objects.filter(asset__dataset=row.release.dataset_id).exclude(sites={}):
        for site, shown in notice.sites.items():
            RetractionFollowUp.objects.get_or_create(
                retraction=row,
                place=site[:300],
                defaults={
                    "federated": True,
                    "added_at": now,
                    "note": "" if shown is not False else "Looked at without a key: it is not shown there.",
                    "done_at": None if shown is not False else now,
                },
            )


def retraction_reinstated(*, release_id: int, now: datetime) -> None:
    """The release goes through review again: the retraction is history, and the notices go with the next copy."""
    Retraction.objects.filter(release=release_id, reinstated_at=None).update(reinstated_at=now)


def _tell(message_id: str, row: Retraction, now: datetime, *, asks: bool = False, **words: str) -> None:
    context = context_of(row.release_id, now=now)
    roles = dict.fromkeys((*carer_roles(context.dataset, row), Role.PORTAL_ADMIN))
    carers = list(dict.fromkeys(person for role in roles for person in holders(context, role)))
    message_queue(
        message_id=message_id,
        recipients=[*team(context), *holders(context, Role.DEPARTMENT_APPROVER)],
        asked=carers if asks else [],
        actor=None,
        context={"dataset": context.dataset.title, **words},
        path=reverse("release_retraction", args=[row.release_id]),
        release_id=row.release_id,
        dataset_id=context.dataset.pk,
        now=now,
    )


def _event(action: str, row: Retraction, now: datetime, data: dict[str, object]) -> None:
    event_record(action=action, actor=None, subject=row, data=data, now=now, **subject_of(row.release_id))


def _minutes(seconds: float) -> str:
    minutes = timedelta(seconds=seconds) // timedelta(minutes=1)
    return "less than a minute" if not minutes else f"{minutes} minute{'' if minutes == 1 else 's'}"


def _day(record: PostMortem) -> str:
    zone = calendar_of(profile_of(record.retraction.release.profile))
    return zone.local_day(record.due_at).strftime("%-d %b %Y")
