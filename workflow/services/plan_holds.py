"""The hold of one planned release: nothing of it goes public, whatever its date, until the named role lifts it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from audit.services import event_record
from dossier.services import dossier_lock
from publishing.services.taking_back import publication_take_back
from work.services import task_nudge
from workflow import policies
from workflow.context import ReleaseContext, context_of
from workflow.errors import MoveRefused
from workflow.gates import public_copy_confirmed
from workflow.models import PlanHold
from workflow.services.reasons import reason_checked

# The roles that a hold may be left to.
LIFTERS = (
    Role.COORDINATOR,
    Role.OPEN_DATA_TEAM,
    Role.COMMUNICATIONS,
    Role.POLICY,
    Role.PRIVACY_OFFICER,
    Role.LEGAL,
    Role.CDO,
)


@transaction.atomic
def plan_hold(
    *, release_id: int, actor: User, reason: str, lifts: str, now: datetime | None = None
) -> PlanHold:
    """Hold a planned release back. A copy on its way to the public stays private.

    Raises PermissionDenied, ReasonRequired, MoveRefused (no such role, held already, public already).
    """
    now = now or timezone.now()
    dossier_lock(release_id=release_id)
    context = context_of(release_id, now=now)
    policies.check_action(actor, "edit_plan", context)
    reason = reason_checked(reason, "Say why the release is held back.")
    if lifts not in LIFTERS:
        raise MoveRefused("Choose who may lift the hold.")
    if not context.release.is_open or (context.together is None and public_copy_confirmed(context).ok):
        raise MoveRefused("The data is public already, or the release has ended. Retract it if it must go.")
    if hold_standing(context):
        raise MoveRefused("The release is held back already.")
    return hold_write(context=context, actor=actor, reason=reason, lifts=lifts, now=now)


@transaction.atomic
def plan_hold_lift(*, release_id: int, actor: User, reason: str, now: datetime | None = None) -> PlanHold:
    """Let a held release go on by its plan. Raises PermissionDenied, ReasonRequired, MoveRefused."""
    now = now or timezone.now()
    dossier_lock(release_id=release_id)
    context = context_of(release_id, now=now)
    hold = PlanHold.objects.filter(release=release_id, lifted_at=None).first()
    if hold is None:
        raise MoveRefused("The release is not held back any more.")
    policies.check_holds(actor, (hold.lifts,), context.dataset, context.profile)
    reason = reason_checked(reason, "Say why it may go on.")
    hold.lifted_at, hold.lifted_by, hold.lift_reason = now, actor, reason
    hold.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    _record("workflow.plan_hold_lifted", context, actor, hold.lifts, reason, now)
    transaction.on_commit(lambda: task_nudge("workflow.tasks.settle", release_id))
    return hold


def hold_standing(context: ReleaseContext) -> bool:
    return PlanHold.objects.filter(release=context.release, lifted_at=None).exists()


def hold_write(*, context: ReleaseContext, actor: User, reason: str, lifts: str, now: datetime) -> PlanHold:
    """Write the hold, in the caller's transaction and under the lock of the dossier."""
    hold = PlanHold.objects.create(
        release=context.release, reason=reason, lifts=lifts, placed_by=actor, placed_at=now
    )
    publication_take_back(release_id=context.release.pk, now=now)
    _record("workflow.plan_held", context, actor, lifts, reason, now)
    transaction.on_commit(lambda: task_nudge("workflow.tasks.settle", hold.release_id))
    return hold


def _record(action: str, context: ReleaseContext, actor: User, lifts: str, note: str, now: datetime) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=context.release,
        data={"role": context.profile.role_label(lifts)},
        note=note,
        program_id=context.dataset.program_id,
        dataset_id=context.dataset.pk,
        release_id=context.release.pk,
        now=now,
    )
