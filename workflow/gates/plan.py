"""Gates of the publication plan: agreed and signed; and before the data goes public, done and out of embargo."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from accounts.roles import Role
from dossier.models import Fact
from workflow.context import ReleaseContext
from workflow.gates.base import GateResult, Unmet
from workflow.models.schedule import entry_gaps
from workflow.stages import SYSTEM_OWNER

_ABSENT = "There is no publication plan: say when it goes public and how people hear of it."


def plan_agreed(context: ReleaseContext) -> GateResult:
    """Date, tactics and sign-offs stand; what is to be done may still be open."""
    fact = context.facts.get("plan")
    result = GateResult("Publication plan agreed")
    if fact is None:
        result.unmet.append(Unmet(_ABSENT, "plan", Role.COORDINATOR))
    elif not fact.data.get("agreed", fact.ok):
        result.unmet += _gaps(fact, fact.data.get("to_agree", fact.sentences))
    return result


def plan_ready(context: ReleaseContext) -> GateResult:
    """The plan is agreed, every mandatory item is done, and no embargo holds."""
    fact = context.facts.get("plan")
    result = GateResult("Publication plan complete")
    if fact is None:
        result.unmet.append(Unmet(_ABSENT, "plan", Role.COORDINATOR))
    elif not fact.ok:
        result.unmet += _gaps(fact, fact.sentences or [_ABSENT])
    until = context.plan.embargo_until if context.plan else None
    if until is not None and until > context.now:
        when = date_format(until.astimezone(ZoneInfo(context.profile.timezone)), "D j M Y, H:i")
        result.unmet.append(Unmet(f"The data is under embargo until {when}.", "plan", SYSTEM_OWNER))
    return result


def _gaps(fact: Fact, sentences: list[str]) -> list[Unmet]:
    """What the plan lacks, each with the role that cures it: whoever signs, else whoever plans."""
    who = fact.data.get("who", {})
    return [Unmet(text, "plan", who.get(text, Role.COORDINATOR)) for text in sentences]


def schedule_complete(context: ReleaseContext) -> GateResult:
    """Where the program keeps a schedule: time frame, process, method of posting and frequency are said in it.

    Durham ITP-5, C.2 and D.6: data is released in accordance with the implementation schedule.
    """
    if not context.profile.plan.schedule:
        return GateResult("")
    missing = entry_gaps(getattr(context.dataset, "schedule", None), context.dataset)
    result = GateResult("The implementation schedule is complete")
    if missing:
        text = f"The implementation schedule does not say yet: {', '.join(missing)}."
        result.unmet.append(Unmet(text, "plan", Role.OPEN_DATA_TEAM))
    return result
