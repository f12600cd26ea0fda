"""Scanning a release's file for personal data, by a worker."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from audit.services import event_record
from datafiles.table import count_rows, read_blocks, read_columns
from dossier.selectors import current_file, subject_of
from dossier.services import dossier_lock
from dossier.storage import local_path
from privacy.detectors import REGISTRY_VERSION
from privacy.models import ColumnVerdict, Scan
from privacy.scanner import ColumnResult, ScanResult, scan_blocks
from privacy.sealing import evidence_key
from privacy.selectors import columnar_of
from privacy.services.facts import facts_write
from privacy.services.treatments import treatment_request
from work.errors import Stop
from work.services import Beat, work_cancel, work_queue, work_retry

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def scan_request(*, release_id: int, actor: User | None = None, now: datetime | None = None) -> Scan | None:
    """Have the current file scanned by the detectors of today; the same scan is never made twice.

    Returns the scan (queued, running or finished), None when there is no file yet. A scan that stopped is
    started again only when a person (`actor`) asks.
    """
    dossier_lock(release_id=release_id)
    raw = current_file(release_id)
    if raw is None:
        return None
    found, created = Scan.objects.get_or_create(
        release_id=release_id, file_sha256=raw.sha256, registry_version=REGISTRY_VERSION
    )
    if created:
        work_queue(found)
    elif found.scanned_at:
        # The file of an earlier scan is the current one again.
        facts_write(release_id=release_id, now=now)
        treatment_request(release_id=release_id, now=now)
    elif actor is not None:
        work_retry(found)
    if actor is not None and not found.scanned_at:
        event_record(
            action="privacy.scan_requested", actor=actor, subject=found, now=now, **subject_of(release_id)
        )
    return found


@transaction.atomic
def scan_cancel(*, release_id: int, actor: User, now: datetime | None = None) -> bool:
    """Stop a scan that waits or runs. Returns False when there is none. The file stays unscanned."""
    dossier_lock(release_id=release_id)
    live = [row for row in Scan.objects.filter(release_id=release_id, scanned_at=None) if row.is_live]
    for row in live:
        work_cancel(row)
        event_record(
            action="privacy.scan_cancelled", actor=actor, subject=row, now=now, **subject_of(release_id)
        )
    return bool(live)


def scan_run(item: Scan, beat: Beat, *, now: datetime | None = None) -> None:
    """Scan one file: the handler that privacy.tasks runs. Idempotent; a second run finds it done.

    Results, event and facts are written in one transaction. A file replaced meanwhile is scanned all the same:
    it may come back, and the facts speak of the current one only. Raises Stop when the file is gone.
    """
    if item.scanned_at is not None:
        return
    columnar = columnar_of(item.release_id, item.file_sha256)
    if columnar is None:
        raise Stop("The file is not there any more. Upload it again.")
    beat(1, "Opening the file")
    with local_path(columnar.storage_key) as path:
        result = scan_blocks(
            read_columns(path),
            count_rows(path),
            read_blocks(path),
            lambda percent, message: beat(2 + percent * 95 // 100, message),
            key=evidence_key(),
        )
    with transaction.atomic():
        dossier_lock(release_id=item.release_id)
        beat(99, "Writing down what was found")  # the row must still be ours, inside the transaction
        _keep(item, result, now)
        facts_write(release_id=item.release_id, now=now)
        treatment_request(release_id=item.release_id, now=now)


def _keep(item: Scan, result: ScanResult, now: datetime | None) -> None:
    item.verdicts.all().delete()
    ColumnVerdict.objects.bulk_create(_verdict(item, column) for column in result.columns)
    item.scanned_at = now or timezone.now()
    item.rows, item.seconds, item.summary = result.rows, result.seconds, result.counts()
    item.save(update_fields=["scanned_at", "rows", "seconds", "summary"])
    event_record(
        action="privacy.scanned",
        actor=None,
        subject=item,
        **subject_of(item.release_id),
        data={
            "columns": len(result.columns),
            "findings": len(result.open_columns),
            "registry": item.registry_version,
        },
        now=now,
    )


def _verdict(item: Scan, column: ColumnResult) -> ColumnVerdict:
    return ColumnVerdict(
        scan=item,
        position=column.index,
        column=column.name,
        type=column.type,
        group=column.group,
        entity=column.entity or "",
        decision=column.decision,
        score=column.score,
        explanation=column.explanation,
        hits=[hit.to_dict() for hit in column.hits],
        evidence_digest=column.evidence_digest,
    )
