"""Invite a steward who has no account yet, as part of registering or changing a dataset."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from accounts.models import Department, User
from accounts.roles import Role
from accounts.selectors import profile_for
from accounts.services import invitation_path, person_invite
from notifications.services import message_queue
from workflow.policies import check_register


@transaction.atomic
def steward_invite(
    *, email: str, full_name: str, department: Department, dataset_title: str, actor: User
) -> User:
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
        message_queue(
            message_id="invited",
            recipients=[person],
            actor=actor,
            context={
                "program": department.program.name,
                "role": profile_for(department.program).role_label(Role.STEWARD).lower(),
                "dataset": dataset_title,
                "days": settings.INVITATION_DAYS,
            },
            path=invitation_path(person),
        )
    return person
