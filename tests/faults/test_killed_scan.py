"""A worker killed with -9 in the middle of a scan: the next one takes it up, and nothing is there twice."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from audit.models import AuditEvent
from dossier.models import FileRead, StoredFile
from dossier.selectors import facts
from privacy.models import ColumnVerdict, Scan
from privacy.scanner import scan
from privacy.sealing import evidence_key
from tests.faults.conftest import PATIENCE
from tests.privacy.samples import as_table, permits
from tests.services.celery_worker import celery_worker
from tests.services.processes import wait_until
from workflow.models import Release

# Enough for a scan of seconds: time to be killed in.
ROWS = 150_000


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_one_whole_scan(
    release: Release, hand_in: Callable[[int], StoredFile]
) -> None:
    file = hand_in(ROWS)
    at_work = Scan.objects.filter(status="running", progress__gt=0)
    with celery_worker("doomed") as worker:
        wait_until(at_work.exists, seconds=PATIENCE, what="A scan at work", every=0.02)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    left = Scan.objects.get(release=release)
    assert (left.status, left.scanned_at) == ("running", None), "the scan ended before the worker was killed"
    with celery_worker("heir"):
        done = Scan.objects.filter(pk=left.pk, status="done")
        wait_until(done.exists, seconds=PATIENCE, what="The end of the scan")
    finished = Scan.objects.get(release=release)
    assert finished.attempts >= 2
    assert FileRead.objects.get(release=release).attempts == 1, "what had ended was done again"
    assert AuditEvent.objects.filter(release_id=release.pk, action="privacy.scanned").count() == 1
    assert facts(release.pk)["scan"].about["file"] == file.sha256
    whole = scan(as_table(permits(ROWS)), key=evidence_key())
    expected = {column.name: column.evidence_digest for column in whole.columns}
    found = ColumnVerdict.objects.filter(scan=finished).values_list("column", "evidence_digest")
    assert sorted(found) == sorted(expected.items())
