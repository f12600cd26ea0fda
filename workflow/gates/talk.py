"""Gate: the readiness talk was held before the inventory, where the program wants one (Durham ITP-5 D.1)."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format

from accounts.roles import Role
from workflow.context import ReleaseContext
from workflow.gates.base import GateResult, fact_holds


def _held(context: ReleaseContext) -> str:
    day = context.data("readiness_talk", "held_on")
    return f"Readiness talk held on {date_format(date.fromisoformat(day), 'j M Y')}" if day else ""


def readiness_talk_held(context: ReleaseContext) -> GateResult:
    """A talk is recorded for a dataset's first release; later ones rest on it."""
    if not context.profile.order["readiness_talk_before_inventory"]:
        return GateResult("")
    if context.release.number > 1:
        return GateResult("Readiness talk held before the first release")
    return fact_holds(
        context,
        "readiness_talk",
        done=_held(context),
        absent=(
            "No readiness talk is recorded. The open data team's lead talks with the data steward, "
            "and records when and what about."
        ),
        tab="overview",
        who=Role.OPEN_DATA_TEAM,
    )
