"""Whose hands a release went through: who prepared it, and who turned which of its keys.

Four eyes hold between people, not titles, and a delegate's hand is also that of whoever lent them the role
(FEATURES M05, M06). Gates and policies both ask here.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from accounts.models import Delegation
from accounts.roles import Role
from workflow.context import ReleaseContext
from workflow.models import Review

# The approvals of which nobody may give two, nor one if they prepared the release.
KEYS = (Review.Kind.DEPARTMENT, Review.Kind.SECURITY, Review.Kind.PRIVACY, Review.Kind.CDO)
PREPARING_ROLES = (Role.STEWARD, Role.COORDINATOR, Role.CUSTODIAN, Role.OPEN_DATA_TEAM)


# Filling in the form of one's own review is judging, not preparing.
_OF_THE_DECISION = frozenset({"cdo checklist", "post checklist", "retirement checklist"})
_OF_THE_REVIEWS = _OF_THE_DECISION | {"security checklist", "legal checklist", "equity checklist"}


def workers(context: ReleaseContext) -> set[int]:
    """People who shaped what will be released, privacy decisions included."""
    return {row.user_id for row in context.contributions if row.what not in _OF_THE_DECISION}


def preparers(context: ReleaseContext) -> set[int]:
    """People who shaped what will be released, other than by reviewing it or deciding privacy findings."""
    return {
        row.user_id
        for row in context.contributions
        if row.what not in _OF_THE_REVIEWS and not row.what.startswith("privacy")
    }


def who_prepared(kind: str, context: ReleaseContext) -> set[int]:
    """Those who may not give the key `kind`. The final key is kept from the privacy officer's hands too."""
    return workers(context) if kind == Review.Kind.CDO else preparers(context)


def keys_of(people: set[int], context: ReleaseContext) -> set[str]:
    """The keys that one of `people` has turned on this release, or that were turned in their place.

    Also those that no longer count: the same bytes uploaded again would make them count once more.
    """
    return {
        review.kind
        for review in context.reviews
        if review.kind in KEYS and review.is_positive and review.people & people
    }


def is_own_work(review: Review, context: ReleaseContext) -> bool:
    """True for a key turned by somebody who has worked on the release since: it counts no longer."""
    return review.kind in KEYS and bool(review.people & who_prepared(review.kind, context))


def lenders_of_preparers(context: ReleaseContext) -> set[int]:
    """People in whose place somebody prepared the release: by a role lent to them on the day, and none of their own."""
    dataset = context.dataset
    worked = {row.user_id: row.at for row in context.contributions}
    rows = Delegation.objects.filter(
        Q(assignment__department=None) | Q(assignment__department=dataset.department_id),
        to_user__in=list(worked),
        assignment__program=dataset.program_id,
        assignment__role__in=PREPARING_ROLES,
    ).select_related("assignment", "to_user")
    return {row.assignment.user_id for row in rows if _was_lent(row, worked[row.to_user_id], context)}


def _was_lent(row: Delegation, at: datetime, context: ReleaseContext) -> bool:
    """The delegation ran at that moment, and the delegate holds no role of their own that prepares."""
    day = timezone.localdate(at)
    if not row.starts <= day <= row.ends or (row.ended_at and row.ended_at < at):
        return False
    own = row.to_user.role_assignments.filter(
        Q(department=None) | Q(department=context.dataset.department_id),
        program=context.dataset.program_id,
        role__in=PREPARING_ROLES,
    )
    return not own.exists()
