"""Writes about the reviews that a department adds to a move. It adds; it cannot take one of the program's away."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Department, User
from accounts.selectors import profile_for
from audit.services import event_record
from workflow.additions import MOVES_WITH_REVIEWS, check_additions, role_for
from workflow.errors import MoveRefused
from workflow.models import DepartmentReview, Review
from workflow.stages import MOVES


@transaction.atomic
def review_add(
    *,
    department: Department,
    move: str,
    kind: str,
    people: int = 1,
    actor: User,
    now: datetime | None = None,
) -> DepartmentReview:
    """Ask for a review of the department's own before a move, of `people` people.

    It counts for every release of the department from then on. Raises PermissionDenied, or MoveRefused when
    there is no such review or move, or the department has added it already.
    """
    now = now or timezone.now()
    check_additions(actor, department)
    profile = profile_for(department.program)
    role = role_for(kind, profile)
    if role is None or move not in MOVES_WITH_REVIEWS:
        raise MoveRefused("A department can add no such review. Choose one of those offered.")
    if not 1 <= people <= 5:
        raise MoveRefused("A review is given by one to five people. Choose a number between them.")
    # Two people of one department adding at once: one after the other.
    Department.objects.select_for_update(of=("self",)).get(pk=department.pk)
    if DepartmentReview.objects.filter(department=department, move=move, kind=kind, retired_at=None).exists():
        raise MoveRefused("Your department has added this review already. Take it back first to change it.")
    present = next((rule for rule in profile.reviews_for(move) if rule.kind == kind), None)
    if present is not None and present.when == "always" and present.people >= people:
        raise MoveRefused(
            "The program asks for this review already, of as many people. A department can only ask for more."
        )
    row = DepartmentReview.objects.create(
        department=department, move=move, kind=kind, role=role, people=people, by=actor, at=now
    )
    _record("workflow.review_added", row, actor, now)
    return row


@transaction.atomic
def review_addition_retire(
    *, row: DepartmentReview, actor: User, now: datetime | None = None
) -> DepartmentReview:
    """Take an added review back; what was asked for already stays asked. Twice is once."""
    now = now or timezone.now()
    check_additions(actor, row.department)
    row = DepartmentReview.objects.select_for_update(of=("self",)).select_related("department").get(pk=row.pk)
    if row.retired_at is None:
        row.retired_at, row.retired_by = now, actor
        row.save(update_fields=["retired_at", "retired_by"])
        _record("workflow.review_addition_retired", row, actor, now)
    return row


def _record(action: str, row: DepartmentReview, actor: User, now: datetime) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=row,
        data={
            "department": str(row.department),
            "kind": Review.Kind(row.kind).label,
            "move": MOVES[row.move].label,
            "people": row.people,
        },
        program_id=row.department.program_id,
        now=now,
    )
