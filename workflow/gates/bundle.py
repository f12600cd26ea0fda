"""Gates of a bundle: its releases are let go together, and recorded as published together."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from workflow.context import ReleaseContext
from workflow.gates.base import Gate, GateResult, Unmet
from workflow.models import Bundle
from workflow.stages import SYSTEM_OWNER

State = Bundle.State

# So many releases are named that a bundle waits for; the page of the bundle has them all.
_NAMED = 3


def going_together(lacks: Callable[[ReleaseContext], list[Unmet]]) -> Gate:
    """A gate that the bundle of a release was let go. `lacks` says what one release lacks by itself."""

    def goes_together(context: ReleaseContext) -> GateResult:
        if context.together is None:
            return GateResult("")
        bundle = context.together.bundle
        result = GateResult(f"Its bundle “{bundle}” goes public")
        if bundle.state not in Bundle.LET_GO:
            result.unmet = [Unmet(text, "plan", SYSTEM_OWNER) for text in _waits(context, lacks)]
        return result

    return goes_together


def confirmed_together(context: ReleaseContext) -> GateResult:
    """The whole bundle is public and checked: its releases are recorded as published at once, by the system."""
    result = GateResult("")
    if context.together is not None and context.together.bundle.state in (State.GOING, State.PARTIAL):
        text = f"It is recorded as published when the whole bundle “{context.together.bundle}” is public."
        result.unmet.append(Unmet(text, "plan", SYSTEM_OWNER))
    return result


def _waits(context: ReleaseContext, lacks: Callable[[ReleaseContext], list[Unmet]]) -> list[str]:
    assert context.together is not None  # noqa: S101 - asked by the gate just before
    bundle = context.together.bundle
    if bundle.state == State.TAKING_BACK:
        return [f"The bundle “{bundle}” stopped half way and is being taken back to private."]
    if bundle.state == State.STOPPED:
        return [
            f"The bundle “{bundle}” stopped half way, and all of it is private. {bundle.owner} can try it again, "
            "or go without what failed."
        ]
    others = [fellow for fellow in context.together.contexts if fellow.release.pk != context.release.pk]
    sentences = [
        f"The bundle “{bundle}” waits for “{fellow.dataset.title}”: {_short(missing)}"
        for fellow in others
        if (missing := lacks(fellow))
    ]
    if len(sentences) > _NAMED:
        more = len(sentences) - _NAMED
        sentences[_NAMED:] = [f"The bundle “{bundle}” waits for {more} more of its releases."]
    if bundle.release_at > context.now:
        when = date_format(bundle.release_at.astimezone(ZoneInfo(context.profile.timezone)), "D j M Y, H:i")
        sentences.insert(0, f"It goes public with the bundle “{bundle}” on {when}.")
    return sentences or [f"The bundle “{bundle}” is let go as soon as all of it is ready."]


def _short(missing: list[Unmet]) -> str:
    """The first thing that is missing, and how many more there are."""
    more = len(missing) - 1
    return missing[0].text + (f" ({more} more point{'s' if more > 1 else ''}.)" if more else "")
