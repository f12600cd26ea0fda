"""What comes due around the ends of public data: windows that end, retractions to pursue, records to remind of."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.profiles import profile_of
from accounts.selectors import profile_for
from notifications.services import message_queue
from publishing.models import PortalNotice
from publishing.services.notices import notices_put
from workflow import gates, retiring, retracting
from workflow.calendar import calendar_of
from workflow.context import context_of
from workflow.errors import MoveRefused
from workflow.gates.endings import is_decided_about
from workflow.models import PostMortem, PostMortemMeasure, Release, Retirement, Retraction
from workflow.policies import SYSTEM, Actor
from workflow.routing import holders
from workflow.selectors.retirement import notice_words
from workflow.services.archive import archive_ask
from workflow.services.retraction import retractions_look
from workflow.services.transitions import release_transition
from workflow.stages import OPEN_STAGES, Stage

log = logging.getLogger(__name__)
_LATE_AGAIN = timedelta(days=2)


def endings_sweep(*, now: datetime | None = None) -> dict[str, int]:
    """Everything that is due. One that fails is logged, and the others are done all the same."""
    now = now or timezone.now()
    running = Retirement.objects.filter(state=Retirement.State.NOTICE).select_related("dataset__program")
    return {
        "retired": _each(running, retirement_settle, now),
        "held": _each(Retraction.objects.filter(next_held_at=None), _hold_next, now),
        "retractions": retractions_look(now=now),
        "notices": _each(_notices_left(), _notice_off, now),
        "reminded": _each(PostMortem.objects.filter(closed_at=None), _remind, now)
        + _each(PostMortemMeasure.objects.filter(done_at=None), _remind_measure, now),
    }


def retirement_settle(retirement: Retirement, now: datetime) -> bool:
    """Bring one retirement onward: its archive copy, its notice on every portal, and its end. True when it ended."""
    release = retiring.release_to_retire(retirement.dataset)
    if release is None or not is_decided_about(retirement, release):
        return False
    is_public = release.stage == Stage.PUBLISHED
    if is_public:
        archive_ask(
            release=release, years=profile_for(retirement.dataset.program).retirement.archive_years, now=now
        )
    if retirement.ends_at and (retirement.paused_at or retirement.ends_at > now):
        if is_public:
            notices_put(
                dataset_id=retirement.dataset_id, wanted="announced", text=notice_words(retirement), now=now
            )
        return False
    return retirement_complete(retirement=retirement, now=now)


def retirement_complete(
    *, retirement: Retirement, actor: Actor = SYSTEM, now: datetime | None = None
) -> bool:
    """Retire the dataset through the door. The system does it when the window has ended; so may who decides.

    False when something is in the way of the system; a person hears what, by the errors of the door.
    """
    now = now or timezone.now()
    release = retiring.release_to_retire(retirement.dataset)
    if release is None:
        return False
    if actor is SYSTEM and gates.unmet("retire", context_of(release.pk, now=now)):
        return False
    if actor is not SYSTEM:
        retiring.check_decide(actor, retirement, profile_for(retirement.dataset.program))
    try:
        release_transition(
            release_id=release.pk, name="retire", actor=actor, reason=retirement.reason, now=now
        )
    except MoveRefused:
        if actor is SYSTEM:
            return False
        raise
    return True


@transaction.atomic
def _hold_next(retraction: Retraction, now: datetime) -> bool:
    """Put the next release of the dataset on hold, once: it may hold what the public one was taken back for."""
    Retraction.objects.filter(pk=retraction.pk).update(next_held_at=now)
    release = Release.objects.filter(
        dataset=retraction.release.dataset_id, stage__in=OPEN_STAGES, held_at=None
    ).first()
    if release is None:
        return False
    number = retraction.release.number
    try:
        release_transition(
            release_id=release.pk,
            name="hold",
            actor=SYSTEM,
            reason=f"Release {number} was retracted in an emergency. Resume this one when it is clear that it is free "
            "of what that was for.",
            now=now,
        )
    except MoveRefused:
        return False
    return True


def _notices_left() -> Iterable[PortalNotice]:
    """Notices that say a dataset is gone although it is public again: the review has ended, a new release came."""
    public = Release.objects.filter(stage=Stage.PUBLISHED).values("dataset")
    gone = PortalNotice.objects.filter(wanted=PortalNotice.Wanted.GONE)
    return gone.filter(asset__dataset__in=public).select_related("asset")


def _notice_off(notice: PortalNotice, now: datetime) -> bool:
    return bool(notices_put(dataset_id=notice.asset.dataset_id, wanted="none", now=now))


@transaction.atomic
def _remind(record: PostMortem, now: datetime) -> bool:
    """Before the due day once, and after it every other day until it is closed."""
    row = PostMortem.objects.select_for_update(of=("self",)).get(pk=record.pk)
    release = row.retraction.release
    profile = profile_of(release.profile)
    calendar = calendar_of(profile)
    near = calendar.moved(row.due_at, 0) - timedelta(days=profile.clock.remind_days)
    if row.due_at <= now:
        if row.late_told_at is not None and now - row.late_told_at < _LATE_AGAIN:
            return False
        row.late_told_at = now
    elif near <= now and row.near_told_at is None:
        row.near_told_at = now
    else:
        return False
    row.save(update_fields=["late_told_at", "near_told_at"])
    context = context_of(release.pk, now=now)
    roles = retracting.carer_roles(context.dataset, row.retraction)
    _letter(
        "post_mortem_due",
        release,
        [person for role in roles for person in holders(context, role)],
        now,
        due=calendar.local_day(row.due_at).strftime("%-d %b %Y"),
        late="yes" if row.due_at <= now else "",
    )
    return True


@transaction.atomic
def _remind_measure(measure: PostMortemMeasure, now: datetime) -> bool:
    """Once, when the day of a measure has passed and it is not done."""
    row = PostMortemMeasure.objects.select_for_update(of=("self",)).get(pk=measure.pk)
    release = row.post_mortem.retraction.release
    today = calendar_of(profile_of(release.profile)).local_day(now)
    if row.done_at is not None or row.told_at is not None or row.due >= today:
        return False
    row.told_at = now
    row.save(update_fields=["told_at"])
    _letter("measure_late", release, [row.owner], now, what=row.what, due=row.due.strftime("%-d %b %Y"))
    return True


def _letter(message_id: str, release: Release, asked: list[User], now: datetime, **words: str) -> None:
    message_queue(
        message_id=message_id,
        recipients=[],
        asked=list(dict.fromkeys(asked)),
        actor=None,
        context={"dataset": release.dataset.title, **words},
        path=reverse("release_retraction", args=[release.pk]),
        release_id=release.pk,
        dataset_id=release.dataset_id,
        now=now,
    )


def _each(rows: Iterable[Any], step: Callable[[Any, datetime], bool], now: datetime) -> int:
    done = 0
    for row in rows:
        try:
            done += step(row, now)
        except Exception:
            log.exception("%s %s could not be looked after", type(row).__name__, row.pk)
    return done
