"""Keeping sketches of what was published, so that later copies are compared with it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from datafiles.table import read_columnar
from dossier.selectors import facts
from dossier.storage import local_path
from privacy.catalogue import (
    linking_columns,
    mosaic_key,
    mosaic_key_id,
    published_digests,
    treated_copy,
    unsketched_releases,
)
from privacy.models import ColumnSketch, CopySketch
from privacy.mosaic import sketches_of
from privacy.selectors import state_of
from work.errors import Stop
from work.services import Beat, work_queue


@transaction.atomic
def sketches_keep(*, release_id: int) -> CopySketch | None:
    """Have the published copy of a release sketched; the same copy is never sketched twice with one secret.

    The conductor calls it when a release becomes public. Returns None where no copy is known.
    """
    treated = facts(release_id).get("treated")
    # What the portal confirmed; only where nothing is known of that, what the station says of the release now.
    digests = [*published_digests(release_id), treated.data.get("sha256", "") if treated else ""]
    sha256 = digests[0]
    if not sha256 or treated_copy(release_id, sha256) is None:
        return None
    copy, created = CopySketch.objects.get_or_create(
        release_id=release_id, treated_sha256=sha256, key_id=mosaic_key_id()
    )
    if created:
        work_queue(copy)
    return copy


def sketches_keep_missing() -> int:
    """Have every public release sketched that is not: published before there were sketches, or under another
    secret. Returns how many were asked for."""
    return sum(sketches_keep(release_id=release_id) is not None for release_id in unsketched_releases())


def sketch_run(item: CopySketch, beat: Beat, *, now: datetime | None = None) -> None:
    """Sketch one published copy: the handler that privacy.tasks runs. Idempotent; Stop when the copy is gone."""
    if item.kept_at is not None:
        return
    file = treated_copy(item.release_id, item.treated_sha256)
    if file is None:
        raise Stop("The published copy is not kept here any more, so it cannot be sketched.")
    beat(5, "Opening the copy")
    with local_path(file.storage_key) as path:
        table = read_columnar(path)
    columns = linking_columns(state_of(item.release_id))
    made = sketches_of(table, columns, mosaic_key(), lambda: beat(50, "Sketching the columns"))
    with transaction.atomic():
        beat(95, "Keeping the sketches")  # the row must still be ours, inside the transaction
        item.columns.all().delete()
        ColumnSketch.objects.bulk_create(
            ColumnSketch.of(item, position, sketch) for position, sketch in enumerate(made)
        )
        item.rows, item.kept_at = table.rows, now or timezone.now()
        item.save(update_fields=["rows", "kept_at"])
