"""Gates of judgement: the reviews that a move needs, each of as many people as it asks for, in different hands."""

from __future__ import annotations

from accounts.models import User
from workflow import approvals, review_needs
from workflow.context import ReleaseContext
from workflow.gates.base import Gate, GateResult, Unmet, day
from workflow.gates.preparation import CHECKLIST_NAMES
from workflow.hands import KEYS, is_own_work
from workflow.models import Review
from workflow.review_needs import Need
from workflow.stages import ONWARD


def reviews_in(move: str) -> Gate:
    """A gate that every review `move` needs has been given, still counts, and refuses nothing."""

    def gate(context: ReleaseContext) -> GateResult:
        result = GateResult("Reviews in")
        given: list[str] = []
        needs = [need for need in review_needs.needs_of(context, move) if need.kind != Review.Kind.CDO]
        for need in needs + _asked_besides(context, move, needs):
            text = _in_the_way(context, need, is_needed=need in needs)
            if text:
                result.unmet.append(Unmet(text, "reviews", _who_cures(context, need)))
            elif review_needs.approved_for(context, need):
                names = ", ".join(str(row.reviewer) for row in review_needs.approved_for(context, need))
                given.append(f"{need.label}: {names}")
        if move == "approve":
            result.unmet += _own_work(context)
        if given:
            result.done = "; ".join(given)
        elif result.ok:
            result.done = "No review is waiting"
        return result

    gate.__name__ = f"reviews_in_{move}"
    gate.__doc__ = f"The reviews that {move} needs are in."
    return gate


def _asked_besides(context: ReleaseContext, move: str, needs: list[Need]) -> list[Need]:
    """Consultations about this move that somebody asked for: they stand in its way until they are given.

    A kind that the move onward needs speaks for itself there.
    """
    onward = ONWARD.get(context.release.stage)
    known = {need.kind for need in needs}
    if onward and onward != move:
        known |= {need.kind for need in review_needs.needs_of(context, onward)}
    asked = {review.kind for review in context.reviews}
    rules = {rule.kind: rule for rule in reversed(review_needs.rules_for(context, move))}
    return [Need(rule) for kind, rule in rules.items() if kind in asked - known]


def _in_the_way(context: ReleaseContext, need: Need, *, is_needed: bool) -> str:
    """Why the move cannot be made because of one review; empty when it can."""
    refused = review_needs.refused_for(context, need)
    pending = review_needs.pending_of(context, need)
    count = len(review_needs.standing_of(context, need))
    if refused:
        return f"{need.label}: {refused[0].reviewer} did not approve. Return the release, or ask again."
    if is_needed and len(review_needs.approved_for(context, need)) < need.people:
        return _missing(context, need, count)
    if pending:
        by = f" by {pending[0].claimed_by}" if pending[0].claimed_by else ""
        return f"{need.label}: asked for on {day(pending[0].requested_at)}, not given yet{by}."
    return ""


def _missing(context: ReleaseContext, need: Need, count: int) -> str:
    kind, label = need.kind, need.label
    rows = [row for row in context.reviews if row.kind == kind and row.verdict]
    void = [row for row in rows if approvals.voided_by(row, context)]
    own = [row for row in rows if row.is_positive and is_own_work(row, context)]
    if kind == Review.Kind.STEWARD_PREVIEW and "private_copy" not in context.facts:
        return "Steward preview: it begins when the private copy is on the portal."
    if own and not count:
        return _own_work_words(own[-1], label)
    if void and not count:
        what = " and ".join(approvals.voided_by(void[-1], context))
        return (
            f"{label}: the verdict of {void[-1].reviewer} no longer counts, because {what} changed after it."
        )
    if need.people > 1:
        return f"{label}: {count} of {need.people} people have given it."
    if not review_needs.is_ripe(need.rule, context) and not count:
        return f"{label}: asked for as soon as the {CHECKLIST_NAMES.get(need.rule.after, need.rule.after)} is complete."
    claimed = _claimed_by(context, need)
    who = f"by {claimed}, who has taken it" if claimed else f"by the {context.profile.role_words(need.role)}"
    return f"{label}: not given yet {who}."


def _claimed_by(context: ReleaseContext, need: Need) -> User | None:
    return next((row.claimed_by for row in review_needs.pending_of(context, need) if row.claimed_by), None)


def _who_cures(context: ReleaseContext, need: Need) -> str:
    """The holder of the stage answers a refusal; a verdict is the reviewer's to give."""
    if review_needs.refused_for(context, need):
        return context.profile.stage_holders.get(context.release.stage, need.role)
    return need.role


def _own_work(context: ReleaseContext) -> list[Unmet]:
    """Keys turned by somebody who has worked on the release since, and that nobody has turned anew."""
    found = []
    for kind in KEYS:
        keys = approvals.approvals_of(context, kind) if kind != Review.Kind.CDO else []
        own = [review for review in keys if is_own_work(review, context)]
        if own and len(own) == len(keys):
            role = review_needs.role_of(context, kind) or context.profile.stage_holders["PRIVACY"]
            text = _own_work_words(own[-1], Review.Kind(kind).label)
            found.append(Unmet(text, "reviews", role))
    return found


def _own_work_words(review: Review, label: str) -> str:
    return (
        f"{label}: {review.reviewer} has worked on the release since they approved it, "
        "so somebody else must approve it."
    )
