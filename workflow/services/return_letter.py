"""Writes about returns: the record with its letter, and what becomes of each point (FEATURES M09)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.services import event_record
from dossier.services import dossier_lock
from notifications.services import message_queue
from workflow.context import ReleaseContext, context_of
from workflow.errors import MoveRefused, ReasonRequired
from workflow.models import ReturnForChanges, ReturnPoint
from workflow.policies import stage_holder
from workflow.returns import check_answer, check_pass, stands
from workflow.selectors.return_letter import letter_text
from workflow.services.letters import letter_context
from workflow.stages import Stage

State = ReturnPoint.State


def return_record(
    *,
    context: ReleaseContext,
    from_stage: str,
    to_stage: str,
    reason: str,
    points: Sequence[str],
    letter: str = "",
    by: User,
    now: datetime,
) -> ReturnForChanges:
    """Keep a return with its letter as sent and a row for each point; called by the door alone.

    Without words of its own the letter opens with the reason. A return to READINESS is answered by whom the
    program names, one to a later stage by whoever holds it.
    """
    said = [point.strip() for point in points if point.strip()]
    is_answered_first = to_stage == Stage.READINESS
    role = context.profile.return_answered_by if is_answered_first else stage_holder(context, to_stage)
    row = ReturnForChanges.objects.create(
        release=context.release,
        from_stage=from_stage,
        to_stage=to_stage,
        reason=reason,
        points=said,
        letter=letter_text(letter or reason, said, str(by)),
        answered_by_role=role,
        by=by,
        at=now,
    )
    ReturnPoint.objects.bulk_create(
        ReturnPoint(return_row=row, number=number, text=text) for number, text in enumerate(said, start=1)
    )
    return row


@transaction.atomic
def point_answer(
    *, release_id: int, point_id: int, answer: str, actor: User, now: datetime | None = None
) -> ReturnPoint:
    """Say what was done about a point. An answer may be improved as long as the return stands.

    Raises PermissionDenied unless the point is the actor's to answer, ReasonRequired without words,
    MoveRefused when the return is over.
    """
    now = now or timezone.now()
    context, point = _locked(release_id, point_id, now)
    check_answer(actor, point, context)
    if not answer.strip():
        raise ReasonRequired("Say what was changed, or why nothing was; whoever returned it reads it.")
    point.state, point.answer = State.ANSWERED, answer.strip()
    point.answered_by, point.answered_at = actor, now
    point.save()
    _record("workflow.return_point_answered", point, context, actor, now, note=point.answer)
    return point


@transaction.atomic
def point_pass(*, release_id: int, point_id: int, actor: User, now: datetime | None = None) -> ReturnPoint:
    """Pass a point on to the dataset's steward, who is told by a letter (Los Angeles).

    Raises PermissionDenied unless the actor answers the return, MoveRefused when it is answered already, the
    return is over, or the dataset names no steward to pass it to.
    """
    now = now or timezone.now()
    context, point = _locked(release_id, point_id, now)
    check_pass(actor, point, context)
    steward = context.dataset.steward
    if steward is None or not steward.is_active:
        raise MoveRefused(
            "The inventory record names no steward to pass this on to. Name one there, or answer it yourself."
        )
    if point.state == State.ANSWERED:
        raise MoveRefused("This point is answered already, so there is nothing to pass on.")
    if point.passed_to_id == steward.pk:
        return point
    point.passed_to, point.passed_by, point.passed_at = steward, actor, now
    point.save()
    _record("workflow.return_point_passed", point, context, actor, now, to=str(steward))
    message_queue(
        message_id="return_point_passed",
        recipients=[],
        asked=[steward],
        actor=actor,
        context=letter_context(context, actor, point=point.text),
        path=reverse("release", args=[release_id]),
        release_id=release_id,
        dataset_id=context.dataset.pk,
        now=now,
    )
    return point


def _locked(release_id: int, point_id: int, now: datetime) -> tuple[ReleaseContext, ReturnPoint]:
    """The point of the return that stands, locked with the dossier. Raises ReturnPoint.DoesNotExist."""
    dossier_lock(release_id=release_id)
    context = context_of(release_id, now=now)
    point = (
        ReturnPoint.objects.select_for_update(of=("self",))
        .select_related("return_row", "return_row__by")
        .get(pk=point_id, return_row__release_id=release_id)
    )
    if not stands(point.return_row, context):
        raise MoveRefused("This return is over: the release has been handed in again or has ended.")
    return context, point


def _record(
    action: str,
    point: ReturnPoint,
    context: ReleaseContext,
    actor: User,
    now: datetime,
    *,
    note: str = "",
    **data: Any,
) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=context.release,
        data={"number": point.number, **data},
        note=note,
        program_id=context.dataset.program_id,
        dataset_id=context.dataset.pk,
        release_id=context.release.pk,
        now=now,
    )
