"""Who may add questions and reviews for a department, and which reviews can be added.

A pair like those of workflow.policies: `check_...` raises with the reason, `may_...` calls it.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from accounts.models import Department, User
from accounts.profiles import Profile
from accounts.roles import Role, has_role
from accounts.selectors import profile_for
from workflow.models import Review

ROLES = (Role.COORDINATOR, Role.DEPARTMENT_APPROVER, Role.PORTAL_ADMIN)

# Who gives a review that a department adds, where the program has no rule of its own about that kind.
ROLE_OF_KIND: dict[str, Role] = {
    Review.Kind.DEPARTMENT: Role.DEPARTMENT_APPROVER,
    Review.Kind.SECURITY: Role.SECURITY_OFFICER,
    Review.Kind.LEGAL: Role.LEGAL,
    Review.Kind.IT: Role.IT,
    Review.Kind.POLICY: Role.POLICY,
    Review.Kind.COMMUNICATIONS: Role.COMMUNICATIONS,
    Review.Kind.EQUITY: Role.OPEN_DATA_TEAM,
}
# The moves at which reviews stand.
MOVES_WITH_REVIEWS = ("pass_quality", "clear_privacy", "approve")


def check_additions(actor: User, department: Department) -> None:
    """Raise PermissionDenied unless `actor` may add questions and reviews for the department."""
    if any(has_role(actor, role, program=department.program_id, department=department) for role in ROLES):
        return
    profile = profile_for(department.program)
    words = " or ".join(profile.role_words(role) for role in ROLES)
    raise PermissionDenied(f"This is for the {words} of {department}.")


def may_add(actor: User, department: Department) -> bool:
    try:
        check_additions(actor, department)
    except PermissionDenied:
        return False
    return True


def role_for(kind: str, profile: Profile) -> str | None:
    """The role that gives a review of `kind` in this program; None for one that cannot be added."""
    if kind not in ROLE_OF_KIND:
        return None
    return profile.review_role(kind) or str(ROLE_OF_KIND[kind])
