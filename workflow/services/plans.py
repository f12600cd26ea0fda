"""Writes about the publication plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import has_role
from audit.services import event_record
from dossier.services import dossier_lock
from publishing.services import publication_stay_private
from workflow import policies
from workflow.context import ReleaseContext, context_of
from workflow.errors import MoveRefused
from workflow.models import PublicationPlan
from workflow.services.facts import plan_fact
from workflow.stages import Stage


@transaction.atomic
def plan_change(
    *,
    release_id: int,
    actor: User,
    release_at: datetime | None,
    tactics: Sequence[str],
    audience: str = "",
    message: str = "",
    now: datetime | None = None,
) -> PublicationPlan:
    """Set when a release goes public and how people hear of it.

    Raises DossierFrozen once it is public, and MoveRefused when somebody who does not hold the final key would
    bring an approved date forward.
    """
    now = now or timezone.now()
    dossier_lock(release_id=release_id, part="plan")
    context = context_of(release_id, now=now)
    release = context.release
    _check_date(context, release_at, actor)
    plan, _ = PublicationPlan.objects.update_or_create(
        release=release,
        defaults={
            "release_at": release_at,
            "tactics": list(tactics),
            "audience": audience.strip(),
            "message": message.strip(),
        },
    )
    event_record(
        action="workflow.plan_changed",
        actor=actor,
        subject=release,
        data={"release_at": release_at.isoformat() if release_at else "", "tactics": list(tactics)},
        program_id=release.dataset.program_id,
        dataset_id=release.dataset_id,
        release_id=release_id,
        now=now,
    )
    plan_fact(release_id=release_id, now=now)
    if release_at is None or release_at > now:
        publication_stay_private(release_id=release_id, now=now)
    return plan


def _check_date(context: ReleaseContext, release_at: datetime | None, actor: User) -> None:
    """The approval was given knowing the date: later is anybody's who plans, earlier is the approver's."""
    if context.release.stage != Stage.STAGED or context.plan is None:
        return
    approved = context.plan.release_at
    if approved is None or (release_at is not None and release_at >= approved):
        return
    holder = policies.stage_holder(context, Stage.CDO_REVIEW)
    dataset = context.dataset
    if not has_role(actor, holder, program=dataset.program_id, department=dataset.department_id):
        raise MoveRefused(
            "The release was approved for its date. Only the "
            f"{context.profile.role_words(holder)} may bring it forward; you may move it to a later day."
        )
