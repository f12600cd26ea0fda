"""Writes about the schedule and the access plan: estimates, the department's input, an agency's own plan.

Sources: Durham ITP-5, C.2 (estimated time frame, process, method of posting, frequency, input of the
department); Connecticut's publication guidelines, Step 4 (open data access plan, or the agency's existing one).
"""

from __future__ import annotations

import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.models import Department, User
from accounts.roles import Role, roles_held
from accounts.selectors import departments_visible, profile_for
from audit.services import event_record
from datafiles.names import is_personal
from dossier.services import dossier_lock
from dossier.storage import file_keep, open_key
from workflow.errors import MoveRefused, ReasonRequired
from workflow.models import AccessPlanFile, Dataset, ScheduleEntry
from workflow.policies import check_holds
from workflow.selectors.datasets import datasets_for
from workflow.stages import OPEN_STAGES

_PLANNERS = (Role.COORDINATOR, Role.OPEN_DATA_TEAM, Role.CDO)
_DEPARTMENT = (Role.STEWARD, Role.COORDINATOR, Role.DEPARTMENT_APPROVER)
_UPLOADERS = {
    Role.COORDINATOR,
    Role.DEPARTMENT_APPROVER,
    Role.OPEN_DATA_TEAM,
    Role.CDO,
    Role.PORTAL_ADMIN,
}
MAX_BYTES = 20_000_000
# suffix -> its type, and the bytes that a file of that kind begins with
FILE_KINDS: dict[str, tuple[str, bytes]] = {
    ".pdf": ("application/pdf", b"%PDF-"),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04"),
    ".csv": ("text/csv", b""),
}


def check_schedule(actor: User, dataset: Dataset) -> None:
    """Raise PermissionDenied unless `actor` may plan the publication of the dataset."""
    _check(actor, _PLANNERS, dataset)


def may_schedule(actor: User, dataset: Dataset) -> bool:
    return _allowed(check_schedule, actor, dataset)


def check_input(actor: User, dataset: Dataset) -> None:
    """Raise PermissionDenied unless `actor` speaks for the department that makes the data."""
    _check(actor, _DEPARTMENT, dataset)


def may_input(actor: User, dataset: Dataset) -> bool:
    return _allowed(check_input, actor, dataset)


def check_access_plan(actor: User, department: Department) -> None:
    """Raise PermissionDenied unless `actor` may hand in the department's own access plan."""
    if not departments_visible(actor).filter(pk=department.pk).exists() or not (
        roles_held(actor, program=department.program_id, department=department.pk) & _UPLOADERS
    ):
        raise PermissionDenied(
            f"The access plan of {department} is handed in by its coordinator or approver, or the open data team."
        )


def may_access_plan(actor: User, department: Department) -> bool:
    return _allowed(check_access_plan, actor, department)


@transaction.atomic
def schedule_change(
    *,
    dataset_id: int,
    actor: User,
    expected: date | None,
    by_quarter: bool = False,
    process: str = "",
    posting_method: str = "",
    portal: str = ScheduleEntry.Portal.SOCRATA,
    elsewhere_url: str = "",
    reason: str = "",
    now: datetime | None = None,
) -> ScheduleEntry:
    """Say when and how a dataset is to be published. Of an estimate that changes, the first one stays.

    `expected` is a day, or with `by_quarter` the quarter that it ends. Raises PermissionDenied, ReasonRequired
    (an estimate that changes without a reason), MoveRefused (an estimate that was given is revised, not taken
    away; data published elsewhere has its address).
    """
    now = now or timezone.now()
    dataset = _locked(dataset_id)
    check_schedule(actor, dataset)
    entry = ScheduleEntry.objects.filter(dataset=dataset).first() or ScheduleEntry(dataset=dataset)
    if portal == ScheduleEntry.Portal.ELSEWHERE and not elsewhere_url:
        raise MoveRefused("Say where it is published: give the address of the page.")
    before = {name: getattr(entry, name) for name in _ENTRY_FIELDS}
    _estimate(entry, expected, by_quarter, reason.strip())
    entry.process, entry.posting_method = process.strip(), posting_method.strip()
    entry.portal = portal
    entry.elsewhere_url = elsewhere_url if portal == ScheduleEntry.Portal.ELSEWHERE else ""
    changed = [words for name, words in _ENTRY_FIELDS.items() if getattr(entry, name) != before[name]]
    if entry.pk and not changed:
        return entry
    entry.changed_at = now
    entry.full_clean(exclude=["dataset"])
    entry.save()
    fields = ", ".join(dict.fromkeys(changed)) or "begun"
    _record("workflow.schedule_changed", dataset, actor, {"fields": fields}, now, note=reason)
    return entry


@transaction.atomic
def schedule_input(*, dataset_id: int, actor: User, text: str, now: datetime | None = None) -> ScheduleEntry:
    """Write down what the department that makes the data says about its publication.

    Raises PermissionDenied, ReasonRequired when nothing is said.
    """
    now = now or timezone.now()
    dataset = _locked(dataset_id)
    check_input(actor, dataset)
    text = text.strip()
    if not text:
        raise ReasonRequired(
            "Say what the department knows: when the data can be ready, and what it needs for it."
        )
    entry = ScheduleEntry.objects.filter(dataset=dataset).first() or ScheduleEntry(dataset=dataset)
    entry.department_input, entry.input_by, entry.input_at = text, actor, now
    entry.save()
    _record("workflow.schedule_input", dataset, actor, {}, now, note=text)
    return entry


def access_plan_upload(
    *,
    department: Department,
    actor: User,
    upload: UploadedFile,
    note: str = "",
    now: datetime | None = None,
) -> AccessPlanFile:
    """Keep an agency's own access plan privately. The same file twice is kept once.

    Raises PermissionDenied, or MoveRefused on a file that is none of the kinds, empty or too large.
    """
    check_access_plan(actor, department)
    name = Path(upload.name or "file").name[:200]
    content_type = _file_check(upload, name)
    with tempfile.NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as target:
        for chunk in upload.chunks():
            target.write(chunk)
        target.flush()
        sha256, size, key = file_keep(Path(target.name))
    with transaction.atomic():
        row, is_new = AccessPlanFile.objects.get_or_create(
            department=department,
            sha256=sha256,
            defaults={
                "name": name,
                "content_type": content_type,
                "size": size,
                "storage_key": key,
                "note": note.strip(),
                "uploaded_by": actor,
                "uploaded_at": now or timezone.now(),
            },
        )
        if is_new:
            _file_event("workflow.access_plan_uploaded", row, actor, now)
    return row


def access_plan_open(*, file: AccessPlanFile, actor: User, now: datetime | None = None) -> BinaryIO:
    """An agency's own plan, open for reading, with an audit event. The caller has asked who may see it."""
    with transaction.atomic():
        _file_event("workflow.access_plan_downloaded", file, actor, now)
    return open_key(file.storage_key)


_ENTRY_FIELDS = {
    "estimated_date": "time frame",
    "by_quarter": "time frame",
    "revised_date": "time frame",
    "revised_by_quarter": "time frame",
    "process": "process",
    "posting_method": "method of posting",
    "portal": "portal",
    "elsewhere_url": "address",
}


def _estimate(entry: ScheduleEntry, expected: date | None, by_quarter: bool, reason: str) -> None:
    if (expected, by_quarter if expected else False) == (entry.expected, entry.expected_by_quarter):
        return
    if entry.estimated_date is None:
        entry.estimated_date, entry.by_quarter = expected, by_quarter
        return
    if expected is None:
        raise MoveRefused("An estimate that was given is not taken away. Give a later one, with the reason.")
    if not reason:
        raise ReasonRequired("Say why the estimate changes; the schedule shows it beside the first one.")
    entry.revised_date, entry.revised_by_quarter, entry.revised_reason = expected, by_quarter, reason


def _file_check(upload: UploadedFile, name: str) -> str:
    """The content type. Raises MoveRefused with what is wrong."""
    suffix = Path(name).suffix.lower()
    if suffix not in FILE_KINDS:
        raise MoveRefused("An access plan is a PDF, an Excel workbook (.xlsx) or a CSV file.")
    if not upload.size or upload.size > MAX_BYTES:
        raise MoveRefused("The file is empty or larger than 20 MB. Choose a smaller one.")
    if is_personal(name):
        raise MoveRefused(
            "The name of the file holds what is written like a personal number or an e-mail address, and names "
            "of files are kept in the history for good. Rename the file, and upload it again."
        )
    content_type, begins = FILE_KINDS[suffix]
    head = upload.read(8)
    upload.seek(0)
    if not head.startswith(begins):
        raise MoveRefused(
            f"The file is named {suffix} but is something else inside. Save it anew and try again."
        )
    return content_type


def _locked(dataset_id: int) -> Dataset:
    """The dataset under its lock, and the dossier of its open release, whose approval asks for the entry."""
    rows = Dataset.objects.select_for_update(of=("self",)).select_related("department", "program")
    dataset = rows.get(pk=dataset_id)
    release = dataset.releases.filter(stage__in=OPEN_STAGES).first()
    if release is not None:
        dossier_lock(release_id=release.pk)
    return dataset


def _check(actor: User, roles: tuple[Role, ...], dataset: Dataset) -> None:
    if not datasets_for(actor).filter(pk=dataset.pk).exists():
        raise PermissionDenied("This dataset is not part of your program or department.")
    check_holds(actor, roles, dataset, profile_for(dataset.program))


def _allowed(check: Any, *args: Any) -> bool:
    try:
        check(*args)
    except PermissionDenied:
        return False
    return True


def _record(
    action: str, dataset: Dataset, actor: User, data: dict[str, Any], now: datetime, note: str = ""
) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=dataset,
        data=data,
        note=note,
        program_id=dataset.program_id,
        dataset_id=dataset.pk,
        now=now,
    )


def _file_event(action: str, file: AccessPlanFile, actor: User, now: datetime | None) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=file,
        data={"name": file.name, "department": file.department.name, "sha256": file.sha256},
        program_id=file.department.program_id,
        now=now,
    )
