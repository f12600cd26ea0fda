"""Reads about programs, departments and people."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import Department, Program, ProgramProfile, User
from accounts.profiles import Profile, profile_of
from accounts.roles import DEPARTMENT_ROLES, Role, assignments_of, programs_of


def profile_current(program: Program) -> ProgramProfile:
    """The newest profile version of a program: the one that new releases pin."""
    return program.profiles.order_by("-version")[0]


def profile_for(program: Program) -> Profile:
    """The parsed current profile of a program."""
    return profile_of(profile_current(program))


def program_wide_programs(user: User) -> QuerySet[Program]:
    """Programs of which `user` sees every department, because they hold a program-wide role there."""
    wide = assignments_of(user).filter(department=None)
    return Program.objects.filter(pk__in=wide.values("program_id"))


def departments_visible(user: User) -> QuerySet[Department]:
    """Departments whose datasets `user` may see: their own, and all of a program where a role is program-wide."""
    own = assignments_of(user).filter(department__isnull=False)
    return Department.objects.filter(pk__in=own.values("department_id")) | Department.objects.filter(
        program__in=program_wide_programs(user)
    )


def departments_where(user: User, role: Role | str) -> QuerySet[Department]:
    """Departments in which `user` holds `role` (program-wide counts for every department)."""
    held = assignments_of(user).filter(role=role)
    own = Department.objects.filter(pk__in=held.filter(department__isnull=False).values("department_id"))
    if role in DEPARTMENT_ROLES:
        wide = held.filter(department=None)
        return own | Department.objects.filter(program_id__in=wide.values("program_id"))
    return Department.objects.filter(program_id__in=held.values("program_id"))


def people_of(program: Program) -> QuerySet[User]:
    """Everybody who holds a role in the program."""
    return User.objects.filter(role_assignments__program=program).distinct()


def program_of(user: User) -> Program | None:
    """The program whose name stands in the header: the first that `user` holds a role in."""
    return programs_of(user).first()
