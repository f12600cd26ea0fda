"""Fetched files that were set aside are deleted some days later: raw data is kept no longer than it is needed.

A file that a release took is the release's own and stays with it; of the fetch everything but its bytes is kept.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from audit.services import event_record
from dossier.models import StoredFile
from dossier.services_bytes import BytesBeingStored, bytes_delete
from publishing.models import EtlRecord, Fetch, RefreshState

log = logging.getLogger(__name__)

_OVER = ("RETIRED", "SUPERSEDED", "REJECTED", "WITHDRAWN")


def fetched_files_delete(*, now: datetime | None = None) -> int:
    """Delete the files of fetches that nobody needs any more. Returns how many; one that fails keeps no other."""
    now = now or timezone.now()
    deleted = 0
    for fetch in list(_due(now)):
        try:
            deleted += _file_delete(fetch, now)
        except BytesBeingStored:
            continue  # the next sweep tries again
        except Exception:
            log.exception("The file of fetch %s could not be deleted", fetch.pk)
    return deleted


def _due(now: datetime) -> QuerySet[Fetch]:
    """Fetches whose file was set aside long enough ago, and is no file of a release.

    Set aside is what a newer fetch passed, what could not be read, what an earlier version of the record brought,
    and what waits for a dataset that was retired.
    """
    before = now - timedelta(days=max(1, settings.SOURCE_KEEP_DAYS))
    newer = Fetch.objects.filter(
        dataset=OuterRef("dataset"), pk__gt=OuterRef("pk"), outcome=Fetch.Outcome.NEW, taken_at=None
    )
    releases = apps.get_model("workflow", "Release")._default_manager.filter(dataset=OuterRef("dataset"))
    retired = Exists(releases.filter(stage="RETIRED")) & ~Exists(releases.exclude(stage__in=_OVER))
    passed = Q(record__method=EtlRecord.Method.REPLACE) & Exists(newer)
    aside = Q(taken_at__lt=before) | Q(taken_at=None, fetched_at__lt=before) & (passed | retired)
    kept = StoredFile.objects.filter(storage_key=OuterRef("storage_key"))
    return Fetch.objects.filter(aside, ~Exists(kept), file_deleted_at=None).exclude(storage_key="")


def source_ask_anew(dataset_id: int) -> None:
    """Forget what came last and no release took: else the same bytes would be nothing new, and never come."""
    taken = Fetch.objects.filter(dataset_id=dataset_id, release__isnull=False).first()
    RefreshState.objects.filter(dataset_id=dataset_id).update(
        last_sha256=taken.sha256 if taken else "", validators={}, validators_of=""
    )


@transaction.atomic
def _file_delete(fetch: Fetch, now: datetime) -> bool:
    """Let go of one file. False when a release took it meanwhile."""
    # Held like the conductor holds it while it hands a file to a release (workflow.services.fetched).
    datasets = apps.get_model("workflow", "Dataset")._default_manager
    dataset: Any = datasets.select_for_update(of=("self",)).get(pk=fetch.dataset_id)
    row = _due(now).filter(pk=fetch.pk).first()
    if row is None:
        return False
    key = row.storage_key
    row.storage_key, row.file_deleted_at = "", now
    row.save(update_fields=["storage_key", "file_deleted_at"])
    later = Fetch.objects.filter(dataset=dataset.pk, outcome=Fetch.Outcome.NEW, pk__gt=row.pk)
    if row.taken_at is None and not later.exists():
        source_ask_anew(dataset.pk)
    event_record(
        action="source.file_deleted",
        actor=None,
        subject=row,
        data={"size": row.size, "sha256": row.sha256, "days": max(1, settings.SOURCE_KEEP_DAYS)},
        program_id=dataset.program_id,
        dataset_id=dataset.pk,
        now=now,
    )
    # Last of all: what fails before it leaves the row its bytes.
    bytes_delete(key=key, now=now)
    return True
