"""Writes about datasets: register, change the record, describe columns, open the next release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast, Substr
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, User
from accounts.profiles import Profile, profile_of
from accounts.selectors import profile_current
from audit.services import event_record
from dossier.services import contribution_record, dossier_lock, dossier_open
from notifications.services import message_queue
from privacy.personal_values import raw_values_in
from work.services import task_nudge
from workflow.calendar import due_for
from workflow.classification import GROUNDS
from workflow.models import ColumnDescription, Dataset, Distribution, Release
from workflow.selectors.datasets import dictionary_of
from workflow.services.drafts import first_visit, opened_event, registered_event, release_draft
from workflow.services.facts import metadata_fact, record_fact
from workflow.stages import OPEN_PARTS, OPEN_STAGES, Stage

# What people fill in, besides title and department; each is a field of Dataset.
RECORD_FIELDS = (
    "title",
    "description",
    "steward",
    "custodian",
    "coordinator",
    "source_system",
    "coverage_start",
    "coverage_end",
    "geographic_coverage",
    "geographic_granularity",
    "accrual_periodicity",
    "collection_frequency",
    "existing_url",
    "priority",
    "priority_comment",
    "technical_challenges",
    "classification",
    "classification_ground",
    "output_classification",
    "output_ground",
    "security_level",
    "security_level_reason",
    "quality_rating",
    "quality_details",
    "high_value",
    "keywords",
    "category",
    "licence",
    "contact_email",
    "row_label",
    "source_rows",
    "source_rows_as_of",
)
# Changing these changes what the public reads, so it counts as working on the release.
_PUBLISHED_FIELDS = {"title", "description", "keywords", "category", "licence", "contact_email", "row_label"}
# Changing these changes how strictly it is judged: which reviews are asked for, which k, which row count.
_JUDGING_FIELDS = {
    "classification",
    "classification_ground",
    "output_classification",
    "output_ground",
    "security_level",
    "security_level_reason",
    "source_rows",
    "source_rows_as_of",
}
# Who looks after a dataset may change at any time; the rest of the record only while it has not been judged.
_PEOPLE_FIELDS = {"steward", "custodian", "coordinator"}
_LASTING_FIELDS = {"registered_by", "program", "department", "inventory_id"}


@transaction.atomic
def dataset_register(
    *,
    department: Department,
    actor: User | None,
    fields: Mapping[str, Any],
    inventory_id: str = "",
    now: datetime | None = None,
) -> Dataset:
    """Enter a dataset in the inventory under a permanent number, and open its first release.

    `fields` are those of RECORD_FIELDS that are known already; `title` must be among them. `inventory_id` is a
    number that the dataset has already; without one it gets the next. Raises ValidationError with a sentence
    per field.
    """
    now = now or timezone.now()
    # One at a time per department, so that no inventory number is given twice.
    department = Department.objects.select_for_update().get(pk=department.pk)
    profile = profile_of(profile_current(department.program))
    dataset = dataset_draft(
        department=department,
        profile=profile,
        inventory_id=inventory_id or inventory_id_words(department, inventory_number_last(department) + 1),
        actor=actor,
        fields=fields,
        now=now,
    )
    dataset.full_clean(exclude=["registered_by"])
    dataset.save()
    Distribution.objects.create(dataset=dataset, title=dataset.title)
    event_record(**registered_event(dataset, actor, now))
    release = release_open(dataset=dataset, actor=actor, now=now)
    concerned = [person for person in (dataset.steward, dataset.coordinator) if person]
    message_queue(
        message_id="dataset_registered",
        recipients=concerned,
        actor=actor,
        context={
            "dataset": dataset.title,
            "inventory_id": dataset.inventory_id,
            "department": department.name,
        },
        path=reverse("release", args=[release.pk]),
        release_id=release.pk,
        dataset_id=dataset.pk,
        now=now,
    )
    return dataset


@transaction.atomic
def dataset_change(
    *, dataset: Dataset, actor: User, fields: Mapping[str, Any], now: datetime | None = None
) -> Dataset:
    """Change the inventory record. Returns the dataset.

    Raises ValidationError with a sentence per field, and DossierFrozen when a stage has judged what changes.
    """
    now = now or timezone.now()
    dataset = Dataset.objects.select_for_update(of=("self",)).get(pk=dataset.pk)
    before = {name: getattr(dataset, name) for name in fields}
    _assign(dataset, fields)
    # Where it belongs and its number do not change here, nor do people who are not among the fields.
    dataset.full_clean(exclude=_LASTING_FIELDS | (_PEOPLE_FIELDS - set(fields)))
    changed = sorted(name for name in fields if getattr(dataset, name) != before[name])
    if not changed:
        return dataset
    release = open_release_of(dataset)
    if release is not None:
        _lock_for(release, set(changed), actor, now)
    dataset.save()
    event_record(
        action="workflow.record_changed",
        actor=actor,
        subject=dataset,
        data={"fields": ", ".join(_words_of(name) for name in changed)},
        program_id=dataset.program_id,
        dataset_id=dataset.pk,
        release_id=release.pk if release else None,
        now=now,
    )
    if release is not None:
        record_fact(release_id=release.pk, now=now)
        metadata_fact(release_id=release.pk, now=now)
    return dataset


@transaction.atomic
def columns_describe(
    *, release_id: int, rows: Sequence[Mapping[str, str]], actor: User, now: datetime | None = None
) -> int:
    """Write the data dictionary: `rows` of name, label, description, unit. Returns how many columns it covers.

    Columns that `rows` does not name keep what they have. Raises DossierFrozen from CDO review on.
    """
    now = now or timezone.now()
    dossier_lock(release_id=release_id, part="metadata")
    release = Release.objects.select_related("dataset").get(pk=release_id)
    known = dictionary_of(release)
    for row in rows:
        column = known.get(row["name"])
        if column is None:
            continue
        column.label = _words(row.get("label", column.label), 120)
        column.description = _words(row.get("description", column.description))
        column.unit = _words(row.get("unit", column.unit), 60)
        column.save()
    described = sum(bool(column.description) for column in known.values())
    contribution_record(release_id=release_id, user=actor, what="description", now=now)
    event_record(
        action="workflow.columns_described",
        actor=actor,
        subject=release,
        data={"described": described, "total": len(known)},
        program_id=release.dataset.program_id,
        dataset_id=release.dataset_id,
        release_id=release_id,
        now=now,
    )
    metadata_fact(release_id=release_id, now=now)
    return described


@transaction.atomic
def columns_sync(
    *, release_id: int, columns: Sequence[Mapping[str, str]], now: datetime | None = None
) -> None:
    """Bring the dictionary in line with the columns of the file: new ones empty, descriptions kept by name.

    A column that the file lacks leaves the dictionary but not the database: after a wrong file the right one
    finds its descriptions again.
    """
    dossier_lock(release_id=release_id)
    release = Release.objects.select_related("dataset").get(pk=release_id)
    distribution = distribution_of(release.dataset)
    known = {column.name: column for column in distribution.columns.all()}
    for position, found in enumerate(columns, start=1):
        column = known.pop(found["name"], None) or ColumnDescription(
            distribution=distribution, name=found["name"]
        )
        column.position, column.data_type = position, found.get("type", "")
        column.save()
    distribution.columns.filter(pk__in=[gone.pk for gone in known.values()]).update(position=None)
    metadata_fact(release_id=release_id, now=now)


@transaction.atomic
def release_open(*, dataset: Dataset, actor: User | None, now: datetime | None = None) -> Release:
    """Open the next release of a dataset in INVENTORY; it pins the program's profile of today.

    Raises ValidationError when one is open already (the database holds that too).
    """
    now = now or timezone.now()
    dataset = Dataset.objects.select_for_update(of=("self",)).get(pk=dataset.pk)
    if open_release_of(dataset) is not None:
        raise ValidationError("A release of this dataset is open already. Finish or withdraw it first.")
    if dataset.not_for_release_reason:
        dataset.not_for_release_reason = ""
        dataset.save(update_fields=["not_for_release_reason"])
    profile_row = profile_current(dataset.program)
    number = (dataset.releases.aggregate(last=Max("number"))["last"] or 0) + 1
    due_at = due_for(Stage.INVENTORY, profile_of(profile_row), now)
    release = release_draft(dataset, number, profile_row, actor, now, due_at)
    release.save()
    first_visit(release, actor, now).save()
    dossier_open(release_id=release.pk, parts=OPEN_PARTS[Stage.INVENTORY])
    event_record(**opened_event(release, actor, now))
    record_fact(release_id=release.pk, now=now)
    transaction.on_commit(lambda: task_nudge("workflow.tasks.settle", release.pk))
    return release


@transaction.atomic
def dataset_not_for_release(
    *, dataset: Dataset, reason: str, actor: User, now: datetime | None = None
) -> Dataset:
    """Let a dataset rest in the inventory as not for release, with the reason, which is never left out."""
    reason = reason.strip()
    if not reason:
        raise ValidationError("Say why this dataset is not for release; the inventory keeps the reason.")
    dataset = Dataset.objects.select_for_update(of=("self",)).get(pk=dataset.pk)
    release = open_release_of(dataset)
    if release is not None and release.stage != Stage.INVENTORY:
        raise ValidationError("A release of this dataset is on its way. Withdraw it first.")
    dataset.not_for_release_reason = reason
    dataset.save(update_fields=["not_for_release_reason"])
    event_record(
        action="workflow.not_for_release",
        actor=actor,
        subject=dataset,
        note=reason,
        program_id=dataset.program_id,
        dataset_id=dataset.pk,
        release_id=release.pk if release else None,
        now=now,
    )
    return dataset


def _lock_for(release: Release, changed: set[str], actor: User, now: datetime) -> None:
    """Lock the dossier for a change of the record, refusing what the present stage has closed."""
    dossier_lock(release_id=release.pk)
    if changed & _PUBLISHED_FIELDS:
        dossier_lock(release_id=release.pk, part="metadata")
    if changed & (_PUBLISHED_FIELDS | _JUDGING_FIELDS):
        what = "description" if changed & _PUBLISHED_FIELDS else "classification"
        contribution_record(release_id=release.pk, user=actor, what=what, now=now)
    if changed - _PUBLISHED_FIELDS - _PEOPLE_FIELDS:
        dossier_lock(release_id=release.pk, part="record")


def dataset_draft(
    *,
    department: Department,
    profile: Profile,
    inventory_id: str,
    actor: User | None,
    fields: Mapping[str, Any],
    now: datetime,
) -> Dataset:
    """A new record of the inventory, neither checked nor written yet."""
    dataset = Dataset(
        program=department.program,
        department=department,
        inventory_id=inventory_id,
        registered_by=actor,
        registered_at=now,
        licence=profile.publication.get("default_licence", ""),
    )
    _assign(dataset, fields)
    return dataset


def open_release_of(dataset: Dataset) -> Release | None:
    return Release.objects.filter(dataset=dataset, stage__in=OPEN_STAGES).first()


def distribution_of(dataset: Dataset) -> Distribution:
    row, _ = Distribution.objects.get_or_create(
        dataset=dataset, portal="socrata", defaults={"title": dataset.title}
    )
    return row


def _assign(dataset: Dataset, fields: Mapping[str, Any]) -> None:
    unknown = set(fields) - set(RECORD_FIELDS)
    if unknown:
        raise ValueError(f"Not fields of the inventory record: {sorted(unknown)}")
    new_words = {
        name: fields[name] for name in GROUNDS if name in fields and fields[name] != getattr(dataset, name)
    }
    faults = {name: sentence for name, text in new_words.items() if (sentence := raw_values_in(text or ""))}
    if faults:
        raise ValidationError(faults)
    for name, value in fields.items():
        setattr(dataset, name, value)


def _words(typed: str, longest: int | None = None) -> str:
    """What was typed, as the database can hold it: PostgreSQL takes no NUL character."""
    return typed.replace("\0", "").strip()[:longest]


def _words_of(field: str) -> str:
    return str(getattr(Dataset._meta.get_field(field), "verbose_name", field))


def inventory_id_words(department: Department, number: int) -> str:
    """Three letters of the department and four digits, never reused (DOMAIN INV-01)."""
    return f"{department.code}{number:04d}"


def inventory_number_last(department: Department) -> int:
    """The highest number given out under the letters of a department; 0 when there is none."""
    own = Dataset.objects.filter(program=department.program, inventory_id__startswith=department.code)
    number = Cast(Substr("inventory_id", len(department.code) + 1), IntegerField())
    return own.aggregate(last=Max(number))["last"] or 0
