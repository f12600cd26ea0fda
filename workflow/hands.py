"""Whose hands a release went through: who prepared it, and who turned which of its keys.

Four eyes hold between people, not titles, and a delegate's hand is also that of whoever lent them the role
(FEATURES M05, M06). Gates and policies both ask here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from accounts.models import Delegation, User
from accounts.roles import Role
from dossier.models import Contribution
from workflow.asked import TOOLKIT, checklists_asked
from workflow.context import ReleaseContext
from workflow.models import Review
from workflow.stages import Stage

# The approvals of which nobody may give two, nor one if they prepared the release.
KEYS = (Review.Kind.DEPARTMENT, Review.Kind.SECURITY, Review.Kind.PRIVACY, Review.Kind.CDO)
PREPARING_ROLES = (Role.STEWARD, Role.COORDINATOR, Role.CUSTODIAN, Role.OPEN_DATA_TEAM)


PREPARES, DECIDES_PRIVACY, REVIEWS, DECIDES = "prepares", "decides privacy", "reviews", "decides"
# Who rates benefit and risk drafts the toolkit's form where the program says who does; else it is deciding.
RATES = "rates"

# kind of contribution -> whose hand it is. What is not here counts as preparing.
# Filling in the form of one's own review is judging, not preparing.
HANDS: dict[str, str] = {
    "file": PREPARES,
    "description": PREPARES,
    "classification": PREPARES,
    "waiver": PREPARES,
    "attestation": PREPARES,
    "exception": PREPARES,
    "inventory checklist": PREPARES,
    "eligibility checklist": PREPARES,
    "readiness checklist": PREPARES,
    "submission checklist": PREPARES,
    "quality checklist": PREPARES,
    "metadata checklist": PREPARES,
    # Recorded only of those who do not hold privacy: the form is drafted, and somebody else judges by it.
    "privacy checklist": PREPARES,
    "privacy rating": RATES,
    "privacy decision": DECIDES_PRIVACY,
    "privacy quasi-identifiers": DECIDES_PRIVACY,
    "privacy recipe": DECIDES_PRIVACY,
    "privacy kind of rows": DECIDES_PRIVACY,
    "privacy risk accepted": DECIDES_PRIVACY,
    "privacy output": DECIDES_PRIVACY,
    "privacy assessment": DECIDES_PRIVACY,
    "security checklist": REVIEWS,
    "legal checklist": REVIEWS,
    "equity checklist": REVIEWS,
    "cdo checklist": DECIDES,
    "post checklist": DECIDES,
    "retirement checklist": DECIDES,
}


def hand_of(what: str, context: ReleaseContext) -> str:
    """Whose hand a contribution is: the preparers', that of privacy, of another review, or of the decision."""
    hand = HANDS.get(what, PREPARES)
    if hand == RATES:
        return PREPARES if rating_is_drafted(context) else DECIDES_PRIVACY
    return hand


def rating_is_drafted(context: ReleaseContext) -> bool:
    """True where this release goes through the toolkit and somebody else drafts its form than decides on it."""
    drafter, holder = context.profile.drafts.get(TOOLKIT), context.profile.stage_holders[Stage.PRIVACY]
    return drafter not in (None, holder) and TOOLKIT in checklists_asked(context, Stage.PRIVACY)


def workers(context: ReleaseContext) -> set[int]:
    """People who shaped what will be released, privacy decisions included."""
    return {row.user_id for row in context.contributions if hand_of(row.what, context) != DECIDES}


def preparers(context: ReleaseContext) -> set[int]:
    """People who shaped what will be released, other than by reviewing it or deciding privacy findings."""
    return {row.user_id for row in context.contributions if hand_of(row.what, context) == PREPARES}


def who_prepared(kind: str, context: ReleaseContext) -> set[int]:
    """Those who may not give the key `kind`. The final key is kept from the privacy officer's hands too."""
    return workers(context) if kind == Review.Kind.CDO else preparers(context)


def keys_of(people: set[int], context: ReleaseContext) -> set[str]:
    """The keys that one of `people` has turned on this release, or that were turned in their place.

    Also those that no longer count: the same bytes uploaded again would make them count once more.
    """
    return {
        review.kind
        for review in context.reviews
        if review.kind in KEYS and review.is_positive and review.people & people
    }


def is_own_work(review: Review, context: ReleaseContext) -> bool:
    """True for a key turned by somebody who has worked on the release since: it counts no longer."""
    return review.kind in KEYS and bool(review.people & who_prepared(review.kind, context))


def lenders_of_preparers(kind: str, context: ReleaseContext) -> set[int]:
    """People in whose place somebody prepared the release: by a role lent to them on the day, and none of their own.

    For the final key that is also whoever lent the role by which privacy was decided.
    """
    preparing = [row for row in context.contributions if row.user_id in preparers(context)]
    drafter = context.profile.drafts.get(TOOLKIT)
    roles = (*PREPARING_ROLES, drafter) if drafter and rating_is_drafted(context) else PREPARING_ROLES
    found = _lenders(roles, preparing, context)
    if kind == Review.Kind.CDO:
        deciding = [row for row in context.contributions if hand_of(row.what, context) == DECIDES_PRIVACY]
        found |= _lenders((context.profile.stage_holders[Stage.PRIVACY],), deciding, context)
    return found


def _lenders(roles: Sequence[str], work: Sequence[Contribution], context: ReleaseContext) -> set[int]:
    """Who lent one of `roles` to somebody who did some of the work by it."""
    if not work:
        return set()
    dataset = context.dataset
    rows = Delegation.objects.filter(
        Q(assignment__department=None) | Q(assignment__department=dataset.department_id),
        to_user__in={row.user_id for row in work},
        assignment__program=dataset.program_id,
        assignment__role__in=roles,
    ).select_related("assignment", "to_user")
    return {
        row.assignment.user_id
        for row in rows
        if any(_was_running(row, done.at) for done in work if done.user_id == row.to_user_id)
        and not _holds_one(row.to_user, roles, context)
    }


def _was_running(row: Delegation, at: datetime) -> bool:
    day = timezone.localdate(at)
    return row.starts <= day <= row.ends and not (row.ended_at and row.ended_at < at)


def _holds_one(person: User, roles: Sequence[str], context: ReleaseContext) -> bool:
    """True for who holds one of the roles by their own right: they needed nobody's."""
    dataset = context.dataset
    own = person.role_assignments.filter(
        Q(department=None) | Q(department=dataset.department_id), program=dataset.program_id, role__in=roles
    )
    return own.exists()
