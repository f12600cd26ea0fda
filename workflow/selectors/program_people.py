"""Whether the people of a program can run it: roles that nobody holds, seats without enough people, and keys.

Four eyes are kept by policies at every move. What is said here is said before: a release that nobody may move on
stands still, and a person with every key is one mistake away from publishing alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from accounts.models import Department, Program, RoleAssignment, User
from accounts.profiles import Profile
from accounts.profiles.words import HELD_STAGES
from accounts.roles import DEPARTMENT_ROLES
from workflow.stages import Stage

FAULT, WARNING = "fault", "warning"
# A department approval that most releases need, whatever their class.
_REGULAR = ("always", "classification")


@dataclass(frozen=True)
class Remark:
    """One thing about the people of a program. A fault must be put right, a warning should be known."""

    level: str
    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


@dataclass(frozen=True)
class _Held:
    """Who holds what in one program, read once."""

    program: Program
    departments: tuple[Department, ...]
    rows: tuple[RoleAssignment, ...]

    def people(self, role: str, department: Department | None = None, side: str = "") -> set[User]:
        """Who holds `role`: program-wide, and for the department where the role belongs to one."""
        return {
            row.user
            for row in self.rows
            if row.role == role
            and (row.department_id is None or (department is not None and row.department_id == department.pk))
            and (not side or row.side in ("", side))
        }


def people_remarks(program: Program, profile: Profile) -> list[Remark]:
    """Everything about the people of `program` that would trouble it under `profile`. Two queries.

    A program without any people is not running, and nothing is said about it.
    """
    rows = tuple(RoleAssignment.objects.filter(program=program, user__is_active=True).select_related("user"))
    if not rows:
        return []
    held = _Held(program, tuple(Department.objects.filter(program=program)), rows)
    return [*_nobody(held, profile), *_too_few(held, profile), *_sides(held, profile), *_keys(held, profile)]


def needed_roles(profile: Profile) -> dict[str, list[str]]:
    """role -> the places of the profile that ask something of it."""
    places: dict[str, list[str]] = defaultdict(list)
    for stage in HELD_STAGES:
        places[profile.stage_holders[stage]].append(f"stages.{stage}")
    for number, rule in enumerate(profile.reviews, start=1):
        if rule.when != "request":
            places[rule.role].append(f"reviews[{number}]")
    for number, row in enumerate(profile.exceptions, start=1):
        places[row.advise].append(f"exceptions[{number}].advise")
        places[row.decide].append(f"exceptions[{number}].decide")
    for role in profile.plan.sign_off:
        places[role].append("plan.sign_off")
    for role in profile.retirement.approval:
        places[role].append("retirement.approval")
    places[profile.clock.escalate_to].append("clock.escalate_to")
    if profile.final_key.exception_role:
        places[profile.final_key.exception_role].append("final_key.exception_role")
    return places


def _places(held: _Held, role: str) -> Iterator[tuple[Department | None, str]]:
    """Each department for a department's role, the program for the others."""
    if role in DEPARTMENT_ROLES:
        for department in held.departments:
            yield department, f" in {department}"
    else:
        yield None, ""


def _nobody(held: _Held, profile: Profile) -> Iterator[Remark]:
    for role, places in needed_roles(profile).items():
        for department, where in _places(held, role):
            if not held.people(role, department):
                label = profile.role_words(role)
                yield Remark(WARNING, places[0], f"nobody is {label}{where}. Give somebody the role.")


def _too_few(held: _Held, profile: Profile) -> Iterator[Remark]:
    wanted = {
        f"reviews[{number}].people": (rule.role, rule.people)
        for number, rule in enumerate(profile.reviews, start=1)
    }
    wanted["final_key.people"] = (profile.stage_holders[Stage.CDO_REVIEW], profile.final_key.people)
    for place, (role, people) in wanted.items():
        for department, where in _places(held, role):
            count = len(held.people(role, department))
            if 0 < count < people:
                label = profile.role_words(role)
                yield Remark(
                    WARNING, place, f"{people} people are needed, but only {count} of them is {label}{where}."
                )


def _sides(held: _Held, profile: Profile) -> Iterator[Remark]:
    if not profile.final_key.each_side:
        return
    role = profile.stage_holders[Stage.CDO_REVIEW]
    for side in profile.sides:
        if not held.people(role, side=side.code):
            label = profile.role_words(role)
            yield Remark(WARNING, "final_key.each_side", f"nobody is {label} for the {side.label}.")
    for department in held.departments:
        if not department.side:
            yield Remark(WARNING, "sides", f"{department} belongs to no side. Name it in the admin.")


def keys_of(profile: Profile) -> dict[str, str]:
    """The keys of every release, in words, with the role that holds each."""
    approval = [rule.role for rule in profile.reviews if rule.kind == "department" and rule.when in _REGULAR]
    keys = {"the department approval": approval[0]} if approval else {}
    keys["privacy"] = profile.stage_holders[Stage.PRIVACY]
    keys["the final approval"] = profile.stage_holders[Stage.CDO_REVIEW]
    return keys


def _keys(held: _Held, profile: Profile) -> Iterator[Remark]:
    keys = keys_of(profile)
    said: set[tuple[str, ...]] = set()
    for department in held.departments:
        holding: dict[User, list[str]] = defaultdict(list)
        for key, role in keys.items():
            for person in held.people(role, department):
                holding[person].append(key)
        for person, mine in holding.items():
            if len(mine) < 2:
                continue
            everything = len(mine) == len(keys)
            words = " and ".join([", ".join(mine[:-1]), mine[-1]])
            where = f" of {department}" if any(keys[key] in DEPARTMENT_ROLES for key in mine) else ""
            if (str(person), words, where) in said:
                continue
            said.add((str(person), words, where))
            yield Remark(
                FAULT if everything else WARNING,
                "people",
                f"{person} holds {'every key' if everything else f'{len(mine)} of {len(keys)} keys'}{where}: {words}. "
                "Give one of them to somebody else.",
            )
