"""Writes about deadlines: the clock of a stage pauses while somebody else is waited for, notices, parking.

Rule: issue 3, point 8; FEATURES M14. The due date of a release is a column, kept right by `deadline_sync`:
whoever asks or answers nudges the conductor, which calls it; the hourly sweep finds what was missed.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from audit.services import event_record
from dossier.services import dossier_lock
from workflow import policies
from workflow.calendar import calendar_of
from workflow.context import ReleaseContext, context_of, contexts_of, release_queryset
from workflow.errors import MoveRefused, ReasonRequired
from workflow.models import DeadlinePause, Release
from workflow.policies import SYSTEM
from workflow.selectors.deadlines import (
    PARKED_STAGES,
    Cause,
    Wait,
    day_words,
    due_by_plan,
    idle_since,
    is_to_be_parked,
    notice_due,
    notices_written,
    pauses_running,
    waits_of,
)
from workflow.services.notices import review_notice, stage_notice
from workflow.services.transitions import release_transition
from workflow.stages import OPEN_STAGES
from workflow.timing import today_of

log = logging.getLogger(__name__)


@transaction.atomic
def deadline_pause(
    *, release_id: int, actor: User, waiting_on: str, why: str, now: datetime | None = None
) -> DeadlinePause:
    """Stop the clock of the present stage by hand: the holder waits for somebody outside of the product.

    `waiting_on` names the role or person, `why` what was asked of them. Raises PermissionDenied,
    ReasonRequired, or MoveRefused when there is no clock or it stands still already.
    """
    now = now or timezone.now()
    context = _locked(release_id, now)
    policies.check_action(actor, "pause_deadline", context)
    waiting_on, why = waiting_on.strip(), why.strip()
    if not waiting_on or not why:
        raise ReasonRequired(
            "Say whom you wait for and what you asked of them; everybody concerned reads it."
        )
    running = _synced(context, now)
    if running is not None:
        raise MoveRefused(f"The clock stands still already: it waits on {running.waiting_on}.")
    due_at = _due_now(context.release)
    if due_at is None:
        raise MoveRefused("This release has no deadline now, so there is no clock to stop.")
    return _begin(context, due_at, Wait(Cause.HAND, waiting_on[:200], why), actor, now)


@transaction.atomic
def deadline_resume(*, release_id: int, actor: User, now: datetime | None = None) -> DeadlinePause:
    """Let the clock go on that was stopped by hand; the due date has moved by the business days it stood.

    Raises PermissionDenied, or MoveRefused when it does not stand still or goes on by itself.
    """
    now = now or timezone.now()
    context = _locked(release_id, now)
    policies.check_action(actor, "pause_deadline", context)
    running = _synced(context, now)
    if running is None:
        raise MoveRefused("The clock is not paused. It may have gone on meanwhile.")
    if running.cause != Cause.HAND:
        raise MoveRefused(
            f"The clock waits on {running.waiting_on} and goes on by itself with the answer. "
            "Take the request back if it is not needed any more."
        )
    _end(context, running, actor, now)
    _synced(context, now)
    return running


@transaction.atomic
def deadline_sync(*, release_id: int, now: datetime | None = None) -> DeadlinePause | None:
    """Let the clock stand still or go on as the release waits for others now. Idempotent.

    Returns the pause that runs afterwards.
    """
    now = now or timezone.now()
    return _synced(_locked(release_id, now), now)


def deadlines_sweep(*, now: datetime | None = None) -> int:
    """Bring every clock up to date, write each notice that is due, park what nobody works on.

    At most one notice per release and per review, the latest that applies, so that a time without sweeps is
    not followed by a flood. What fails for one release is logged and does not stop the others. Returns how
    many notices were written and releases parked.
    """
    now = now or timezone.now()
    rows = release_queryset().filter(stage__in=OPEN_STAGES, held_at=None, dataset__not_for_release_reason="")
    contexts = contexts_of(rows, now=now)
    waits, pauses = waits_of(contexts), pauses_running(context.release.pk for context in contexts)
    for context in contexts:
        if waits[context.release.pk] or context.release.pk in pauses or due_by_plan(context):
            _try(deadline_sync, context, now)
    return releases_park(now=now) + _noticed(contexts_of(rows.all(), now=now), now)


def releases_park(*, now: datetime | None = None) -> int:
    """Put on hold what nobody has worked on for as many days as the program allows; returns how many.

    The door makes the move for the system; its letter tells everybody concerned how to go on.
    """
    now = now or timezone.now()
    releases = list(Release.objects.filter(stage__in=PARKED_STAGES, held_at=None))
    since = idle_since(releases)
    contexts = contexts_of(release_queryset().filter(pk__in=list(since)), now=now)
    due = [context for context in contexts if is_to_be_parked(context, since[context.release.pk], now)]
    return sum(_try(_park, context, now) for context in due)


def _park(*, release_id: int, now: datetime) -> bool:
    context = context_of(release_id, now=now)
    roles = dict.fromkeys((policies.stage_holder(context), Role.COORDINATOR.value, Role.CDO.value))
    *some, last = (context.profile.role_words(role) for role in roles)
    reason = (
        f"Nobody has done anything here for {context.profile.clock.park_days} days, so the system put it on "
        f"hold. Nothing is lost: the {', the '.join(some)} or the {last} can resume it on its page at any "
        "time, and its deadline then starts anew."
    )
    release_transition(release_id=release_id, name="hold", actor=SYSTEM, reason=reason, now=now)
    return True


def _noticed(contexts: list[ReleaseContext], now: datetime) -> int:
    ids = [context.release.pk for context in contexts]
    pauses, written = pauses_running(ids), notices_written(ids)
    count = 0
    for context in contexts:
        release = context.release
        kind = "" if release.pk in pauses else notice_due(due_at=release.due_at, context=context, now=now)
        if kind and (release.pk, None, kind, release.due_at) not in written:
            count += _try(stage_notice, context, now, kind=kind)
        for review in context.reviews:
            kind = notice_due(due_at=review.due, context=context, now=now) if review.is_pending else ""
            if kind and (release.pk, review.pk, kind, review.due) not in written:
                count += _try(review_notice, context, now, kind=kind, review_id=review.pk)
    return count


def _try(step: Any, context: ReleaseContext, now: datetime, **words: Any) -> bool:
    try:
        return bool(step(release_id=context.release.pk, now=now, **words))
    except Exception:
        log.exception("The deadline of release %s could not be looked after", context.release.pk)
        return False


def _locked(release_id: int, now: datetime) -> ReleaseContext:
    """The context under the locks of the door, in its order: a due date is not moved while a move stamps it."""
    list(Release.objects.select_for_update(of=("self",), no_key=True).filter(pk=release_id))
    dossier_lock(release_id=release_id)
    return context_of(release_id, now=now)


def _due_now(release: Release) -> datetime | None:
    """The due date whose clock runs: none on hold, where the program sets none, or when the release has ended."""
    return release.due_at if release.is_open and not release.held_at else None


def _synced(context: ReleaseContext, now: datetime) -> DeadlinePause | None:
    release = context.release
    due_at = _due_now(release)
    running = DeadlinePause.objects.filter(release=release, until=None).first()
    if running is not None and running.due_moved != due_at:
        # A move has started the clock anew (or ended it), and this pause with it.
        running.until = max(now, running.since)
        running.save(update_fields=["until"])
        running = None
    if due_at is None:
        return None
    if running is None:
        due_at = _not_before_its_date(context, due_at, now)
    waits = waits_of([context])[release.pk]
    if running is None:
        return _begin(context, due_at, waits[0], None, now) if waits else None
    if running.cause == Cause.HAND:
        _move_due(context, running, now)
        return running
    if not waits:
        _end(context, running, None, now)
        return None
    _move_due(context, running, now)
    if (running.cause, running.waiting_on, running.why) not in [
        (wait.cause, wait.waiting_on, wait.why) for wait in waits
    ]:
        running.cause, running.waiting_on, running.why = waits[0].cause, waits[0].waiting_on, waits[0].why
        running.save(update_fields=["cause", "waiting_on", "why"])
    return running


def _not_before_its_date(context: ReleaseContext, due_at: datetime, now: datetime) -> datetime:
    """The due date of a staged release is not before the day on which its plan has it go public."""
    due = due_by_plan(context)
    if due is None or due <= due_at:
        return due_at
    context.release.due_at = due
    Release.objects.filter(pk=context.release.pk).update(due_at=due)
    day = day_words(calendar_of(context.profile).local_day(due), today_of(context))
    _record("workflow.deadline_waits_for_date", context, None, {"due": day}, now)
    return due


def _begin(
    context: ReleaseContext, due_at: datetime, wait: Wait, actor: User | None, now: datetime
) -> DeadlinePause:
    release = context.release
    pause = DeadlinePause.objects.create(
        release=release,
        stage=release.stage,
        cause=wait.cause,
        waiting_on=wait.waiting_on,
        why=wait.why,
        since=now,
        due_before=due_at,
        due_moved=due_at,
        by=actor,
    )
    note = f"{wait.waiting_on}: {wait.why}" if wait.cause == Cause.HAND else ""
    _record("workflow.deadline_paused", context, actor, {"cause": pause.get_cause_display()}, now, note)
    return pause


def _end(context: ReleaseContext, pause: DeadlinePause, actor: User | None, now: datetime) -> None:
    days = _move_due(context, pause, now)
    pause.until = max(now, pause.since)
    pause.save(update_fields=["until"])
    _record("workflow.deadline_resumed", context, actor, {"days": days}, now)


def _move_due(context: ReleaseContext, pause: DeadlinePause, now: datetime) -> int:
    """Move the due date by the business days that the clock has stood so far; returns how many."""
    calendar = calendar_of(context.profile)
    days = max(0, calendar.between(calendar.local_day(pause.since), calendar.local_day(now)))
    due = calendar.moved(pause.due_before, days)
    if due != pause.due_moved:
        pause.due_moved = context.release.due_at = due
        pause.save(update_fields=["due_moved"])
        Release.objects.filter(pk=context.release.pk).update(due_at=due)
    return days


def _record(
    action: str,
    context: ReleaseContext,
    actor: User | None,
    data: dict[str, Any],
    now: datetime,
    note: str = "",
) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=context.release,
        data=data,
        note=note,
        program_id=context.dataset.program_id,
        dataset_id=context.dataset.pk,
        release_id=context.release.pk,
        now=now,
    )
