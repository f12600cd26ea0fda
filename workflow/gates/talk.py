"""Gate: the readiness talk was held before the inventory, where the program wants one (Durham ITP-5 D.1)."""

from __future__ import annotations

from accounts.roles import Role
from workflow.context import ReleaseContext
from workflow.gates.base import GateResult, fact_holds


def readiness_talk_held(context: ReleaseContext) -> GateResult:
    """A talk is recorded for a dataset's first release; later ones rest on it."""
    if not context.profile.order["readiness_talk_before_inventory"]:
        return GateResult("")
    if context.release.number > 1:
        return GateResult("Readiness talk held before the first release")
    return fact_holds(
        context,
        "readiness_talk",
        done=f"Readiness talk held on {context.data('readiness_talk', 'held_on')}",
        absent=(
            "No readiness talk is recorded. The open data team's lead talks with the data steward, "
            "and records when and what about."
        ),
        tab="overview",
        who=Role.OPEN_DATA_TEAM,
    )
