"""What the open data team and the CDO do with requests of the public; whoever asked or follows is told.

Closing names a circumstance, and with it what the reader needs: the place, the law, the reason, the other
request (FEATURES M04). The database holds that too.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.services import event_record
from notifications.services import message_queue_to_address
from workflow import duties
from workflow.models import Dataset, DatasetRequest, RequestVote
from workflow.models.request import OPEN_STATES
from workflow.selectors.requests import public_address

State = DatasetRequest.State
Circumstance = DatasetRequest.Circumstance


@transaction.atomic
def request_accept(
    *,
    request: DatasetRequest,
    actor: User,
    dataset: Dataset | None = None,
    answer: str = "",
    now: datetime | None = None,
) -> DatasetRequest:
    """Take a request into work: for a dataset of the inventory, or (without one) proposed to a department.

    Raises PermissionDenied, ValidationError when it has ended or the dataset is another program's.
    """
    now = now or timezone.now()
    request = _locked(request, actor)
    if dataset is not None and dataset.program_id != request.program_id:
        raise ValidationError({"dataset": "This dataset belongs to another program."})
    request.state = State.ACCEPTED
    request.dataset = dataset or request.dataset
    request.answer = answer.strip() or request.answer
    _decided(request, actor, "request.accepted", now, dataset_id=request.dataset_id)
    return request


@transaction.atomic
def request_answer(
    *, request: DatasetRequest, answer: str, actor: User, now: datetime | None = None
) -> DatasetRequest:
    """Say something to everybody who wants it, and keep the request open."""
    now = now or timezone.now()
    request = _locked(request, actor)
    if not answer.strip():
        raise ValidationError({"answer": "Say what the public shall read."})
    request.answer = answer.strip()
    if request.state == State.NEW:
        request.state = State.ANSWERED
    _decided(request, actor, "request.answered", now)
    return request


@transaction.atomic
def request_merge(
    *, request: DatasetRequest, into: DatasetRequest, actor: User, now: datetime | None = None
) -> DatasetRequest:
    """Close a request as asked for already; its votes move to the other one, each voter once.

    Returns the request that goes on. Raises ValidationError unless that one is open and of the same program.
    """
    now = now or timezone.now()
    # Always in the order of their numbers, so that two merges cannot wait for one another.
    list(DatasetRequest.objects.select_for_update().filter(pk__in=[request.pk, into.pk]).order_by("pk"))
    request = _locked(request, actor)
    into = DatasetRequest.objects.get(pk=into.pk)
    if into.pk == request.pk or into.program_id != request.program_id or not into.is_open:
        raise ValidationError({"into": "Choose another request of this program that is open."})
    request.duplicate_of, request.circumstance = into, Circumstance.DUPLICATE
    _close(request, actor, now, erase=False)
    _votes_move(request, into)
    return into


@transaction.atomic
def request_close(
    *,
    request: DatasetRequest,
    circumstance: str,
    actor: User,
    answer: str = "",
    dataset: Dataset | None = None,
    link: str = "",
    citation: str = "",
    now: datetime | None = None,
) -> DatasetRequest:
    """Close a request with its circumstance and what the reader needs to know of it.

    The letter goes out, then addresses and name are erased. Raises ValidationError with a sentence per field.
    """
    now = now or timezone.now()
    request = _locked(request, actor)
    if circumstance == Circumstance.DUPLICATE or circumstance not in Circumstance.values:
        raise ValidationError({"circumstance": "Choose why it is closed."})
    if dataset is not None and dataset.program_id != request.program_id:
        raise ValidationError({"dataset": "This dataset belongs to another program."})
    request.circumstance, request.citation = circumstance, citation.strip()
    request.dataset = dataset or request.dataset
    request.answer = answer.strip() or request.answer
    request.link = link or public_address(request.dataset)
    faults = _missing(request)
    if faults:
        raise ValidationError(faults)
    _close(request, actor, now, erase=True)
    return request


@transaction.atomic
def request_hide(
    *, request: DatasetRequest, hidden: bool, reason: str, actor: User, now: datetime | None = None
) -> DatasetRequest:
    """Take the words of a request from the public pages, or put them back; the team keeps seeing it."""
    duties.check_intake(actor, request.program_id)
    if not reason.strip():
        raise ValidationError({"reason": "Say why; the history keeps it."})
    request = DatasetRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    request.hidden = hidden
    request.save(update_fields=["hidden"])
    _record("request.hidden" if hidden else "request.shown", request, actor, now, note=reason.strip())
    return request


def _missing(request: DatasetRequest) -> dict[str, str]:
    """What the circumstance asks for and the request lacks: field -> sentence."""
    wanted = {
        Circumstance.PUBLISHED: ("dataset", "Choose the dataset that was published."),
        Circumstance.AVAILABLE: ("link", "Give the address where it is available."),
        Circumstance.RESTRICTED: ("citation", "Cite the law that restricts it."),
        Circumstance.DECLINED: ("answer", "Say why it is declined; the public reads it."),
    }.get(Circumstance(request.circumstance))
    if wanted and not getattr(request, wanted[0]):
        return dict([wanted])
    if request.circumstance == Circumstance.PUBLISHED and not request.link:
        return {"dataset": "This dataset is not public yet. Close the request once it is."}
    return {}


def _close(request: DatasetRequest, actor: User, now: datetime, *, erase: bool) -> None:
    request.state, request.closed_at = State.CLOSED, now
    _decided(request, actor, "request.closed", now, circumstance=request.get_circumstance_display().lower())
    request.name = ""
    request.save(update_fields=["name"])
    if erase:
        request.votes.update(email="")


def _votes_move(request: DatasetRequest, into: DatasetRequest) -> None:
    known = into.votes.values_list("voter", "email_hash")
    voters = {voter for voter, _ in known} - {""}
    addresses = {address for _, address in known} - {""}
    for vote in request.votes.all():
        if vote.voter in voters or vote.email_hash in addresses:
            vote.delete()
        else:
            RequestVote.objects.filter(pk=vote.pk).update(request=into, asked=False)


def _decided(
    request: DatasetRequest,
    actor: User,
    action: str,
    now: datetime,
    *,
    dataset_id: int | None = None,
    **data: str,
) -> None:
    """Store a decision, with its event, and tell everybody who wants to hear of it."""
    if request.decided_at is None:
        request.decided_at, request.decided_by = now, actor
    request.full_clean()
    request.save()
    _record(action, request, actor, now, note=request.answer, dataset_id=dataset_id, **data)
    told = request.votes.exclude(email="").filter(confirmed_at__isnull=False)
    page = request.duplicate_of or request
    for vote in told:
        message_queue_to_address(
            message_id="request_changed",
            address=vote.email,
            context={
                "dataset": request.title,
                "verdict": request.state_words,
                "reason": request.answer,
                "program": request.program.name,
            },
            path=reverse("public_request", args=[request.program.code, page.pk]),
            now=now,
        )


def _record(
    action: str,
    request: DatasetRequest,
    actor: User,
    now: datetime | None,
    *,
    note: str = "",
    dataset_id: int | None = None,
    **data: str,
) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=request,
        data=dict(data),
        note=note,
        program_id=request.program_id,
        dataset_id=dataset_id,
        now=now,
    )


def _locked(request: DatasetRequest, actor: User) -> DatasetRequest:
    """The request under its lock. Raises PermissionDenied, ValidationError when it is not open (any more)."""
    duties.check_intake(actor, request.program_id)
    rows = DatasetRequest.objects.select_for_update(of=("self",)).select_related("program", "dataset")
    request = rows.get(pk=request.pk)
    if request.state not in OPEN_STATES:
        raise ValidationError("This request is closed; somebody may have done so meanwhile.")
    return request
