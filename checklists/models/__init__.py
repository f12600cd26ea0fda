"""Answers to checklists, and what the machine's checks found."""

from checklists.models.additions import DepartmentItem
from checklists.models.answers import Answer, Attestation, CatalogueVersion, Submission
from checklists.models.checks import CheckRow, CheckRun, Waiver

__all__ = [
    "Answer",
    "Attestation",
    "CatalogueVersion",
    "CheckRow",
    "CheckRun",
    "DepartmentItem",
    "Submission",
    "Waiver",
]
