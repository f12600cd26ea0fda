"""Bring what Django itself asks of a user in line with the roles the person holds."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db.models import Q

from accounts.models import RoleAssignment, User
from accounts.roles import ADMIN_ROLES, delegations_running
from accounts.selectors import is_decider


def roles_sync(*, user: User) -> None:
    """Bring `is_staff` and the admin group in line with the roles the person holds, delegated ones included.

    Staff are the admin roles, and whoever turns the final key of a program: the approval queue is in the admin.
    """
    lent = delegations_running().filter(to_user=user).values("assignment_id")
    rows = RoleAssignment.objects.filter(Q(user=user) | Q(pk__in=lent)).select_related("program")
    held = {row.role for row in rows}
    staff = bool(held & ADMIN_ROLES) or is_decider(rows) or user.is_superuser
    if user.is_staff != staff:
        user.is_staff = staff
        user.save(update_fields=["is_staff"])
    user.groups.set(Group.objects.filter(name__in=held & {str(role) for role in ADMIN_ROLES}))
