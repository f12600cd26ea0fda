"""Which parts of a dossier each kind of review speaks of, and whether a verdict still covers what is there.

An edit voids only what it touches: a changed description leaves the privacy verdict standing, new bytes do not.
"""

from __future__ import annotations

from dossier.services import digest_of
from workflow.context import ReleaseContext
from workflow.models import Review
from workflow.refreshing import is_light
from workflow.veil import unveiled

# kind of review -> the parts its verdict is bound to. A checklist is bound with the version of its text.
REVIEW_SCOPE: dict[str, tuple[str, ...]] = {
    "department": ("file", "submission"),
    "quality": ("file", "quality checklist"),
    "privacy": (
        "treated",
        "recipe",
        "dispositions",
        "privacy checklist",
        "benefit and risk",
        "restricted-data screen",
    ),
    "security": ("file", "security checklist"),
    "equity": ("treated", "equity checklist"),
    "legal": ("treated", "restricted-data screen"),
    "it": ("treated",),
    "policy": ("treated", "metadata"),
    "communications": ("metadata",),
    "steward_preview": ("private copy",),
    "cdo": (
        "treated",
        "recipe",
        "metadata",
        "submission",
        "privacy checklist",
        "benefit and risk",
        "restricted-data screen",
    ),
}

PART_WORDS: dict[str, str] = {
    "file": "the data file",
    "submission": "the submission checklist",
    "metadata": "the description of the data",
    "treated": "the treated copy",
    "recipe": "the recipe of the treatment",
    "quality checklist": "the quality checklist",
    "privacy checklist": "the privacy checklist",
    "security checklist": "the security checklist",
    "benefit and risk": "the weighing of benefit and risk",
    "equity checklist": "the equity checklist",
    "restricted-data screen": "the restricted-data screen",
    "dispositions": "the privacy dispositions",
    "private copy": "the private copy on the portal",
}


# part -> the checklist whose answers and text it is
_CHECKLIST_PARTS = {
    "submission": "submission",
    "quality checklist": "quality",
    "privacy checklist": "privacy",
    "security checklist": "security",
    "equity checklist": "equity",
    "restricted-data screen": "legal",
}


def current_parts(context: ReleaseContext) -> dict[str, str]:
    """Digest of every part that is there now."""
    facts = context.facts
    found = {
        "file": context.about("file", "file"),
        "metadata": context.about("metadata", "metadata"),
        "treated": context.data("treated", "sha256"),
        "recipe": context.about("treated", "recipe"),
        "dispositions": context.about("dispositions", "dispositions"),
        "benefit and risk": context.about("assessment", "judged"),
        "private copy": facts["private_copy"].digest if "private_copy" in facts else None,
        **{part: _checklist(context, name) for part, name in _CHECKLIST_PARTS.items()},
    }
    return {part: digest for part, digest in found.items() if digest}


def _checklist(context: ReleaseContext, name: str) -> str | None:
    """Digest of a checklist's answers together with the version of its text; None when it is not begun."""
    fact = context.facts.get(f"checklist.{name}")
    return digest_of([fact.about.get("answers"), fact.about.get("version")]) if fact else None


def parts_for(kind: str, context: ReleaseContext) -> dict[str, str]:
    """The parts that a verdict of `kind` given now would be bound to."""
    now = current_parts(context)
    scope = REVIEW_SCOPE[kind]
    if kind == Review.Kind.DEPARTMENT and _signs_the_privacy_form(context):
        scope = (*scope, "privacy checklist", "benefit and risk")
    if kind == Review.Kind.PRIVACY and is_light(context):
        # Nobody else reads what is said of new columns: words that change after the verdict were read by nobody.
        scope = (*scope, "metadata")
    return {part: now.get(part, "") for part in scope}


def _signs_the_privacy_form(context: ReleaseContext) -> bool:
    """Where the department is asked at the privacy stage, its signature stands under that form (San Francisco)."""
    return any(
        rule.kind == Review.Kind.DEPARTMENT
        and rule.move == "clear_privacy"
        and rule.applies(classification=context.dataset.classification, joint=context.is_joint)
        for rule in context.profile.reviews
    )


def parts_digest(parts: dict[str, str]) -> str:
    return digest_of(parts)


def voided_by(review: Review, context: ReleaseContext) -> list[str]:
    """What changed since the verdict, in words; empty when it still covers what is there."""
    now = current_parts(context)
    return [PART_WORDS[part] for part, digest in review.parts.items() if now.get(part, "") != digest]


def is_current(review: Review, context: ReleaseContext) -> bool:
    return bool(review.verdict) and not voided_by(review, context)


def latest_verdicts(context: ReleaseContext, kind: str) -> list[Review]:
    """The newest verdict of each reviewer of `kind`, only those that still count; veiled ones do not count yet."""
    newest: dict[int, Review] = {}
    for review in unveiled(context.reviews):
        if review.kind == kind and review.verdict and review.reviewer_id:
            newest[review.reviewer_id] = review
    return [review for review in newest.values() if is_current(review, context)]


def approvals_of(context: ReleaseContext, kind: str) -> list[Review]:
    return [review for review in latest_verdicts(context, kind) if review.is_positive]


def refusals_of(context: ReleaseContext, kind: str) -> list[Review]:
    return [review for review in latest_verdicts(context, kind) if not review.is_positive]
