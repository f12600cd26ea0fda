"""The four real programs in the demo: one department each (two where two governments share a program).

The people are made up; each has an address that says the role: `coordinator@los-angeles.example`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from accounts.models import Department, Program, User
from accounts.roles import DEPARTMENT_ROLES, Role
from accounts.services import PROGRAMS_DIR, program_load, role_assign
from workflow.demo.ahead import calendar_make
from workflow.demo.world import PASSWORD
from workflow.models import Dataset
from workflow.services.datasets import dataset_register


@dataclass(frozen=True)
class Place:
    """A demo department, with the side it belongs to where its program has sides."""

    code: str
    name: str
    side: str = ""


@dataclass(frozen=True)
class DemoProgram:
    code: str
    domain: str
    places: tuple[Place, ...]
    # Fourteen people, in the order of the roles; one more for each further place.
    names: tuple[str, ...]

    def email(self, role: Role, place: Place | None = None) -> str:
        local = role.value.replace("_", "-")
        if place is not None and place is not self.places[0]:
            local += f".{place.code.lower()}"
        return f"{local}@{self.domain}"


PROGRAMS = (
    DemoProgram(
        "los_angeles",
        "los-angeles.example",
        (Place("TRN", "Transportation"),),
        (
            "Sofia Marin",
            "Curtis Bell",
            "Olivia Grant",
            "Gerald Moss",
            "Tessa Lund",
            "Peter Quill",
            "Cesar Ibarra",
            "Ivy Tam",
            "Lars Holm",
            "Corinne Webb",
            "Paula Sosa",
            "Dean Archer",
            "Amira Nasser",
            "Alma Ruiz",
        ),
    ),
    DemoProgram(
        "san_francisco",
        "san-francisco.example",
        (Place("LIB", "Public Library"),),
        (
            "Sam Okoro",
            "Clara Weiss",
            "Owen Fields",
            "Monica Hale",
            "Troy Jensen",
            "Prudence Lee",
            "Kira Novak",
            "Ian Frost",
            "Luz Moreno",
            "Celia Burns",
            "Piet Visser",
            "Joan Castle",
            "Ada Romero",
            "Aldo Conti",
        ),
    ),
    DemoProgram(
        "connecticut",
        "connecticut.example",
        (Place("DCP", "Consumer Protection"),),
        (
            "Stella Byrne",
            "Colin Ward",
            "Oscar Lind",
            "Harriet Cole",
            "Tilda Bauer",
            "Perry Nolan",
            "Kurt Hansen",
            "Ingrid Dahl",
            "Lowell Price",
            "Carmen Vega",
            "Priscilla Yu",
            "Scott Avery",
            "Abel Stone",
            "Anita Rao",
        ),
    ),
    DemoProgram(
        "durham",
        "durham.example",
        (Place("CPL", "City-County Planning", "city"), Place("HLT", "Public Health", "county")),
        (
            "Simon Pratt",
            "Cara Flynn",
            "Ophelia Reyes",
            "Gwen Tyler",
            "Trent Maddox",
            "Phoebe Lang",
            "Karl Jonas",
            "Isla Grey",
            "Lyle Benson",
            "Chloe Madden",
            "Paco Serra",
            "Dora Whitfield",
            "Arlo Finch",
            "Agnes Porter",
        ),
    ),
)
_SECOND_NAMES = {Role.STEWARD: "Selma Hobbs", Role.CUSTODIAN: "Chad Ellis"} | {
    Role.COORDINATOR: "Oren Blake",
    Role.DEPARTMENT_APPROVER: "Greta Olsen",
    Role.CDO: "Duncan Reeve",
}

# program -> what its department holds: (title, description, source, frequency, classification, ground, row)
HOLDINGS: dict[str, tuple[tuple[str, ...], ...]] = {
    "los_angeles": (
        ("Street closures", "Planned closures of streets with place, time and reason.", "Permit desk", "weekly",
         "public", "", "Closure"),
        ("Parking citations", "Citations with place, time, kind and fine.", "Citation system", "monthly",
         "sensitive", "Raw records carry licence plates.", "Citation"),
    ),
    "san_francisco": (
        ("Branch opening hours", "Hours of every branch and when they changed.", "Web site", "quarterly",
         "public", "", "Branch and day"),
        ("Library patrons", "Patrons by age group and branch, counted each year.", "Circulation system",
         "annually", "protected", "California Government Code keeps patron records confidential.", "Patron"),
    ),
    "connecticut": (
        ("State licences and credentials", "People and firms with a licence, and its state.", "eLicense",
         "weekly", "sensitive", "It names people; the roster serves a clear public good.", "Licence"),
        ("Trade complaints", "Complaints against businesses by kind and outcome.", "Case system", "monthly",
         "public", "", "Complaint"),
    ),
    "durham": (
        ("Development permits", "Permits of City and County with place, date and kind.", "Land system", "daily",
         "public", "", "Permit"),
        ("Facility inspections", "Inspections of food facilities with score and date.", "Inspection system",
         "weekly", "public", "", "Inspection"),
    ),
}  # fmt: skip


def programs_make() -> Iterator[str]:
    """Make the four programs with their people and what they hold. Yields a line for each that is done."""
    for program in PROGRAMS:
        yield f"{_make(program).name}: {len(HOLDINGS[program.code])} datasets in the inventory"


def accounts_of_programs() -> list[tuple[str, str]]:
    """Per program its code and the addresses that its people log in with, in words."""
    return [(program.code, f"<role>@{program.domain}") for program in PROGRAMS]


@transaction.atomic
def _make(demo: DemoProgram) -> Program:
    program = program_load(path=PROGRAMS_DIR / f"{demo.code}.toml").program
    places = [
        Department.objects.get_or_create(
            program=program, code=place.code, defaults={"name": place.name, "side": place.side}
        )[0]
        for place in demo.places
    ]
    people = {
        role: _person(demo, role, name, program, places[0])
        for role, name in zip(Role, demo.names, strict=True)
    }
    for place, department in zip(demo.places[1:], places[1:], strict=True):
        for role, name in _SECOND_NAMES.items():
            _person(demo, role, name, program, department, place)
    _second_people(demo, program)
    _register(demo, places[0], people)
    calendar_make(program, people)
    return program


def _person(
    demo: DemoProgram,
    role: Role,
    name: str,
    program: Program,
    department: Department,
    place: Place | None = None,
) -> User:
    email = demo.email(role, place)
    user = User.objects.filter(email=email).first() or User.objects.create_user(
        email=email, password=PASSWORD, full_name=name
    )
    where = department if role in DEPARTMENT_ROLES else None
    # Where two governments share the program, each has its own who turns the final key.
    side = department.side if role == Role.CDO else ""
    role_assign(user=user, role=role, program=program, department=where, side=side, actor=None)
    return user


def _second_people(demo: DemoProgram, program: Program) -> None:
    """Who is needed twice: the team that also clears privacy, and legal where two look independently."""
    for role, first_name in ((Role.OPEN_DATA_TEAM, "Jordan"), (Role.LEGAL, "Robin")):
        email = demo.email(role).replace("@", ".2@")
        surname = demo.names[list(Role).index(role)].split()[1]
        user = User.objects.filter(email=email).first() or User.objects.create_user(
            email=email, password=PASSWORD, full_name=f"{first_name} {surname}"
        )
        role_assign(user=user, role=role, program=program, actor=None)


def _register(demo: DemoProgram, department: Department, people: dict[Role, User]) -> None:
    if Dataset.objects.filter(department=department).exists():
        return
    for title, about, source, frequency, classification, ground, row in HOLDINGS[demo.code]:
        dataset_register(
            department=department,
            actor=people[Role.COORDINATOR],
            fields={
                "title": title,
                "description": about,
                "steward": people[Role.STEWARD],
                "coordinator": people[Role.COORDINATOR],
                "source_system": source,
                "accrual_periodicity": frequency,
                "collection_frequency": frequency,
                "classification": classification,
                "classification_ground": ground,
                "keywords": [word.lower() for word in title.split() if len(word) > 3],
                "contact_email": f"open.data@{demo.domain}",
                "row_label": row,
                "high_value": ["B", "C", "F"] if demo.code == "connecticut" else [],
                "priority": "high",
                "geographic_coverage": "The whole area of the department",
                "geographic_granularity": "neighborhood",
                "quality_rating": "high",
            },
        )
