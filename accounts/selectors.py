"""Reads about programs, departments and people."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Department, Program, ProgramProfile, RoleAssignment, User
from accounts.profiles import Profile, profile_of
from accounts.roles import DEPARTMENT_ROLES, Role, assignments_of, programs_of


def profile_current(program: Program) -> ProgramProfile:
    """The newest profile version of a program: the one that new releases pin."""
    return program.profiles.order_by("-version")[0]


def profile_for(program: Program) -> Profile:
    """The parsed current profile of a program."""
    return profile_of(profile_current(program))


def final_key_roles(program: Program) -> set[str]:
    """The roles that may turn the final key of a program's releases: its holder, and who decides exceptions."""
    profile = profile_for(program)
    return {profile.stage_holders["CDO_REVIEW"], profile.final_key.exception_role} - {""}


def is_decider(assignments: Iterable[RoleAssignment]) -> bool:
    """True when one of these roles may turn a final key, so that its holder works in the approval queue."""
    rows = list(assignments)
    keys = {program: final_key_roles(program) for program in {row.program for row in rows}}
    return any(row.role in keys[row.program] for row in rows)


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


def program_of(user: User) -> Program | None:
    """The program whose name stands in the header: the first that `user` holds a role in."""
    return programs_of(user).first()


def programs_administered(user: User) -> QuerySet[Program]:
    """The programs whose people `user` may invite, give roles to and close accounts of."""
    held = assignments_of(user).filter(role=Role.PORTAL_ADMIN)
    return Program.objects.filter(pk__in=held.values("program_id")).order_by("name")


def departments_administered(programs: QuerySet[Program]) -> QuerySet[Department]:
    return Department.objects.filter(program__in=programs).order_by("program__name", "name")


def people_administered(
    programs: QuerySet[Program],
    *,
    words: str = "",
    role: str = "",
    department: Department | None = None,
    state: str = "",
) -> QuerySet[User]:
    """The people of these programs, narrowed; `administered_roles` of each are their roles there.

    `state`: "open", "invited" (no password chosen yet), "closed", or empty for all.
    """
    held = RoleAssignment.objects.filter(program__in=programs)
    narrowed = held.filter(role=role) if role else held
    if department is not None:
        narrowed = narrowed.filter(department=department)
    people = User.objects.filter(pk__in=narrowed.values("user_id")).select_related("invitation")
    if words:
        people = people.filter(Q(full_name__icontains=words) | Q(email__icontains=words))
    waiting = Q(invitation__isnull=False, invitation__accepted_at=None)
    if state:
        people = people.filter(
            {"closed": Q(is_active=False), "invited": Q(is_active=True) & waiting}.get(
                state, Q(is_active=True) & ~waiting
            )
        )
    mine = Prefetch(
        "role_assignments", held.select_related("program", "department"), to_attr="administered_roles"
    )
    return people.prefetch_related(mine).order_by("full_name", "pk")


def works_elsewhere(user: User, programs: QuerySet[Program]) -> bool:
    """True when the person also holds a role in a program outside `programs`."""
    return user.role_assignments.exclude(program__in=programs).exists()


def role_choices(program: Program | None) -> list[tuple[str, str]]:
    """Every role with the word that the program has for it."""
    profile = profile_for(program) if program is not None else None
    return [(role.value, profile.role_label(role) if profile else role.label) for role in Role]
