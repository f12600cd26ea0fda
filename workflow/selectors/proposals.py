"""Reads of proposals, each limited to who makes and who answers them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import Department, User
from accounts.selectors import departments_visible
from workflow.duties import departments_voiced, programs_of_intake
from workflow.models import DatasetProposal

WAITING = (DatasetProposal.State.PROPOSED, DatasetProposal.State.DEFERRED)


def proposals_for(user: User) -> QuerySet[DatasetProposal]:
    """The proposals that `user` may know of: to the departments whose datasets they see."""
    rows = DatasetProposal.objects.filter(department__in=departments_visible(user).values("pk"))
    return rows.select_related("department", "program", "proposed_by", "answered_by", "request", "dataset")


def proposals_listed(user: User, *, state: str = "") -> QuerySet[DatasetProposal]:
    """The same, narrowed to a state; "waiting" is every one that is not answered for good."""
    rows = proposals_for(user)
    if state == "waiting":
        return rows.filter(state__in=WAITING)
    return rows.filter(state=state) if state else rows


def proposals_waiting_on(user: User) -> QuerySet[DatasetProposal]:
    """The proposals that `user` is asked to answer now: those put off wait for their day."""
    return (
        proposals_for(user)
        .filter(departments_voiced(user), state=DatasetProposal.State.PROPOSED)
        .order_by("proposed_at", "pk")
    )


def departments_to_propose_to(user: User) -> QuerySet[Department]:
    """The departments of the programs in which `user` may propose datasets."""
    rows = Department.objects.filter(Q(program__in=programs_of_intake(user)))
    return rows.order_by("program__name", "name")
