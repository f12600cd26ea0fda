"""Who answers a checklist, at which stage, and until when.

A pair like those of workflow.policies: `check_checklist` raises with the reason, `may_answer` calls it.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from accounts.roles import Role
from workflow import policies
from workflow.asked import RETIREMENT
from workflow.context import ReleaseContext
from workflow.models import Review
from workflow.review_needs import role_of
from workflow.stages import OPEN_PARTS, WAY, Stage

# What is prepared together: a release in one of these may be corrected in the checklists of all of them.
PREPARATION = (Stage.INVENTORY, Stage.READINESS, Stage.QUALITY)
# Checklists of the CDO's review are finished there, or while the approved release waits to go public.
_DECISION = (Stage.CDO_REVIEW, Stage.STAGED)


def stage_of(context: ReleaseContext, checklist: str) -> str | None:
    """The stage where the program puts a checklist; None when it has none of that name."""
    return next((stage for stage, names in context.profile.checklists.items() if checklist in names), None)


def stage_is_open(context: ReleaseContext, checklist: str) -> bool:
    """May the answers of this checklist change now? Its stage is here or ahead; once over, it is frozen."""
    stage, here = stage_of(context, checklist), context.release.stage
    if stage is None or here not in WAY or "checklists" not in OPEN_PARTS[here]:
        return False
    for together in (PREPARATION, _DECISION):
        if stage in together and here in together:
            return True
    return WAY.index(Stage(here)) <= WAY.index(Stage(stage))


def check_checklist(actor: policies.Actor, checklist: str, context: ReleaseContext) -> None:
    """Raise PermissionDenied with the reason unless `actor` may answer this checklist of the release.

    Whoever prepares answers what is prepared; whoever holds the stage where the program puts a checklist, or
    gives the review of its name, answers that one. What the final review asks is not for preparers.
    """
    if not policies.is_visible(actor, context.dataset):
        raise PermissionDenied("This dataset is not part of your program or department.")
    roles = roles_answering(checklist, context)
    if not roles:
        raise PermissionDenied("This program has no such checklist.")
    policies.check_holds(actor, roles, context.dataset, context.profile)


def may_answer(actor: policies.Actor, checklist: str, context: ReleaseContext) -> bool:
    try:
        check_checklist(actor, checklist, context)
    except PermissionDenied:
        return False
    return True


def judges_by(actor: policies.Actor, checklist: str, context: ReleaseContext) -> bool:
    """True for whoever answers a checklist as the reviewer it is for: that is judging, not preparing."""
    stage = stage_of(context, checklist)
    if stage is None or stage in PREPARATION:
        return False
    roles = _judges(checklist, stage, context)
    try:
        policies.check_holds(actor, roles, context.dataset, context.profile)
    except PermissionDenied:
        return False
    return True


def roles_answering(checklist: str, context: ReleaseContext) -> tuple[str, ...]:
    """The roles that answer a checklist, those it is for first; none when the program has no such checklist."""
    stage = stage_of(context, checklist)
    if stage is None:
        return ()
    also: tuple[str, ...] = (Role.STEWARD, Role.COORDINATOR, Role.OPEN_DATA_TEAM)
    if stage in _DECISION:
        also = (Role.CDO,)
    elif stage == Stage.PUBLISHED:
        also = (Role.COORDINATOR, Role.OPEN_DATA_TEAM)
        also += context.profile.retirement.roles if checklist == RETIREMENT else ()
    found = dict.fromkeys([*_judges(checklist, stage, context), *also])
    return tuple(role for role in found if role in Role.values)


def _judges(checklist: str, stage: str, context: ReleaseContext) -> tuple[str, ...]:
    """The holder of the stage where the checklist stands, and the role whose review bears its name."""
    reviewer = role_of(context, checklist) if checklist in Review.Kind.values else None
    return (policies.stage_holder(context, stage), *([reviewer] if reviewer else []))
