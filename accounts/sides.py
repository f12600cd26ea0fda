"""Where two governments share one program (Durham: city and county): for which side a person holds a role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.roles import assignments_of

if TYPE_CHECKING:
    from accounts.models import Program, User


def sides_held(user: User, role: str, *, program: Program | int, sides: set[str]) -> set[str]:
    """Those of `sides` for which `user` holds `role` in the program, by their own right or by delegation.

    An assignment that names no side counts for every side.
    """
    named = set(assignments_of(user).filter(role=role, program=program).values_list("side", flat=True))
    return set(sides) if "" in named else named & sides
