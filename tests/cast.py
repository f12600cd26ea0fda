"""The cast: one named person per role, an outsider, two departments, two programs.

Riverbend has Public Works (PUB) and Health (HLT). Everybody below works for Riverbend's Public Works or for
the whole program, unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.auth.hashers import make_password

from accounts.models import Department, Program, RoleAssignment, User
from accounts.roles import ADMIN_ROLES, DEPARTMENT_ROLES, Role
from accounts.services import PROGRAMS_DIR, program_load, role_assign, roles_sync

PASSWORD = "correct-horse-battery"

NAMES: dict[Role, str] = {
    Role.STEWARD: "Maria Lopez",
    Role.CUSTODIAN: "Carl Nguyen",
    Role.COORDINATOR: "Dana Reed",
    Role.DEPARTMENT_APPROVER: "Grace Okafor",
    Role.OPEN_DATA_TEAM: "Omar Haddad",
    Role.PRIVACY_OFFICER: "Priya Raman",
    Role.SECURITY_OFFICER: "Sven Larsson",
    Role.IT: "Ida Novak",
    Role.LEGAL: "Lena Fischer",
    Role.COMMUNICATIONS: "Cody Brooks",
    Role.POLICY: "Paul Adeyemi",
    Role.CDO: "Helen Park",
    Role.PORTAL_ADMIN: "Pat Silva",
    Role.AUDITOR: "Ann Weber",
}


@dataclass
class Cast:
    """Who is who. `people` has one person per role; the others are named for what they cannot do."""

    program: Program
    other_program: Program
    public_works: Department
    health: Department
    people: dict[str, User]
    other_steward: User
    other_coordinator: User
    second_cdo: User
    outsider: User
    foreign_cdo: User

    def __getitem__(self, role: Role | str) -> User:
        return self.people[str(role)]

    @property
    def steward(self) -> User:
        return self[Role.STEWARD]

    @property
    def coordinator(self) -> User:
        return self[Role.COORDINATOR]

    @property
    def approver(self) -> User:
        return self[Role.DEPARTMENT_APPROVER]

    @property
    def privacy_officer(self) -> User:
        return self[Role.PRIVACY_OFFICER]

    @property
    def cdo(self) -> User:
        return self[Role.CDO]

    @property
    def portal_admin(self) -> User:
        return self[Role.PORTAL_ADMIN]


def person(name: str) -> User:
    return _people([name])[0]


def _people(names: Sequence[str]) -> list[User]:
    """People with the password of the cast, which is hashed once: hundreds of tests make the whole cast."""
    return User.objects.bulk_create(
        User(email=name.lower().replace(" ", ".") + "@example.gov", full_name=name, password=_hashed())
        for name in names
    )


@cache
def _hashed() -> str:
    return make_password(PASSWORD)


def cast_create() -> Cast:
    """Make everybody. Call once per test, inside its transaction."""
    program = program_load(path=PROGRAMS_DIR / "default.toml").program
    program.name = "City of Riverbend"
    program.save()
    other_program = _second_program()
    public_works = Department.objects.create(program=program, name="Public Works", code="PUB")
    health = Department.objects.create(program=program, name="Health", code="HLT")
    far = Department.objects.create(program=other_program, name="Parks", code="PRK")
    people = _company(program, public_works)
    return Cast(
        program=program,
        other_program=other_program,
        public_works=public_works,
        health=health,
        people=people,
        other_steward=_with_role("Hugo Brandt", Role.STEWARD, health, program),
        other_coordinator=_with_role("Nina Castillo", Role.COORDINATOR, health, program),
        second_cdo=_with_role("Ruth Abbott", Role.CDO, None, program),
        outsider=person("Olga Outsider"),
        foreign_cdo=_with_role("Felix Far", Role.CDO, None, far.program),
    )


def _company(program: Program, department: Department) -> dict[str, User]:
    """One person per role, as role_assign would make them, in a handful of queries."""
    made = dict(zip(NAMES, _people(list(NAMES.values())), strict=True))
    RoleAssignment.objects.bulk_create(
        RoleAssignment(
            user=user,
            role=role,
            program=program,
            department=department if role in DEPARTMENT_ROLES else None,
        )
        for role, user in made.items()
    )
    for role in ADMIN_ROLES:
        roles_sync(user=made[role])
    return {role.value: user for role, user in made.items()}


def _with_role(name: str, role: Role, department: Department | None, program: Program) -> User:
    user = person(name)
    role_assign(user=user, role=role, program=program, department=department, actor=None)
    return User.objects.get(pk=user.pk)


def _second_program() -> Program:
    text = Path(PROGRAMS_DIR / "default.toml").read_text("utf-8")
    import tomllib

    from accounts.models import ProgramProfile
    from accounts.profiles import digest_of

    content = tomllib.loads(text) | {"name": "Lakeside County"}
    program = Program.objects.create(code="lakeside", name="Lakeside County")
    ProgramProfile.objects.create(program=program, version=1, content=content, digest=digest_of(content))
    return program
