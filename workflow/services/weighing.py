"""Benefit against risk through the door of the conductor: who may, by the program's matrix, under its hard stops."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from accounts.models import User
from privacy.errors import AssessmentRefused
from privacy.models import Assessment, AssessmentDecision
from privacy.personal_values import raw_values_in
from privacy.services import assessment_decide, assessment_rate
from workflow import policies
from workflow.context import context_of
from workflow.stages import Stage
from workflow.weighed import hard_stops


def risk_rate(
    *,
    release_id: int,
    run: str,
    factors: Mapping[str, str],
    reasons: Mapping[str, str],
    actor: User,
    now: datetime | None = None,
) -> Assessment:
    """Rate one run. Raises PermissionDenied, AssessmentRefused (also for words that hold values of the file),
    DossierFrozen."""
    context = context_of(release_id, now=now)
    policies.check_action(actor, "rate_risk", context)
    _check_words(reasons)
    return assessment_rate(
        release_id=release_id,
        run=run,
        factors=factors,
        reasons=reasons,
        rules=context.profile.privacy,
        actor=actor,
        now=now,
    )


def benefit_decide(
    *,
    release_id: int,
    decision: str,
    rationale: str,
    public_summary: str,
    actor: User,
    conditions: str = "",
    until: date | None = None,
    now: datetime | None = None,
) -> AssessmentDecision:
    """Decide on benefit and risk. Raises PermissionDenied, AssessmentRefused, DossierFrozen."""
    context = context_of(release_id, now=now)
    policies.check_action(actor, "decide_risk", context)
    _check_words({"rationale": rationale, "public_summary": public_summary, "conditions": conditions})
    return assessment_decide(
        release_id=release_id,
        decision=decision,
        rationale=rationale,
        public_summary=public_summary,
        conditions=conditions,
        until=until,
        rules=context.profile.privacy,
        stops=tuple(hard_stops(context)),
        is_public=context.release.stage == Stage.PUBLISHED,
        actor=actor,
        now=now,
    )


def _check_words(texts: Mapping[str, str]) -> None:
    faults = {name: sentence for name, text in texts.items() if (sentence := raw_values_in(text))}
    if faults:
        raise AssessmentRefused(faults)
