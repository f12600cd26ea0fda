"""Proposals: the open data team asks a department for a dataset, and the department answers.

Letters go both ways. A proposal that was put off comes back on its day. Source: ITP-5 IV.A.3 and IV.B.1
(Durham: consult with departments which datasets are added), DOMAIN h1.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Department, User
from accounts.roles import Role, has_role, people_with_role
from audit.services import event_record
from notifications.services import message_queue
from workflow import duties
from workflow.models import Dataset, DatasetProposal, DatasetRequest
from workflow.services.datasets import dataset_register
from workflow.services.request_triage import request_accept
from workflow.services.talks import talks_attach, talks_fields
from workflow.timing import latest_today, today_in

State = DatasetProposal.State


@transaction.atomic
def proposal_make(
    *,
    department: Department,
    title: str,
    why: str,
    actor: User,
    high_value: Sequence[str] = (),
    request: DatasetRequest | None = None,
    answer: str = "",
    now: datetime | None = None,
) -> DatasetProposal:
    """Propose a dataset to a department; a public request that it comes from is accepted with it.

    Returns the proposal. Raises PermissionDenied, and ValidationError with a sentence per field.
    """
    now = now or timezone.now()
    duties.check_intake(actor, department.program_id)
    if request is not None and request.program_id != department.program_id:
        raise ValidationError("The request and the department belong to different programs.")
    proposal = DatasetProposal(
        program=department.program,
        department=department,
        title=title.strip(),
        why=why.strip(),
        high_value=list(high_value),
        request=request,
        proposed_by=actor,
        proposed_at=now,
    )
    proposal.full_clean()
    proposal.save()
    _record("proposal.made", proposal, actor, now, department=department.name)
    if request is not None:
        request_accept(request=request, actor=actor, answer=answer, now=now)
    _ask_department("proposal_made", proposal, actor, now)
    return proposal


@transaction.atomic
def proposal_accept(*, proposal: DatasetProposal, actor: User, now: datetime | None = None) -> Dataset:
    """Take a proposed dataset into the inventory, with what the proposal and the readiness talk know of it.

    Returns the dataset; its request of the public is linked to it. Raises PermissionDenied, ValidationError.
    """
    now = now or timezone.now()
    proposal = _locked(proposal, actor)
    talks = list(proposal.talks.order_by("held_on", "pk"))
    fields = _fields_of(proposal, actor) | talks_fields(talks)
    dataset = dataset_register(department=proposal.department, actor=actor, fields=fields, now=now)
    proposal.state, proposal.dataset = State.ACCEPTED, dataset
    _answered(proposal, actor, "proposal.accepted", "", now)
    talks_attach(talks=talks, dataset=dataset, actor=actor, now=now)
    if proposal.request is not None and proposal.request.dataset_id is None:
        DatasetRequest.objects.filter(pk=proposal.request.pk).update(dataset=dataset)
    return dataset


@transaction.atomic
def proposal_decline(
    *, proposal: DatasetProposal, reason: str, actor: User, now: datetime | None = None
) -> DatasetProposal:
    """Say no, with the reason. Raises PermissionDenied, ValidationError without one."""
    proposal = _locked(proposal, actor)
    proposal.state = State.DECLINED
    _answered(proposal, actor, "proposal.declined", _words(reason), now or timezone.now())
    return proposal


@transaction.atomic
def proposal_defer(
    *, proposal: DatasetProposal, reason: str, revisit_on: date, actor: User, now: datetime | None = None
) -> DatasetProposal:
    """Put the answer off to a day, with the reason. Raises PermissionDenied, ValidationError."""
    now = now or timezone.now()
    proposal = _locked(proposal, actor)
    if revisit_on <= today_in(proposal.program, now):
        raise ValidationError({"revisit_on": "Choose a day after today."})
    proposal.state, proposal.revisit_on = State.DEFERRED, revisit_on
    _answered(proposal, actor, "proposal.deferred", _words(reason), now, revisit_on=revisit_on.isoformat())
    return proposal


def proposals_come_back(*, now: datetime | None = None) -> int:
    """Ask again about every proposal whose day has come. Returns how many."""
    now = now or timezone.now()
    due = DatasetProposal.objects.filter(state=State.DEFERRED, revisit_on__lte=latest_today(now))
    return sum(_come_back(pk, now) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _come_back(pk: int, now: datetime) -> bool:
    rows = DatasetProposal.objects.select_for_update(of=("self",)).select_related("program", "department")
    proposal = rows.filter(pk=pk, state=State.DEFERRED).first()
    if proposal is None or proposal.revisit_on is None:
        return False
    if proposal.revisit_on > today_in(proposal.program, now):
        return False
    proposal.state = State.PROPOSED
    proposal.save(update_fields=["state"])
    _record("proposal.came_back", proposal, None, now)
    _ask_department("proposal_back", proposal, None, now)
    return True


def voices_of(department: Department) -> list[User]:
    """Who answers for a department: its coordinators, and its approvers."""
    people = [
        person
        for role in duties.DEPARTMENT_VOICE
        for person in people_with_role(role, program=department.program_id, department=department)
    ]
    return list(dict.fromkeys(people))


def _fields_of(proposal: DatasetProposal, actor: User) -> dict[str, Any]:
    """What a proposal knows of the record: its name, why it matters, and who guides it."""
    fields: dict[str, Any] = {
        "title": proposal.title,
        "high_value": proposal.high_value,
        "priority_comment": proposal.why,
    }
    guides = has_role(actor, Role.COORDINATOR, program=proposal.program_id, department=proposal.department_id)
    return fields | ({"coordinator": actor} if guides else {})


def _answered(
    proposal: DatasetProposal, actor: User, action: str, reason: str, now: datetime, **data: str
) -> None:
    """Store an answer, with its event, and tell who proposed it."""
    proposal.answered_by, proposal.answered_at, proposal.reason = actor, now, reason
    proposal.full_clean()
    proposal.save()
    _record(action, proposal, actor, now, note=reason, **data)
    message_queue(
        message_id="proposal_answered",
        recipients=[proposal.proposed_by],
        actor=actor,
        context={
            "dataset": proposal.title,
            "verdict": _verdict(proposal),
            "reason": reason,
            "program": proposal.program.name,
        },
        path=reverse("proposal", args=[proposal.pk]),
        dataset_id=proposal.dataset_id,
        now=now,
    )


def _verdict(proposal: DatasetProposal) -> str:
    words = proposal.get_state_display().lower()
    if proposal.state == State.DEFERRED and proposal.revisit_on:
        return f"{words} to {date_format(proposal.revisit_on, 'j M Y')}"
    return words


def _ask_department(message_id: str, proposal: DatasetProposal, actor: User | None, now: datetime) -> None:
    message_queue(
        message_id=message_id,
        recipients=(),
        asked=voices_of(proposal.department),
        actor=actor,
        context={
            "dataset": proposal.title,
            "reason": proposal.why,
            "program": proposal.program.name,
        },
        path=reverse("proposal", args=[proposal.pk]),
        now=now,
    )


def _locked(proposal: DatasetProposal, actor: User) -> DatasetProposal:
    """The proposal under its lock. Raises PermissionDenied, ValidationError when it is answered already."""
    duties.check_answer_proposal(actor, proposal)
    rows = DatasetProposal.objects.select_for_update(of=("self",))
    proposal = rows.select_related("program", "department", "request", "proposed_by").get(pk=proposal.pk)
    if not proposal.is_waiting:
        raise ValidationError("This proposal is answered already; somebody may have done so meanwhile.")
    return proposal


def _words(reason: str) -> str:
    if not reason.strip():
        raise ValidationError({"reason": "Say why; whoever proposed it reads it."})
    return reason.strip()


def _record(
    action: str,
    proposal: DatasetProposal,
    actor: User | None,
    now: datetime,
    *,
    note: str = "",
    **data: str,
) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=proposal,
        data=dict(data),
        note=note,
        program_id=proposal.program_id,
        dataset_id=proposal.dataset_id,
        now=now,
    )
