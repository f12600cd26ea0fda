"""Writes of the checklists: answers, attestations, machine checks, waivers, and the facts they establish."""

from checklists.services.additions import addition_check, addition_make, addition_retire
from checklists.services.answers import (
    Saved,
    answer_save,
    answers_fill,
    answers_save,
    submission_open,
    text_keep,
)
from checklists.services.attestations import checklist_attest
from checklists.services.checks import checks_request, checks_run
from checklists.services.evidence import evidence_open, evidence_save
from checklists.services.facts import facts_rebuild
from checklists.services.waivers import waiver_grant, waiver_withdraw
from checklists.sources import fill_is_due

__all__ = [
    "Saved",
    "addition_check",
    "addition_make",
    "addition_retire",
    "answer_save",
    "answers_fill",
    "answers_save",
    "checklist_attest",
    "checks_request",
    "checks_run",
    "evidence_open",
    "evidence_save",
    "facts_rebuild",
    "fill_is_due",
    "submission_open",
    "text_keep",
    "waiver_grant",
    "waiver_withdraw",
]
