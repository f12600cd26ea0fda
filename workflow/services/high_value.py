"""The yearly high-value inventory of a department: drafted, handed in, signed by its head, and on its way.

Connecticut, General Statutes 4-67p: each agency's inventory is published every year. Signing puts the table
into a release of one dataset that lasts: years are consolidated instead of a new entry each (S-CT, "Formatting").
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, User
from accounts.roles import Role, has_role, people_with_role
from accounts.selectors import profile_for
from audit.services import event_record
from dossier.errors import DossierFrozen
from dossier.services import digest_of
from dossier.services_files import file_receive
from notifications.services import message_queue
from workflow import duties
from workflow.models import Dataset, HighValueInventory, Release
from workflow.selectors.high_value import faults_of, inventory_dataset, rows_of, signed_before
from workflow.services.datasets import dataset_register, open_release_of, release_open

COLUMNS: tuple[tuple[str, str], ...] = (
    ("year", "Year"),
    ("inventory_id", "Inventory ID"),
    ("title", "Dataset"),
    ("description", "Description"),
    ("criteria", "High-value criteria"),
    ("classification", "Classification"),
    ("geographic", "Geographic"),
    ("status", "Status"),
    ("ground", "Ground for withholding"),
    ("link", "Link"),
)
State = HighValueInventory.State


@transaction.atomic
def inventory_draft(
    *,
    department: Department,
    year: int,
    actor: User,
    chosen: Iterable[int] | None = None,
    now: datetime | None = None,
) -> HighValueInventory:
    """Draft a year's inventory from the department's records, or draft it anew.

    `chosen` are ids of datasets; without them it is every record that meets a criterion. A new draft takes a
    handed-in one back. Raises PermissionDenied, ValidationError once it is signed or for a strange year.
    """
    now = now or timezone.now()
    duties.check_high_value_draft(actor, department)
    if not 2000 <= year <= timezone.localdate(now).year + 1:
        raise ValidationError({"year": "Choose a year up to the next one."})
    known = HighValueInventory.objects.select_for_update(of=("self",))
    row = known.filter(department=department, year=year).first()
    if row is not None and row.state == State.SIGNED:
        raise ValidationError("This year's inventory is signed; draft the next year's.")
    row = row or HighValueInventory(department=department, year=year)
    row.drafted_by, row.drafted_at, row.handed_in_at = actor, now, None
    row.rows = rows_of(department, chosen=chosen)
    row.full_clean(exclude=["rows"])
    row.save()
    _record("high_value.drafted", row, actor, now, rows=len(row.rows))
    return row


@transaction.atomic
def inventory_hand_in(
    *, inventory: HighValueInventory, actor: User, now: datetime | None = None
) -> HighValueInventory:
    """Ask the head of the department to sign. Raises PermissionDenied, and ValidationError with every fault."""
    now = now or timezone.now()
    duties.check_high_value_draft(actor, inventory.department)
    row = _draft_locked(inventory)
    row.handed_in_at = now
    row.save(update_fields=["handed_in_at"])
    _record("high_value.handed_in", row, actor, now)
    _tell("high_value_ready", row, actor, now, asked=_heads(row.department))
    return row


@transaction.atomic
def inventory_sign(
    *, inventory: HighValueInventory, actor: User, now: datetime | None = None
) -> HighValueInventory:
    """Sign a handed-in inventory and send its table on the way of every release.

    The file counts as the drafter's work, so that the head's approval of the release stays another hand's.
    Raises PermissionDenied (not the head, or the drafter), ValidationError when it is not handed in, has
    faults, or the release of the year before is not finished.
    """
    now = now or timezone.now()
    duties.check_high_value_sign(actor, inventory)
    row = _draft_locked(inventory)
    if row.handed_in_at is None:
        raise ValidationError("The draft changed and is not handed in. Its drafter hands it in first.")
    row.state, row.signed_by, row.signed_at = State.SIGNED, actor, now
    row.digest = digest_of([row.year, row.department_id, row.rows])
    row.dataset = inventory_dataset(row.department) or _dataset_made(row, now)
    row.release = _release_for(row.dataset, row.drafted_by, now)
    row.full_clean()
    row.save()
    _record("high_value.signed", row, actor, now, digest=row.digest)
    _file_put(row, now)
    coordinators = people_with_role(
        Role.COORDINATOR, program=row.department.program_id, department=row.department
    )
    _tell("high_value_signed", row, actor, now, recipients=[row.drafted_by, *coordinators])
    return row


def csv_of(inventories: Iterable[HighValueInventory]) -> str:
    """The table of one or several years as CSV, in the order given. A formula stays text in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([label for _, label in COLUMNS])
    for inventory in inventories:
        for row in inventory.rows:
            values = {"year": inventory.year, **row, "criteria": " ".join(row["criteria"])}
            values["geographic"] = "yes" if row["geographic"] else "no"
            writer.writerow([_cell(values.get(key, "")) for key, _ in COLUMNS])
    return out.getvalue()


def _cell(value: Any) -> str:
    text = str(value).replace("\r", " ").replace("\n", " ")
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def _dataset_made(row: HighValueInventory, now: datetime) -> Dataset:
    """The one dataset of the department's inventories, entered in the name of who drafted the first."""
    department = row.department
    return dataset_register(
        department=department,
        actor=row.drafted_by,
        fields={
            "title": f"High-value data inventory of {department.name}",
            "description": (
                f"The high-value data that {department.name} holds, year by year, as the head of the department "
                "signed it: which criteria each dataset meets, whether it is geographic, and whether it is "
                "published, planned or withheld, and on what ground."
            ),
            "row_label": "dataset in a year",
            "source_system": "Inventory of the open data program",
            "accrual_periodicity": Dataset.Frequency.ANNUALLY,
            "geographic_granularity": Dataset.Granularity.NONE,
            "high_value": ["H"],
            "classification": "public" if profile_for(department.program).classification("public") else "",
        }
        | _looked_after(row),
        now=now,
    )


def _looked_after(row: HighValueInventory) -> dict[str, User]:
    """The drafter guides the dataset, or knows it, as far as they hold the role."""
    roles = {"coordinator": Role.COORDINATOR, "steward": Role.STEWARD}
    department = row.department
    return {
        field: row.drafted_by
        for field, role in roles.items()
        if has_role(row.drafted_by, role, program=department.program_id, department=department)
    }


def _release_for(dataset: Dataset, drafter: User, now: datetime) -> Release:
    """The release that carries the table: the open one if it still takes a file, else the next."""
    release = open_release_of(dataset)
    if release is None:
        return release_open(dataset=dataset, actor=drafter, now=now)
    if "file" not in release.dossier.open_parts:
        raise ValidationError(
            "The release with the inventory of an earlier year is being decided. Sign once it is finished."
        )
    return release


def _file_put(row: HighValueInventory, now: datetime) -> None:
    years = [*signed_before(row), row]
    name = f"high-value-inventory-{row.department.code}-{row.year}.csv"
    upload = ContentFile(csv_of(years).encode("utf-8"), name=name)
    try:
        file_receive(release_id=row.release_id, upload=upload, name=name, actor=row.drafted_by, now=now)  # type: ignore[arg-type]
    except DossierFrozen as refusal:
        raise ValidationError(refusal.sentence) from None


def _draft_locked(inventory: HighValueInventory) -> HighValueInventory:
    """The draft under its lock. Raises ValidationError when it is signed, empty or has faults."""
    rows = HighValueInventory.objects.select_for_update(of=("self",))
    row = rows.select_related("department__program", "drafted_by").get(pk=inventory.pk)
    if row.state == State.SIGNED:
        raise ValidationError("This inventory is signed already.")
    faults = faults_of(row)
    if faults:
        raise ValidationError(faults)
    return row


def _heads(department: Department) -> list[User]:
    role = Role.DEPARTMENT_APPROVER
    return list(people_with_role(role, program=department.program_id, department=department))


def _tell(
    message_id: str,
    row: HighValueInventory,
    actor: User,
    now: datetime,
    *,
    recipients: Iterable[User] = (),
    asked: Iterable[User] = (),
) -> None:
    message_queue(
        message_id=message_id,
        recipients=recipients,
        asked=asked,
        actor=actor,
        context={"dataset": str(row), "program": row.department.program.name},
        path=reverse("high_value_inventory", args=[row.pk]),
        dataset_id=row.dataset_id,
        release_id=row.release_id,
        now=now,
    )


def _record(action: str, row: HighValueInventory, actor: User, now: datetime, **data: Any) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=row,
        data=data,
        program_id=row.department.program_id,
        dataset_id=row.dataset_id,
        release_id=row.release_id,
        now=now,
    )
