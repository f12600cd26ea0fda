"""Routing: what each move is called in the audit trail, and who is told about it by which letter."""

from __future__ import annotations

from dataclasses import dataclass, replace

from accounts.models import User
from accounts.roles import Role, people_working_in
from workflow import final_key
from workflow.context import ReleaseContext
from workflow.holders import holders
from workflow.joint import departments_of
from workflow.policies import stage_holder
from workflow.refreshing import is_let_through, is_light
from workflow.stages import Move, Stage

# move -> the audit action it writes
EVENTS: dict[str, str] = {
    "begin_readiness": "workflow.readiness_begun",
    "submit_for_quality": "workflow.submitted_for_quality",
    "pass_quality": "workflow.quality_passed",
    "clear_privacy": "workflow.privacy_cleared",
    "approve": "workflow.approved",
    "publish": "workflow.published",
    "pass_refresh": "workflow.refresh_let_through",
    "refresh_to_privacy": "workflow.refresh_sent_to_privacy",
    "refresh_to_review": "workflow.refresh_sent_to_review",
    "return_for_changes": "workflow.returned_for_changes",
    "reject": "workflow.rejected",
    "withdraw": "workflow.withdrawn",
    "hold": "workflow.held",
    "resume": "workflow.resumed",
    "supersede": "workflow.superseded",
    "retract": "workflow.retracted",
    "reinstate": "workflow.reinstated",
    "retire": "workflow.retired",
}

# Words for people in a route that are not roles.
NEXT_HOLDER = "whoever holds the stage it goes to"
TEAM = "steward and coordinator of the dataset, and whoever worked on the release"

# move -> who gets a letter, besides the actor who never does
ROUTES: dict[str, tuple[str, ...]] = {
    "begin_readiness": (NEXT_HOLDER, TEAM),
    "submit_for_quality": (NEXT_HOLDER, TEAM),
    "pass_quality": (NEXT_HOLDER, TEAM),
    "clear_privacy": (NEXT_HOLDER, TEAM),
    "approve": (TEAM, Role.DEPARTMENT_APPROVER, Role.COMMUNICATIONS, Role.PORTAL_ADMIN),
    "publish": (TEAM, Role.DEPARTMENT_APPROVER, Role.POLICY, Role.IT, Role.CDO, Role.COMMUNICATIONS),
    # What goes public under an approval is told when it is public.
    "pass_refresh": (),
    "refresh_to_privacy": (NEXT_HOLDER, TEAM),
    "refresh_to_review": (NEXT_HOLDER, TEAM),
    "return_for_changes": (NEXT_HOLDER, TEAM, Role.DEPARTMENT_APPROVER),
    "reject": (TEAM, Role.DEPARTMENT_APPROVER),
    "withdraw": (TEAM,),
    "hold": (TEAM, NEXT_HOLDER),
    "resume": (TEAM, NEXT_HOLDER),
    "supersede": (),
    "retract": (TEAM, Role.CDO, Role.PRIVACY_OFFICER, Role.PORTAL_ADMIN, Role.DEPARTMENT_APPROVER),
    "reinstate": (NEXT_HOLDER, TEAM),
    "retire": (TEAM, Role.PORTAL_ADMIN),
}


def team(context: ReleaseContext) -> list[User]:
    """The steward and coordinator of the dataset, and everybody who worked on or reviewed the release.

    Who works for none of its departments any more hears no more of it.
    """
    people = [context.dataset.steward, context.dataset.coordinator]
    people += [row.user for row in context.contributions]
    people += [review.reviewer for review in context.reviews if review.reviewer]
    known = {person.pk for person in people if person is not None}
    here = people_working_in(departments_of(context.dataset)).filter(pk__in=known)
    still = set(here.values_list("pk", flat=True))
    return list(dict.fromkeys(person for person in people if person is not None and person.pk in still))


def next_holders(context: ReleaseContext) -> list[User]:
    """Who holds the stage where the release is; of a final key that each side turns, those of its sides."""
    people = holders(context, stage_holder(context))
    sides = final_key.sides_needed(context) if context.release.stage == Stage.CDO_REVIEW else set()
    if not sides:
        return people
    return [person for person in people if final_key.sides_covered_by(person, context, sides)] or people


def recipients(move: str, context: ReleaseContext) -> list[User]:
    """Who is told of `move`, after it was made: the route, then whom the program adds. The actor is among them."""
    found: list[User] = []
    for entry in _route(move, context):
        if entry == NEXT_HOLDER:
            found += next_holders(context)
        elif entry == TEAM:
            found += team(context)
        else:
            found += holders(context, entry)
    for role in context.profile.notify.get(move, ()):
        found += holders(context, role)
    return list(dict.fromkeys(person for person in found if person.is_active))


def _route(move: str, context: ReleaseContext) -> tuple[str, ...]:
    """The route of a move. Where the system lets a refresh through, only those who work on it hear of it."""
    by_system = is_light(context) and move == "clear_privacy"
    return (TEAM,) if by_system or (move == "publish" and is_let_through(context)) else ROUTES[move]


def letter_of(move: str, context: ReleaseContext) -> str:
    """Which letter tells of a move."""
    return "pass_refresh" if move == "publish" and is_let_through(context) else move


def asked(move: str, context: ReleaseContext) -> list[User]:
    """Those of the recipients who have something to do now: the holders of the stage it came to.

    A return is answered by whom the program names: in Los Angeles the coordinator, who may pass points on.
    """
    if NEXT_HOLDER not in _route(move, context):
        return []
    answers = move == "return_for_changes" and context.release.stage == Stage.READINESS
    people = holders(context, context.profile.return_answered_by) if answers else next_holders(context)
    return [person for person in people if person.is_active]


def told_before(move: Move, context: ReleaseContext, actor: User) -> list[User]:
    """Who would be told of `move` if `actor` made it now: the route, read from the stage it leads to."""
    release = context.release
    target = release.stage if move.stays else str(move.targets[0])
    after = replace(context, release=_Led(pk=release.pk, stage=target))  # type: ignore[arg-type]
    return [person for person in recipients(move.name, after) if person != actor]


@dataclass(frozen=True)
class _Led:
    """The release as far as routes look at it, where a move would lead it."""

    pk: int
    stage: str
