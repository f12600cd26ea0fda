"""What is known about a release, in lines for people: the record, the reviews, the evidence of a decision."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.formats import date_format

from accounts.profiles import Profile
from accounts.roles import Role
from workflow import approvals, gates
from workflow.context import ReleaseContext
from workflow.models import Dataset, Review
from workflow.veil import is_veiled, unveiled
from workflow.words import HIGH_VALUE_CRITERIA

Line = dict[str, Any]

# tab of a gate sentence -> (URL name, words of the link that leads to its cure)
CURES: dict[str, tuple[str, str]] = {
    "overview": ("dataset_edit", "Open the record"),
    "checklists": ("release_checklists", "Open the checklists"),
    "data": ("release_data", "Open the data"),
    "metadata": ("release_metadata", "Open the metadata"),
    "privacy": ("release_privacy", "Open privacy"),
    "weighing": ("privacy_assessment", "Weigh benefit and risk"),
    "reviews": ("release_reviews", "Open the reviews"),
    "exceptions": ("release_exceptions", "Open the exceptions"),
    "plan": ("release_plan", "Open the plan"),
    "publication": ("release_publication", "Open the publication"),
    "retirement": ("dataset_retirement", "Open the retirement"),
    "retraction": ("release_retraction", "Open the post-mortem"),
}


def gate_line(item: gates.Unmet, context: ReleaseContext) -> Line:
    """A gate sentence as the component draws it: with the link to the tab that cures it, and who does."""
    name, words = CURES[item.tab]
    of_dataset = name in ("dataset_edit", "dataset_retirement")
    target = context.dataset.pk if of_dataset else context.release.pk
    who = context.profile.role_label(item.who) if item.who not in ("system", "closed") else "the system"
    return {"sentence": item.text, "url": reverse(name, args=[target]), "link": words, "who": who}


def record_of(dataset: Dataset, profile: Profile) -> list[tuple[str, list[Line]]]:
    """The inventory record in the order of its form, as groups of label and value."""
    licence = next((row.label for row in profile.licences if row.code == dataset.licence), dataset.licence)
    return [
        (
            "What it is",
            [
                _line("Inventory number", dataset.inventory_id),
                _line("Department", dataset.department.name),
                _line("Description", dataset.description),
                _line("What one row is", dataset.row_label),
            ],
        ),
        (
            "Who looks after it",
            [
                _line(profile.role_label(Role.STEWARD), dataset.steward),
                _line(profile.role_label(Role.COORDINATOR), dataset.coordinator or "any of the department"),
                _line(profile.role_label(Role.CUSTODIAN), dataset.custodian),
            ],
        ),
        (
            "Where it comes from",
            [
                _line("Source system", dataset.source_system),
                _line("Covers", _coverage(dataset)),
                _line("Place", _place(dataset)),
                _line("Update frequency", dataset.get_accrual_periodicity_display()),
                _line("Collection frequency", dataset.get_collection_frequency_display()),
                _line("Already published at", dataset.existing_url, url=dataset.existing_url),
                _line("Rows in the source", _source_rows(dataset)),
                _line("Technical challenges", dataset.technical_challenges),
            ],
        ),
        (
            "How much it matters",
            [
                _line("Priority", _with_words(dataset.get_priority_display(), dataset.priority_comment)),
                *([_line("High-value criteria", _high_value(dataset))] if profile.asks_high_value else []),
                *classes_of(dataset, profile),
                _line("Quality", _with_words(dataset.get_quality_rating_display(), dataset.quality_details)),
            ],
        ),
        ("What the public will read", public_record(dataset, licence)[2:]),
    ]


def classes_of(dataset: Dataset, profile: Profile) -> list[Line]:
    """The class of the data, that of its published form, each with its ground; the security level, if there are any."""
    raw = profile.classification(dataset.classification)
    output = profile.classification(dataset.output_classification)
    lines = [
        _line(
            "Classification",
            _with_words(raw.label if raw else dataset.classification, dataset.classification_ground),
        ),
        _line(
            "Published as",
            _with_words(output.label if output else dataset.output_classification, dataset.output_ground),
        ),
    ]
    if profile.security_levels:
        level = profile.security_level(dataset.security_level)
        words = level.label if level else dataset.security_level
        lines.append(_line("Security level", _with_words(words, dataset.security_level_reason)))
    return lines


def public_record(dataset: Dataset, licence: str) -> list[Line]:
    """What readers of the portal see beside the data."""
    return [
        _line("Title", dataset.title),
        _line("Description", dataset.description),
        _line("Category", dataset.category),
        _line("Keywords", ", ".join(dataset.keywords)),
        _line("Licence", licence),
        _line("Contact e-mail for readers", dataset.contact_email),
    ]


def given_reviews(context: ReleaseContext) -> list[Line]:
    """Every verdict, oldest first, with what has voided it since; closed ones only as being in."""
    return [
        {
            "review": review,
            "voided_by": approvals.voided_by(review, context),
            "is_hidden": is_veiled(review, context.reviews),
        }
        for review in unveiled(context.reviews)
        if review.verdict
    ]


def changed_since_review(context: ReleaseContext) -> list[str]:
    """What changed after a verdict on it that nobody has renewed, as sentences; empty is best."""
    found = []
    for kind in Review.Kind:
        verdicts = [row for row in unveiled(context.reviews) if row.kind == kind and row.verdict]
        if verdicts and not approvals.latest_verdicts(context, kind):
            last = verdicts[-1]
            what = " and ".join(approvals.voided_by(last, context))
            verdict = f"the {kind.label.lower()} verdict of {last.reviewer}"
            found.append(f"{what[:1].upper()}{what[1:]} changed after {verdict}.")
    return found


def _line(label: str, value: Any, *, url: str = "") -> Line:
    return {"label": label, "value": value or "", "url": url}


def _with_words(word: str, details: str) -> str:
    return f"{word}: {details}" if word and details else word or details


def _coverage(dataset: Dataset) -> str:
    if not dataset.coverage_start and not dataset.coverage_end:
        return ""
    start = date_format(dataset.coverage_start, "j M Y") if dataset.coverage_start else "unknown beginning"
    return f"{start} to {date_format(dataset.coverage_end, 'j M Y') if dataset.coverage_end else 'today'}"


def _place(dataset: Dataset) -> str:
    finest = dataset.get_geographic_granularity_display()
    return ", ".join(filter(None, (dataset.geographic_coverage, f"by {finest.lower()}" if finest else "")))


def _source_rows(dataset: Dataset) -> str:
    if dataset.source_rows is None:
        return ""
    on = (
        f", counted on {date_format(dataset.source_rows_as_of, 'j M Y')}" if dataset.source_rows_as_of else ""
    )
    return f"{dataset.source_rows:,}{on}"


def _high_value(dataset: Dataset) -> str:
    words = dict(HIGH_VALUE_CRITERIA)
    return "; ".join(f"{code}. {words[code]}" for code in sorted(dataset.high_value) if code in words)
