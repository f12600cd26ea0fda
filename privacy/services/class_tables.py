"""The class table of a release's file, made by a worker, so that a what-if never reads the rows."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from datafiles.table import read_columnar
from dossier.models import StoredFile
from dossier.services import dossier_lock
from dossier.storage import file_keep, local_path
from privacy.class_file import class_table_write
from privacy.hierarchies import MOST_CLASSES_ON_PAGES
from privacy.models import ClassTabulation
from privacy.risk.classes import ClassTable
from privacy.risk.profile import profile_of
from privacy.selectors import columnar_of, quasi_digest, state_of
from work.errors import Stop
from work.services import Beat, work_queue, work_retry


@transaction.atomic
def classes_request(*, release_id: int) -> ClassTabulation | None:
    """Have the class table made of the current file and the confirmed columns; never made twice.

    None when no column was confirmed that could single out a person.
    """
    state = state_of(release_id)
    if state.quasi is None or not state.quasi.columns or state.scan is None:
        return None
    row, created = ClassTabulation.objects.get_or_create(
        release_id=release_id,
        file_sha256=state.file_sha256,
        quasi_digest=quasi_digest(state.quasi.columns),
        defaults={"quasi": list(state.quasi.columns)},
    )
    if created:
        work_queue(row)
    elif row.status == ClassTabulation.Status.DEAD:
        work_retry(row)
    return row


def classes_run(item: ClassTabulation, beat: Beat, *, now: datetime | None = None) -> None:
    """Make one class table: the handler that privacy.tasks runs. Idempotent. Raises Stop without the file."""
    if item.table is not None:
        return
    columnar = columnar_of(item.release_id, item.file_sha256)
    if columnar is None:
        raise Stop("The file is not there any more. Upload it again.")
    beat(10, "Opening the file")
    with local_path(columnar.storage_key) as path:
        table = ClassTable.of(read_columnar(path, list(item.quasi)).frame, item.quasi)
    profile = _profile(item, table)
    beat(70, "Keeping the groups")
    sha256, size, key = _stored(table)
    with transaction.atomic():
        dossier_lock(release_id=item.release_id)
        beat(99, "Keeping the groups")  # the row must still be ours, inside the transaction
        kept, _ = StoredFile.objects.get_or_create(
            release_id=item.release_id,
            kind=StoredFile.Kind.CLASSES,
            sha256=sha256,
            defaults={
                "size": size,
                "name": "groups of the quasi-identifiers",
                "storage_key": key,
                "created_at": now or timezone.now(),
                "meta": {"raw_sha256": item.file_sha256, "quasi_digest": item.quasi_digest} | profile,
            },
        )
        item.table, item.rows, item.classes = kept, table.rows, len(table)
        item.save(update_fields=["table", "rows", "classes"])


def _profile(item: ClassTabulation, table: ClassTable) -> dict[str, Any]:
    """The measures of a table that is too large for pages, to be kept with it: counts and shares, no values."""
    quasi = state_of(item.release_id).quasi
    if quasi is None or len(table) <= MOST_CLASSES_ON_PAGES:
        return {}
    return {"profile": profile_of(table, threshold=quasi.k_min, deep=False).to_dict()}


def _stored(table: ClassTable) -> tuple[str, int, str]:
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        path = Path(folder) / "classes.zip"
        class_table_write(table, path)
        return file_keep(path)
