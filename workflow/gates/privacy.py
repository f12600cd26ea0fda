"""Gates of privacy: scan, decisions on its findings, treated copy, its risk, benefit against risk."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format

from accounts.roles import Role
from privacy.detectors import REGISTRY_VERSION
from workflow import approvals
from workflow.asked import TOOLKIT
from workflow.classification import output_parts
from workflow.context import ReleaseContext
from workflow.gates.base import GateResult, Unmet, fact_holds
from workflow.models import Review
from workflow.review_needs import role_of
from workflow.stages import Stage
from workflow.weighed import is_weighed, lapsed_on


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
    """Nobody stands in too small a group, or the risk was accepted until a day that has not passed (M25)."""
    fact = context.facts.get("risk")
    result = fact_holds(
        context,
        "risk",
        done=_risk_done(context),
        absent="Whether a person could be singled out has not been measured yet.",
        tab="privacy",
        who=_officer(context),
    )
    if not result.ok or fact is None:
        return result
    treated = context.data("treated", "sha256")
    if treated and fact.about.get("treated") != treated:
        text = "The copy that will be published changed; its risk is being measured again."
        result.unmet.append(Unmet(text, "privacy", _officer(context)))
    elif text := _acceptance_ended(context) or _threshold_raised(context):
        result.unmet.append(Unmet(text, "privacy", _officer(context)))
    return result


def _risk_done(context: ReleaseContext) -> str:
    """With the smallest group, and with what the groups do not hide: columns that name people and stay."""
    k, kept = context.data("risk", "k"), context.data("dispositions", "kept") or []
    about = [f"k = {k}"] if k else []
    if kept:
        about.append("identifying people and kept: " + ", ".join(f"“{name}”" for name in kept))
    return "Re-identification risk allowed" + (f" ({'; '.join(about)})" if about else "")


def _acceptance_ended(context: ReleaseContext) -> str:
    """The sentence when what was accepted held until a day that has passed."""
    if not context.data("risk", "accepted"):
        return ""
    last = lapsed_on(context, context.data("risk", "accepted_until"))
    if last is None:
        return ""
    k = context.data("risk", "k")
    what = "The acceptance of " + (f"k = {k}" if k is not None else "what the releases give away together")
    return (
        f"{what} ended{_on(last)}, so the privacy review is open again. "
        "Accept it anew until a later day, or return the release for more treatment."
    )


def _threshold_raised(context: ReleaseContext) -> str:
    """The sentence when the threshold of the data's class is higher than the one that was measured with."""
    k, measured_with = context.data("risk", "k"), context.data("risk", "k_min")
    asked = context.profile.k_min(classification=context.dataset.classification)
    if k is None or k >= asked or (measured_with or 0) >= asked:
        return ""
    return (
        f"The smallest group has {k} rows, and {asked} are asked for with the class the data has now. Confirm the "
        "columns that could single somebody out again; the risk is then judged by that."
    )


def benefit_weighed(context: ReleaseContext) -> GateResult:
    """Benefit and risk were weighed on exactly this copy, and somebody decided to publish (M27)."""
    result = GateResult("")
    if not is_weighed(context):
        return result
    result = fact_holds(
        context,
        "assessment",
        done=f"Benefit and risk weighed: {context.data('assessment', 'decided')}",
        absent="Benefit and risk are not weighed yet. Rate the data as it was handed in.",
        tab="weighing",
        who=_who_weighs(context),
    )
    if not result.ok:
        return result
    outdated = _weighing_outdated(context)
    if outdated:
        result.unmet.append(outdated)
    return result


def _who_weighs(context: ReleaseContext) -> str:
    """Who is asked now: whoever drafts the toolkit's form rates, and who decides privacy decides."""
    is_rated = context.data("assessment", "success") is not None
    return _officer(context) if is_rated else _who_rates(context)


def _who_rates(context: ReleaseContext) -> str:
    return context.profile.drafts.get(TOOLKIT) or _officer(context)


def _weighing_outdated(context: ReleaseContext) -> Unmet | None:
    """What has to be done again because the copy changed, or because an override's day has passed."""
    treated = context.data("treated", "sha256")
    if treated and context.about("assessment", "treated") != treated:
        text = "The copy that will be published changed since its risk was rated. Rate it again."
        return Unmet(text, "weighing", _who_rates(context))
    if not context.data("assessment", "overrides"):
        return None
    last = lapsed_on(context, context.data("assessment", "until"))
    if last is None:
        return None
    text = (
        f"The decision to publish although the matrix proposes otherwise ended{_on(last)}, so the privacy review is "
        "open again. Decide anew, or return the release."
    )
    return Unmet(text, "weighing", _officer(context))


def screened_by_legal(context: ReleaseContext) -> GateResult:
    """Where the matrix leaves the decision to people and legal is one of them, legal has agreed (DOMAIN d3)."""
    result = GateResult("")
    role = role_of(context, Review.Kind.LEGAL)
    if context.data("assessment", "proposed") != "screen_legal" or role is None or not is_weighed(context):
        return result
    if approvals.approvals_of(context, Review.Kind.LEGAL):
        result.done = "Legal agreed to the risk"
        return result
    text = "Risk and benefit are both very high: legal decides with you. Ask for the legal review."
    result.unmet.append(Unmet(text, "reviews", role))
    return result


def _on(last: date) -> str:
    return "" if last == date.min else f" on {date_format(last, 'j M Y')}"


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
    if output is not None and not output.may_be_published:
        text = (
            f"“{output.label}” data is not published as it is. Treat the copy further, or return the release."
        )
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
