"""Archive copies are deleted when their day has come: the program says for how many years they are kept."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.selectors import profile_for
from audit.services import event_record
from dossier.selectors import subject_of
from dossier.services import dossier_lock
from dossier.services_bytes import BytesBeingStored, bytes_delete
from workflow.calendar import calendar_of
from workflow.models import ArchiveCopy, Retirement

log = logging.getLogger(__name__)


def archive_copies_delete(*, now: datetime | None = None) -> int:
    """Delete the files of archive copies that are past their day. Returns how many; one that fails keeps no other."""
    now = now or timezone.now()
    deleted = 0
    for copy in list(_past(now)):
        try:
            deleted += _copy_delete(copy, now)
        except BytesBeingStored:
            continue  # the next sweep tries again
        except Exception:
            log.exception("The archive copy %s could not be deleted", copy.pk)
    return deleted


def _past(now: datetime) -> QuerySet[ArchiveCopy]:
    """Copies whose day is over, and which no retirement under way waits for."""
    under_way = Retirement.objects.filter(state__in=(Retirement.State.PROPOSED, Retirement.State.NOTICE))
    rows = ArchiveCopy.objects.filter(keep_until__lte=timezone.localdate(now), file__isnull=False)
    return rows.exclude(release__dataset__in=under_way.values("dataset")).select_related(
        "release__dataset__program"
    )


@transaction.atomic
def _copy_delete(copy: ArchiveCopy, now: datetime) -> bool:
    """Delete one copy. False where its day is not over yet in the program's own time, or somebody was faster."""
    dossier_lock(release_id=copy.release_id)
    today = calendar_of(profile_for(copy.release.dataset.program)).local_day(now)
    row = _past(now).filter(pk=copy.pk, keep_until__lt=today).select_for_update(of=("self",)).first()
    if row is None or row.file is None:
        return False
    file = row.file
    row.file, row.file_deleted_at = None, now
    row.save(update_fields=["file", "file_deleted_at"])
    file.delete()
    event_record(
        action="retirement.archive_deleted",
        actor=None,
        subject=row,
        data={"sha256": file.sha256, "until": str(row.keep_until)},
        now=now,
        **subject_of(row.release_id),
    )
    # Last of all: what fails before it leaves the row its bytes.
    bytes_delete(key=file.storage_key, now=now)
    return True
