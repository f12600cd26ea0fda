"""An inventory out of a file: read in the reading process, shown before anything changes, taken over at once."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, User
from accounts.selectors import profile_for
from audit.services import event_record
from datafiles.errors import DataFileError
from datafiles.limits import MB, Limits
from datafiles.names import is_personal
from datafiles.readers import size_check, suffix_check
from datafiles.reading import read_in_child
from datafiles.table import read_columnar
from notifications.services import message_queue
from workflow.models import Dataset, InventoryImport, InventoryTakeover
from workflow.policies import check_register
from workflow.selectors.inventory_plan import CHANGED, ERROR, NEW, Plan, PlanRow, headings_fault, plan_import
from workflow.services.datasets import dataset_change
from workflow.services.registering import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.models import QuerySet

ROWS_MAX = 5_000
FORGOTTEN_AFTER = timedelta(days=7)
Status = InventoryImport.Status
LIVE = (InventoryTakeover.Status.QUEUED, InventoryTakeover.Status.RUNNING)


def import_limits() -> Limits:
    """The limits of an inventory: far below those of a data file."""
    return Limits(
        max_bytes=min(20 * MB, settings.UPLOAD_MAX_BYTES),
        max_rows=ROWS_MAX,
        max_columns=200,
        zip_uncompressed=200 * MB,
        memory_mb=4_000,
        cpu_seconds=60,
        wall_seconds=60,
    )


def inventory_receive(
    *, department: Department, upload: File, name: str, actor: User, now: datetime | None = None
) -> InventoryImport:
    """Read an uploaded inventory and keep its rows for the preview; the inventory itself does not change.

    An earlier upload of the same person for the department that nobody confirmed is replaced; one that a worker
    takes over is left to it. Raises PermissionDenied, and DataFileError with a sentence when the file cannot be
    read.
    """
    check_register(actor, department.program_id, department.pk)
    now = now or timezone.now()
    try:
        headings, rows, sha256 = _read(upload, name)
    except DataFileError as error:
        with transaction.atomic():
            _event("workflow.inventory_unreadable", department, actor, {"code": error.code}, now)
        raise
    with transaction.atomic():
        for earlier in _undecided().filter(department=department, uploaded_by=actor):
            _close(earlier, Status.DISCARDED, {}, now)
        row = InventoryImport.objects.create(
            department=department,
            name=name[:200],
            sha256=sha256,
            headers=headings,
            rows=rows,
            uploaded_by=actor,
            uploaded_at=now,
        )
        _event("workflow.inventory_read", department, actor, {"rows": len(rows), "sha256": sha256}, now)
    return row


def inventory_plan(*, row: InventoryImport, viewer: User) -> Plan:
    """What taking over the import would do now."""
    return plan_import(
        department=row.department,
        profile=profile_for(row.department.program),
        headings=row.headers,
        rows=row.rows,
        viewer=viewer,
    )


@transaction.atomic
def inventory_apply(
    *,
    row: InventoryImport,
    digest: str,
    leave_out_errors: bool,
    actor: User,
    before_end: Callable[[], None] | None = None,
    now: datetime | None = None,
) -> Counter[str]:
    """Take over an import whole, in one transaction: new datasets registered, changed records changed (M01).

    `digest` names the preview that was confirmed; `before_end` is called when all is written, and what it raises
    undoes everything. Returns the counts by status. Raises PermissionDenied,
    ValidationError when a row is bad and bad rows are not left out by choice, when the inventory has changed
    since the preview, or when the import was decided before; DossierFrozen when a stage has closed a record.
    Nothing is then half-imported.
    """
    now = now or timezone.now()
    row = import_locked(row=row, actor=actor)
    # The department's numbers are given out one import at a time.
    Department.objects.select_for_update().get(pk=row.department_id)
    plan = plan_confirmed(row=row, digest=digest, leave_out_errors=leave_out_errors, actor=actor)
    entered = _take_all(plan, row.department, actor, now)
    _close(row, Status.APPLIED, dict(plan.counts), now)
    _event(
        "workflow.inventory_imported",
        row.department,
        actor,
        {
            "new": plan.counts[NEW],
            "changed": plan.counts[CHANGED],
            "left_out": plan.counts[ERROR],
            "sha256": row.sha256,
        },
        now,
    )
    _tell(entered, row.department, actor, now)
    if before_end is not None:
        before_end()
    return plan.counts


def import_locked(*, row: InventoryImport, actor: User) -> InventoryImport:
    """The row of an import that is to be decided now, locked. Raises PermissionDenied, ValidationError."""
    row = InventoryImport.objects.select_for_update(of=("self",)).select_related("department").get(pk=row.pk)
    check_register(actor, row.department.program_id, row.department_id)
    if row.status != Status.PREVIEW:
        raise ValidationError(
            "This import was decided already. Upload the file again if there is more to take."
        )
    return row


def plan_confirmed(*, row: InventoryImport, digest: str, leave_out_errors: bool, actor: User) -> Plan:
    """The plan of an import, when it is the one that was confirmed. Raises ValidationError otherwise."""
    plan = inventory_plan(row=row, viewer=actor)
    if plan.digest != digest:
        raise ValidationError(
            "The inventory has changed since this preview was drawn. Look at it again; nothing was taken over."
        )
    bad = plan.counts[ERROR]
    if bad and not leave_out_errors:
        raise ValidationError(
            f"{bad} {'row has' if bad == 1 else 'rows have'} errors, so nothing was taken over. Correct the file, or "
            "say that the bad rows are left out."
        )
    return plan


@transaction.atomic
def inventory_discard(*, row: InventoryImport, actor: User, now: datetime | None = None) -> None:
    """Forget an import that was only looked at. Raises PermissionDenied, ValidationError when a worker has it."""
    row = InventoryImport.objects.select_for_update(of=("self",)).select_related("department").get(pk=row.pk)
    check_register(actor, row.department.program_id, row.department_id)
    if row.takeovers.filter(status__in=LIVE).exists():
        raise ValidationError("A worker takes this import over. Stop it first, then discard the upload.")
    if row.status == Status.PREVIEW:
        _close(row, Status.DISCARDED, {}, now or timezone.now())
        _event("workflow.inventory_discarded", row.department, actor, {}, now)


@transaction.atomic
def imports_forget(*, now: datetime | None = None) -> int:
    """Discard uploads that nobody decided within a week: their rows hold addresses. Returns how many."""
    now = now or timezone.now()
    rows = list(_undecided().filter(uploaded_at__lt=now - FORGOTTEN_AFTER))
    for row in rows:
        _close(row, Status.DISCARDED, {}, now)
    return len(rows)


def _undecided() -> QuerySet[InventoryImport]:
    """The imports that wait for a person and that no worker takes over, locked."""
    live = InventoryTakeover.objects.filter(status__in=LIVE).values("inventory_import_id")
    waiting = InventoryImport.objects.filter(status=Status.PREVIEW).exclude(pk__in=live)
    return waiting.select_for_update(of=("self",))


def _take_all(plan: Plan, department: Department, actor: User, now: datetime) -> list[Dataset]:
    """Write the rows in the order of the file. Returns the datasets that are new."""
    registry = Registry(department=department, actor=actor, now=now)
    entered = [_take(planned, registry, actor, now) for planned in plan.rows]
    registry.write()
    return [dataset for dataset in entered if dataset]


def _take(planned: PlanRow, registry: Registry, actor: User, now: datetime) -> Dataset | None:
    """Write one row. Returns the dataset when it is new."""
    try:
        if planned.status == NEW:
            return registry.enter(fields=planned.fields, inventory_id=planned.inventory_id)
        if planned.status == CHANGED and planned.dataset is not None:
            registry.write()  # the history tells of the rows in their order
            dataset_change(dataset=planned.dataset, actor=actor, fields=planned.fields, now=now)
    except ValidationError as error:
        raise ValidationError(
            f"Row {planned.number} (“{planned.title[:80]}”): {' '.join(error.messages)} Nothing was taken over."
        ) from None
    return None


def _tell(entered: list[Dataset], department: Department, actor: User, now: datetime) -> None:
    """One letter per steward, however many datasets they were given."""
    counted = Counter(dataset.steward for dataset in entered if dataset.steward)
    for steward, new in counted.items():
        message_queue(
            message_id="inventory_imported",
            recipients=[steward],
            actor=actor,
            context={"dataset": f"{new} {'dataset' if new == 1 else 'datasets'} of {department.name}"},
            path=f"{reverse('dataset_list')}?steward={steward.pk}",
            now=now,
        )


def _close(row: InventoryImport, status: str, counts: dict[str, int], now: datetime) -> None:
    """An import is decided once; its rows, which hold addresses, are forgotten."""
    row.status, row.counts, row.decided_at = status, counts, now
    row.headers, row.rows = [], []
    row.save(update_fields=["status", "counts", "decided_at", "headers", "rows"])


def _read(upload: File, name: str) -> tuple[list[str], list[list[str | None]], str]:
    """Headings and rows of a file, read in a process of its own under limits. Raises DataFileError."""
    suffix_check(name)
    if is_personal(name):
        raise DataFileError(
            "The name of the file holds what is written like a personal number or an e-mail address. Rename the "
            "file, and upload it again.",
            code="personal_name",
        )
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder, _on_disk(upload) as path:
        result = read_in_child(path, name=name, out_dir=Path(folder), limits=import_limits())
        if result.rows > ROWS_MAX:
            raise DataFileError(
                f"The file has {result.rows:,} rows; at most {ROWS_MAX:,} are imported at once. Split it.",
                code="too_many_rows",
            )
        table = read_columnar(result.columnar)
    fault = headings_fault(table.names)
    if fault:
        raise DataFileError(fault, code="headings")
    rows = [[_storable(cell) for cell in row] for row in table.frame.rows()]
    return [_storable(name) or "" for name in table.names], rows, result.sha256


def _storable(cell: str | None) -> str | None:
    """A cell as the database can hold it: PostgreSQL takes no NUL character."""
    return cell.replace("\0", "") if cell else cell


@contextmanager
def _on_disk(upload: File) -> Iterator[Path]:
    """A path with the bytes of the upload, no larger than allowed."""
    limits = import_limits()
    size_check(upload.size or 0, limits)
    if hasattr(upload, "temporary_file_path"):
        yield Path(upload.temporary_file_path())
        return
    with tempfile.NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as target:
        for chunk in upload.chunks():
            target.write(chunk)
        target.flush()
        yield Path(target.name)


def _event(
    action: str, department: Department, actor: User, data: dict[str, object], now: datetime | None
) -> None:
    event_record(
        action=action, actor=actor, subject=department, data=data, program_id=department.program_id, now=now
    )
