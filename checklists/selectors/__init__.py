"""Reads of answers and of the machine's results."""

from checklists.selectors.answers import (
    answers_of,
    attestations_of,
    items_to_answer,
    latest_attestation,
    submission_of,
    submissions_of,
)
from checklists.selectors.checks import errors_of, latest_run, shown_run, waivers_standing

__all__ = [
    "answers_of",
    "attestations_of",
    "errors_of",
    "items_to_answer",
    "latest_attestation",
    "latest_run",
    "shown_run",
    "submission_of",
    "submissions_of",
    "waivers_standing",
]
