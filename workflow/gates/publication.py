"""Gates of publication: the plan, the date, and what stands on the portal."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from publishing.places import and_words, place_words
from workflow.context import ReleaseContext
from workflow.final_key import key_role
from workflow.gates.base import Gate, GateResult, Unmet, fact_holds
from workflow.gates.plan import plan_agreed, plan_ready
from workflow.stages import SYSTEM_OWNER, Stage


def date_reached(context: ReleaseContext) -> GateResult:
    at = context.plan.release_at if context.plan else None
    if at is None:
        return GateResult("")
    when = date_format(at.astimezone(ZoneInfo(context.profile.timezone)), "D j M Y, H:i")
    result = GateResult(f"Release date reached ({when})")
    if at > context.now:
        result.unmet.append(Unmet(f"The release date is {when}.", "plan", SYSTEM_OWNER))
    return result


def private_copy_equal(context: ReleaseContext) -> GateResult:
    """The private copy is there and equal in every place that the release waits for; what lacks is named."""
    rows = context.data("private_copy", "rows")
    result = fact_holds(
        context,
        "private_copy",
        done="Private copy equals what was approved"
        + (f" ({rows:,} rows)" if rows else "")
        + _places(context, "private_copy"),
        absent="The private copy on the portal is not ready yet.",
        tab="publication",
        who=SYSTEM_OWNER,
    )
    if result.ok and context.about("private_copy", "treated") != context.data("treated", "sha256"):
        result.unmet.append(
            Unmet(
                "The private copy is of an earlier file; it is being made again.", "publication", SYSTEM_OWNER
            )
        )
    return result


def _places(context: ReleaseContext, kind: str) -> str:
    """Where the copy is, when it goes to several places; nothing for one."""
    places = context.data(kind, "places") or ()
    there = [
        place_words(place["portal"], place["domain"])
        for place in places
        if place["state"] in ("private", "public")
    ]
    return f" on {and_words(there)}" if len(places) > 1 and there else ""


def permit_holds(context: ReleaseContext) -> GateResult:
    """The approval still speaks of exactly this copy under this description, and has not expired."""
    result = GateResult("The approval covers this copy")
    copy = (context.about("private_copy", "treated"), context.about("private_copy", "record"))
    if "private_copy" in context.facts and not any(
        (permit.treated_sha256, permit.record_digest) == copy and permit.expires_at > context.now
        for permit in context.permits
    ):
        text = (
            "The approval does not cover this copy any longer, or has expired. Return it for a new decision."
        )
        result.unmet.append(Unmet(text, "publication", key_role(context)))
    return result


def not_public_yet(context: ReleaseContext) -> GateResult:
    """A hold comes too late once the copy is public: it is recorded as published in a moment."""
    result = GateResult("")
    if context.release.stage == Stage.STAGED and public_copy_confirmed(context).ok:
        text = "The data is public already and is being recorded as published. Retract it if it must go."
        result.unmet.append(Unmet(text, "publication", SYSTEM_OWNER))
    return result


def public_copy_confirmed(context: ReleaseContext) -> GateResult:
    """The public copy was looked at from outside in every place that the release waits for."""
    result = fact_holds(
        context,
        "public_copy",
        done=f"Public copy checked from outside{_places(context, 'public_copy')}",
        absent="The public copy has not been checked from outside yet.",
        tab="publication",
        who=SYSTEM_OWNER,
    )
    if result.ok and context.about("public_copy", "treated") != context.data("treated", "sha256"):
        result.unmet.append(Unmet("The public copy is of an earlier file.", "publication", SYSTEM_OWNER))
    return result


def private_copy_before(move: str) -> Gate:
    """A gate that the private copy is there before `move`, where the program makes it before the approval."""

    def gate(context: ReleaseContext) -> GateResult:
        if context.profile.order["private_copy_at"] == "cdo_review":
            return private_copy_equal(context)
        return GateResult("")

    gate.__name__ = f"private_copy_before_{move}"
    gate.__doc__ = f"The private copy equals the treated copy, where the program makes it before {move}."
    return gate


def preview_before(move: str) -> Gate:
    """A gate for the steward preview, where the profile puts it before `move`."""

    def gate(context: ReleaseContext) -> GateResult:
        if context.profile.order["preview_before"] != move:
            return GateResult("")
        return private_copy_equal(context) if move == "approve" else GateResult("")

    gate.__name__ = f"preview_before_{move}"
    gate.__doc__ = f"The private copy is there to preview, where the program previews before {move}."
    return gate


def plan_before(move: str) -> Gate:
    """A gate for the publication plan: agreed before the move that the profile names, ready before it is public."""

    def gate(context: ReleaseContext) -> GateResult:
        if move == "publish":
            return plan_ready(context)
        if context.profile.order["plan_before"] == move:
            return plan_agreed(context)
        return GateResult("")

    gate.__name__ = f"plan_before_{move}"
    gate.__doc__ = f"The publication plan is as far as {move} needs it."
    return gate
