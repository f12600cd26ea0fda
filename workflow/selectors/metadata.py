"""The metadata of a release: what is kept, what the product knows, what is proposed, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Min
from django.utils import timezone

from accounts.profiles import Profile
from audit.models import AuditEvent
from checklists.selectors import answers_of, submissions_of
from dossier.services import digest_of
from publishing.records import field_names
from workflow.context import ReleaseContext
from workflow.filtered_views import columns_unknown
from workflow.language import Hint, hints_for
from workflow.metadata import Asked, asked_by, is_filled, label_of
from workflow.metadata_fields import AUTO, DATASET, FIELDS, OWN, RECORD, Field
from workflow.models import Dataset, Release

CHANGED = "workflow.metadata_changed"

# field -> the checklist answer that proposes it: asked once, offered here
_PROPOSED: dict[str, tuple[str, str]] = {
    "limitations": ("quality", "QUA-22"),
    "summary": ("submission", "SUB-10a"),
    "purpose": ("submission", "SUB-10c"),
    "change_frequency": ("readiness", "RDY-10b"),
}
# What a program asks for and finds empty, where a plainer sentence exists than the general one.
_MISSING = {
    "description": "The description for the public is empty.",
    "category": "No category is chosen.",
    "licence": "No licence is chosen.",
    "contact_email": "There is no contact e-mail for readers of the data.",
    "keywords": "There are no keywords. Name at least one.",
}
_KNOWN_FROM = {
    "row_count": "Filled in by the product once the file has been read.",
    "data_dictionary": "Written on the Data tab.",
}
_FORMATS = "Table on the portal, with CSV, JSON and XML to download"


@dataclass(frozen=True)
class Line:
    """One field on the page. `value` counts; `proposal` is a value that counts once it has been saved."""

    asked: Asked
    value: Any
    words: str
    origin: str = ""
    proposal: Any = None
    hints: tuple[Hint, ...] = ()
    # The value follows from what the product knows, and nobody has written another one.
    is_default: bool = False
    is_filled: bool = False

    @property
    def is_missing(self) -> bool:
        """Required, empty, and somebody's to fill in."""
        return self.asked.is_required and not self.is_filled and self.asked.field.place != AUTO


@dataclass(frozen=True)
class MetadataPage:
    """All fields that the program asks for, and how many of them are there."""

    lines: tuple[Line, ...]
    column_hints: tuple[tuple[str, tuple[Hint, ...]], ...] = ()

    @property
    def missing(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_missing)

    @property
    def edited(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.asked.field.is_edited)

    @property
    def shown(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.asked.field.is_edited)

    @property
    def filled(self) -> int:
        return sum(line.is_filled for line in self.lines)

    @property
    def required(self) -> int:
        return sum(line.asked.is_required for line in self.lines)

    @property
    def required_filled(self) -> int:
        return sum(line.is_filled for line in self.lines if line.asked.is_required)


def defaults_of(dataset: Dataset) -> dict[str, str]:
    """What holds unless somebody writes otherwise: it follows from the program, the department and the record."""
    department, program = dataset.department.name, dataset.program.name
    return {
        "publisher": program,
        "creator": department,
        "attribution": department,
        "contact_name": f"Open data coordinator, {department}",
        "language": "en",
        "type": "Dataset",
        "access_level": "public",
        "rights": "Open to everybody under its licence." if dataset.licence else "",
        "theme": dataset.category,
        "source_link": dataset.existing_url,
        "citation": f"{department}, {program}. {dataset.title}.",
    }


def value_of(one: Field, dataset: Dataset) -> Any:
    """The value of a field that is kept or follows from the record; None for what only a release knows."""
    if one.place == OWN:
        kept = dataset.metadata.get(one.code)
        return kept if is_filled(kept) else defaults_of(dataset).get(one.code)
    if one.code == "temporal_coverage":
        return _period(dataset)
    if one.place in (DATASET, RECORD):
        return getattr(dataset, one.column)
    return {
        "department": dataset.department.name,
        "owner": ", ".join(str(one) for one in (dataset.steward, dataset.department) if one),
        "subject": ", ".join(dataset.keywords),
        "identifier": f"{dataset.program.code}/{dataset.inventory_id}",
        "format": _FORMATS,
        "coverage": "; ".join(filter(None, (dataset.geographic_coverage, _period(dataset)))),
    }.get(one.code)


def edition_of(dataset: Dataset) -> str:
    """Digest of everything that is written on the Metadata page: whether it still says what somebody saw."""
    columns = [getattr(dataset, one.column) for one in FIELDS.values() if one.place == DATASET]
    return digest_of([columns, dataset.metadata])


def own_values(dataset: Dataset) -> dict[str, Any]:
    """The values of the fields that Dataset.metadata keeps, with what holds by default: code -> value."""
    return {code: value_of(one, dataset) for code, one in FIELDS.items() if one.place == OWN}


def missing_sentences(dataset: Dataset, profile: Profile) -> list[str]:
    """What the program requires of the metadata and does not find, in sentences. No queries.

    What the product fills in by itself is left out, and the columns, which have sentences of their own.
    """
    said = []
    for asked in asked_by(profile):
        one = asked.field
        if not asked.is_required or one.place == AUTO or is_filled(value_of(one, dataset)):
            continue
        where = "inventory record" if one.place == RECORD else "Metadata page"
        said.append(_MISSING.get(one.code, f"“{asked.label}” is not filled in. Fill it in on the {where}."))
    return said


def page_of(context: ReleaseContext, *, columns: dict[str, Any]) -> MetadataPage:
    """Everything the Metadata page shows. `columns` is the data dictionary by name."""
    changed = _changed_in(context.release)
    proposals = _proposals(context.release.pk)
    lines = tuple(_line(asked, context, changed, proposals, columns) for asked in asked_by(context.profile))
    named = ((name, hints_for("column", row.description, name=name)) for name, row in columns.items())
    return MetadataPage(lines, tuple((name, found) for name, found in named if found))


def _line(
    asked: Asked,
    context: ReleaseContext,
    changed: set[str],
    proposals: dict[str, tuple[Any, str]],
    columns: dict[str, Any],
) -> Line:
    one, dataset = asked.field, context.dataset
    value = value_of(one, dataset)
    if value is None and one.place == AUTO:
        value = _known(one.code, context, columns)
    proposal, checklist = proposals.get(one.code, (None, ""))
    if is_filled(value) or not is_filled(proposal):
        proposal = None
    is_default = one.place == OWN and is_filled(value) and not is_filled(dataset.metadata.get(one.code))
    is_hinted = one.is_edited and isinstance(value, str) and not is_default
    return Line(
        asked,
        value,
        words=words_of(one, value, dataset, context.profile),
        origin=_origin(one, context, changed, checklist if proposal else ""),
        proposal=proposal,
        hints=hints_for(_hint_kind(one), value) if is_hinted else _view_hints(one, value, columns),
        is_default=is_default,
        is_filled=is_filled(value) and not (one.code == "data_dictionary" and _has_gaps(columns)),
    )


def _view_hints(one: Field, value: Any, columns: dict[str, Any]) -> tuple[Hint, ...]:
    """Of filtered views: the columns that nobody knows, which would be left out on the portal without a word."""
    if one.code != "filtered_views" or not value or not columns:
        return ()
    names = [*columns, *(row.label for row in columns.values()), *field_names(columns)]
    return tuple(
        Hint(
            0,
            0,
            name,
            f"The data has no column “{name}”, so its view is left out. Write the column as the data dictionary "
            "names it.",
            "Data dictionary",
        )
        for name in columns_unknown(value, names)
    )


def _origin(one: Field, context: ReleaseContext, changed: set[str], checklist: str) -> str:
    """Where a value comes from, when nobody has written it on this page during this release."""
    if checklist:
        return f"Proposed from the {checklist} checklist. It counts once you have saved this page."
    if one.place == RECORD:
        return "From the inventory record."
    if one.place == AUTO:
        return _KNOWN_FROM.get(one.code, "Filled in by the product.")
    kept = one.place == DATASET or is_filled(context.dataset.metadata.get(one.code))
    if not is_filled(value_of(one, context.dataset)) or one.code in changed:
        return ""
    if not kept:
        return "Filled in from what the product knows. Change it if it should read otherwise."
    if context.release.number > 1:
        return "From the earlier release. Check that it still holds."
    return "From the inventory record." if one.place == DATASET else ""


def words_of(one: Field, value: Any, dataset: Dataset, profile: Profile) -> str:
    """A value as people read it: choices by their labels."""
    if one.code == "licence":
        choice = profile.licence(value)
        return choice.label if choice else str(value or "")
    if one.column in ("geographic_granularity", "accrual_periodicity", "collection_frequency"):
        return str(getattr(dataset, f"get_{one.column}_display")())
    return label_of(one, value)


def _known(code: str, context: ReleaseContext, columns: dict[str, Any]) -> str:
    """What only the release and its file can tell."""
    if code == "row_count":
        rows = context.data("file", "rows")
        return f"{rows:,}" if isinstance(rows, int) else ""
    if code == "data_dictionary":
        described = sum(bool(row.description) for row in columns.values())
        return f"{described} of {len(columns)} columns described" if columns else ""
    published = Release.objects.filter(dataset_id=context.dataset.pk, published_at__isnull=False)
    days = published.aggregate(first=Min("published_at"), last=Max("published_at"))
    day = days["first" if code == "issued" else "last"]
    return timezone.localtime(day).date().isoformat() if day else "Filled in when it goes public"


def _has_gaps(columns: dict[str, Any]) -> bool:
    return not all(row.description for row in columns.values())


def _period(dataset: Dataset) -> str:
    if dataset.coverage_start is None:
        return ""
    end = dataset.coverage_end.isoformat() if dataset.coverage_end else "today"
    return f"{dataset.coverage_start.isoformat()} to {end}"


def _changed_in(release: Release) -> set[str]:
    """Codes of the fields that were written on this page during this release."""
    events = AuditEvent.objects.filter(release_id=release.pk, action=CHANGED).values_list("data", flat=True)
    return {code for data in events for code in data.get("codes", ())}


def _proposals(release_id: int) -> dict[str, tuple[Any, str]]:
    """Answers that were given elsewhere and fit a field: code -> (value, checklist)."""
    found = {}
    submissions = submissions_of(release_id)
    for code, (checklist, item) in _PROPOSED.items():
        if checklist in submissions:
            value = answers_of(submissions[checklist]).get(item)
            if is_filled(value):
                found[code] = (value, checklist)
    return found


def _hint_kind(one: Field) -> str:
    return "title" if one.code == "title" else "text" if one.kind in ("text", "longtext") else "none"
