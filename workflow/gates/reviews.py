"""Gates of judgement: the reviews that a move needs."""

from __future__ import annotations

from accounts.profiles import ReviewRule
from workflow import approvals
from workflow.context import ReleaseContext
from workflow.gates.base import Gate, GateResult, Unmet, day
from workflow.models import Review


def reviews_in(move: str) -> Gate:
    """A gate that every review `move` needs has been given, still counts, and refuses nothing."""

    def gate(context: ReleaseContext) -> GateResult:
        result = GateResult("Reviews in")
        given: list[str] = []
        for rule in context.profile.reviews_for(move):
            pending = [r for r in context.reviews if r.kind == rule.kind and r.is_pending]
            refused = approvals.refusals_of(context, rule.kind)
            approved = approvals.approvals_of(context, rule.kind)
            needed = rule.applies(classification=context.dataset.classification)
            label = Review.Kind(rule.kind).label
            if refused:
                who = context.profile.stage_holders.get(context.release.stage, rule.role)
                text = f"{label}: {refused[0].reviewer} did not approve. Return the release, or ask again."
                result.unmet.append(Unmet(text, "reviews", who))
            elif needed and len(approved) < rule.people:
                result.unmet.append(
                    Unmet(_missing_review(context, rule, len(approved)), "reviews", rule.role)
                )
            elif pending:
                text = f"{label}: asked for on {day(pending[0].requested_at)}, not given yet."
                result.unmet.append(Unmet(text, "reviews", rule.role))
            elif approved:
                given.append(f"{label}: {', '.join(str(review.reviewer) for review in approved)}")
        if given:
            result.done = "; ".join(given)
        elif result.ok:
            result.done = "No review is waiting"
        return result

    gate.__name__ = f"reviews_in_{move}"
    gate.__doc__ = f"The reviews that {move} needs are in."
    return gate


def _missing_review(context: ReleaseContext, rule: ReviewRule, count: int) -> str:
    label = Review.Kind(rule.kind).label
    void = [
        r for r in context.reviews if r.kind == rule.kind and approvals.voided_by(r, context) and r.verdict
    ]
    if rule.kind == "steward_preview" and "private_copy" not in context.facts:
        return "Steward preview: it begins when the private copy is on the portal."
    if void and not count:
        what = " and ".join(approvals.voided_by(void[-1], context))
        return (
            f"{label}: the verdict of {void[-1].reviewer} no longer counts, because {what} changed after it."
        )
    if rule.people > 1:
        return f"{label}: {count} of {rule.people} people have given it."
    return f"{label}: not given yet by the {context.profile.role_words(rule.role)}."
