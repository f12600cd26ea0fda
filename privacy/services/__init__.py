"""Writes of the privacy station."""

from privacy.services.assessments import assessment_decide, assessment_rate
from privacy.services.decisions import (
    finding_dispose,
    findings_as_suggested,
    findings_dispose,
    findings_undo,
    quasi_confirm,
)
from privacy.services.facts import facts_rebuild
from privacy.services.overrides import override_lapse, risk_accept
from privacy.services.scans import scan_cancel, scan_request, scan_run
from privacy.services.treatments import treatment_retry, treatment_run

__all__ = [
    "assessment_decide",
    "assessment_rate",
    "facts_rebuild",
    "finding_dispose",
    "findings_as_suggested",
    "findings_dispose",
    "findings_undo",
    "override_lapse",
    "quasi_confirm",
    "risk_accept",
    "scan_cancel",
    "scan_request",
    "scan_run",
    "treatment_retry",
    "treatment_run",
]
