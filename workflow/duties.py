"""Policies of what is not one release: requests, proposals, joint data, high-value inventories, talks.

The same pairs as in workflow.policies: `check_...` raises PermissionDenied with the reason, `may_...` asks it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from accounts.models import Department, User
from accounts.profiles import Profile
from accounts.roles import Role, acting_for, assignments_of, has_role
from accounts.selectors import profile_for
from workflow.models import Dataset, DatasetProposal, HighValueInventory

# Intake of what the public asks for, and proposals to departments (DOMAIN a4: central team, CDO).
INTAKE_ROLES = (Role.OPEN_DATA_TEAM, Role.CDO)
# Who answers for a department.
DEPARTMENT_VOICE = (Role.COORDINATOR, Role.DEPARTMENT_APPROVER)


def programs_of_intake(user: User) -> set[int]:
    """Programs whose public requests `user` looks after."""
    held = assignments_of(user).filter(role__in=INTAKE_ROLES)
    return set(held.values_list("program_id", flat=True))


def departments_voiced(user: User) -> Q:
    """The condition on a department id that `user` answers for it; for a column named `department`."""
    held = assignments_of(user).filter(role__in=DEPARTMENT_VOICE)
    wide = held.filter(department=None).values("program_id")
    own = held.filter(department__isnull=False).values("department_id")
    return Q(department__in=own) | Q(department__program__in=wide)


def check_intake(actor: User, program_id: int) -> None:
    """Refuse unless `actor` looks after the public requests of the program."""
    if program_id not in programs_of_intake(actor):
        raise PermissionDenied("Requests of the public are for the open data team and the CDO.")


def may_intake(actor: User, program_id: int) -> bool:
    return _allowed(check_intake, actor, program_id)


def check_answer_proposal(actor: User, proposal: DatasetProposal) -> None:
    """Refuse unless `actor` answers for the department that the dataset is proposed to."""
    _check_department(
        actor, proposal.department, DEPARTMENT_VOICE, profile_for(proposal.program), "answer this proposal"
    )


def may_answer_proposal(actor: User, proposal: DatasetProposal) -> bool:
    return _allowed(check_answer_proposal, actor, proposal)


def check_joint(actor: User, dataset: Dataset) -> None:
    """Refuse unless `actor` may say who contributes to the dataset: its coordinator, or the open data team."""
    roles = (Role.COORDINATOR, *INTAKE_ROLES)
    _check_department(
        actor, dataset.department, roles, profile_for(dataset.program), "say who contributes to it"
    )


def may_joint(actor: User, dataset: Dataset) -> bool:
    return _allowed(check_joint, actor, dataset)


def check_high_value_draft(actor: User, department: Department) -> None:
    """Refuse unless `actor` drafts the inventories of the department."""
    roles = (Role.COORDINATOR, Role.STEWARD)
    _check_department(actor, department, roles, profile_for(department.program), "draft this inventory")


def may_high_value_draft(actor: User, department: Department) -> bool:
    return _allowed(check_high_value_draft, actor, department)


def check_high_value_sign(actor: User, inventory: HighValueInventory) -> None:
    """Refuse unless `actor` heads the department and did not draft the list themselves."""
    department = inventory.department
    roles = (Role.DEPARTMENT_APPROVER,)
    _check_department(actor, department, roles, profile_for(department.program), "sign this inventory")
    if actor.pk == inventory.drafted_by_id:
        raise PermissionDenied("You drafted this inventory, so somebody else must sign it.")
    lender = acting_for(actor, Role.DEPARTMENT_APPROVER, program=department.program_id, department=department)
    if lender is not None and lender.pk == inventory.drafted_by_id:
        raise PermissionDenied(
            f"{lender} drafted this inventory, and you act in their place, so somebody else must sign it."
        )


def may_high_value_sign(actor: User, inventory: HighValueInventory) -> bool:
    return _allowed(check_high_value_sign, actor, inventory)


def check_talk(actor: User, department: Department) -> None:
    """Refuse unless `actor` may record a readiness talk: the open data team leads it (Durham D.1)."""
    roles = (*INTAKE_ROLES, Role.COORDINATOR)
    _check_department(actor, department, roles, profile_for(department.program), "record the talk")


def may_talk(actor: User, department: Department) -> bool:
    return _allowed(check_talk, actor, department)


def _check_department(
    actor: User, department: Department, roles: tuple[Role, ...], profile: Profile, what: str
) -> None:
    if any(has_role(actor, role, program=department.program_id, department=department) for role in roles):
        return
    wanted = " or ".join(profile.role_words(role) for role in roles)
    raise PermissionDenied(f"Only the {wanted} of {department} may {what}.")


def _allowed(check: Callable[..., None], *args: Any) -> bool:
    try:
        check(*args)
    except PermissionDenied:
        return False
    return True
