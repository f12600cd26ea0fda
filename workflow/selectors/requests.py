"""Reads of public requests: the public list, the queue of the open data team, and how much a dataset is wanted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from accounts.models import Program, User
from workflow.duties import programs_of_intake
from workflow.models import Dataset, DatasetRequest, RequestVote
from workflow.models.request import OPEN_STATES

State = DatasetRequest.State
# what a list can be ordered by -> columns
ORDERS: dict[str, tuple[Any, ...]] = {
    "votes": (F("vote_count").desc(), "-asked_at", "-pk"),
    "newest": ("-asked_at", "-pk"),
    "due": (F("decided_at").asc(nulls_first=True), "due_at", "pk"),
    "oldest": ("asked_at", "pk"),
}
_COUNTED = Count("votes", filter=Q(votes__confirmed_at__isnull=False), distinct=True)


def requests_public(program: Program) -> QuerySet[Any]:
    """What anybody may read of a program's requests, each with `vote_count`. No address is read."""
    rows = DatasetRequest.objects.filter(program=program, hidden=False).exclude(state=State.UNCONFIRMED)
    return rows.select_related("dataset__department", "duplicate_of").annotate(vote_count=_COUNTED)


def requests_listed(rows: QuerySet[Any], *, words: str = "", state: str = "", order: str = "") -> QuerySet:
    """`rows` searched by words of title and purpose, narrowed to open or closed, in one of ORDERS."""
    for word in words.split():
        rows = rows.filter(Q(title__icontains=word) | Q(purpose__icontains=word))
    if state == "open":
        rows = rows.filter(state__in=OPEN_STATES)
    elif state == "closed":
        rows = rows.filter(state=State.CLOSED)
    elif state in State.values:
        rows = rows.filter(state=state)
    return rows.order_by(*ORDERS.get(order, ORDERS["votes"]))


def requests_to_triage(user: User) -> QuerySet[Any]:
    """The confirmed requests of the programs whose intake `user` looks after, hidden ones included."""
    rows = DatasetRequest.objects.filter(program__in=programs_of_intake(user)).exclude(
        state=State.UNCONFIRMED
    )
    rows = rows.select_related("program", "dataset", "duplicate_of", "decided_by")
    return rows.prefetch_related("proposals__department").annotate(vote_count=_COUNTED)


def requests_waiting(user: User, *, now: datetime) -> tuple[int, int]:
    """How many requests wait for a first decision of `user`'s intake, and how many of these are overdue."""
    rows = DatasetRequest.objects.filter(program__in=programs_of_intake(user), state=State.NEW)
    found = rows.aggregate(all=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    return found["all"], found["late"]


def has_voted(request: DatasetRequest, voter: str) -> bool:
    return bool(voter) and request.votes.filter(voter=voter, confirmed_at__isnull=False).exists()


def asker_of(request: DatasetRequest) -> RequestVote | None:
    """The vote of the person who asked, with their address while it is kept: for the open data team only."""
    return request.votes.filter(asked=True).first()


def votes_of(dataset: Dataset) -> int:
    """How many voices ask for this dataset: the votes of the requests that name it (demand, DOMAIN a3)."""
    return votes_of_many([dataset.pk]).get(dataset.pk, 0)


def votes_of_many(dataset_ids: list[int]) -> dict[int, int]:
    """The same for many datasets in one query: dataset id -> votes; a dataset nobody asks for is left out."""
    rows = RequestVote.objects.filter(
        confirmed_at__isnull=False, request__dataset__in=dataset_ids
    ).values_list("request__dataset")
    return dict(rows.annotate(votes=Count("pk")).order_by())


def public_address(dataset: Dataset | None) -> str:
    """Where readers find a dataset, in the first place that has it; empty while it is not public."""
    return next(iter(public_addresses(dataset)), "")


def public_addresses(dataset: Dataset | None) -> list[str]:
    """Every address under which readers find a dataset, that of the first place first."""
    if dataset is None:
        return []
    found: list[str] = []
    if dataset.public_release is not None:
        urls = dataset.distributions.exclude(public_url="").order_by("pk")
        found = list(urls.values_list("public_url", flat=True))
    return found or [url for url in (dataset.existing_url,) if url]
