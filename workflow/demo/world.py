"""The people and departments of the demo city, and what its departments hold. All of it is made up."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from accounts.models import Department, Program, User
from accounts.roles import Role
from accounts.services import PROGRAMS_DIR, program_load, role_assign, roles_sync

CITY = "City of Riverbend"
# One password for every demo account. The demo refuses to load anywhere but on a development machine.
PASSWORD = "riverbend-demo-2026"  # noqa: S105

DEPARTMENTS = {
    "PUB": "Public Works",
    "HLT": "Health",
    "TRN": "Transportation",
    "PRK": "Parks and Recreation",
    "FIN": "Finance",
}


@dataclass(frozen=True)
class Person:
    name: str
    role: Role
    department: str = ""

    @property
    def email(self) -> str:
        return self.name.split(" ")[0].lower() + "@riverbend.example"


PEOPLE = (
    Person("Dana Reed", Role.COORDINATOR, "PUB"),
    Person("Maria Lopez", Role.STEWARD, "PUB"),
    Person("Carl Nguyen", Role.CUSTODIAN, "PUB"),
    Person("Grace Okafor", Role.DEPARTMENT_APPROVER, "PUB"),
    Person("Priya Raman", Role.PRIVACY_OFFICER),
    Person("Helen Park", Role.CDO),
    Person("Omar Haddad", Role.OPEN_DATA_TEAM),
    Person("Sven Larsson", Role.SECURITY_OFFICER),
    Person("Ida Novak", Role.IT),
    Person("Lena Fischer", Role.LEGAL),
    Person("Cody Brooks", Role.COMMUNICATIONS),
    Person("Paul Adeyemi", Role.POLICY),
    Person("Pat Silva", Role.PORTAL_ADMIN),
    Person("Ann Weber", Role.AUDITOR),
    Person("Nina Castillo", Role.COORDINATOR, "HLT"),
    Person("Hugo Brandt", Role.STEWARD, "HLT"),
    Person("Rosa Jimenez", Role.DEPARTMENT_APPROVER, "HLT"),
    Person("Theo Marsh", Role.COORDINATOR, "TRN"),
    Person("Yuki Tanaka", Role.STEWARD, "TRN"),
    Person("Walt Emery", Role.DEPARTMENT_APPROVER, "TRN"),
    Person("Bea Sutton", Role.COORDINATOR, "PRK"),
    Person("Noor Aziz", Role.STEWARD, "PRK"),
    Person("Ivan Petrov", Role.DEPARTMENT_APPROVER, "PRK"),
    Person("Fay Collins", Role.COORDINATOR, "FIN"),
    Person("Leo Grant", Role.STEWARD, "FIN"),
    Person("Mina Cho", Role.DEPARTMENT_APPROVER, "FIN"),
)


class World:
    """Look-ups over the people and departments that were made."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.departments = {row.code: row for row in Department.objects.filter(program=program)}
        self._people = {user.email: user for user in User.objects.all()}

    def holder(self, role: Role | str, department: str = "") -> User:
        """The demo person with that role: of the department, where the role is held in one."""
        person = next(p for p in PEOPLE if p.role == role and p.department in ("", department))
        return self._people[person.email]


@transaction.atomic
def world_make() -> World:
    """Make the city, its departments and its people. Idempotent."""
    program = program_load(path=PROGRAMS_DIR / "default.toml").program
    program.name = CITY
    program.save(update_fields=["name"])
    departments = {
        code: Department.objects.get_or_create(program=program, code=code, defaults={"name": name})[0]
        for code, name in DEPARTMENTS.items()
    }
    for person in PEOPLE:
        user = User.objects.filter(email=person.email).first() or User.objects.create_user(
            email=person.email, password=PASSWORD, full_name=person.name
        )
        role_assign(
            user=user,
            role=person.role,
            program=program,
            department=departments.get(person.department),
            actor=None,
        )
        roles_sync(user=user)
    return World(program)


def accounts() -> list[tuple[str, str, str]]:
    """One demo account per role: (role, name, e-mail)."""
    seen: dict[str, Person] = {}
    for person in PEOPLE:
        seen.setdefault(person.role, person)
    return [(Role(role).label, person.name, person.email) for role, person in seen.items()]
