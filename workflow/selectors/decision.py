"""The evidence file of one release, as the CDO reads it before the decision: lines, no rules."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from accounts.roles import Role
from checklists.selectors.checks import waivers_standing
from privacy.selectors import state_of as privacy_state
from privacy.words_assessment import level_words
from publishing.places import PortalRules, and_words, has_map_named, place_words
from publishing.selectors import portals_shown
from publishing.services.remote import place_of
from workflow import approvals, gates, review_needs
from workflow.context import ReleaseContext
from workflow.models import Review
from workflow.selectors.copies import copies_of
from workflow.selectors.criteria import criteria_of
from workflow.selectors.datasets import dictionary_of
from workflow.selectors.evidence import (
    changed_since_review,
    classes_of,
    gate_line,
    given_reviews,
    public_record,
    record_of,
)
from workflow.stages import Stage
from workflow.veil import is_veiled

_SHOWN_COLUMNS = 200


def evidence_of(context: ReleaseContext) -> dict[str, Any]:
    """Everything that the decision page shows about a release, whoever looks."""
    dataset, profile = context.dataset, context.profile
    licence = next((row.label for row in profile.licences if row.code == dataset.licence), dataset.licence)
    return {
        "will_happen": _will_happen(context),
        "classes": classes_of(dataset, profile),
        "criteria": criteria_of(context),
        "summary": [_quality(context), _privacy(context), _security(context), _department(context)],
        "in_the_way": [gate_line(item, context) for item in gates.unmet_onward(context)],
        "changed": changed_since_review(context),
        "reviews": given_reviews(context),
        "waiting_reviews": [review for review in context.reviews if review.is_pending],
        "checklists": _checklists(context),
        "privacy_notes": _notes(context, "scan", "dispositions", "risk", "treated", "assessment"),
        "quality_notes": _notes(context, "quality_checks"),
        "waivers": list(waivers_standing(context.release.pk, context.about("file", "file") or "").values()),
        "dispositions": _dispositions(context),
        "copies": copies_of(context),
        "public_record": public_record(dataset, licence),
        "columns": _columns(context),
        "record": record_of(dataset, profile),
    }


def _will_happen(context: ReleaseContext) -> list[str]:
    """What an approval sets going, in order."""
    portal = _portals(context)
    order, plan = context.profile.order, context.plan
    found = []
    if order["private_copy_at"] == "staged":
        found.append(f"A private copy is made on {portal}, read back and compared with what you approve.")
    role = review_needs.role_of(context, Review.Kind.STEWARD_PREVIEW)
    if role and order["preview_before"] == "publish" and _is_previewed(context):
        who = context.dataset.steward if role == Role.STEWARD else None
        found.append(
            f"{who or 'The ' + context.profile.role_words(role)} looks at the private copy and accepts it or not."
        )
    if plan and plan.release_at:
        when = date_format(timezone.localtime(plan.release_at), "D j M Y, H:i")
        past = plan.release_at <= context.now
        found.append("It goes public as soon as that is done." if past else f"It goes public on {when}.")
    else:
        found.append("It goes public when the publication plan names a date; it names none yet.")
    found.append("A permit is written: only this copy under this description may become public.")
    return found


def _portals(context: ReleaseContext) -> str:
    """Where the copy will go, as people know the place."""
    drawn = has_map_named(
        (column["name"], column["type"]) for column in context.data("treated", "columns") or ()
    )
    codes = PortalRules.of(context.profile.publication).portals_for(
        has_map=drawn, shown=portals_shown(context.dataset.pk)
    )
    if len(codes) == 1:
        return place_of(codes[0]) or "the portal"
    return and_words([place_words(code, place_of(code)) for code in codes])


def _is_previewed(context: ReleaseContext) -> bool:
    """True when the program asks for the preview, or somebody has."""
    asked = {review.kind for review in context.reviews}
    needed = {need.kind for need in review_needs.needs_of(context, "publish")}
    return Review.Kind.STEWARD_PREVIEW in asked | needed


def _quality(context: ReleaseContext) -> dict[str, Any]:
    fact = context.facts.get("quality_checks")
    if fact is None:
        return _tile("Quality", "not checked", "warn", "The machine checks have not run.")
    waived, warnings = fact.data.get("waived") or 0, fact.data.get("warnings") or 0
    score = fact.data.get("score")
    words = f"{waived} waived, {warnings} warning{'' if warnings == 1 else 's'}"
    tone = "bad" if not fact.ok else "warn" if waived else "good"
    return _tile("Quality", f"{score:.2f}" if isinstance(score, float | int) else "checked", tone, words)


def _privacy(context: ReleaseContext) -> dict[str, Any]:
    risk, k = context.facts.get("risk"), context.data("risk", "k")
    findings = context.data("scan", "findings")
    decided = f"{findings} finding{'' if findings == 1 else 's'}" if findings is not None else "not scanned"
    if risk is None:
        return _tile("Privacy", "not measured", "warn", decided)
    unique, rows = context.data("risk", "unique_rows"), context.data("risk", "rows")
    words = f"k = {k}" if k else "no column could single a person out"
    if unique is not None and rows:
        words += f"; {unique:,} of {rows:,} rows stand alone"
    if context.data("assessment", "decided"):
        rated, benefit = (level_words(context.data("assessment", key)).lower() for key in ("risk", "benefit"))
        words += f"; rated {rated}, against a benefit rated {benefit}"
    kept = context.data("dispositions", "kept") or []
    if kept:
        words += f"; {len(kept)} column{'s' if len(kept) > 1 else ''} of people's names or numbers kept"
    return _tile(
        "Residual risk",
        "Allowed" if risk.ok else "Too high",
        "bad" if not risk.ok else "warn" if kept else "good",
        f"{words}; {decided}",
    )


def _security(context: ReleaseContext) -> dict[str, Any]:
    return _review_tile(context, Review.Kind.SECURITY, "Security", absent="not asked for")


def _department(context: ReleaseContext) -> dict[str, Any]:
    if context.profile.stage_holders.get(Stage.CDO_REVIEW) == Role.DEPARTMENT_APPROVER:
        return _tile("Department", "decides here", "info", "the final key is the department's own")
    return _review_tile(context, Review.Kind.DEPARTMENT, "Department", absent="no approval")


def _review_tile(context: ReleaseContext, kind: str, label: str, *, absent: str) -> dict[str, Any]:
    refused = approvals.refusals_of(context, kind)
    given = refused or approvals.approvals_of(context, kind)
    if any(is_veiled(review, context.reviews) for review in given):
        return _tile(label, "under way", "info", "independent verdicts stay closed until all are in")
    if given:
        review = given[-1]
        when = date_format(timezone.localtime(review.decided_at), "j M Y") if review.decided_at else ""
        return _tile(
            label, review.get_verdict_display(), "bad" if refused else "good", f"{when} by {review.reviewer}"
        )
    if any(review.kind == kind and review.is_pending for review in context.reviews):
        return _tile(label, "asked for", "info", "no answer yet")
    role = review_needs.role_of(context, kind)
    needed = any(
        rule.kind == kind and review_needs.applies(rule, context) for rule in context.profile.reviews
    )
    words = f"by the {context.profile.role_words(role)}" if needed and role else "not needed for this class"
    return _tile(label, absent, "warn" if needed else "", words)


def _checklists(context: ReleaseContext) -> list[dict[str, Any]]:
    """Each checklist with how far it is; sentences are what it still says."""
    lines = []
    later = set(context.profile.checklists.get(Stage.PUBLISHED, ()))
    for kind, fact in sorted(context.facts.items()):
        if kind.startswith("checklist.") and kind.removeprefix("checklist.") not in later:
            name = gates.CHECKLIST_NAMES.get(kind.removeprefix("checklist."), kind)
            answered, total = fact.data.get("answered"), fact.data.get("total")
            count = (
                f"{answered} of {total} answered" if total else ("complete" if fact.ok else "not complete")
            )
            result = str(fact.data.get("result", ""))[:8]
            words = f"{count} (number {result})" if result else count
            lines.append({"label": name.capitalize(), "value": words, "sentences": fact.sentences})
    return lines


def _notes(context: ReleaseContext, *kinds: str) -> list[str]:
    """What the stations found worth saying about these facts."""
    return [text for kind in kinds if kind in context.facts for text in context.facts[kind].sentences]


def _dispositions(context: ReleaseContext) -> list[Any]:
    """What the privacy officer decided on each column, in the order of the names."""
    return [row for _, row in sorted(privacy_state(context.release.pk).decided.items())]


def _columns(context: ReleaseContext) -> list[dict[str, str]]:
    """The columns of the treated copy as the public will find them described."""
    dictionary = dictionary_of(context.release)
    found = []
    for column in (context.data("treated", "columns") or [])[:_SHOWN_COLUMNS]:
        line = dictionary.get(column["name"])
        found.append(
            {
                "name": (line.label if line else "") or column["name"],
                "source": column["name"],
                "type": column["type"],
                "description": line.description if line else "",
                "unit": line.unit if line else "",
            }
        )
    return found


def _tile(label: str, word: str, tone: str, words: str) -> dict[str, Any]:
    return {"label": label, "word": word, "tone": tone, "words": words}
