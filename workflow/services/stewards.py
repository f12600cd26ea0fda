"""Invite a steward who has no account yet, as part of registering or changing a dataset."""

from __future__ import annotations

from django.db import transaction

from accounts.letters import invitation_letter
from accounts.models import Department, User
from accounts.roles import Role
from accounts.services import person_invite
from workflow.policies import check_register


@transaction.atomic
def steward_invite(*, email: str, full_name: str, department: Department, actor: User) -> User:
    """Make a person a steward of `department`; somebody without a password gets a letter to choose one.

    Returns the person. Raises PermissionDenied when `actor` may not register datasets there, ValidationError
    on a bad address.
    """
    check_register(actor, department.program_id, department.pk)
    person = person_invite(
        email=email,
        full_name=full_name,
        role=Role.STEWARD,
        program=department.program,
        department=department,
        actor=actor,
    )
    if not person.has_usable_password():
        invitation_letter(user=person, role=Role.STEWARD, program=department.program, actor=actor)
    return person
