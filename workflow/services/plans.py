"""Writes about the publication plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import event_record
from dossier.services import dossier_lock
from publishing.services import publication_stay_private
from workflow.models import PublicationPlan, Release
from workflow.services.facts import plan_fact


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
    """Set when a release goes public and how people hear of it. Raises DossierFrozen once it is public."""
    now = now or timezone.now()
    dossier_lock(release_id=release_id, part="plan")
    release = Release.objects.select_related("dataset").get(pk=release_id)
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
