"""The final key: who turns it, and how many must, as the program's profile says.

Connecticut: the agency's own approver, the CDO where an exception is in play. Durham: the CIO of the City or of
the County, both where the data is joint (ITP-5 IV.A.7). Everybody else: the CDO.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from accounts.sides import sides_held
from workflow import approvals
from workflow.context import ReleaseContext
from workflow.excepted import open_or_granted_kinds
from workflow.hands import is_own_work
from workflow.models import Review
from workflow.stages import STAGE_OWNER, Stage

if TYPE_CHECKING:
    from accounts.models import User


def key_role(context: ReleaseContext) -> str:
    """The role that turns the final key of this release."""
    rule = context.profile.final_key
    if rule.exception_role and set(rule.exceptions) & open_or_granted_kinds(context):
        return rule.exception_role
    return context.profile.stage_holders.get(Stage.CDO_REVIEW, STAGE_OWNER[Stage.CDO_REVIEW])


def sides_needed(context: ReleaseContext) -> set[str]:
    """The sides of which each must approve; empty where the program has none."""
    return context.sides if context.profile.final_key.each_side else set()


def keys_needed(context: ReleaseContext) -> int:
    """How many people must turn the final key."""
    return max(context.profile.final_key.people, len(sides_needed(context)), 1)


def keys_given(context: ReleaseContext) -> list[Review]:
    """The final approvals given so far that still count: not of somebody who has worked on the release since."""
    given = approvals.approvals_of(context, Review.Kind.CDO)
    return [review for review in given if not is_own_work(review, context)]


def sides_open(context: ReleaseContext, *, given: Sequence[Review]) -> set[str]:
    """The sides that none of the final approvals `given` speaks for."""
    needed = sides_needed(context)
    role, program = key_role(context), context.dataset.program_id
    for review in given:
        if review.reviewer is not None:
            needed = needed - sides_held(review.reviewer, role, program=program, sides=needed)
    return needed


def sides_covered_by(actor: User, context: ReleaseContext, sides: set[str]) -> set[str]:
    """Of `sides`, those that `actor` holds the key for."""
    return sides_held(actor, key_role(context), program=context.dataset.program_id, sides=sides)


def side_words(context: ReleaseContext, sides: set[str]) -> str:
    labels = {side.code: side.label for side in context.profile.sides}
    return " and ".join(labels.get(side, side) for side in sorted(sides))
