"""The one door: every move of a release goes through release_transition (ARCHITECTURE 5).

One transaction, in this order: lock, policy, stage, reason, gates, move, event, visit, what the dossier opens,
what the move itself decides, letters; then a nudge for the conductor.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_fsm import can_proceed

from audit.services import event_record
from dossier.services import dossier_lock, dossier_open
from notifications.services import message_queue
from privacy.personal_values import raw_values_in
from work.services import task_nudge
from workflow import approvals, gates, policies, routing
from workflow.calendar import due_for
from workflow.context import ReleaseContext, context_of
from workflow.errors import GatesUnmet, MoveRefused, ReasonRequired, WrongStage
from workflow.models import Release, Review, StageVisit
from workflow.policies import SYSTEM, Actor
from workflow.refreshing import refresh_words
from workflow.services import effects
from workflow.services.return_letter import return_record
from workflow.stages import MOVES, OPEN_PARTS, Move, Stage, return_targets


@transaction.atomic
def release_transition(
    *,
    release_id: int,
    name: str,
    actor: Actor,
    reason: str = "",
    to: str = "",
    points: Sequence[str] = (),
    letter: str = "",
    now: datetime | None = None,
) -> Release:
    """Make move `name` on a release and write down everything that follows from it.

    `to` is the stage a return goes to (READINESS when empty), `points` what must be answered, `letter` the
    words that carry them (the reason when empty). Returns the release, freshly read. Raises PermissionDenied
    (not your move), WrongStage, ReasonRequired, or GatesUnmet with every sentence; then nothing has changed.
    """
    now = now or timezone.now()
    move = MOVES[name]
    _lock(release_id, name)
    context = context_of(release_id, now=now)
    target = to or (Stage.READINESS if name == "return_for_changes" else "")
    policies.check_move(actor, name, context)
    _check_stage(move, context.release, target)
    reason = reason.strip()
    if move.needs_reason and not reason:
        raise ReasonRequired(f"Say why: “{move.label}” needs a reason, which the people concerned will read.")
    if sentence := raw_values_in(f"{reason}\n{letter}"):
        raise MoveRefused(sentence)
    missing = gates.unmet(name, context)
    if missing:
        raise GatesUnmet(missing)
    if name == "publish":
        _supersede_earlier(context, now)
    _move(move, context, actor, reason, target, points, letter, now)
    return Release.objects.get(pk=release_id)


def _lock(release_id: int, name: str) -> None:
    """Lock the release (and, before publishing, the one it supersedes, in id order), then its dossier.

    FOR NO KEY UPDATE: a station that inserts a row pointing at the release must not wait for us while we wait
    for the dossier it holds.
    """
    wanted = Q(pk=release_id)
    if name == "publish":
        dataset = Release.objects.filter(pk=release_id).values("dataset_id")
        wanted |= Q(dataset_id__in=dataset, stage=Stage.PUBLISHED)
    rows = Release.objects.select_for_update(of=("self",), no_key=True).filter(wanted).order_by("pk")
    if release_id not in [row.pk for row in rows]:
        raise Release.DoesNotExist(f"There is no release {release_id}.")
    dossier_lock(release_id=release_id)


def _check_stage(move: Move, release: Release, target: str) -> None:
    if not can_proceed(getattr(release, move.name), check_conditions=False):
        raise WrongStage(
            f"“{move.label}” is not possible now: the release is in {release.get_stage_display()}. "
            "Somebody may have moved it meanwhile; look at the page again."
        )
    if move.stays and bool(release.held_at) == (move.name == "hold"):
        raise WrongStage(
            "The release is on hold already." if release.held_at else "The release is not on hold."
        )
    if move.name == "return_for_changes" and target not in return_targets(release.stage):
        raise WrongStage("A return goes to an earlier stage: Readiness, Quality or Privacy.")


def _move(
    move: Move,
    context: ReleaseContext,
    actor: Actor,
    reason: str,
    target: str,
    points: Sequence[str],
    letter: str,
    now: datetime,
) -> None:
    release = context.release
    person: Any = None if actor is SYSTEM else actor
    # Whose lent role lets them: the event and the verdict name both (FEATURES M05).
    lender = policies.acts_for(actor, move.name, context)
    source = release.stage
    if move.decides:
        _decide(move, context, person, lender, reason, now)
    transition = getattr(release, move.name)
    transition(to=target) if move.name == "return_for_changes" else transition()
    _stamp(move, release, context, reason, now)
    release.save()
    event_record(
        action=routing.EVENTS[move.name],
        actor=person,
        on_behalf_of=lender,
        subject=release,
        data={
            "from_stage": source,
            "to_stage": release.get_stage_display(),
            "points": len(points),
            "parts": approvals.current_parts(context),
        },
        note=reason,
        program_id=context.dataset.program_id,
        dataset_id=context.dataset.pk,
        release_id=release.pk,
        now=now,
    )
    if not move.stays:
        _visit(move, release, person, now)
    if move.name == "return_for_changes":
        returned = return_record(
            context=context,
            from_stage=source,
            to_stage=release.stage,
            reason=reason,
            points=points,
            letter=letter,
            by=person,
            now=now,
        )
        # What people are sent is what is kept.
        reason = returned.letter
    dossier_open(release_id=release.pk, parts=OPEN_PARTS[release.stage])
    effects.after_move(move.name, release.pk, person, now, reason=reason)
    _tell(move, release.pk, person, reason, points, now)
    transaction.on_commit(lambda: task_nudge("workflow.tasks.settle", release.pk))


def _stamp(move: Move, release: Release, context: ReleaseContext, reason: str, now: datetime) -> None:
    """The dates and words that the business reads from columns of the release."""
    if move.name == "hold":
        release.held_at, release.hold_reason, release.due_at = now, reason, None
        return
    release.held_at, release.hold_reason = None, ""
    release.due_at = due_for(release.stage, context.profile, now) if release.is_open else None
    if move.stays:
        return
    release.stage_entered_at = now
    if move.name == "publish":
        release.published_at = now
    release.closed_at = None if release.is_open or release.stage == Stage.PUBLISHED else now


def _visit(move: Move, release: Release, person: Any, now: datetime) -> None:
    StageVisit.objects.filter(release=release, left_at=None).update(
        left_at=now, left_by=person, move=move.name
    )
    StageVisit.objects.create(release=release, stage=release.stage, entered_at=now, entered_by=person)


def _decide(
    move: Move, context: ReleaseContext, person: Any, lender: Any, comment: str, now: datetime
) -> None:
    """The move is itself a verdict: write it as a review, bound to what was there."""
    parts = approvals.parts_for(move.decides, context)
    Review.objects.create(
        release=context.release,
        kind=move.decides,
        requested_at=context.release.stage_entered_at,
        reviewer=person,
        on_behalf_of=lender,
        verdict=Review.Verdict.APPROVED,
        conditions=comment,
        decided_at=now,
        parts=parts,
        digest=approvals.parts_digest(parts),
    )


def _supersede_earlier(context: ReleaseContext, now: datetime) -> None:
    earlier = Release.objects.filter(dataset=context.dataset, stage=Stage.PUBLISHED).exclude(
        pk=context.release.pk
    )
    for release in earlier:
        release_transition(release_id=release.pk, name="supersede", actor=SYSTEM, now=now)


def _tell(
    move: Move, release_id: int, person: Any, reason: str, points: Sequence[str], now: datetime
) -> None:
    if not routing.ROUTES[move.name]:
        return
    context = context_of(release_id, now=now)
    message_queue(
        message_id=routing.letter_of(move.name, context),
        recipients=routing.recipients(move.name, context),
        asked=routing.asked(move.name, context),
        actor=person,
        context=effects.letter_context(
            context, person, reason=reason, points=len(points), **refresh_words(context)
        ),
        path=effects.release_path(context.release),
        release_id=release_id,
        dataset_id=context.dataset.pk,
        now=now,
    )
