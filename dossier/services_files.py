"""The intake of files: received into private storage, read in a process of their own, looked at by few."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from audit.services import event_record
from datafiles.errors import DataFileError
from datafiles.limits import Limits
from datafiles.names import is_personal
from datafiles.readers import size_check, suffix_check
from datafiles.reading import ReadResult, read_in_child
from datafiles.table import count_rows, read_rows
from dossier.errors import DossierFrozen
from dossier.models import FileRead, StoredFile
from dossier.selectors import current_file, current_read, facts, failed_read
from dossier.services import contribution_record, dossier_lock, fact_record
from dossier.storage import CHUNK, file_keep, local_path, open_key
from work.errors import Stop
from work.services import Beat, task_nudge, work_cancel, work_queue, work_retry

if TYPE_CHECKING:
    from accounts.models import User

CONTENT_TYPES = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PREVIEW_ROWS = 50
_BYTES_PER_SECOND = 20_000_000  # for the progress bar only


@dataclass(frozen=True)
class Preview:
    """Some rows of the current file, in clear: only for people who may read it raw."""

    file: StoredFile
    columns: list[str]
    rows: list[tuple[str | None, ...]]
    first_row: int
    total_rows: int

    @property
    def numbered(self) -> list[tuple[int, tuple[str | None, ...]]]:
        """The rows with their positions in the file, from 1."""
        return list(enumerate(self.rows, self.first_row))


def limits_current() -> Limits:
    """The limits of this installation."""
    return Limits(max_bytes=settings.UPLOAD_MAX_BYTES)


def file_receive(
    *, release_id: int, upload: File, name: str, actor: User | None, now: datetime | None = None
) -> StoredFile:
    """Take a file into private storage under its sha256, and have it read. No `actor`: it was fetched.

    The same bytes as the current file, or as one that is being read, are recognised: nothing is done and that
    file is returned. Raises DataFileError (format, size) and DossierFrozen, with a sentence; the earlier file
    stays in place.
    """
    name = _clean_name(name)
    suffix = suffix_check(name)
    if is_personal(name):
        raise DataFileError(
            "The name of the file holds what is written like a personal number or an e-mail address, and names "
            "of files are kept in the history for good. Rename the file, and upload it again.",
            code="personal_name",
        )
    with transaction.atomic():  # refuse before storing anything
        dossier_lock(release_id=release_id, part="file")
    sha256, size, key = _store(upload)
    with transaction.atomic():
        dossier_lock(release_id=release_id, part="file")
        known = _same_bytes(release_id, sha256)
        if known is not None:
            return known
        for live in FileRead.objects.filter(release_id=release_id, status__in=["queued", "running"]):
            work_cancel(live)
        stored = StoredFile.objects.create(
            release_id=release_id,
            kind=StoredFile.Kind.RAW,
            sha256=sha256,
            size=size,
            name=name,
            content_type=CONTENT_TYPES[suffix],
            storage_key=key,
            uploaded_by=actor,
            created_at=now or timezone.now(),
        )
        if actor is not None:
            contribution_record(release_id=release_id, user=actor, what="file", now=now)
        _event("file.received", stored, actor, {"size": size, "sha256": sha256}, now)
        read = FileRead(release_id=release_id, raw=stored)
        if now is not None:
            read.created_at = read.due_at = now
        read.save()
        work_queue(read)
    return stored


def file_read(item: FileRead, beat: Beat, *, now: datetime | None = None) -> None:
    """Read one uploaded file: the handler that dossier.tasks runs.

    Stores the columnar copy and records the `file` fact in one transaction. Raises Stop with the sentence
    when the file cannot be read; the earlier file then stays the current one. Idempotent.
    """
    if item.is_read:
        return
    raw = item.raw
    beat(5, "Reading the file")
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        try:
            with local_path(raw.storage_key) as path:
                result = read_in_child(
                    path,
                    name=raw.name,
                    out_dir=Path(folder),
                    limits=limits_current(),
                    tick=lambda seconds: beat(_progress(seconds, raw.size), "Reading the file"),
                )
            if result.sha256 != raw.sha256:
                raise DataFileError(
                    "The stored file is damaged. Upload it again, and tell your portal admin.", code="damaged"
                )
        except DataFileError as error:
            beat(95, "Writing down what is wrong")  # a reading that was cancelled writes nothing
            _read_failed(item, error, now)
            raise Stop(error.sentence) from None
        beat(95, "Storing what was read")
        kept = file_keep(result.columnar)
    try:
        with transaction.atomic():
            dossier_lock(release_id=item.release_id, part="file")
            beat(99, "Storing what was read")  # the row must still be ours, inside the transaction
            _read_succeeded(item, result, kept, now)
    except DossierFrozen as error:
        raise Stop(f"The file was read but not taken. {error.sentence}") from None


def file_read_again(*, read: FileRead, actor: User, now: datetime | None = None) -> None:
    """Have a file read once more that could not be read, by a person's wish. Raises DossierFrozen."""
    with transaction.atomic():
        dossier_lock(release_id=read.release_id, part="file")
        _event("work.retried", read.raw, actor, {}, now)
        FileRead.objects.filter(pk=read.pk).update(failed_code="", failed_line=None)
        work_retry(read)


def file_preview(
    *, release_id: int, actor: User, page: int = 1, row: int | None = None, now: datetime | None = None
) -> Preview | None:
    """Some rows of the current file, in clear, with an audit event. The caller has asked the policy.

    `page` counts from 1 and is kept within the file; `row` asks for the page on which that row stands.
    """
    read = current_read(release_id)
    if read is None or read.columnar is None:
        return None
    with local_path(read.columnar.storage_key) as path:
        total = count_rows(path)
        pages = max(1, math.ceil(total / PREVIEW_ROWS))
        wanted = math.ceil(row / PREVIEW_ROWS) if row else page
        first = (min(max(wanted, 1), pages) - 1) * PREVIEW_ROWS + 1
        frame = read_rows(path, first, PREVIEW_ROWS)
    last = first + frame.height - 1
    with transaction.atomic():
        _event(
            "file.viewed", read.raw, actor, {"rows": f"{first} to {last}" if frame.height else "none"}, now
        )
    return Preview(read.raw, frame.columns, frame.rows(), first, total)


def file_download(
    *, release_id: int, actor: User, now: datetime | None = None
) -> tuple[StoredFile, BinaryIO] | None:
    """The current raw file, open for reading, with an audit event. The caller has asked the policy."""
    stored = current_file(release_id)
    if stored is None:
        return None
    with transaction.atomic():
        _event("file.downloaded", stored, actor, {"sha256": stored.sha256}, now)
    return stored, open_key(stored.storage_key)


def facts_rebuild(*, release_id: int) -> None:
    """Recompute the `file` fact from its rows; changes nothing when it is right."""
    known = facts(release_id).get("file")
    if known is not None:
        file_fact(release_id, known.at)


def _read_succeeded(
    item: FileRead, result: ReadResult, kept: tuple[str, int, str], now: datetime | None
) -> None:
    sha256, size, key = kept
    raw = item.raw
    item.columnar = StoredFile.objects.create(
        release_id=item.release_id,
        kind=StoredFile.Kind.COLUMNAR,
        sha256=sha256,
        size=size,
        name=f"{Path(raw.name).stem}.parquet",
        content_type="application/vnd.apache.parquet",
        storage_key=key,
        created_at=now or timezone.now(),
        meta={
            "raw_sha256": raw.sha256,
            "rows": result.rows,
            "columns": result.columns,
            "notes": result.notes,
            "profile": result.profile,
            "row_fingerprint": result.row_fingerprint,
            "read_seconds": result.seconds,
        },
    )
    item.failed_code, item.failed_line = "", None
    item.save(update_fields=["columnar", "failed_code", "failed_line"])
    _event("file.read", raw, None, {"rows": result.rows, "columns": len(result.columns)}, now)
    file_fact(item.release_id, now)


@transaction.atomic
def _read_failed(item: FileRead, error: DataFileError, now: datetime | None) -> None:
    """Remember what is wrong. The fact changes only while there is no earlier file to keep."""
    item.failed_code, item.failed_line, item.error = error.code, error.line, error.sentence
    item.save(update_fields=["failed_code", "failed_line", "error"])
    _event("file.unreadable", item.raw, None, {"code": error.code, "line": error.line}, now)
    if current_read(item.release_id) is None:
        file_fact(item.release_id, now)
    # With an earlier file in place no fact tells of this; the conductor still has people to tell.
    transaction.on_commit(lambda: task_nudge("workflow.tasks.settle", item.release_id))


def file_fact(release_id: int, now: datetime | None) -> None:
    """The `file` fact, from the rows: the current file, or what is wrong with the only one there is."""
    read = current_read(release_id) or failed_read(release_id)
    if read is None:
        return
    meta = read.columnar.meta if read.columnar else {}
    data = {
        "rows": meta.get("rows"),
        "columns": len(meta.get("columns", [])),
        "name": read.raw.name,
        "size": read.raw.size,
        "read_seconds": meta.get("read_seconds"),
    }
    fact_record(
        release_id=release_id,
        kind="file",
        ok=read.is_read,
        sentences=[] if read.is_read else [f"The file “{read.raw.name}” could not be read. {read.error}"],
        about={"file": read.raw.sha256},
        data=data if read.is_read else {},
        now=now,
    )


def _same_bytes(release_id: int, sha256: str) -> StoredFile | None:
    """The file with these bytes that is current, or that is being read now."""
    current = current_file(release_id)
    live = FileRead.objects.filter(release_id=release_id, status__in=["queued", "running"])
    newest = live.select_related("raw").order_by("-id").first()
    candidate = newest.raw if newest else current
    return candidate if candidate and candidate.sha256 == sha256 else None


def _store(upload: File) -> tuple[str, int, str]:
    """Keep the bytes of an upload; the size limit holds while they stream. Returns (sha256, size, key)."""
    limits = limits_current()
    with _on_disk(upload, limits) as path:
        return file_keep(path)


@contextmanager
def _on_disk(upload: File, limits: Limits) -> Iterator[Path]:
    """A path with the bytes of the upload: where Django has put it already, else a copy."""
    if hasattr(upload, "temporary_file_path"):
        path = Path(upload.temporary_file_path())
        size_check(path.stat().st_size, limits)
        yield path
        return
    with tempfile.NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as target:
        size = 0
        for chunk in upload.chunks(CHUNK):
            size += len(chunk)
            size_check(size, limits)
            target.write(chunk)
        target.flush()
        yield Path(target.name)


def _clean_name(name: str) -> str:
    """The last part of the name a browser sent, without control characters, at most 200 long."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    base = "".join(char for char in base if char.isprintable()).strip() or "file"
    stem, dot, suffix = base.rpartition(".")
    return f"{stem[:190]}{dot}{suffix}" if dot and len(suffix) < 10 else base[:200]


def _progress(seconds: float, size: int) -> int:
    """Between 5 and 95, by how long a file of this size usually takes; never quite there."""
    usual = 1 + size / _BYTES_PER_SECOND
    return int(5 + 90 * (1 - math.exp(-seconds / usual)))


def _event(
    action: str, stored: StoredFile, actor: User | None, data: dict[str, Any], now: datetime | None
) -> None:
    release: Any = stored.release
    event_record(
        action=action,
        actor=actor,
        subject=stored,
        data={"name": stored.name, **data},
        program_id=release.dataset.program_id,
        dataset_id=release.dataset_id,
        release_id=release.pk,
        now=now,
    )
