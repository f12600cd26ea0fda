"""Writes of the privacy station."""

from privacy.services.decisions import finding_dispose, findings_dispose, quasi_confirm, risk_accept
from privacy.services.facts import facts_rebuild
from privacy.services.scans import scan_cancel, scan_request, scan_run
from privacy.services.treatments import treatment_retry, treatment_run

__all__ = [
    "facts_rebuild",
    "finding_dispose",
    "findings_dispose",
    "quasi_confirm",
    "risk_accept",
    "scan_cancel",
    "scan_request",
    "scan_run",
    "treatment_retry",
    "treatment_run",
]
