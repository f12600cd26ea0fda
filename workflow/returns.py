"""Who answers a return, point by point.

A pair like those of workflow.policies: `check_...` raises with the reason, `may_...` calls it.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from workflow import policies
from workflow.context import ReleaseContext
from workflow.models import ReturnForChanges, ReturnPoint


def stands(row: ReturnForChanges, context: ReleaseContext) -> bool:
    """True while a return waits for its answers: the release still lies where it was returned to."""
    return (
        context.release.is_open
        and row.to_stage == context.release.stage
        and row.at >= context.release.stage_entered_at
    )


def check_answer(actor: policies.Actor, point: ReturnPoint, context: ReleaseContext) -> None:
    """Raise PermissionDenied unless the point was passed to `actor`, or the return is theirs to answer."""
    if actor.pk == point.passed_to_id:
        return
    check_pass(actor, point, context)


def check_pass(actor: policies.Actor, point: ReturnPoint, context: ReleaseContext) -> None:
    """Raise PermissionDenied unless `actor` holds the role that answers the return."""
    role = point.return_row.answered_by_role
    policies.check_holds(actor, (role,), context.dataset, context.profile)


def may_answer_point(actor: policies.Actor, point: ReturnPoint, context: ReleaseContext) -> bool:
    try:
        check_answer(actor, point, context)
    except PermissionDenied:
        return False
    return True


def may_pass_point(actor: policies.Actor, point: ReturnPoint, context: ReleaseContext) -> bool:
    """May `actor` hand this point to the steward? Not when they are the steward, or it is answered or passed."""
    steward = context.dataset.steward
    if point.state == ReturnPoint.State.ANSWERED or point.passed_to_id or steward is None or steward == actor:
        return False
    try:
        check_pass(actor, point, context)
    except PermissionDenied:
        return False
    return True
