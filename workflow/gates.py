"""Gates: what must hold before a move. Each is one function that answers in sentences.

A gate reads facts, reviews and dates, nothing else; the page that lists what is missing and the refusal of
the door are the same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.formats import date_format

from accounts.roles import Role
from privacy.detectors import REGISTRY_VERSION
from workflow import approvals
from workflow.context import ReleaseContext
from workflow.models import Review
from workflow.stages import ONWARD, SYSTEM_OWNER, Stage, earlier_moves


@dataclass(frozen=True)
class Unmet:
    """One thing in the way: the sentence, the tab where it is cured, and the role that cures it."""

    text: str
    tab: str
    who: str


@dataclass
class GateResult:
    """The answer of one gate: `unmet` is empty when it holds, `done` then says so in words."""

    done: str
    unmet: list[Unmet] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.unmet


Gate = Callable[[ReleaseContext], GateResult]

CHECKLIST_NAMES = {
    "inventory": "inventory checklist",
    "eligibility": "eligibility checklist",
    "readiness": "readiness checklist",
    "submission": "submission checklist",
    "quality": "quality checklist",
}


def not_on_hold(context: ReleaseContext) -> GateResult:
    result = GateResult("Not on hold")
    if context.release.held_at:
        result.unmet.append(
            Unmet(
                f"The release is on hold: {context.release.hold_reason} Resume it first.",
                "overview",
                "coordinator",
            )
        )
    return result


def inventory_record_complete(context: ReleaseContext) -> GateResult:
    return _fact_holds(
        context,
        "inventory_record",
        done="Inventory record complete",
        absent="The inventory record has not been filled in.",
        tab="overview",
        who=Role.COORDINATOR,
    )


def checklists_complete(stage: str) -> Gate:
    """A gate that the checklists which the profile puts at `stage` are complete and block nothing."""

    def gate(context: ReleaseContext) -> GateResult:
        names = context.profile.checklists.get(stage, ())
        words = " and ".join(CHECKLIST_NAMES.get(name, name) for name in names)
        result = GateResult(f"{words.capitalize()} complete" if words else "No checklist at this stage")
        who = context.profile.stage_holders.get(stage, Role.COORDINATOR)
        for name in names:
            part = _fact_holds(
                context,
                f"checklist.{name}",
                done="",
                absent=f"The {CHECKLIST_NAMES.get(name, name)} has not been begun.",
                tab="checklists",
                who=who,
            )
            result.unmet += part.unmet
        return result

    gate.__name__ = f"checklists_complete_{stage.lower()}"
    gate.__doc__ = f"The checklists of {stage} are complete and nothing in them blocks."
    return gate


def submission_attested(context: ReleaseContext) -> GateResult:
    result = GateResult("Submission attested by the coordinator")
    answers = context.about("checklist.submission", "answers")
    fact = context.facts.get("attestation")
    if fact is None or not fact.ok:
        text = "The coordinator has not attested the submission checklist."
    elif answers is not None and fact.about.get("answers") != answers:
        text = "Answers changed after the coordinator attested the submission checklist. It must be attested again."
    elif fact.about.get("file") != context.about("file", "file"):
        text = "The file changed after the coordinator attested the submission checklist. It must be attested again."
    else:
        return result
    result.unmet.append(Unmet(text, "checklists", Role.COORDINATOR))
    return result


def file_read(context: ReleaseContext) -> GateResult:
    rows, columns = context.data("file", "rows"), context.data("file", "columns")
    done = f"File read: {rows:,} rows, {columns} columns" if rows is not None else "File read"
    return _fact_holds(
        context,
        "file",
        done=done,
        absent="No data file has been uploaded and read without errors.",
        tab="data",
        who=Role.STEWARD,
    )


def columns_described(context: ReleaseContext) -> GateResult:
    return _fact_holds(
        context,
        "metadata",
        done="Every column described",
        absent="The data has not been described.",
        tab="data",
        who=Role.STEWARD,
        same={"file": ("file", "file")},
        stale="The file changed; check the descriptions of its columns.",
    )


def quality_checks_current(context: ReleaseContext) -> GateResult:
    waived = context.data("quality_checks", "waived") or 0
    return _fact_holds(
        context,
        "quality_checks",
        done="Machine checks passed" + (f", {waived} waived openly" if waived else ""),
        absent="The machine checks have not run on this file yet.",
        tab="checklists",
        who=Role.STEWARD,
        same={"file": ("file", "file")},
        stale="The file changed; the machine checks are running again.",
    )


def scan_current(context: ReleaseContext) -> GateResult:
    result = _fact_holds(
        context,
        "scan",
        done="Scanned for personal data",
        absent="The file has not been scanned for personal data yet.",
        tab="privacy",
        who=Role.PRIVACY_OFFICER,
        same={"file": ("file", "file")},
        stale="The file changed; it is being scanned again.",
    )
    registry = context.about("scan", "registry")
    if result.ok and registry != REGISTRY_VERSION:
        result.unmet.append(
            Unmet(
                "The detectors are newer than this scan. Scan the file again.",
                "privacy",
                Role.PRIVACY_OFFICER,
            )
        )
    return result


def findings_disposed(context: ReleaseContext) -> GateResult:
    return _fact_holds(
        context,
        "dispositions",
        done="Every finding decided",
        absent="The findings have not been decided yet.",
        tab="privacy",
        who=Role.PRIVACY_OFFICER,
        same={"file": ("file", "file")},
        stale="The file changed; its findings must be looked at again.",
    )


def treated_copy_current(context: ReleaseContext) -> GateResult:
    return _fact_holds(
        context,
        "treated",
        done="Treated copy made",
        absent="The copy that will be published has not been made yet; it is made when every finding is decided.",
        tab="privacy",
        who=Role.PRIVACY_OFFICER,
        same={"file": ("file", "file")},
        stale="The file changed; the copy that will be published must be made again.",
    )


def risk_allowed(context: ReleaseContext) -> GateResult:
    k = context.data("risk", "k")
    fact = context.facts.get("risk")
    done = f"Re-identification risk allowed (k = {k})" if k else "Re-identification risk allowed"
    result = _fact_holds(
        context,
        "risk",
        done=done,
        absent="Whether a person could be singled out has not been measured yet.",
        tab="privacy",
        who=Role.PRIVACY_OFFICER,
    )
    treated = context.data("treated", "sha256")
    if result.ok and fact is not None and treated and fact.about.get("treated") != treated:
        result.unmet.append(
            Unmet(
                "The copy that will be published changed; its risk is being measured again.",
                "privacy",
                Role.PRIVACY_OFFICER,
            )
        )
    return result


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
                text = f"{label}: asked for on {_day(pending[0].requested_at)}, not given yet."
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


def _missing_review(context: ReleaseContext, rule, count: int) -> str:  # type: ignore[no-untyped-def]
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
    return f"{label}: not given yet by the {context.profile.role_label(rule.role).lower()}."


def plan_complete(context: ReleaseContext) -> GateResult:
    return _fact_holds(
        context,
        "plan",
        done="Publication plan complete",
        absent="There is no publication plan: say when it goes public and how people hear of it.",
        tab="plan",
        who=Role.COORDINATOR,
    )


def date_reached(context: ReleaseContext) -> GateResult:
    at = context.plan.release_at if context.plan else None
    if at is None:
        return GateResult("No date is waited for")
    when = date_format(timezone.localtime(at), "D j M Y, H:i")
    result = GateResult(f"Release date reached ({when})")
    if at > context.now:
        result.unmet.append(Unmet(f"The release date is {when}.", "plan", SYSTEM_OWNER))
    return result


def private_copy_equal(context: ReleaseContext) -> GateResult:
    rows = context.data("private_copy", "rows")
    result = _fact_holds(
        context,
        "private_copy",
        done=f"Private copy equals what was approved ({rows:,} rows)"
        if rows
        else "Private copy equals what was approved",
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


def public_copy_confirmed(context: ReleaseContext) -> GateResult:
    result = _fact_holds(
        context,
        "public_copy",
        done="Public copy checked from outside",
        absent="The public copy has not been checked from outside yet.",
        tab="publication",
        who=SYSTEM_OWNER,
    )
    if result.ok and context.about("public_copy", "treated") != context.data("treated", "sha256"):
        result.unmet.append(Unmet("The public copy is of an earlier file.", "publication", SYSTEM_OWNER))
    return result


def earlier_gates_hold(move: str) -> Gate:
    """A gate that what earlier moves asked for still holds: nothing changed since."""

    def gate(context: ReleaseContext) -> GateResult:
        result = GateResult("Nothing changed since the earlier stages")
        seen = set()
        for name in earlier_moves(move):
            for earlier in GATES[name]:
                if earlier in seen or earlier is not_on_hold:
                    continue
                seen.add(earlier)
                result.unmet += earlier(context).unmet
        return result

    gate.__name__ = f"earlier_gates_hold_{move}"
    gate.__doc__ = f"Everything that was asked for before {move} still holds."
    return gate


def preview_before(move: str) -> Gate:
    """A gate for the steward preview, where the profile puts it before `move`."""

    def gate(context: ReleaseContext) -> GateResult:
        if context.profile.order["preview_before"] != move:
            return GateResult("The steward preview stands elsewhere")
        return private_copy_equal(context) if move == "approve" else GateResult("Ready for the preview")

    gate.__name__ = f"preview_before_{move}"
    gate.__doc__ = f"The private copy is there to preview, where the program previews before {move}."
    return gate


def plan_before(move: str) -> Gate:
    """A gate for the publication plan, where the profile puts it before `move`."""

    def gate(context: ReleaseContext) -> GateResult:
        if context.profile.order["plan_before"] == move:
            return plan_complete(context)
        return GateResult("The publication plan stands elsewhere")

    gate.__name__ = f"plan_before_{move}"
    gate.__doc__ = f"The publication plan is complete, where the program plans before {move}."
    return gate


def _fact_holds(
    context: ReleaseContext,
    kind: str,
    *,
    done: str,
    absent: str,
    tab: str,
    who: str,
    same: dict[str, tuple[str, str]] | None = None,
    stale: str = "",
) -> GateResult:
    """The fact is there, holds, and speaks of what is there now (`same`: its key -> (fact kind, key))."""
    fact = context.facts.get(kind)
    result = GateResult(done)
    if fact is None:
        result.unmet.append(Unmet(absent, tab, who))
    elif any(fact.about.get(key) != context.about(*other) for key, other in (same or {}).items()):
        result.unmet.append(Unmet(stale, tab, who))
    elif not fact.ok:
        result.unmet += [Unmet(text, tab, who) for text in (fact.sentences or [absent])]
    return result


def _day(moment) -> str:  # type: ignore[no-untyped-def]
    return date_format(timezone.localtime(moment), "j M")


# What must hold before each move. A move that needs nothing has an empty row, and the row must be there.
GATES: dict[str, tuple[Gate, ...]] = {
    "begin_readiness": (not_on_hold, inventory_record_complete, checklists_complete(Stage.INVENTORY)),
    "submit_for_quality": (
        not_on_hold,
        file_read,
        columns_described,
        checklists_complete(Stage.READINESS),
        submission_attested,
        reviews_in("submit_for_quality"),
    ),
    "pass_quality": (
        not_on_hold,
        quality_checks_current,
        checklists_complete(Stage.QUALITY),
        reviews_in("pass_quality"),
    ),
    "clear_privacy": (
        not_on_hold,
        scan_current,
        findings_disposed,
        treated_copy_current,
        risk_allowed,
        reviews_in("clear_privacy"),
    ),
    "approve": (
        not_on_hold,
        earlier_gates_hold("approve"),
        plan_before("approve"),
        preview_before("approve"),
        reviews_in("approve"),
    ),
    "publish": (
        not_on_hold,
        private_copy_equal,
        plan_before("publish"),
        reviews_in("publish"),
        date_reached,
        public_copy_confirmed,
    ),
    "return_for_changes": (),
    "reject": (),
    "withdraw": (),
    "hold": (),
    "resume": (),
    "supersede": (),
    "retract": (),
    "reinstate": (),
    "retire": (),
}

# What must hold before the portal copy is made public: all that `publish` asks for, but its own outcome.
GO_PUBLIC: tuple[Gate, ...] = tuple(gate for gate in GATES["publish"] if gate is not public_copy_confirmed)


def judge(name: str, context: ReleaseContext) -> list[GateResult]:
    """The answer of every gate of move `name`."""
    return [gate(context) for gate in GATES[name]]


def unmet(name: str, context: ReleaseContext) -> list[Unmet]:
    """Everything in the way of move `name`, each sentence once."""
    return list(dict.fromkeys(item for result in judge(name, context) for item in result.unmet))


def unmet_onward(context: ReleaseContext) -> list[Unmet]:
    """Everything in the way of the move onward from where the release is; empty when closed."""
    move = ONWARD.get(context.release.stage)
    return unmet(move, context) if move else []
