"""Where two governments share one program (Durham: city and county): for which side a person holds a role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from accounts.profiles import Choice
from accounts.roles import assignments_of
from accounts.selectors import profile_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import Program, User


def sides_of_programs(programs: Iterable[Program]) -> list[Choice]:
    """The sides that these programs have between them; empty where no government shares one."""
    return [side for program in programs for side in profile_for(program).sides]


def side_check(*, side: str, program: Program) -> None:
    """Raise ValidationError when the program has no such side."""
    if not side:
        return
    known = profile_for(program).sides
    if side not in {row.code for row in known}:
        labels = " or ".join(row.label for row in known)
        raise ValidationError(
            f"{program} has no such side. {f'Choose {labels}.' if labels else 'Leave it empty.'}"
        )


def sides_held(user: User, role: str, *, program: Program | int, sides: set[str]) -> set[str]:
    """Those of `sides` for which `user` holds `role` in the program, by their own right or by delegation.

    An assignment that names no side counts for every side.
    """
    named = set(assignments_of(user).filter(role=role, program=program).values_list("side", flat=True))
    return set(sides) if "" in named else named & sides
