"""Gates of the preparation: inventory record, checklists, file, description, machine checks."""

from __future__ import annotations

from dataclasses import replace

from accounts.roles import Role
from workflow.asked import RETIREMENT, checklists_asked
from workflow.context import ReleaseContext
from workflow.gates.base import Gate, GateResult, Unmet, fact_holds
from workflow.stages import Stage

CHECKLIST_NAMES = {
    "inventory": "inventory checklist",
    "eligibility": "eligibility checklist",
    "readiness": "readiness checklist",
    "submission": "submission checklist",
    "quality": "quality checklist",
    "legal": "legal checklist",
    "security": "security checklist",
    "privacy": "privacy checklist",
    "equity": "equity checklist",
    "metadata": "metadata checklist",
    "cdo": "final review checklist",
    "post": "checklist after publication",
    "retirement": "retirement checklist",
}


_METADATA = "Metadata page"


def not_on_hold(context: ReleaseContext) -> GateResult:
    result = GateResult("")
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
    return fact_holds(
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
        names = checklists_asked(context, stage)
        words = " and ".join(CHECKLIST_NAMES.get(name, name) for name in names)
        result = GateResult(f"{words.capitalize()} complete" if words else "No checklist at this stage")
        for name in names:
            result.unmet += _checklist_missing(context, name, stage)
        return result

    gate.__name__ = f"checklists_complete_{stage.lower()}"
    gate.__doc__ = f"The checklists of {stage} are complete and nothing in them blocks."
    return gate


def retirement_recorded(context: ReleaseContext) -> GateResult:
    """The retirement checklist is complete, where the program has one (DOMAIN CK-RET).

    It is answered while the data is public. Of what was taken back in an emergency the proposal holds grounds and
    reason, and the post-mortem the rest.
    """
    result = GateResult("Retirement recorded")
    if context.release.stage == Stage.RETRACTED:
        return result
    for stage, names in context.profile.checklists.items():
        if RETIREMENT in names:
            result.unmet += _checklist_missing(context, RETIREMENT, stage)
    return result


def _checklist_missing(context: ReleaseContext, name: str, stage: str) -> list[Unmet]:
    return fact_holds(
        context,
        f"checklist.{name}",
        done="",
        absent=f"The {CHECKLIST_NAMES.get(name, name)} has not been begun.",
        tab="checklists",
        who=context.profile.drafts.get(name) or context.profile.stage_holders.get(stage, Role.COORDINATOR),
    ).unmet


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
    return fact_holds(
        context,
        "file",
        done=done,
        absent="No data file has been uploaded and read without errors.",
        tab="data",
        who=Role.STEWARD,
    )


def columns_described(context: ReleaseContext) -> GateResult:
    """What the public reads beside the data is complete: the program's metadata, and every column."""
    result = fact_holds(
        context,
        "metadata",
        done="Every column described",
        absent="The data has not been described.",
        tab="data",
        who=Role.STEWARD,
        same={"file": ("file", "file")},
        stale="The file changed; check the descriptions of its columns.",
    )
    # What stands on the Metadata page is cured there, the columns on the Data tab.
    result.unmet = [
        replace(item, tab="metadata") if _METADATA in item.text else item for item in result.unmet
    ]
    return result


def quality_checks_current(context: ReleaseContext) -> GateResult:
    waived = context.data("quality_checks", "waived") or 0
    return fact_holds(
        context,
        "quality_checks",
        done="Machine checks passed" + (f", {waived} waived openly" if waived else ""),
        absent="The machine checks have not run on this file yet.",
        tab="checklists",
        who=Role.STEWARD,
        same={"file": ("file", "file")},
        stale="The file changed; the machine checks are running again.",
    )
