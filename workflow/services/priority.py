"""Writes about priorities: a score with everything it rests on, an override with its reason, other weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import Program, User
from accounts.profiles import Profile
from accounts.roles import Role, has_role
from accounts.selectors import profile_for
from audit.services import event_record
from workflow.models import Dataset, PriorityScore, PriorityWeights
from workflow.policies import check_register
from workflow.priority import Scale
from workflow.priority.base import WEIGHT_MAX
from workflow.selectors.priority import answers_for, newest_score, newest_scores, scale_of, weights_of
from workflow.selectors.requests import votes_of, votes_of_many


def check_weights(actor: User, program: Program) -> None:
    """Raise PermissionDenied unless `actor` may set the weights of a program."""
    if not any(has_role(actor, role, program=program) for role in (Role.CDO, Role.PORTAL_ADMIN)):
        raise PermissionDenied("The weights of the program are set by the CDO or the portal admin.")


def may_set_weights(actor: User, program: Program) -> bool:
    try:
        check_weights(actor, program)
    except PermissionDenied:
        return False
    return True


@transaction.atomic
def priority_score(
    *, dataset: Dataset, answers: Mapping[str, Any], actor: User, now: datetime | None = None
) -> PriorityScore:
    """Score a dataset by its program's scale and keep the score with all that it rests on (M02).

    Returns the score that holds; equal answers under equal weights write nothing. An override stays until it
    is lifted. Raises PermissionDenied.
    """
    check_register(actor, dataset.program_id, dataset.department_id)
    dataset = Dataset.objects.select_for_update(of=("self",)).get(pk=dataset.pk)
    profile = profile_for(dataset.program)
    scale, last = scale_of(profile), newest_score(dataset, scale_of(profile))
    asked = {one.code for one in scale.questions}
    inputs = _inputs(dataset, profile, {code: answers[code] for code in answers if code in asked})
    weights = weights_of(dataset.program_id, profile)
    if last and last.inputs == inputs and last.weights == weights:
        return last
    row = _row(dataset, scale, inputs, weights, last=last, actor=actor, now=now)
    row.save()
    _event("workflow.priority_scored", row, actor, now)
    return row


@transaction.atomic
def priority_override(
    *, dataset: Dataset, band: str, reason: str, actor: User, now: datetime | None = None
) -> PriorityScore:
    """Put a person's judgement in place of the computed band, with why; an empty `band` lifts it again.

    Raises PermissionDenied, and ValidationError without a reason or on a band that the scale does not have.
    """
    check_register(actor, dataset.program_id, dataset.department_id)
    dataset = Dataset.objects.select_for_update(of=("self",)).get(pk=dataset.pk)
    profile = profile_for(dataset.program)
    scale, reason = scale_of(profile), reason.strip()
    if not reason:
        raise ValidationError({"reason": "Say why: a priority is only set by hand with its reason."})
    if band and scale.band(band) is None:
        raise ValidationError({"band": "Choose a priority of the program's scale."})
    last = newest_score(dataset, scale)
    if last is None:
        last = _row(dataset, scale, _inputs(dataset, profile, {}), weights_of(dataset.program_id, profile))
    row = _row(dataset, scale, last.inputs, last.weights, actor=actor, now=now)
    if band:
        _apply_override(row, scale, band, reason)
    row.save()
    action = "workflow.priority_overridden" if band else "workflow.priority_override_lifted"
    _event(action, row, actor, now, note=reason)
    return row


@transaction.atomic
def priority_weights_set(
    *, program: Program, weights: Mapping[str, Any], reason: str, actor: User, now: datetime | None = None
) -> int:
    """Let a program count its factors differently, and score its inventory again. Returns how many moved rows.

    The weights stand in place of the profile's. Every score that changes is a new row: the old ones keep the
    weights of their day. Raises PermissionDenied, and ValidationError with a sentence per weight.
    """
    check_weights(actor, program)
    profile, reason = profile_for(program), reason.strip()
    scale = scale_of(profile)
    faults = _weight_faults(scale, weights)
    if not reason:
        faults["reason"] = "Say why the weights change; whoever asks later reads it."
    if faults:
        raise ValidationError(faults)
    chosen = {code: float(weights[code]) for code, _ in scale.weighted}
    PriorityWeights.objects.create(
        program=program, weights=chosen, reason=reason, by=actor, at=now or timezone.now()
    )
    scored = priority_rescore(program=program, actor=actor, now=now)
    event_record(
        action="workflow.priority_weights_set",
        actor=actor,
        subject=program,
        data={"weights": chosen, "scored": scored},
        note=reason,
        program_id=program.pk,
        now=now,
    )
    return scored


@transaction.atomic
def priority_rescore(*, program: Program, actor: User | None, now: datetime | None = None) -> int:
    """Store anew every score that today's records and weights would change. Returns how many.

    For a program that changed its weights, or adopted a profile with others. Datasets that nobody has scored
    stay without a score.
    """
    profile = profile_for(program)
    scale, weights = scale_of(profile), weights_of(program, profile)
    stored = newest_scores(Dataset.objects.filter(program=program).values_list("pk", flat=True), scale)
    votes = votes_of_many(list(stored))
    fresh = []
    for dataset in Dataset.objects.filter(pk__in=stored):
        last = stored[dataset.pk]
        inputs = answers_for(dataset, profile, stored=last.inputs, votes=votes.get(dataset.pk, 0))
        if inputs != last.inputs or weights != last.weights:
            fresh.append(_row(dataset, scale, inputs, weights, last=last, actor=actor, now=now))
    PriorityScore.objects.bulk_create(fresh)
    return len(fresh)


def _inputs(dataset: Dataset, profile: Profile, answers: Mapping[str, Any]) -> dict[str, Any]:
    return answers_for(dataset, profile, stored=answers, votes=votes_of(dataset))


def _row(
    dataset: Dataset,
    scale: Scale,
    inputs: dict[str, Any],
    weights: dict[str, float],
    *,
    last: PriorityScore | None = None,
    actor: User | None = None,
    now: datetime | None = None,
) -> PriorityScore:
    """A score, not saved; the override of the `last` one stays."""
    score = scale.score(inputs, weights)
    row = PriorityScore(
        dataset=dataset,
        scale=scale.code,
        inputs=inputs,
        weights=weights,
        factors=[asdict(factor) for factor in score.factors],
        value=score.value,
        code=score.band.code,
        label=score.band.label,
        band=scale.place(score.band.code),
        by=actor,
        at=now or timezone.now(),
    )
    if last is not None and last.override:
        _apply_override(row, scale, last.override, last.override_reason)
    return row


def _apply_override(row: PriorityScore, scale: Scale, code: str, reason: str) -> None:
    band = scale.band(code)
    if band is not None:
        row.override, row.override_reason = code, reason
        row.code, row.label, row.band = band.code, band.label, scale.place(code)


def _weight_faults(scale: Scale, weights: Mapping[str, Any]) -> dict[str, str]:
    if not scale.weighted:
        return {"__all__": "This program ranks by a table, which has no weights."}
    faults = {}
    for code, label in scale.weighted:
        try:
            number = float(weights[code])
        except (KeyError, TypeError, ValueError):
            number = -1.0
        if not 0 <= number <= WEIGHT_MAX:
            faults[code] = f"The weight of “{label}” is a number from 0 to {WEIGHT_MAX:g}."
    if not faults and not any(float(weights[code]) for code, _ in scale.weighted):
        faults["__all__"] = "Every weight is 0, so all datasets would be equal. Let at least one count."
    return faults


def _event(action: str, row: PriorityScore, actor: User, now: datetime | None, *, note: str = "") -> None:
    event_record(
        action=action,
        actor=actor,
        subject=row.dataset,
        data={"label": row.label, "scale": row.scale, "value": row.value, "weights": row.weights},
        note=note,
        program_id=row.dataset.program_id,
        dataset_id=row.dataset_id,
        now=now,
    )
