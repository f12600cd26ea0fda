"""Writes about requests for a role: ask, and answer with a reason.

Connecticut: whoever maintains data on the portal needs an account with publishing rights, "coordinated with
Portal administrators" (guidelines, step 4). Source: issue 3 point 11.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.letters import role_answer_letter, role_request_letter
from accounts.models import Department, Program, RoleAssignment, RoleRequest, User
from accounts.roles import DEPARTMENT_ROLES, Role, has_role
from accounts.services import role_assign
from audit.services import event_record

# Who publishes on the portal for a department; rights there are asked for with one of these.
PUBLISHING_ROLES = (Role.COORDINATOR, Role.CUSTODIAN)
# More open requests than this of one person are not a wish but noise.
MOST_OPEN = 10


@transaction.atomic
def role_request(
    *,
    user: User,
    program: Program,
    role: Role | str,
    why: str,
    department: Department | None = None,
    publishing: bool = False,
    now: datetime | None = None,
) -> RoleRequest:
    """Ask a program for a role; its portal admins get a letter.

    Raises ValidationError with a sentence per field: role and place do not fit, it is held already, or the same
    is asked for already.
    """
    now = now or timezone.now()
    role = Role(role)
    # One at a time per person, so that a double click asks once.
    User.objects.select_for_update().get(pk=user.pk)
    _check(user, program, role, department, publishing=publishing)
    row = RoleRequest.objects.create(
        user=user,
        program=program,
        department=department,
        role=role,
        publishing=publishing,
        why=why.strip(),
        asked_at=now,
    )
    _record("accounts.role_requested", row, user, note=row.why, now=now)
    role_request_letter(row=row, now=now)
    return row


@transaction.atomic
def role_request_answer(
    *, request_id: int, decision: str, reason: str, actor: User, now: datetime | None = None
) -> RoleRequest:
    """Grant a request, which gives the role, or decline it; who asked gets the reason by letter.

    Raises PermissionDenied (not the program's portal admin, or one's own request), ValidationError without a
    reason or when it was answered meanwhile.
    """
    now = now or timezone.now()
    row = (
        RoleRequest.objects.select_for_update(of=("self",))
        .select_related("user", "program", "department")
        .get(pk=request_id)
    )
    if not has_role(actor, Role.PORTAL_ADMIN, program=row.program_id):
        raise PermissionDenied("Requests are answered by the portal admins of the program.")
    if actor.pk == row.user_id:
        raise PermissionDenied("This is your own request. Another portal admin answers it.")
    if not row.is_open:
        raise ValidationError("This request was answered meanwhile.")
    if not reason.strip():
        raise ValidationError({"reason": "Give a reason; who asked reads it."})
    row.decision, row.reason = RoleRequest.Decision(decision), reason.strip()
    row.decided_by, row.decided_at = actor, now
    row.save(update_fields=["decision", "reason", "decided_by", "decided_at"])
    if row.decision == RoleRequest.Decision.GRANTED:
        role_assign(
            user=row.user,
            role=row.role,
            program=row.program,
            department=row.department,
            actor=actor,
            now=now,
        )
    _record("accounts.role_request_answered", row, actor, note=row.reason, now=now)
    role_answer_letter(row=row, now=now)
    return row


def _check(
    user: User, program: Program, role: Role, department: Department | None, *, publishing: bool
) -> None:
    faults: dict[str, str] = {}
    if role in DEPARTMENT_ROLES and department is None:
        faults["department"] = "Choose the department: this role is held in one."
    if role not in DEPARTMENT_ROLES and department is not None:
        faults["department"] = f"{role.label} is held for the whole program: leave the department empty."
    if department is not None and department.program_id != program.pk:
        faults["department"] = f"{department} is not a department of {program}."
    if publishing and role not in PUBLISHING_ROLES:
        faults["publishing"] = (
            "Publishing rights are for coordinators and custodians: choose one of these roles."
        )
    held = RoleAssignment.objects.filter(user=user, role=role, program=program, department=department)
    if held.exists() and not publishing:
        faults["role"] = "You hold this role already."
    waiting = RoleRequest.objects.filter(user=user, decision="")
    if waiting.filter(program=program, role=role, department=department).exists():
        faults["role"] = "You have asked for this role already. It waits for the portal admin's answer."
    elif waiting.count() >= MOST_OPEN:
        faults["role"] = (
            f"{MOST_OPEN} of your requests wait for an answer. Ask for more once some are answered."
        )
    if faults:
        raise ValidationError(faults)


def _record(action: str, row: RoleRequest, actor: User, *, note: str, now: datetime) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=row.user,
        data={
            "role": str(row.role),
            "department": row.department.code if row.department else "",
            "publishing": row.publishing,
            "decision": row.get_decision_display().lower() if row.decision else "",
        },
        note=note,
        program_id=row.program_id,
        now=now,
    )
