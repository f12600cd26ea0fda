"""The archive copy of what a release had public: data, record, dictionary and memo in one file, kept privately.

The table inside is the approved one to the byte; its sha256 is that of the permit. DOMAIN b4 (archive value).
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User
from accounts.selectors import profile_for
from audit.services import event_record
from datafiles.table import read_columnar
from dossier.models import StoredFile
from dossier.selectors import subject_of
from dossier.services import dossier_lock
from dossier.storage import file_keep, hash_file, local_path, open_key
from privacy.guarded_csv import csv_write
from publishing.models import Permit, Publication
from work.errors import Stop
from work.models import WorkItem
from work.services import Beat, work_queue, work_retry
from workflow import retiring
from workflow.context import ReleaseContext, context_of
from workflow.models import ArchiveCopy, Release
from workflow.selectors.memo import memo_context

# One moment for all entries, so that the same content gives the same bytes.
_STAMP = (1980, 1, 1, 0, 0, 0)
_TABLE = "data/approved.parquet"
_README = """Archive copy of {title} ({identifier}), release {number}, {program}.

data/approved.parquet   the approved table, byte for byte; its sha256 is the one that was approved
data/data.csv           the same table for reading; an apostrophe stands before text that a spreadsheet would run
record.json             what the public was told about it, and who approved it when
dictionary.json         what the columns mean
memo.html               the memo of the privacy decision
manifest.json           the sha256 of each of these

Made {made}.
"""


@transaction.atomic
def archive_ask(*, release: Release, years: int = 0, now: datetime | None = None) -> ArchiveCopy:
    """Have the archive copy of a release made, if there is none. `years` is how long it is kept; 0 is for good.

    The years count from the last time somebody asks, which is while the release is public. So a copy that an earlier,
    withdrawn retirement made is kept as long as this one wants, and made anew where it was deleted meanwhile.
    """
    now = now or timezone.now()
    day = timezone.localdate(now)
    wanted = _years_later(day, years) if years else None
    copy, made = ArchiveCopy.objects.get_or_create(
        release=release, defaults={"keep_until": wanted, "created_at": now, "due_at": now}
    )
    keep_until = _later(copy.keep_until, wanted)
    if keep_until != copy.keep_until:
        copy.keep_until = keep_until
        copy.save(update_fields=["keep_until"])
    if copy.file_deleted_at is not None:
        copy.file_deleted_at = None
        copy.status, copy.attempts, copy.error = WorkItem.Status.QUEUED, 0, ""
        copy.due_at, copy.finished_at = now, None
        copy.save()
        made = True
    if made:
        work_queue(copy)
    elif copy.status == WorkItem.Status.DEAD:
        work_retry(copy)
    return copy


def archive_run(copy: ArchiveCopy, beat: Beat) -> None:
    """The handler of an archive copy: idempotent. Raises Stop when there is nothing to keep."""
    if copy.file_id is not None:
        return
    if _is_taken_back(copy.release):
        raise Stop("This release was taken back in an emergency, so no archive copy of it is made.")
    context = context_of(copy.release_id)
    publication = _publication(copy.release_id)
    wanted = publication.treated_sha256 if publication else context.data("treated", "sha256")
    treated = StoredFile.objects.filter(
        release_id=copy.release_id, kind=StoredFile.Kind.TREATED, sha256=wanted
    ).last()
    if treated is None:
        raise Stop("The approved copy of this release is not in storage, so there is nothing to keep.")
    beat(10, "Putting the archive copy together")
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        path = Path(folder) / "archive.zip"
        with local_path(treated.storage_key) as table:
            parts = _write(path, Path(folder), table, context, publication)
        if parts[_TABLE] != treated.sha256:
            raise Stop("The approved copy in storage is damaged. Tell your portal admin.")
        beat(80, "Storing the archive copy")
        sha256, size, key = file_keep(path)
    with transaction.atomic():
        dossier_lock(release_id=copy.release_id)
        beat(95, "Writing down what was kept")
        copy.file = StoredFile.objects.create(
            release_id=copy.release_id,
            kind=StoredFile.Kind.ARCHIVE,
            sha256=sha256,
            size=size,
            name=f"{context.dataset.inventory_id}-release-{context.release.number}-archive.zip",
            content_type="application/zip",
            storage_key=key,
        )
        copy.parts = parts
        copy.save(update_fields=["file", "parts"])
        event_record(
            action="retirement.archived",
            actor=None,
            subject=copy,
            data={"sha256": sha256, "size": size},
            **subject_of(copy.release_id),
        )


@transaction.atomic
def archive_open(
    *, copy: ArchiveCopy, actor: User, now: datetime | None = None
) -> tuple[StoredFile, BinaryIO] | None:
    """The archive copy, open for reading, with an audit event. Raises PermissionDenied; None before it is made."""
    dataset = copy.release.dataset
    retiring.check_archive(actor, dataset, profile_for(dataset.program))
    if _is_taken_back(copy.release):
        raise PermissionDenied(
            "This release was taken back in an emergency, so its archive copy stays closed."
        )
    if copy.file is None:
        return None
    event_record(
        action="retirement.archive_downloaded",
        actor=actor,
        subject=copy,
        data={"sha256": copy.file.sha256},
        now=now,
        **subject_of(copy.release_id),
    )
    return copy.file, open_key(copy.file.storage_key)


def _is_taken_back(release: Release) -> bool:
    return release.retractions.filter(reinstated_at=None).exists()


def _publication(release_id: int) -> Publication | None:
    """The copy that was public; of several places the first, for they hold the same."""
    rows = Publication.objects.filter(release_id=release_id)
    return rows.filter(reached=Publication.Reached.PUBLIC).first() or rows.first()


def _write(
    path: Path, folder: Path, table: Path, context: ReleaseContext, publication: Publication | None
) -> dict[str, str]:
    """Write the archive. Returns each part's sha256."""
    about = _about(context, publication)
    texts = {
        "record.json": _json(about),
        "dictionary.json": _json(about["record"].get("columns", [])),
        "memo.html": render_to_string("privacy/assessment/memo_document.html", memo_context(context)),
    }
    readable = folder / "data.csv"
    csv_write(read_columnar(table), readable)
    parts = {_TABLE: hash_file(table)[0], "data/data.csv": hash_file(readable)[0]}
    with zipfile.ZipFile(path, "w") as archive:
        with _entry(archive, _TABLE) as target:
            _pour(table, target)
        with _entry(archive, "data/data.csv") as target:
            _pour(readable, target)
        for name, text in texts.items():
            (folder / name).write_text(text, "utf-8")
            parts[name] = hash_file(folder / name)[0]
            with _entry(archive, name) as target:
                target.write(text.encode())
        with _entry(archive, "manifest.json") as target:
            target.write(_json(parts).encode())
        with _entry(archive, "README.txt") as target:
            target.write(_readme(context).encode())
    return parts


def _about(context: ReleaseContext, publication: Publication | None) -> dict[str, Any]:
    release = context.release
    permit = publication.permit if publication else Permit.objects.filter(release=release).first()
    return {
        "identifier": context.dataset.inventory_id,
        "program": context.dataset.program.name,
        "department": context.dataset.department.name,
        "title": context.dataset.title,
        "release": release.number,
        "published_at": release.published_at.isoformat() if release.published_at else None,
        "record": publication.record if publication else {},
        "described": permit.described if permit else {},
        "approvers": permit.approvers if permit else [],
        "treated_sha256": publication.treated_sha256 if publication else context.data("treated", "sha256"),
        "public_at": (publication.receipt.get("public", {}) if publication else {}).get("public_url", ""),
    }


def _readme(context: ReleaseContext) -> str:
    return _README.format(
        title=context.dataset.title,
        identifier=context.dataset.inventory_id,
        number=context.release.number,
        program=context.dataset.program.name,
        made=context.now.astimezone(UTC).date().isoformat(),
    )


@contextmanager
def _entry(archive: zipfile.ZipFile, name: str) -> Iterator[Any]:
    info = zipfile.ZipInfo(name, date_time=_STAMP)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    with archive.open(info, "w", force_zip64=True) as target:
        yield target


def _pour(source: Path, target: Any) -> None:
    with source.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            target.write(chunk)


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, default=str)


def _later(one: date | None, other: date | None) -> date | None:
    """The later of two days; none at all is for good."""
    return max(one, other) if one and other else None


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, day=28)
