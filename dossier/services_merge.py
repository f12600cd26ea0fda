"""The table of a release put together of what is public and what is new, kept like a file that was read."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.services import event_record
from datafiles.fingerprint import RowSum, frame_add
from datafiles.merging import Merged, merge
from datafiles.profile import profile_of
from datafiles.table import read_blocks, read_columns
from dossier.models import FileRead, StoredFile
from dossier.selectors import subject_of
from dossier.services import dossier_lock
from dossier.services_files import file_fact
from dossier.storage import file_keep, local_path
from work.models import WorkItem
from work.services import Beat

_PARQUET = "application/vnd.apache.parquet"


def table_merge(
    *, release_id: int, base: StoredFile, new: FileRead, key: str, beat: Beat, now: datetime | None = None
) -> tuple[StoredFile, Merged]:
    """Put `base` (a columnar copy) and the rows of `new` together, and make that the current file of the release.

    `key` names the column that tells rows apart where rows are replaced; "" appends. Scan, checks, risk and what
    goes to the portal then speak of the whole table. Raises datafiles.merging.MergeError and DossierFrozen.
    """
    if new.columnar is None:
        raise ValueError("The new file has not been read.")
    beat(10, "Putting the table together")
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        out = Path(folder) / "table.parquet"
        with local_path(base.storage_key) as before, local_path(new.columnar.storage_key) as added:
            merged = merge(before, added, out, key=key)
        beat(40, "Looking at the whole table")
        columns = read_columns(out)
        profile = profile_of(columns, lambda names: read_blocks(out, list(names)))
        rows = RowSum()
        for block in read_blocks(out):
            frame_add(rows, block)
        sha256, size, storage_key = file_keep(out)
    beat(70, "Storing the whole table")
    with transaction.atomic():
        dossier_lock(release_id=release_id, part="file")
        beat(75, "Storing the whole table")  # the row must still be ours, inside the transaction
        name = f"{Path(new.raw.name).stem}, with what is public.parquet"
        about = {
            "sha256": sha256,
            "size": size,
            "name": name,
            "content_type": _PARQUET,
            "storage_key": storage_key,
            "created_at": now or timezone.now(),
        }
        raw = StoredFile.objects.create(
            release_id=release_id, kind=StoredFile.Kind.RAW, uploaded_by=new.raw.uploaded_by, **about
        )
        columnar = StoredFile.objects.create(
            release_id=release_id,
            kind=StoredFile.Kind.COLUMNAR,
            meta={
                "raw_sha256": sha256,
                "rows": profile["rows"],
                "columns": [{"name": one.name, "type": one.type, "form": one.form} for one in columns],
                "notes": [],
                "profile": profile,
                "row_fingerprint": rows.text(),
                "read_seconds": 0,
            },
            **about,
        )
        FileRead.objects.create(
            release_id=release_id,
            raw=raw,
            columnar=columnar,
            status=WorkItem.Status.DONE,
            finished_at=now or timezone.now(),
        )
        event_record(
            action="file.merged",
            actor=None,
            subject=raw,
            data={
                "name": new.raw.name,
                "rows": profile["rows"],
                "new": merged.new_rows,
                "changed": merged.changed_rows,
            },
            now=now,
            **subject_of(release_id),
        )
        file_fact(release_id, now)
    return raw, merged
