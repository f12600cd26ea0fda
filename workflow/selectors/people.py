"""Who holds which role, read once for many datasets; and where a person may register one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.models import Department, Program, RoleAssignment, User
from accounts.roles import Role, delegations_running, programs_of
from accounts.selectors import departments_where, final_key_roles
from workflow.models import Dataset


class RoleBook:
    """Who holds which role where, for whole programs, in two queries (routing asks one release at a time)."""

    def __init__(self, program_ids: Iterable[int]) -> None:
        programs = list(program_ids)
        self._held: dict[tuple[str, int], list[tuple[int | None, User]]] = defaultdict(list)
        assigned = RoleAssignment.objects.filter(program__in=programs, user__is_active=True)
        for row in assigned.select_related("user").order_by("user__full_name", "user_id"):
            self._held[row.role, row.program_id].append((row.department_id, row.user))
        lent = delegations_running().filter(assignment__program__in=programs, to_user__is_active=True)
        for loan in lent.select_related("assignment", "to_user"):
            place = loan.assignment
            self._held[place.role, place.program_id].append((place.department_id, loan.to_user))

    def holders(self, role: str, dataset: Dataset, department_id: int | None = None) -> list[User]:
        """The people who hold `role` for a dataset: the one it names, if it names one, else all of them.

        `department_id`: another department that signs for it, where data is joint.
        """
        held = self.held(role, dataset.program_id)
        where = (None, department_id or dataset.department_id)
        people = list(dict.fromkeys(person for place, person in held if place in where))
        named = {
            Role.STEWARD: dataset.steward,
            Role.COORDINATOR: dataset.coordinator,
            Role.CUSTODIAN: dataset.custodian,
        }.get(role)  # type: ignore[call-overload]
        return [named] if named in people else people

    def held(self, role: str, program_id: int) -> list[tuple[int | None, User]]:
        """Everybody who holds `role` in the program, each with the department, or None for all of it."""
        return self._held.get((role, program_id), [])


def departments_to_register(user: User, program: Program) -> QuerySet[Department]:
    """The departments of `program` for which `user` may register datasets (policies.check_register)."""
    roles = (Role.COORDINATOR, Role.OPEN_DATA_TEAM, Role.CDO)
    found = {pk for role in roles for pk in departments_where(user, role).values_list("pk", flat=True)}
    return Department.objects.filter(pk__in=found, program=program).order_by("name")


def departments_decided_by(user: User) -> set[int]:
    """Departments whose releases `user` may decide on: they hold the key that their program names for it."""
    found: set[int] = set()
    for program in programs_of(user):
        for role in final_key_roles(program):
            places = departments_where(user, role).filter(program=program)
            found |= set(places.values_list("pk", flat=True))
    return found
