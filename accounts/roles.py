"""The roles people hold, and the questions one may ask about them.

A role is held in one program, and there either in one department or program-wide. Which label a program
gives a role ("Agency Data Officer") is in its profile. Source: DOMAIN a4, a5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from accounts.models import Department, Program, User


class Role(models.TextChoices):
    STEWARD = "steward", "Data steward"
    CUSTODIAN = "custodian", "Data custodian"
    COORDINATOR = "coordinator", "Open data coordinator"
    DEPARTMENT_APPROVER = "department_approver", "Department approver"
    OPEN_DATA_TEAM = "open_data_team", "Open data team"
    PRIVACY_OFFICER = "privacy_officer", "Privacy officer"
    SECURITY_OFFICER = "security_officer", "Security officer (CISO)"
    IT = "it", "IT (portal owner)"
    LEGAL = "legal", "Legal"
    COMMUNICATIONS = "communications", "Communications"
    POLICY = "policy", "Policy"
    CDO = "cdo", "Chief data officer"
    PORTAL_ADMIN = "portal_admin", "Portal admin"
    AUDITOR = "auditor", "Auditor"


# Held in one department; every other role is held program-wide.
DEPARTMENT_ROLES = frozenset({Role.STEWARD, Role.CUSTODIAN, Role.COORDINATOR, Role.DEPARTMENT_APPROVER})
PROGRAM_ROLES = frozenset(set(Role) - DEPARTMENT_ROLES)
# These work in the admin site (the approval queue, programs, people).
ADMIN_ROLES = frozenset({Role.CDO, Role.PORTAL_ADMIN})


def assignments_of(user: User, *, now: datetime | None = None) -> QuerySet:
    """The role assignments that count for `user` now: their own, and those delegated to them today."""
    from accounts.models import RoleAssignment

    if not user.is_authenticated or not user.is_active:
        return RoleAssignment.objects.none()
    lent = delegations_running(now=now).filter(to_user=user)
    return RoleAssignment.objects.filter(Q(user=user) | Q(pk__in=lent.values("assignment_id")))


def delegations_running(*, now: datetime | None = None) -> QuerySet:
    """The delegations that count now: begun, not past their last day, not ended early, of a person who works here."""
    from accounts.models import Delegation

    today = timezone.localdate(now)
    return Delegation.objects.filter(
        starts__lte=today, ends__gte=today, ended_at=None, assignment__user__is_active=True
    )


def acting_for(
    user: User, role: Role | str, *, program: Program | int, department: Department | int | None = None
) -> User | None:
    """The person whose delegated `role` the user uses; None when they hold it themselves (or not at all)."""
    held = _in_place(assignments_of(user).filter(role=role, program=program), role, department)
    rows = list(held.select_related("user").order_by("pk"))
    if not rows or any(row.user_id == user.pk for row in rows):
        return None
    return rows[0].user


def stands_in_for(
    user: User, *, program: Program | int, department: Department | int | None = None
) -> dict[int, User]:
    """Everybody in whose place `user` works today in that department, by id: who lends them any role there."""
    scope = Q(department=None)
    if department is not None:
        scope |= Q(department=department)
    rows = assignments_of(user).filter(scope, program=program).exclude(user=user)
    return {row.user_id: row.user for row in rows.select_related("user")}


def _in_place(held: QuerySet, role: Role | str, department: Department | int | None) -> QuerySet:
    """Those of the assignments that count for `department`, or for the whole program where it is None."""
    if department is None:
        return held.filter(department=None) if role in DEPARTMENT_ROLES else held
    return held.filter(Q(department=department) | Q(department=None))


def has_role(
    user: User, role: Role | str, *, program: Program | int, department: Department | int | None = None
) -> bool:
    """True when `user` holds `role` in the program, for that department (or program-wide)."""
    return _in_place(assignments_of(user).filter(role=role, program=program), role, department).exists()


def roles_held(user: User, *, program: Program | int, department: Department | int | None = None) -> set[str]:
    """Every role that `user` holds in the program, program-wide or for `department`."""
    scope = Q(department=None)
    if department is not None:
        scope |= Q(department=department)
    return set(assignments_of(user).filter(scope, program=program).values_list("role", flat=True))


def people_with_role(
    role: Role | str, *, program: Program | int, department: Department | int | None = None
) -> QuerySet:
    """The active people who hold `role` for `department` of the program, delegates of today included."""
    from accounts.models import RoleAssignment, User

    scope = Q(department=None)
    if department is not None:
        scope |= Q(department=department)
    held = RoleAssignment.objects.filter(scope, role=role, program=program)
    lent = delegations_running().filter(assignment__in=held)
    return (
        User.objects.filter(is_active=True)
        .filter(Q(pk__in=held.values("user_id")) | Q(pk__in=lent.values("to_user_id")))
        .order_by("full_name", "pk")
    )


def people_working_in(departments: Iterable[Department]) -> QuerySet:
    """The active people who hold any role for one of these departments, or program-wide; delegates of today too."""
    from accounts.models import RoleAssignment, User

    places = list(departments)
    programs = {place.program_id for place in places}
    held = RoleAssignment.objects.filter(Q(department=None) | Q(department__in=places), program__in=programs)
    lent = delegations_running().filter(assignment__in=held)
    return User.objects.filter(
        Q(pk__in=held.values("user_id")) | Q(pk__in=lent.values("to_user_id")), is_active=True
    )


def programs_of(user: User) -> QuerySet:
    """The programs in which `user` holds any role: the only ones they see anything of."""
    from accounts.models import Program

    return Program.objects.filter(pk__in=assignments_of(user).values("program_id")).order_by("name")
