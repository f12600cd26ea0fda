"""Gate of the final key: where several must turn it, all but the last have."""

from __future__ import annotations

from workflow import approvals, final_key
from workflow.context import ReleaseContext
from workflow.gates.base import GateResult, Unmet
from workflow.models import Review


def final_keys_turned(context: ReleaseContext) -> GateResult:
    """Everybody whose final approval is needed has given it, except the one who approves now.

    Durham ITP-5 IV.A.7: the CIO of the City or of the County approves every dataset; both approve joint data.
    """
    given, needed = final_key.keys_given(context), final_key.keys_needed(context)
    names = ", ".join(str(review.reviewer) for review in given)
    result = GateResult(f"Final approval so far: {names}" if given else "")
    role = final_key.key_role(context)
    for review in approvals.refusals_of(context, Review.Kind.CDO):
        text = f"{review.reviewer} did not give the final approval. Return the release, or ask again."
        result.unmet.append(Unmet(text, "reviews", role))
    if len(given) < needed - 1:
        result.unmet.append(Unmet(_missing(context, given, needed), "reviews", role))
    return result


def _missing(context: ReleaseContext, given: list[Review], needed: int) -> str:
    label = context.profile.role_words(final_key.key_role(context))
    sides = final_key.sides_open(context, given=given)
    if sides:
        words = final_key.side_words(context, sides)
        return (
            f"The final approval is needed for {words}. One {label} gives theirs on the Reviews tab first; "
            "the other then approves."
        )
    return (
        f"{needed} people must give the final approval, and {len(given)} {'has' if len(given) == 1 else 'have'}. "
        f"The {label} gives it on the Reviews tab; the last of them approves."
    )
