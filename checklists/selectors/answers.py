"""Reads of submissions and their answers."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch

from checklists.catalogue import Item
from checklists.conditions import holds, is_answered
from checklists.models import Answer, Attestation, Submission


def submission_of(release_id: int, checklist: str) -> Submission | None:
    """The submission with its text and answers, in two queries."""
    return _whole().filter(release_id=release_id, checklist=checklist).first()


def submissions_of(release_id: int) -> dict[str, Submission]:
    """Every submission of a release by checklist, in two queries."""
    return {row.checklist: row for row in _whole().filter(release_id=release_id)}


def answers_of(submission: Submission) -> dict[str, Any]:
    """Item id -> value. What a person cleared, so that nothing is filled in there, is no answer."""
    return {answer.item: answer.value for answer in submission.answers.all() if answer.value != ""}


def latest_attestation(submission: Submission) -> Attestation | None:
    return submission.attestations.select_related("signer").order_by("-at", "-pk").first()


def attestations_of(release_id: int) -> list[Attestation]:
    """Every attestation under a checklist of the release, newest first, each with the text that was signed."""
    rows = Attestation.objects.filter(submission__release_id=release_id)
    return list(rows.select_related("signer", "submission").order_by("-at", "-pk"))


def items_to_answer(release_id: int, checklist: str) -> list[Item]:
    """Questions that people are asked now and have not answered."""
    submission = submission_of(release_id, checklist)
    if submission is None:
        return []
    answers = answers_of(submission)
    return [
        item
        for item in submission.version.catalogue.items
        if item.is_asked and holds(item.when, answers) and not is_answered(answers.get(item.id))
    ]


def _whole():  # type: ignore[no-untyped-def]
    return Submission.objects.select_related("version").prefetch_related(
        Prefetch("answers", queryset=Answer.objects.select_related("by"))
    )
