"""What people of the demo do at the stations: answer checklists, attest, decide findings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from checklists.catalogue import current
from checklists.models import CheckRun
from checklists.selectors import answers_of, submission_of
from checklists.services import answers_save, checklist_attest, checks_run
from privacy.assessment import suggested_success
from privacy.models import ClassTabulation, CopyCheck, CopySketch, Disposition, Scan, Treatment
from privacy.selectors import state_of
from privacy.services import (
    classes_run,
    copy_check_run,
    findings_dispose,
    quasi_confirm,
    scan_run,
    sketch_run,
    treatment_run,
)
from privacy.weighing import weighing_of
from publishing.models import Publication
from publishing.services import publication_run
from work.models import WorkItem
from work.services import Beat
from workflow.context import context_of
from workflow.services.settle import release_settle
from workflow.services.weighing import benefit_decide, risk_rate
from workflow.weighed import is_weighed

# The kinds of work that follow a reading, with their handlers, in the order in which one leads to the next.
STATION_WORK: list[tuple[type[WorkItem], Callable[[Any, Beat], None]]] = [
    (CheckRun, checks_run),
    (Scan, scan_run),
    (ClassTabulation, classes_run),
    (Treatment, treatment_run),
    (CopyCheck, copy_check_run),
    (CopySketch, sketch_run),
    (Publication, publication_run),
]
# What identifies somebody directly is dropped; the rest may stay, with the reason.
_DROPPED = {"PERSON_NAME", "EMAIL", "PHONE", "SSN", "CREDIT_CARD", "STREET_ADDRESS", "DATE_OF_BIRTH"}


def answer_checklists(release_id: int, stage: str, actor: User, now: datetime) -> None:
    """Answer every open question of the stage's checklists in the way that stands in nobody's way."""
    release_settle(release_id=release_id, now=now)
    for name in context_of(release_id, now=now).profile.checklists[stage]:
        submission = submission_of(release_id, name)
        known = answers_of(submission) if submission else {}
        values = {
            item.id: item.good_answer()
            for item in current(name).items
            if item.is_asked and item.id not in known
        }
        answers_save(
            release_id=release_id,
            checklist=name,
            values={item: value for item, value in values.items() if value is not None},
            actor=actor,
            now=now,
        )


def attest(release_id: int, actor: User, now: datetime) -> None:
    checklist_attest(release_id=release_id, checklist="submission", actor=actor, now=now)


def decide_findings(release_id: int, actor: User, now: datetime) -> None:
    """Drop what identifies somebody, accept the rest with a reason, and say that no group is too small."""
    state = state_of(release_id)
    for verdict in state.open:
        drops = verdict.entity in _DROPPED or bool(_DROPPED & set(verdict.entities))
        findings_dispose(
            release_id=release_id,
            columns=[verdict.column],
            decision=Disposition.Decision.REMEDY if drops else Disposition.Decision.ACCEPT,
            remedy=Disposition.Remedy.DROP_COLUMN if drops else "",
            reason="Readers do not need it to understand the data."
            if drops
            else "It says nothing about a single person.",
            actor=actor,
            now=now,
        )
    if state.quasi is None:
        context = context_of(release_id, now=now)
        k_min = context.profile.k_min(classification=context.dataset.classification)
        reason = "The rows are permits, inspections and streets; nobody is described by them."
        quasi_confirm(release_id=release_id, columns=[], k_min=k_min, reason=reason, actor=actor, now=now)


# How the demo judges what it publishes, and why: data about permits, inspections and streets, not about people.
JUDGED = {
    "value": ("high", "Residents, builders and the press ask for it each month."),
    "value_likelihood": ("high", "Earlier editions are downloaded and cited."),
    "expectation": ("low", "The law makes these records public."),
    "harm_person": ("low", "What is left would bring unwanted letters at most."),
    "harm_organisation": ("low", "A correction would be made."),
    "attempt": ("low", "There is little to gain from it."),
}


def weigh_benefit(
    release_id: int, actor: User, now: datetime, *, decider: User | None = None, **steps: str
) -> None:
    """Rate benefit and risk before and after the remedies and decide to publish, where the program asks for it.

    The likelihood of success is the one that was measured, unless `steps` say otherwise (`success`, or any other
    factor). Nothing is done twice.
    """
    context = context_of(release_id, now=now)
    if not is_weighed(context):
        return
    for run in ("inherent", "residual"):
        weighing = weighing_of(state_of(release_id))
        measured, why = suggested_success(weighing.evidence(run))
        judged = JUDGED | {"success": (measured or "very_high", why or "Not measured before the remedies.")}
        judged |= {name: (step, "As it was judged.") for name, step in steps.items()}
        risk_rate(
            release_id=release_id,
            run=run,
            factors={name: step for name, (step, _) in judged.items()},
            reasons={name: reason for name, (_, reason) in judged.items()},
            actor=actor,
            now=now,
        )
    benefit_decide(
        release_id=release_id,
        decision="open",
        rationale="It is asked for each month, and what is left in the copy tells of no single person.",
        public_summary="Personal details were removed, so that nobody can be recognized.",
        until=timezone.localdate(now) + timedelta(days=context.profile.privacy.override_days),
        actor=decider or actor,
        now=now,
    )
