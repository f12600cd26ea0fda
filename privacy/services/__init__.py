"""Writes of the privacy station."""

from privacy.services.aggregates import aggregate_declare, aggregate_suppress
from privacy.services.assessments import assessment_decide, assessment_rate
from privacy.services.class_tables import classes_request, classes_run
from privacy.services.copy_checks import copy_check_again, copy_check_run
from privacy.services.decisions import (
    finding_dispose,
    findings_as_suggested,
    findings_dispose,
    findings_undo,
    quasi_confirm,
)
from privacy.services.facts import facts_rebuild
from privacy.services.hierarchies import hierarchy_upload
from privacy.services.overrides import override_lapse, risk_accept
from privacy.services.proposals import recipe_propose, recipe_what_if
from privacy.services.recipes import recipe_replay, recipe_restore, recipe_save
from privacy.services.scans import scan_cancel, scan_request, scan_run
from privacy.services.sketches import sketch_run, sketches_keep, sketches_keep_missing
from privacy.services.treatments import treatment_retry, treatment_run

__all__ = [
    "aggregate_declare",
    "aggregate_suppress",
    "assessment_decide",
    "assessment_rate",
    "classes_request",
    "classes_run",
    "copy_check_again",
    "copy_check_run",
    "facts_rebuild",
    "finding_dispose",
    "findings_as_suggested",
    "findings_dispose",
    "findings_undo",
    "hierarchy_upload",
    "override_lapse",
    "quasi_confirm",
    "recipe_propose",
    "recipe_replay",
    "recipe_restore",
    "recipe_save",
    "recipe_what_if",
    "risk_accept",
    "scan_cancel",
    "scan_request",
    "scan_run",
    "sketch_run",
    "sketches_keep",
    "sketches_keep_missing",
    "treatment_retry",
    "treatment_run",
]
