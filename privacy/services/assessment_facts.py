"""The fact `assessment`: what was rated and decided, and whether it still speaks of what is measured now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dossier.services import digest_of, fact_forget, fact_record
from privacy.assessment import Rating, higher
from privacy.models import Assessment, AssessmentDecision, RiskDecision
from privacy.selectors import PrivacyState
from privacy.weighing import Weighing, weighing_of

Run = Assessment.Run


def assessment_write(state: PrivacyState, now: datetime | None) -> None:
    """Write the fact from the rows as they are now; forget it where nobody has weighed anything."""
    weighing = weighing_of(state)
    if not weighing.is_begun:
        fact_forget(release_id=state.release_id, kind="assessment")
        return
    sentences, data = weighing.sentences, _data(weighing)
    fact_record(
        release_id=state.release_id,
        kind="assessment",
        ok=not sentences,
        sentences=sentences,
        about={
            "file": state.file_sha256,
            "treated": weighing.snapshot(Run.RESIDUAL)["treated"] or None,
            "measures": [weighing.digest(run) for run in Run.values],
            # Reviews are bound to what was judged.
            "judged": digest_of(data),
        },
        data=data,
        now=now,
    )


def accepted_words(acceptance: RiskDecision | None) -> dict[str, Any]:
    """What the fact `risk` says of an acceptance: whether there is one, and its last day."""
    return {
        "accepted": acceptance is not None,
        "accepted_until": acceptance.until.isoformat() if acceptance else None,
    }


def decided_words(decision: AssessmentDecision) -> dict[str, Any]:
    """What the fact `assessment` says of a decision."""
    return {
        "decision": decision.decision,
        "decided": str(decision),
        "proposed": decision.proposed,
        "overrides": decision.is_override,
        "until": decision.until.isoformat() if decision.until else None,
        "decision_id": decision.pk,
        "rationale": decision.rationale,
        "public_summary": decision.public_summary,
    }


def _data(weighing: Weighing) -> dict[str, Any]:
    """The answers of the checklist, both ratings and the decision; the risk is never less than measured now."""
    data: dict[str, Any] = {}
    if weighing.inherent is not None:
        data |= weighing.inherent.factors.to_dict() | {
            "success_before": weighing.inherent.success,
            "risk_before": weighing.inherent.risk,
            "success": None,
        }
    if weighing.residual is not None:
        residual = weighing.residual
        now = weighing.rating_now(Run.RESIDUAL) if not weighing.residual_holds else None
        data |= residual.factors.to_dict()
        data |= {"benefit": residual.benefit, "risk": _worse(residual.risk, now)}
    standing = weighing.standing
    if standing is not None:
        data |= decided_words(standing)
    return data


def _worse(risk: str, now: Rating | None) -> str:
    return higher(risk, now.risk) if now else risk
