from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.apps import apps
from django.core import serializers
from django.utils import timezone

from audit.models import AuditEvent
from dossier.models import Fact
from dossier.selectors import facts
from dossier.services import dossier_open
from privacy.models import ColumnVerdict, Scan
from privacy.services import quasi_confirm, scan_cancel, scan_request, scan_run
from tests.cast import Cast
from tests.privacy.samples import EMAIL, PHONE, SSN, permits
from work.services import work_run
from workflow.models import Release


def test_asking_twice_makes_one_scan(release: Release, upload: Callable[..., None]) -> None:
    upload()
    first, second = (scan_request(release_id=release.pk) for _ in range(2))
    assert first == second and Scan.objects.count() == 1


def test_without_a_file_there_is_nothing_to_scan(release: Release) -> None:
    assert scan_request(release_id=release.pk) is None


def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(
    release: Release, upload: Callable[..., None]
) -> None:
    upload()
    scan = scan_request(release_id=release.pk)
    assert scan is not None

    def killed(item: Scan, beat: Callable[[int, str], None]) -> None:
        scan_run(item, beat)
        raise SystemExit  # after the results were committed, before the row could say so

    with pytest.raises(SystemExit):
        work_run(Scan, scan.pk, killed)
    verdicts, events = (
        ColumnVerdict.objects.count(),
        AuditEvent.objects.filter(action="privacy.scanned").count(),
    )
    Scan.objects.filter(pk=scan.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert work_run(Scan, scan.pk, scan_run)
    scan.refresh_from_db()
    assert scan.status == "done"
    assert ColumnVerdict.objects.count() == verdicts == 6
    assert AuditEvent.objects.filter(action="privacy.scanned").count() == events == 1


def test_a_worker_that_lost_its_lease_writes_nothing(release: Release, upload: Callable[..., None]) -> None:
    upload()
    scan = scan_request(release_id=release.pk)
    assert scan is not None

    def overtaken(item: Scan, beat: Callable[[int, str], None]) -> None:
        Scan.objects.filter(pk=item.pk).update(lease_token="somebody else's")
        scan_run(item, beat)

    work_run(Scan, scan.pk, overtaken)
    assert not ColumnVerdict.objects.exists()
    assert "scan" not in facts(release.pk)


def test_a_stopped_scan_starts_again_only_when_a_person_asks(
    release: Release, cast: Cast, upload: Callable[..., None]
) -> None:
    upload()
    scan = scan_request(release_id=release.pk)
    assert scan is not None and scan_cancel(release_id=release.pk, actor=cast.steward)
    scan_request(release_id=release.pk)
    scan.refresh_from_db()
    assert scan.status == "cancelled"
    scan_request(release_id=release.pk, actor=cast.steward)
    scan.refresh_from_db()
    assert scan.status == "queued"


def test_an_earlier_file_that_comes_back_is_not_scanned_again(
    scanned: Release, upload: Callable[..., None], work: Callable[[], None]
) -> None:
    first = facts(scanned.pk)["scan"].about
    upload({"permit_no": ["A-1", "A-2"], "cost": ["10", "20"]})
    scan_request(release_id=scanned.pk)
    work()
    assert facts(scanned.pk)["scan"].about != first
    upload()
    scan_request(release_id=scanned.pk)
    assert facts(scanned.pk)["scan"].about == first
    assert Scan.objects.count() == 2


def test_progress_says_how_many_rows_are_read_and_which_column_is_judged(
    release: Release, upload: Callable[..., None]
) -> None:
    upload()
    scan = scan_request(release_id=release.pk)
    assert scan is not None
    heard: list[tuple[int, str]] = []
    scan_run(scan, lambda percent, message: heard.append((percent, message)))
    messages = [message for _, message in heard]
    assert "0 of 60 rows read, 6 columns" in messages
    assert "60 rows read, column 6 of 6: remarks" in messages
    assert [percent for percent, _ in heard] == sorted(percent for percent, _ in heard)


def test_no_value_of_the_file_is_kept_anywhere_outside_private_storage(
    release: Release,
    cast: Cast,
    upload: Callable[..., None],
    work: Callable[[], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    planted = permits()
    planted["remarks"][3] = f"Reach her at {EMAIL} or {PHONE}"
    planted["owner_name"] = ["Josephine Quackenbush"] * len(planted["remarks"])
    with caplog.at_level(logging.DEBUG):
        upload(planted)
        scan_request(release_id=release.pk)
        work()
        dossier_open(release_id=release.pk, parts=["privacy"])
        quasi_confirm(release_id=release.pk, columns=["zip"], k_min=5, actor=cast.privacy_officer)
    rows = [row for model in apps.get_models() if model._meta.managed for row in model._default_manager.all()]
    kept = (
        serializers.serialize("json", rows)
        + json.dumps([fact.data for fact in Fact.objects.all()])
        + caplog.text
    )
    assert ColumnVerdict.objects.get(column="remarks").hits, "it was found"
    for secret in (SSN, SSN.replace("-", ""), "ann.planted", PHONE, "556-0173", "Quackenbush", "Josephine"):
        assert secret not in kept
