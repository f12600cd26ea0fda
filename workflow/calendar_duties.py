"""Policies of what concerns many releases at once: bundles and freeze periods.

The same pairs as in workflow.policies: `check_...` raises PermissionDenied with the reason, `may_...` asks it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.models import Program, User
from accounts.roles import Role, assignments_of, has_role
from accounts.selectors import profile_for
from workflow.models import Bundle, Freeze

# Who plans releases may put some of them together; who plans for the whole program may change every bundle.
PLANNERS = (Role.COORDINATOR, Role.OPEN_DATA_TEAM, Role.COMMUNICATIONS, Role.POLICY, Role.CDO)
KEEPERS = (Role.OPEN_DATA_TEAM, Role.COMMUNICATIONS, Role.CDO)
FREEZERS = (Role.PORTAL_ADMIN, Role.CDO)


def check_make_bundle(actor: User, program: Program) -> None:
    """Refuse unless `actor` plans releases somewhere in the program."""
    if not assignments_of(actor).filter(program=program, role__in=PLANNERS).exists():
        raise PermissionDenied(f"This is for the {_words(program, PLANNERS)} of {program}.")


def may_make_bundle(actor: User, program: Program) -> bool:
    return _allowed(check_make_bundle, actor, program)


def check_keep_bundle(actor: User, bundle: Bundle) -> None:
    """Refuse unless the bundle is theirs, or they plan for the whole program."""
    if actor.pk == bundle.owner_id and may_make_bundle(actor, bundle.program):
        return
    if not any(has_role(actor, role, program=bundle.program_id) for role in KEEPERS):
        raise PermissionDenied(
            f"This is for {bundle.owner}, whose bundle it is, or the {_words(bundle.program, KEEPERS)} of "
            f"{bundle.program}."
        )


def may_keep_bundle(actor: User, bundle: Bundle) -> bool:
    return _allowed(check_keep_bundle, actor, bundle)


def check_set_freeze(actor: User, program: Program) -> None:
    """Refuse unless `actor` may say when nothing of the program goes public."""
    if not any(has_role(actor, role, program=program) for role in FREEZERS):
        raise PermissionDenied(f"This is for the {_words(program, FREEZERS)} of {program}.")


def may_set_freeze(actor: User, program: Program) -> bool:
    return _allowed(check_set_freeze, actor, program)


def check_except_freeze(actor: User, freeze: Freeze) -> None:
    """Refuse unless `actor` holds the role that the freeze names for exceptions."""
    if not has_role(actor, freeze.excepted_by, program=freeze.program_id, department=freeze.department_id):
        words = profile_for(freeze.program).role_words(freeze.excepted_by)
        raise PermissionDenied(f"Exceptions from this freeze are for the {words} of {freeze.program}.")


def may_except_freeze(actor: User, freeze: Freeze) -> bool:
    return _allowed(check_except_freeze, actor, freeze)


def _words(program: Program, roles: tuple[Role, ...]) -> str:
    profile = profile_for(program)
    return " or ".join(profile.role_words(role) for role in roles)


def _allowed(check: Callable[..., None], *args: Any) -> bool:
    try:
        check(*args)
    except PermissionDenied:
        return False
    return True
