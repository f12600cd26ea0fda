"""Who holds a role for the dataset of a release."""

from __future__ import annotations

from accounts.models import User
from accounts.roles import Role, people_with_role
from workflow.context import ReleaseContext


def holders(context: ReleaseContext, role: str) -> list[User]:
    """The people who hold `role` for the dataset: the one it names, where it names one, else all of them."""
    if role not in Role.values:
        return []
    people = list(
        people_with_role(role, program=context.dataset.program_id, department=context.dataset.department_id)
    )
    named = {
        Role.STEWARD: context.dataset.steward,
        Role.COORDINATOR: context.dataset.coordinator,
        Role.CUSTODIAN: context.dataset.custodian,
    }.get(Role(role))
    return [named] if named in people and named is not None else people
