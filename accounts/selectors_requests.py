"""Reads of requests for a role."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import RoleRequest, User
from accounts.selectors import programs_administered


def role_requests_waiting_for(user: User) -> QuerySet[RoleRequest]:
    """The open requests that `user` may answer as portal admin of the program, oldest first."""
    rows = RoleRequest.objects.filter(decision="", program__in=programs_administered(user))
    return rows.exclude(user=user).order_by("asked_at", "pk")


def role_requests_of(user: User) -> QuerySet[RoleRequest]:
    """What `user` has asked for, newest first."""
    return RoleRequest.objects.filter(user=user)
