"""Gates of the calendar of a program: no freeze period, and no hold of this one release."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from workflow.context import ReleaseContext
from workflow.freezing import freezes_at, is_excepted
from workflow.gates.base import GateResult, Unmet, sentence
from workflow.stages import SYSTEM_OWNER


def not_frozen(context: ReleaseContext) -> GateResult:
    """No freeze holds now for the data, or an officer let this release through it."""
    result = GateResult("")
    for freeze in freezes_at(context, context.now):
        if is_excepted(context, freeze):
            result.done = "Let through the freeze by an officer"
            continue
        until = date_format(freeze.ends_at.astimezone(ZoneInfo(context.profile.timezone)), "D j M Y, H:i")
        result.unmet.append(
            Unmet(
                f"Nothing goes public until {until}: {sentence(freeze.reason)} "
                f"The {context.profile.role_words(freeze.excepted_by)} may allow an exception.",
                "plan",
                SYSTEM_OWNER,
            )
        )
    return result


def plan_not_held(context: ReleaseContext) -> GateResult:
    """Nobody holds the planned release back."""
    result = GateResult("")
    for hold in context.release.plan_holds.all():
        role = context.profile.role_words(hold.lifts)
        text = f"It is held back: {sentence(hold.reason)} The {role} lifts the hold."
        result.unmet.append(Unmet(text, "plan", hold.lifts))
    return result
