"""Files that nobody needs any more are deleted: fetched ones that were set aside, archive copies past their day."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from audit.models import AuditEvent
from dossier import services_bytes, storage
from dossier.models import StoredFile
from dossier.storage import file_keep, private_storage
from publishing.models import EtlRecord, Fetch, RefreshState
from publishing.selectors_sources import fetches_waiting
from publishing.services import fetched_files
from publishing.services.etl import EtlTerms, etl_decide, etl_propose
from publishing.services.fetched_files import fetched_files_delete
from publishing.services.fetches import fetch_refused, fetch_taken
from tests.cast import Cast
from tests.factories.endings import retirement_proposed
from tests.factories.publications import published, stage_put
from tests.factories.workflow import dataset_make
from work.models import WorkItem
from workflow.models import ArchiveCopy, Dataset, Release
from workflow.services import archive_expiry
from workflow.services.archive import archive_ask
from workflow.services.archive_expiry import archive_copies_delete
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset(cast: Cast) -> Dataset:
    made = dataset_make(cast, title="Building permits")
    stage_put(made.current_release, Stage.PUBLISHED, timezone.now())
    return made


@pytest.fixture
def record(dataset: Dataset, cast: Cast) -> EtlRecord:
    terms = EtlTerms(
        source="url",
        config={"url": "https://data.example.gov/permits.csv"},
        extraction="The nightly export.",
        transformation="Nothing is changed.",
        method="replace",
        frequency="daily",
    )
    proposed = etl_propose(dataset_id=dataset.pk, terms=terms, actor=cast.steward)
    return etl_decide(
        record_id=proposed.pk, approve=True, digest=proposed.digest, actor=cast[Role.DEPARTMENT_APPROVER]
    )


def kept(folder: Path, text: str) -> dict[str, Any]:
    path = folder / "file"
    path.write_text(text)
    sha256, size, key = file_keep(path)
    return {"sha256": sha256, "size": size, "storage_key": key}


def brought(record: EtlRecord, folder: Path, text: str, **about: Any) -> Fetch:
    return Fetch.objects.create(
        dataset_id=record.dataset_id,
        record=record,
        status=WorkItem.Status.DONE,
        outcome=Fetch.Outcome.NEW,
        fetched_at=timezone.now(),
        name="permits.csv",
        **kept(folder, text),
        **about,
    )


def later(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)


def is_kept(fetch: Fetch) -> bool:
    fetch.refresh_from_db()
    return bool(fetch.storage_key) and private_storage().exists(fetch.storage_key)


def test_a_file_that_a_newer_fetch_passed_is_deleted_after_the_days_of_the_setting(
    record: EtlRecord, tmp_path: Path, client: Client, cast: Cast
) -> None:
    passed, taken = brought(record, tmp_path, "id\n1\n"), brought(record, tmp_path, "id\n1\n2\n")
    release = Release.objects.get(dataset=record.dataset_id)
    StoredFile.objects.create(release=release, kind="raw", name="p.csv", **kept(tmp_path, "id\n1\n2\n"))
    fetch_taken(fetch_id=taken.pk, release_id=release.pk)
    key = passed.storage_key
    assert fetched_files_delete(now=later(29)) == 0
    assert fetched_files_delete(now=later(31)) == 1
    assert (is_kept(passed), is_kept(taken)) == (False, True)
    assert not private_storage().exists(key)
    event = AuditEvent.objects.get(action="source.file_deleted")
    assert event.data == {"size": passed.size, "sha256": passed.sha256, "days": 30}
    assert fetched_files_delete(now=later(31)) == 0
    client.force_login(cast.steward)
    page = client.get(reverse("dataset_source", args=[record.dataset_id])).content.decode()
    assert "It was set aside, and its file deleted on" in page


def test_a_file_that_the_next_release_takes_waits_as_long_as_it_must(
    record: EtlRecord, tmp_path: Path
) -> None:
    older, newest = brought(record, tmp_path, "id\n1\n"), brought(record, tmp_path, "id\n2\n")
    assert fetched_files_delete(now=later(90)) == 1
    assert (is_kept(older), is_kept(newest)) == (False, True)
    assert fetches_waiting(record.dataset_id) == [newest]
    # Whatever becomes of the newest: a file that is gone is handed to no release.
    fetch_refused(fetch_id=newest.pk, because="It cannot be read.", is_final=True)
    assert fetches_waiting(record.dataset_id) == []
    assert fetched_files_delete(now=later(90)) == 1
    assert not is_kept(newest)


def test_rows_to_be_appended_wait_all_of_them_until_the_data_is_retired(
    record: EtlRecord, tmp_path: Path
) -> None:
    EtlRecord.objects.update(method="append")
    rows = [brought(record, tmp_path, f"id\n{number}\n") for number in (1, 2)]
    assert fetched_files_delete(now=later(90)) == 0
    stage_put(Release.objects.get(dataset=record.dataset_id), Stage.RETIRED, timezone.now())
    assert fetched_files_delete(now=later(90)) == 2
    assert [is_kept(row) for row in rows] == [False, False]


def test_bytes_that_somebody_else_needs_stay(record: EtlRecord, tmp_path: Path) -> None:
    """The same bytes are stored once: a fetch lets go of them, another row still points at them."""
    refused, waiting = brought(record, tmp_path, "id\n1\n"), brought(record, tmp_path, "id\n1\n")
    fetch_refused(fetch_id=refused.pk, because="It cannot be read.", is_final=True)
    assert fetched_files_delete(now=later(31)) == 1
    assert (is_kept(refused), is_kept(waiting)) == (False, True)


def test_bytes_that_are_stored_again_just_now_are_not_deleted_under_anybodys_hands(
    record: EtlRecord, tmp_path: Path
) -> None:
    """The row keeps them meanwhile: bytes that nothing points at would stay for ever."""
    passed = brought(record, tmp_path, "id\n1\n", taken_at=timezone.now() - timedelta(days=40))
    key = passed.storage_key
    kept(tmp_path, "id\n1\n")
    assert fetched_files_delete() == 0
    assert is_kept(passed)
    assert not AuditEvent.objects.filter(action="source.file_deleted").exists()
    assert fetched_files_delete(now=later(1)) == 1
    assert not private_storage().exists(key)


class WithoutPaths(InMemoryStorage):
    def path(self, name: str) -> str:
        raise NotImplementedError

    def _relative_path(self, name: str) -> str:
        return name


def test_a_storage_without_paths_knows_too_that_bytes_were_stored_again_just_now(
    record: EtlRecord, tmp_path: Path, settings: Any
) -> None:
    """As S3: the time of an object is that of the first upload."""
    settings.STORAGES = {**settings.STORAGES, "private": {"BACKEND": f"{__name__}.WithoutPaths"}}
    passed = brought(record, tmp_path, "id\n1\n", taken_at=timezone.now() - timedelta(days=40))
    key = passed.storage_key
    private_storage()._resolve(key).modified_time = timezone.now() - timedelta(days=40)  # type: ignore[attr-defined]
    kept(tmp_path, "id\n1\n")
    assert fetched_files_delete() == 0
    assert is_kept(passed)
    assert fetched_files_delete(now=later(1)) == 1
    assert private_storage().listdir(str(Path(key).parent)) == ([], [])


def test_who_stores_bytes_waits_for_whoever_deletes_the_same_and_stores_them_anew(
    transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = kept(tmp_path, "id\n1\n")["storage_key"]
    storing = threading.Thread(target=kept_elsewhere, args=(tmp_path, "id\n1\n"))
    real = storage.forget_key

    def stored_meanwhile(key: str) -> None:
        """Nobody points at the bytes, and they are about to be deleted."""
        storing.start()
        storing.join(timeout=0.5)
        real(key)

    monkeypatch.setattr(services_bytes, "forget_key", stored_meanwhile)
    with transaction.atomic():
        services_bytes.bytes_delete(key=key, now=later(1))
    storing.join(timeout=20)
    assert private_storage().exists(key)


def kept_elsewhere(folder: Path, text: str) -> None:
    """As another server would: on a connection of its own."""
    (folder / "elsewhere").mkdir()
    try:
        kept(folder / "elsewhere", text)
    finally:
        connections.close_all()


def test_a_file_that_was_deleted_before_a_release_took_it_comes_again(
    record: EtlRecord, tmp_path: Path
) -> None:
    """Data that was retired with a file waiting, and is public again: the same bytes are new, no release had them."""
    taken, older, last = (brought(record, tmp_path, f"id\n{number}\n") for number in (1, 2, 3))
    release = Release.objects.get(dataset=record.dataset_id)
    fetch_taken(fetch_id=taken.pk, release_id=release.pk)
    state = RefreshState.objects.filter(dataset=record.dataset_id)
    state.update(last_sha256=last.sha256, validators={"etag": "3"}, validators_of=record.digest)
    Fetch.objects.filter(pk=older.pk).update(fetched_at=timezone.now() - timedelta(days=40))
    assert fetched_files_delete(now=later(1)) == 1
    assert state.get().last_sha256 == last.sha256  # a later file waits
    stage_put(release, Stage.RETIRED, timezone.now())
    assert fetched_files_delete(now=later(31)) == 2
    assert (state.get().last_sha256, state.get().validators) == (taken.sha256, {})


def test_a_file_that_cannot_be_read_does_not_come_again(record: EtlRecord, tmp_path: Path) -> None:
    refused = brought(record, tmp_path, "id\n1\n")
    RefreshState.objects.update(last_sha256=refused.sha256)
    fetch_refused(fetch_id=refused.pk, because="It cannot be read.", is_final=True)
    assert fetched_files_delete(now=later(31)) == 1
    assert RefreshState.objects.get().last_sha256 == refused.sha256


@pytest.mark.parametrize("what", ["fetched file", "archive copy"])
def test_what_fails_on_the_way_leaves_the_row_its_bytes(
    what: str, record: EtlRecord, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**event: Any) -> None:
        raise RuntimeError("The database is gone.")

    if what == "fetched file":
        passed = brought(record, tmp_path, "id\n1\n", taken_at=timezone.now())
        monkeypatch.setattr(fetched_files, "event_record", fails)
        assert fetched_files_delete(now=later(31)) == 0
        assert is_kept(passed)
        return
    copy = archived(published(cast), tmp_path, 10)
    monkeypatch.setattr(archive_expiry, "event_record", fails)
    assert archive_copies_delete(now=later(12)) == 0
    copy.refresh_from_db()
    assert copy.file is not None and private_storage().exists(copy.file.storage_key)


def archived(release: Release, folder: Path, until_in_days: int) -> ArchiveCopy:
    file = StoredFile.objects.create(release=release, kind="archive", name="a.zip", **kept(folder, "zip"))
    day = timezone.localdate() + timedelta(days=until_in_days)
    return ArchiveCopy.objects.create(release=release, file=file, keep_until=day, status=WorkItem.Status.DONE)


def test_an_archive_copy_is_deleted_when_its_day_is_over(cast: Cast, tmp_path: Path, client: Client) -> None:
    release = published(cast)
    copy = archived(release, tmp_path, 10)
    assert copy.file is not None
    key = copy.file.storage_key
    ArchiveCopy.objects.update(keep_until=timezone.localdate() - timedelta(days=2))
    assert archive_copies_delete() == 0  # its bytes were stored just now
    ArchiveCopy.objects.update(keep_until=copy.keep_until)
    assert archive_copies_delete(now=later(10)) == 0
    assert archive_copies_delete(now=later(12)) == 1
    copy.refresh_from_db()
    assert copy.file is None
    assert not private_storage().exists(key)
    assert AuditEvent.objects.filter(action="retirement.archive_deleted", release_id=release.pk).exists()
    retirement_proposed(release, cast.coordinator)
    client.force_login(cast.coordinator)
    page = client.get(reverse("dataset_retirement", args=[release.dataset_id])).content.decode()
    assert "deleted on" in page
    # The next retirement gets a copy of its own.
    anew = archive_ask(release=release, years=10)
    assert (anew.file_deleted_at, anew.status) == (None, WorkItem.Status.QUEUED)


def test_an_archive_copy_stays_while_a_retirement_is_under_way_or_it_is_kept_for_good(
    cast: Cast, tmp_path: Path
) -> None:
    release = published(cast)
    copy = archived(release, tmp_path, -10)
    row = retirement_proposed(release, cast.coordinator)
    assert archive_copies_delete(now=later(2)) == 0
    row.state = "withdrawn"
    row.save()
    ArchiveCopy.objects.filter(pk=copy.pk).update(keep_until=None)
    assert archive_copies_delete(now=later(2)) == 0


def test_the_years_of_an_archive_copy_count_from_the_retirement_that_was_carried_out(
    cast: Cast, tmp_path: Path
) -> None:
    """A copy that an earlier retirement made, which was withdrawn, is not deleted by the day of that one."""
    release = published(cast)
    copy = archive_ask(release=release, years=3)
    first = copy.keep_until
    file = StoredFile.objects.create(release=release, kind="archive", name="a.zip", **kept(tmp_path, "zip"))
    ArchiveCopy.objects.filter(pk=copy.pk).update(file=file, status=WorkItem.Status.DONE)
    again = archive_ask(release=release, years=3, now=later(700))
    assert (again.pk, again.status) == (copy.pk, WorkItem.Status.DONE)
    assert archive_copies_delete(now=later(365 * 3 + 3)) == 0
    again.refresh_from_db()
    assert first and again.keep_until and (again.keep_until - first).days in (699, 700, 701)
    # A program that names fewer years now takes nothing back, and one that names none keeps it for good.
    assert archive_ask(release=release, years=1, now=later(701)).keep_until == again.keep_until
    assert archive_ask(release=release, now=later(702)).keep_until is None
    assert archive_ask(release=release, years=3, now=later(703)).keep_until is None
