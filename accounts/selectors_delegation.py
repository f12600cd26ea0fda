"""Reads about delegations: mine, and those of the programs that a portal admin looks after."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from accounts.context import role_sentences
from accounts.models import Delegation, Program, RoleAssignment, User


def colleagues_of(user: User) -> QuerySet[User]:
    """The active people of the programs in which `user` holds a role of their own, without `user`."""
    programs = user.role_assignments.values("program_id")
    return (
        User.objects.filter(is_active=True, role_assignments__program__in=programs)
        .exclude(pk=user.pk)
        .distinct()
        .order_by("full_name", "pk")
    )


def own_roles(user: User) -> QuerySet[RoleAssignment]:
    """The roles that `user` may lend: their own, not those lent to them."""
    return RoleAssignment.objects.filter(user=user).select_related("program", "department")


def delegations_of(user: User) -> QuerySet[Delegation]:
    """What `user` lends or has lent to them, newest first."""
    return _rows().filter(Q(assignment__user=user) | Q(to_user=user))


def delegations_in(programs: QuerySet[Program]) -> QuerySet[Delegation]:
    """Every delegation in these programs, newest first."""
    return _rows().filter(assignment__program__in=programs)


def delegation_lines(rows: list[Delegation], today: date) -> list[dict[str, Any]]:
    """Delegations as a table shows them: the role in the program's words, and how it stands today."""
    words = role_sentences([row.assignment for row in rows])
    return [{"row": row, "role": role, **state_of(row, today)} for row, role in zip(rows, words, strict=True)]


def state_of(row: Delegation, today: date) -> dict[str, Any]:
    """How a delegation stands: word and tone of its badge, and whether it can still be ended."""
    if row.ended_at:
        return {"word": "Ended early", "tone": "", "is_open": False}
    if row.ends < today:
        return {"word": "Over", "tone": "", "is_open": False}
    if row.starts > today:
        return {"word": "To come", "tone": "info", "is_open": True}
    return {"word": "Running", "tone": "good", "is_open": True}


def _rows() -> QuerySet[Delegation]:
    return Delegation.objects.select_related(
        "assignment__user", "assignment__program", "assignment__department", "to_user", "ended_by"
    )
