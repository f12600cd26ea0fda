"""Writes about the published form: of which class it is, and how secret what it shows."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import event_record
from dossier.services import contribution_record, dossier_lock
from privacy.personal_values import raw_values_in
from workflow import policies
from workflow.classification import output_parts
from workflow.context import ReleaseContext, context_of
from workflow.models import Dataset, Release
from workflow.services.facts import record_fact


@transaction.atomic
def output_classify(
    *,
    release_id: int,
    classification: str,
    ground: str,
    security_level: str = "",
    security_level_reason: str = "",
    actor: User,
    now: datetime | None = None,
) -> Dataset:
    """Say of which class the published form is, and its security level where the program has levels.

    Raw data and what is published of it are classified apart (DOMAIN i7): the treated form of protected data
    may be public, with the ground written down. Returns the dataset. Raises PermissionDenied, DossierFrozen,
    and ValidationError with a sentence per field.
    """
    now = now or timezone.now()
    dossier_lock(release_id=release_id, part="privacy")
    context = context_of(release_id, now=now)
    policies.check_action(actor, "dispose_findings", context)
    profile, ground = context.profile, ground.strip()
    faults: dict[str, str] = {}
    choice = profile.classification(classification)
    if choice is None:
        faults["classification"] = "Choose of which class the published form is."
    elif not choice.may_be_published:
        faults["classification"] = (
            f"“{choice.label}” data is not published as it is. Treat the copy further, or return the release."
        )
    elif classification != context.dataset.classification and not ground:
        faults["ground"] = "Say why the published form is of another class than the data itself."
    if profile.security_levels and security_level not in {level.code for level in profile.security_levels}:
        faults["security_level"] = "Choose the security level."
    elif (
        profile.security_levels
        and not security_level_reason.strip()
        and _needs_reason(context, security_level)
    ):
        faults["security_level_reason"] = "Say what makes it this level; whoever approves reads it."
    for name, text in (("ground", ground), ("security_level_reason", security_level_reason)):
        if sentence := raw_values_in(text):
            faults[name] = sentence
    if faults:
        raise ValidationError(faults)
    dataset = Dataset.objects.select_for_update(of=("self",)).get(pk=context.dataset.pk)
    dataset.output_classification, dataset.output_ground = classification, ground
    if profile.security_levels:
        dataset.security_level = security_level
        dataset.security_level_reason = security_level_reason.strip()
    dataset.save()
    Release.objects.filter(pk=release_id).update(output_decision=output_parts(dataset))
    contribution_record(release_id=release_id, user=actor, what="privacy output", now=now)
    event_record(
        action="workflow.output_classified",
        actor=actor,
        subject=context.release,
        data={"classification": classification, "security_level": dataset.security_level},
        note=ground,
        program_id=dataset.program_id,
        dataset_id=dataset.pk,
        release_id=release_id,
        now=now,
    )
    record_fact(release_id=release_id, now=now)
    return dataset


def _needs_reason(context: ReleaseContext, level: str) -> bool:
    """A level above the lowest has its reason, and so has another one than the record says."""
    lowest = context.profile.security_levels[0].code
    return level != lowest or context.dataset.security_level not in ("", level)
