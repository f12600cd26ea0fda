"""Writes about people, roles and programs."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.limits import public_allowed
from accounts.models import Department, Invitation, Program, RoleAssignment, User
from accounts.roles import DEPARTMENT_ROLES, Role, acting_for
from accounts.selectors import programs_administered, works_elsewhere
from accounts.services_programs import PROGRAMS_DIR, program_load, programs_load
from accounts.services_sync import roles_sync
from accounts.sides import side_check
from accounts.tokens import invitation_tokens
from audit.services import event_record

__all__ = [
    "PROGRAMS_DIR",
    "department_save",
    "invitation_accept",
    "invitation_path",
    "login_record",
    "login_refused_record",
    "password_change_record",
    "person_deactivate",
    "person_invite",
    "person_reactivate",
    "person_rename",
    "program_load",
    "programs_load",
    "role_assign",
    "role_revoke",
    "roles_sync",
]


@transaction.atomic
def role_assign(
    *,
    user: User,
    role: Role | str,
    program: Program,
    department: Department | None = None,
    side: str = "",
    actor: User | None,
    now: datetime | None = None,
) -> RoleAssignment:
    """Give `user` a role, where two governments share the program also for one `side` of it only.

    Raises ValidationError when role, department and side do not fit together, or for oneself.
    """
    role = Role(role)
    if actor is not None and actor.pk == user.pk:
        # Portal admins neither read raw data nor approve; a role that they take themselves would let them.
        raise ValidationError("You cannot give yourself a role. Ask another portal admin.")
    if actor is not None and acting_for(actor, Role.PORTAL_ADMIN, program=program) == user:
        raise ValidationError(
            f"You act in the place of {user}, who cannot give themselves a role. Another portal admin does it."
        )
    if department is not None and role not in DEPARTMENT_ROLES:
        raise ValidationError(f"{role.label} is held for the whole program: leave the department empty.")
    if department is not None and department.program_id != program.pk:
        raise ValidationError(f"{department} is not a department of {program}.")
    side_check(side=side, program=program)
    row, created = RoleAssignment.objects.get_or_create(
        user=user,
        role=role,
        program=program,
        department=department,
        defaults={"side": side, "assigned_by": actor, "assigned_at": now or timezone.now()},
    )
    if row.side != side:
        raise ValidationError(
            "The role is held already, for another side. Take it away first, then give it anew."
        )
    if created:
        event_record(
            action="accounts.role_assigned",
            actor=actor,
            subject=user,
            data={
                "role": role.value,
                "program": program.code,
                "department": department.code if department else "",
                "side": side,
            },
            program_id=program.pk,
            now=now,
        )
        roles_sync(user=user)
    return row


@transaction.atomic
def role_revoke(*, assignment: RoleAssignment, actor: User) -> None:
    """Take a role away. The last portal admin of a program keeps theirs, so that nobody is locked out."""
    if assignment.role == Role.PORTAL_ADMIN:
        others = RoleAssignment.objects.filter(
            role=Role.PORTAL_ADMIN, program=assignment.program, user__is_active=True
        ).exclude(pk=assignment.pk)
        if not others.exists():
            raise ValidationError(
                "This is the program's last portal admin. Give the role to somebody else first."
            )
    user = assignment.user
    event_record(
        action="accounts.role_revoked",
        actor=actor,
        subject=user,
        data={"role": assignment.role, "program": assignment.program.code},
        program_id=assignment.program_id,
    )
    delegates = list(User.objects.filter(delegations_received__assignment=assignment).distinct())
    assignment.delete()
    for person in (user, *delegates):
        roles_sync(user=person)


@transaction.atomic
def person_invite(
    *,
    email: str,
    full_name: str,
    role: Role | str,
    program: Program,
    department: Department | None = None,
    side: str = "",
    actor: User | None,
) -> User:
    """Give a person a role; somebody without an account gets one and an invitation to choose a password.

    Returns the user. The letter is written by the caller (`invitation_path` gives the link), because
    letters live on a higher floor. Raises ValidationError with a sentence on a bad address or role.
    """
    email = email.strip().lower()
    validate_email(email)
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email=email, password=None, full_name=full_name.strip())
        Invitation.objects.create(user=user, invited_by=actor)
        event_record(action="accounts.person_invited", actor=actor, subject=user, data={"role": str(role)})
    role_assign(user=user, role=role, program=program, department=department, side=side, actor=actor)
    return user


def invitation_path(user: User) -> str:
    """The link by which an invited person chooses their password (single use: it dies with the first one)."""
    return reverse(
        "invitation_accept",
        args=[urlsafe_base64_encode(force_bytes(user.pk)), invitation_tokens.make_token(user)],
    )


@transaction.atomic
def invitation_accept(*, user: User, now: datetime | None = None) -> None:
    """Note that an invited person has chosen their password."""
    Invitation.objects.filter(user=user, accepted_at=None).update(accepted_at=now or timezone.now())
    event_record(action="accounts.invitation_accepted", actor=user, subject=user, now=now)


def invitation_refused_record(*, user: User | None, place: str) -> None:
    """Leave an event of a link that works no more (used, too old, or never ours), but not one for every try."""
    if not public_allowed(kind="invitation-refusals", who=str(user.pk if user else place), most=10):
        return
    invitation = Invitation.objects.filter(user=user).first() if user else None
    if invitation is None:
        why = "it is no invitation"
    else:
        why = "it was used already" if invitation.accepted_at else "it is too old or not whole"
    event_record(action="accounts.invitation_refused", actor=None, subject=user, data={"why": why})


@transaction.atomic
def person_rename(*, user: User, full_name: str, actor: User) -> None:
    """Change the name that others see beside what a person did. Past events keep the name of their time."""
    user.full_name = full_name.strip()
    user.save(update_fields=["full_name"])
    event_record(action="accounts.person_renamed", actor=actor, subject=user)


def login_record(*, user: User) -> None:
    # A delegation may have begun or ended since the last log-in.
    roles_sync(user=user)
    event_record(action="accounts.logged_in", actor=user, subject=user)


def login_refused_record() -> None:
    """Note that log-ins were stopped after too many failures; without the address, which may be mistyped."""
    event_record(action="accounts.login_refused", actor=None)


def password_change_record(*, user: User) -> None:
    event_record(action="accounts.password_changed", actor=user, subject=user)


@transaction.atomic
def person_deactivate(*, user: User, actor: User) -> None:
    """Close an account: no log-in from now on, roles stay in the record.

    Raises ValidationError for the actor's own account, and for somebody who also works for a program that
    the actor does not administer.
    """
    if user.pk == actor.pk:
        raise ValidationError("You cannot close your own account. Ask another portal admin.")
    if works_elsewhere(user, programs_administered(actor)):
        raise ValidationError(
            f"{user} also works for another program, so the account stays open. "
            "Take the roles here away instead."
        )
    user.is_active = False
    user.save(update_fields=["is_active"])
    event_record(action="accounts.person_deactivated", actor=actor, subject=user)


@transaction.atomic
def person_reactivate(*, user: User, actor: User) -> None:
    """Open a closed account. Raises ValidationError when that would bring roles of another program back to life."""
    if works_elsewhere(user, programs_administered(actor)):
        raise ValidationError(
            f"{user} also holds roles in another program, which would count again. "
            "Ask a portal admin of that program to take them away first."
        )
    user.is_active = True
    user.save(update_fields=["is_active"])
    event_record(action="accounts.person_reactivated", actor=actor, subject=user)


@transaction.atomic
def department_save(*, department: Department, actor: User) -> Department:
    """Add a department or change its name or side. Raises ValidationError on a code or name that is taken."""
    side_check(side=department.side, program=department.program)
    action = "accounts.department_added" if department.pk is None else "accounts.department_changed"
    department.full_clean()
    department.save()
    event_record(action=action, actor=actor, subject=department, data={"code": department.code})
    return department
