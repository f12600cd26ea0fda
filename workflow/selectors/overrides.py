"""Overrides of privacy thresholds and of the matrix: which are in force, and which of public data wait for a look."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef

from accounts.models import User
from accounts.roles import assignments_of
from accounts.selectors import profile_for
from privacy.copy_inputs import acceptance_of_public
from privacy.models import AssessmentDecision, RiskDecision
from workflow.context import ReleaseContext
from workflow.stages import Stage

Override = RiskDecision | AssessmentDecision


def is_in_force(row: Override, context: ReleaseContext) -> bool:
    """Whether the release still rests on this override: the facts name it, and no later one took its place.

    Public data rests on what was accepted of the copy that is out, whatever the station says of it today.
    """
    if isinstance(row, AssessmentDecision):
        return context.data("assessment", "decision_id") == row.pk
    if context.release.stage == Stage.PUBLISHED:
        return _is_of_public(row)
    later = RiskDecision.objects.filter(release_id=row.release_id, pk__gt=row.pk).exists()
    return bool(context.data("risk", "accepted")) and not later


def page_of(row: Override) -> str:
    """The URL name of the page where it is decided anew."""
    return "privacy_assessment" if isinstance(row, AssessmentDecision) else "release_privacy"


def overrides_to_review(user: User) -> list[Override]:
    """Overrides that ended under data that is public, for whoever holds the privacy stage of its program."""
    programs = [
        row.program_id
        for row in assignments_of(user).select_related("program")
        if row.role == profile_for(row.program).stage_holders[Stage.PRIVACY]
    ]
    found: list[Override] = []
    if not programs:
        return found
    ended: dict[str, Any] = {
        "lapsed_at__isnull": False,
        "release__stage": Stage.PUBLISHED,
        "release__dataset__program__in": programs,
    }
    accepted = RiskDecision.objects.filter(**ended).select_related("release__dataset")
    found += [row for row in accepted.order_by("until", "pk") if _is_of_public(row)]
    later = AssessmentDecision.objects.filter(release_id=OuterRef("release_id"), pk__gt=OuterRef("pk"))
    decided = AssessmentDecision.objects.filter(~Exists(later), **ended).select_related("release__dataset")
    return found + list(decided.order_by("until", "pk"))


def _is_of_public(row: RiskDecision) -> bool:
    """Whether it is what was accepted last of the copy that is public."""
    newest = acceptance_of_public(row.release_id)
    return newest is not None and newest.pk == row.pk
