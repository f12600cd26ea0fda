"""What portals, checks and checklists are told about a release, made from the inventory and the dictionary."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from checklists.texts import Text, texts_for
from publishing.models import EtlRecord, Publication
from publishing.records import PortalRecord
from publishing.services import record_build
from workflow.context import ReleaseContext
from workflow.filtered_views import views_of
from workflow.metadata import is_filled
from workflow.metadata_fields import FIELDS
from workflow.models import ColumnDescription, Dataset, Release
from workflow.selectors.datasets import dictionary_of
from workflow.selectors.metadata import own_values, value_of, words_of
from workflow.veil import unveiled


def record_for(context: ReleaseContext, columns: list[dict[str, Any]] | None = None) -> PortalRecord:
    """The portal record of a release: the metadata of the dataset, and the columns of the treated copy.

    The columns come from the `treated` fact, so a column that was dropped has no line here either. A column
    whose values are all there and all different identifies the rows; else a running number does. `columns` takes
    the place of the fact's. Raises ValueError when there is no treated copy yet.
    """
    treated = columns or context.data("treated", "columns")
    if not treated:
        raise ValueError("There is no treated copy to publish.")
    dataset, dictionary = context.dataset, dictionary_of(context.release)
    own = own_values(dataset)
    labels = {name: line.label for name, line in dictionary.items() if line.label}
    record = record_build(
        columns=treated,
        descriptions={name: _description(line) for name, line in dictionary.items()},
        labels=labels,
        row_identifier=next((column["name"] for column in treated if column.get("unique")), None),
        timezone=context.profile.timezone,
        external_key=f"{dataset.program.code}/{dataset.inventory_id}",
        name=dataset.title,
        description=dataset.description,
        category=dataset.category,
        tags=dataset.keywords,
        attribution=own["attribution"],
        licence=dataset.licence,
        contact_email=dataset.contact_email,
        row_label=dataset.row_label,
        update_frequency=dataset.get_accrual_periodicity_display(),
    )
    names = [column["name"] for column in treated]
    fields = [
        (name, labels.get(name, name), target.field_name)
        for name, target in zip(names, record.data_columns, strict=True)
    ]
    return replace(
        record, views=views_of(own["filtered_views"] or (), fields), custom_fields=_custom_fields(context)
    )


def _custom_fields(context: ReleaseContext) -> tuple[tuple[str, str, str], ...]:
    """The fields that the program's portal asks for beside its own, as the profile fills them.

    One that is empty now, or that only the release before this one filled, stands here empty: so the portal's copy
    of it is emptied too.
    """
    dataset, profile = context.dataset, context.profile
    found = {}
    for row in profile.publication.get("custom_fields", ()):
        one = FIELDS.get(row.field)
        words = row.value or (words_of(one, value_of(one, dataset), dataset, profile) if one else "")
        found[row.fieldset, row.name] = words
    left = {(place, name): "" for place, name, words in _fields_before(context.release) if words}
    return tuple((place, name, words) for (place, name), words in (left | found).items())


def _fields_before(release: Release) -> list[tuple[str, str, str]]:
    """The custom fields that the last release before this one was approved with for its portal."""
    before = Publication.objects.filter(
        release__dataset=release.dataset_id, release__number__lt=release.number, permit__isnull=False
    ).order_by("-release__number", "-requested_at", "-pk")
    record = before.values_list("record", flat=True).first() or {}
    return [tuple(line) for line in record.get("custom_fields", ())]


def described_of(dataset: Dataset) -> dict[str, Any]:
    """What the public catalogue says of a dataset besides the portal record, as it is now: kept with the approval.

    What somebody writes later, for the next release, is then not public before it is approved.
    """
    written = {code: value for code, value in dataset.metadata.items() if is_filled(value)}
    record = {
        "update_frequency": dataset.accrual_periodicity,
        "spatial": dataset.geographic_coverage,
        "starts": dataset.coverage_start.isoformat() if dataset.coverage_start else "",
        "ends": dataset.coverage_end.isoformat() if dataset.coverage_end else "",
    }
    return {**written, **{code: value for code, value in record.items() if value}}


def _description(line: ColumnDescription) -> str:
    return f"{line.description} Unit: {line.unit}." if line.unit else line.description


def checks_input(context: ReleaseContext) -> dict[str, Any]:
    """What the machine checks compare the file with: declared columns, source count, frequency."""
    dataset = context.dataset
    return {
        "source_rows": dataset.source_rows,
        "declared": {
            name: {"description": line.description, "type": line.data_type, "label": line.label}
            for name, line in dictionary_of(context.release).items()
        },
        "accrual_periodicity": dataset.accrual_periodicity,
        "data_as_of": dataset.coverage_end.isoformat() if dataset.coverage_end else None,
    }


def catalogues_for(context: ReleaseContext) -> dict[str, Text]:
    """The text of every checklist that this release is asked: the program's rules, the department's additions."""
    return texts_for(context.profile, context.dataset.department)


def answer_sources(context: ReleaseContext) -> dict[str, Any]:
    """What is known already, by the names that checklist items use in `answers_from`: each question once."""
    dataset = context.dataset
    sources: dict[str, Any] = {
        f"dataset.{field.name}": _plain(getattr(dataset, field.name))
        for field in Dataset._meta.concrete_fields
        if field.name not in ("id", "program", "metadata")
    }
    sources |= {f"dataset.{code}": value for code, value in own_values(dataset).items()}
    sources["dataset.registered_on"] = dataset.registered_at.date().isoformat()
    if any(record.state == EtlRecord.State.APPROVED for record in dataset.etl_records.all()):
        sources["etl.approved"] = "yes"
    if "file" in context.facts:
        sources |= {f"file.{key}": value for key, value in context.facts["file"].data.items()}
    for kind, fact in context.facts.items():
        sources[f"fact.{kind}"] = {"ok": fact.ok, "sentences": fact.sentences, **fact.data}
        checklist = kind.removeprefix("checklist.")
        sources |= {f"item.{checklist}/{item}": value for item, value in fact.data.get("shared", {}).items()}
    if "assessment" in context.facts:
        sources |= {f"assessment.{key}": value for key, value in context.facts["assessment"].data.items()}
    for review in unveiled(context.reviews):
        if review.verdict:
            sources[f"review.{review.kind}"] = {
                "verdict": review.verdict,
                "by": str(review.reviewer),
                "at": review.decided_at.isoformat() if review.decided_at else None,
            }
    return sources


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
