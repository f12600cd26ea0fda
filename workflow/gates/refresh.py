"""Gates of refreshes: within what was approved, the system lets them through; else the review that drift calls for."""

from __future__ import annotations

from accounts.roles import Role
from workflow import approvals
from workflow.context import ReleaseContext
from workflow.final_key import key_role
from workflow.gates.base import Gate, GateResult, Unmet
from workflow.gates.preparation import columns_described
from workflow.models import Refresh, Review
from workflow.refreshing import Decision, basis_of, is_let_through, is_light, refresh_of
from workflow.stages import SYSTEM_OWNER, Stage

_NO_REFRESH = (
    "This release does not renew data that is public, so it is prepared and decided like a first one."
)


def refresh_covered(context: ReleaseContext) -> GateResult:
    """The approval of the release that it renews covers this one: nothing beyond its bounds, or privacy agreed."""
    refresh = refresh_of(context)
    result = GateResult("Covered by the approval of the release that is public")
    if refresh is None:
        result.unmet.append(Unmet(_NO_REFRESH, "overview", Role.COORDINATOR))
        return result
    is_cleared = context.release.stage == Stage.CDO_REVIEW
    text = _missing_after_privacy(context) if is_cleared else _beyond(context, refresh)
    if not text and basis_of(context) is None:
        text = basis_sentence(refresh)
    if text:
        result.unmet.append(Unmet(text, "overview", key_role(context)))
    return result


def basis_sentence(refresh: Refresh) -> str:
    """Why the earlier approval does not carry the refresh."""
    if refresh.base.stage != Stage.PUBLISHED:
        return (
            "What it renews is not public any more, so its approval covers nothing. It is reviewed in full."
        )
    return (
        "The approval of the release that is public has expired, was taken back, or sets no bounds for refreshes. "
        "It is reviewed in full, and the new approval covers refreshes again."
    )


def refresh_measured(context: ReleaseContext) -> GateResult:
    """It is a refresh, and was compared with what is public."""
    refresh = refresh_of(context)
    result = GateResult("Compared with what is public")
    if refresh is None:
        result.unmet.append(Unmet(_NO_REFRESH, "overview", Role.COORDINATOR))
    elif not refresh.decision or _is_outdated(context):
        result.unmet.append(
            Unmet("The refresh is being compared with what is public.", "overview", SYSTEM_OWNER)
        )
    return result


def refresh_described(context: ReleaseContext) -> GateResult:
    """Where only privacy reads a refresh, new columns are described before it goes on: nobody is asked later."""
    return columns_described(context) if is_light(context) else GateResult("")


def unless_let_through(gate: Gate) -> Gate:
    """A gate that a refresh passes which the system let through: the approval that covers it answered it."""

    def either(context: ReleaseContext) -> GateResult:
        return GateResult("") if is_let_through(context) else gate(context)

    either.__name__ = gate.__name__
    either.__doc__ = (
        f"{gate.__doc__ or ''} A refresh that the system let through is covered by its approval.".strip()
    )
    return either


def unless_within_permit(gate: Gate) -> Gate:
    """A gate that a refresh passes which changed nothing that was judged; one that privacy read again does not."""

    def either(context: ReleaseContext) -> GateResult:
        refresh = refresh_of(context)
        as_it_is = refresh is not None and refresh.route == Decision.PUBLISH
        return GateResult("") if as_it_is and is_let_through(context) else gate(context)

    either.__name__ = gate.__name__
    either.__doc__ = f"{gate.__doc__ or ''} A refresh within its permit is covered by its approval.".strip()
    return either


def _beyond(context: ReleaseContext, refresh: Refresh) -> str:
    if not refresh.decision or _is_outdated(context):
        return "The refresh is being compared with what is public."
    if refresh.decision != Decision.PUBLISH:
        return refresh.reasons[0]["text"] if refresh.reasons else "It goes beyond what was approved."
    return ""


def _missing_after_privacy(context: ReleaseContext) -> str:
    if not is_light(context):
        return "This refresh is reviewed in full, so it is approved like a first release."
    if not approvals.approvals_of(context, Review.Kind.PRIVACY):
        return "Privacy has not agreed to this copy."
    return ""


def _is_outdated(context: ReleaseContext) -> bool:
    """The drift was measured on another file or copy than the present one."""
    fact = context.facts.get("drift")
    if fact is None:
        return True
    return fact.about.get("file") != context.about("file", "file") or fact.about.get(
        "treated"
    ) != context.data("treated", "sha256")
