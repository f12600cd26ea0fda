"""Gates of privacy: the scan, the decisions on its findings, the treated copy and its risk."""

from __future__ import annotations

from accounts.roles import Role
from privacy.detectors import REGISTRY_VERSION
from workflow.classification import output_parts
from workflow.context import ReleaseContext
from workflow.gates.base import GateResult, Unmet, fact_holds
from workflow.stages import Stage


def scan_current(context: ReleaseContext) -> GateResult:
    result = fact_holds(
        context,
        "scan",
        done="Scanned for personal data",
        absent="The file has not been scanned for personal data yet.",
        tab="privacy",
        who=_officer(context),
        same={"file": ("file", "file")},
        stale="The file changed; it is being scanned again.",
    )
    registry = context.about("scan", "registry")
    if result.ok and registry != REGISTRY_VERSION:
        result.unmet.append(
            Unmet(
                "The detectors are newer than this scan. Scan the file again.",
                "privacy",
                _officer(context),
            )
        )
    return result


def findings_disposed(context: ReleaseContext) -> GateResult:
    return fact_holds(
        context,
        "dispositions",
        done="Every finding decided",
        absent="The findings have not been decided yet.",
        tab="privacy",
        who=_officer(context),
        same={"file": ("file", "file")},
        stale="The file changed; its findings must be looked at again.",
    )


def treated_copy_current(context: ReleaseContext) -> GateResult:
    return fact_holds(
        context,
        "treated",
        done="Treated copy made",
        absent="The copy that will be published has not been made yet; it is made when every finding is decided.",
        tab="privacy",
        who=_officer(context),
        same={"file": ("file", "file")},
        stale="The file changed; the copy that will be published must be made again.",
    )


def risk_allowed(context: ReleaseContext) -> GateResult:
    k = context.data("risk", "k")
    fact = context.facts.get("risk")
    done = f"Re-identification risk allowed (k = {k})" if k else "Re-identification risk allowed"
    result = fact_holds(
        context,
        "risk",
        done=done,
        absent="Whether a person could be singled out has not been measured yet.",
        tab="privacy",
        who=_officer(context),
    )
    treated = context.data("treated", "sha256")
    if result.ok and fact is not None and treated and fact.about.get("treated") != treated:
        result.unmet.append(
            Unmet(
                "The copy that will be published changed; its risk is being measured again.",
                "privacy",
                _officer(context),
            )
        )
    return result


def output_classified(context: ReleaseContext) -> GateResult:
    """Where the data is not published as it is, whoever decides privacy has said of which class the form is.

    What a coordinator proposes in the record is a proposal: the decision is taken here (DOMAIN i7).
    """
    dataset, profile = context.dataset, context.profile
    raw, output = (
        profile.classification(code) for code in (dataset.classification, dataset.output_classification)
    )
    result = GateResult(f"Published as “{output.label}”" if output else "Published as it is classified")
    treated = raw is not None and (not raw.raw_publishable or raw.never_publish)
    if not treated and output in (None, raw) and not profile.security_levels:
        return result
    if output is not None and output.never_publish:
        text = f"“{output.label}” data is never published. Treat the copy further, or return the release."
    elif context.release.output_decision != output_parts(dataset):
        what = "the published form is" + (", and its security level" if profile.security_levels else "")
        text = f"Nobody has decided yet of which class {what}. Say it on the Privacy tab, and why."
    else:
        return result
    result.unmet.append(Unmet(text, "privacy", _officer(context)))
    return result


def _officer(context: ReleaseContext) -> str:
    """The role that decides privacy: where a program has no privacy officer, the one that stands in."""
    return context.profile.stage_holders.get(Stage.PRIVACY, Role.PRIVACY_OFFICER)
