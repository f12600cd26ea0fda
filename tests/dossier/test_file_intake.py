"""A file is received, read by a worker, and becomes the current one only when it could be read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from audit.models import AuditEvent
from datafiles.errors import DataFileError
from datafiles.fingerprint import canonical_row, row_hash_sum
from dossier.errors import DossierFrozen
from dossier.models import FileRead, StoredFile
from dossier.selectors import current_columnar, current_file, facts, latest_read
from dossier.services import dossier_open
from dossier.services_files import (
    facts_rebuild,
    file_download,
    file_preview,
    file_read,
    file_read_again,
    file_receive,
)
from dossier.storage import open_key
from tests.cast import Cast
from work.errors import LeaseLost, Stop
from work.models import WorkItem
from workflow.models import Release

Receive = Callable[..., StoredFile]
ReadLatest = Callable[[], FileRead]

TEXT = "id,name\n1,Ann\n2,Bo\n"
SHA = hashlib.sha256(TEXT.encode()).hexdigest()


def test_a_file_is_stored_under_its_hash_and_queued_for_reading(receive: Receive, release: Release) -> None:
    stored = receive(TEXT)
    assert (stored.sha256, stored.size, stored.kind) == (SHA, len(TEXT), StoredFile.Kind.RAW)
    with open_key(stored.storage_key) as content:
        assert content.read() == TEXT.encode()
    read = latest_read(release.pk)
    assert read is not None
    assert (read.raw, read.status) == (stored, WorkItem.Status.QUEUED)
    assert current_file(release.pk) is None


def test_reading_makes_it_current_and_records_the_fact(
    receive: Receive, read_latest: ReadLatest, release: Release
) -> None:
    stored = receive(TEXT)
    read = read_latest()
    assert (read.status, read.progress) == (WorkItem.Status.DONE, 100)
    assert current_file(release.pk) == stored
    columnar = current_columnar(release.pk)
    assert columnar is not None
    assert columnar.kind == StoredFile.Kind.COLUMNAR
    assert [column["name"] for column in columnar.meta["columns"]] == ["id", "name"]
    assert columnar.meta["row_fingerprint"] == row_hash_sum(
        canonical_row(row) for row in ({"id": "1", "name": "Ann"}, {"id": "2", "name": "Bo"})
    )
    fact = facts(release.pk)["file"]
    assert fact.ok
    assert fact.about == {"file": SHA}
    assert fact.data | {"read_seconds": 0} == {
        "rows": 2, "columns": 2, "name": "permits.csv", "size": len(TEXT), "read_seconds": 0,
    }  # fmt: skip


def test_the_uploader_counts_as_a_contributor(receive: Receive, release: Release, cast: Cast) -> None:
    receive(actor=cast.coordinator)
    assert set(release.contributions.values_list("user_id", flat=True)) == {cast.coordinator.pk}


def test_events_tell_name_size_and_hash_and_no_value(receive: Receive, read_latest: ReadLatest) -> None:
    receive("id,name\n1,Zebulon Quartermain\n")
    read_latest()
    events = list(AuditEvent.objects.filter(action__startswith="file.").order_by("id"))
    assert [event.action for event in events] == ["file.received", "file.read"]
    assert set(events[0].data) == {"name", "size", "sha256"}
    assert "Zebulon" not in str([event.data for event in events])


def test_a_first_file_that_cannot_be_read_leaves_a_sentence(
    receive: Receive, read_latest: ReadLatest, release: Release
) -> None:
    receive("a,b\n1\n", name="bad.csv")
    read = read_latest()
    assert (read.status, read.failed_code, read.failed_line) == (WorkItem.Status.DEAD, "ragged_row", 2)
    assert "Line 2 has 1 field" in read.error
    assert current_file(release.pk) is None
    fact = facts(release.pk)["file"]
    assert not fact.ok
    assert "“bad.csv” could not be read. Line 2" in fact.sentences[0]


def test_a_later_file_that_cannot_be_read_leaves_the_earlier_one_in_place(
    receive: Receive, read_latest: ReadLatest, release: Release
) -> None:
    first = receive(TEXT)
    read_latest()
    receive("a,a\n1,2\n", name="bad.csv")
    assert read_latest().failed_code == "duplicate_header"
    assert current_file(release.pk) == first
    assert facts(release.pk)["file"].about == {"file": SHA}
    assert facts(release.pk)["file"].ok


def test_a_better_file_takes_the_place_of_the_earlier(
    receive: Receive, read_latest: ReadLatest, release: Release
) -> None:
    receive(TEXT)
    read_latest()
    second = receive(TEXT + "3,Cy\n")
    read_latest()
    assert current_file(release.pk) == second
    assert facts(release.pk)["file"].data["rows"] == 3


def test_the_same_bytes_again_are_recognised(
    receive: Receive, read_latest: ReadLatest, release: Release
) -> None:
    first = receive(TEXT)
    assert receive(TEXT) == first
    read_latest()
    assert receive(TEXT, name="again.csv") == first
    assert FileRead.objects.count() == 1


def test_going_back_to_an_earlier_file_is_a_new_upload(receive: Receive, read_latest: ReadLatest) -> None:
    first = receive(TEXT)
    read_latest()
    receive(TEXT + "3,Cy\n")
    read_latest()
    assert receive(TEXT).pk != first.pk


def test_a_newer_upload_cancels_the_reading_that_still_waits(receive: Receive, release: Release) -> None:
    receive(TEXT)
    receive(TEXT + "3,Cy\n")
    assert [read.status for read in FileRead.objects.order_by("id")] == ["cancelled", "queued"]


def test_reading_twice_changes_nothing(receive: Receive, read_latest: ReadLatest, release: Release) -> None:
    receive(TEXT)
    read = read_latest()
    file_read(read, lambda progress, message: None)
    assert StoredFile.objects.filter(kind=StoredFile.Kind.COLUMNAR).count() == 1


def test_a_worker_that_lost_its_lease_writes_nothing(receive: Receive, release: Release) -> None:
    receive(TEXT)
    read = latest_read(release.pk)
    assert read is not None

    def beat(progress: int, message: str) -> None:
        if progress >= 99:
            raise LeaseLost

    with pytest.raises(LeaseLost):
        file_read(read, beat)
    assert current_file(release.pk) is None
    assert "file" not in facts(release.pk)


def test_a_file_is_not_taken_when_the_stage_does_not_allow_it(receive: Receive, release: Release) -> None:
    dossier_open(release_id=release.pk, parts=["plan"])
    with pytest.raises(DossierFrozen):
        receive(TEXT)
    assert not StoredFile.objects.exists()


def test_a_reading_that_ends_after_the_stage_has_closed_is_not_taken(
    receive: Receive, release: Release
) -> None:
    receive(TEXT)
    dossier_open(release_id=release.pk, parts=["plan"])
    read = latest_read(release.pk)
    assert read is not None
    with pytest.raises(Stop, match="not taken"):
        file_read(read, lambda progress, message: None)
    assert current_file(release.pk) is None


def test_other_formats_and_sizes_are_refused_before_anything_is_kept(
    receive: Receive, settings: Any, release: Release
) -> None:
    with pytest.raises(DataFileError, match="not accepted"):
        receive(TEXT, name="permits.docx")
    settings.UPLOAD_MAX_BYTES = 10
    with pytest.raises(DataFileError, match="larger than 10 bytes"):
        receive(TEXT)
    assert not StoredFile.objects.exists()


def test_the_size_limit_holds_while_the_bytes_stream(release: Release, cast: Cast, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 10

    class Endless(SimpleUploadedFile):
        def chunks(self, chunk_size: int | None = None):  # type: ignore[no-untyped-def]
            while True:
                yield b"12345"

    with pytest.raises(DataFileError, match="larger than"):
        file_receive(release_id=release.pk, upload=Endless("a.csv", b"x"), name="a.csv", actor=cast.steward)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\data\\permits.csv", "permits.csv"),
        ("../../etc/permits.csv", "permits.csv"),
        ("per\x00mi\nts.csv", "permits.csv"),
        ("x" * 400 + ".csv", "x" * 190 + ".csv"),
    ],
)
def test_the_name_of_a_file_is_made_harmless(release: Release, cast: Cast, sent: str, kept: str) -> None:
    upload = SimpleUploadedFile("a.csv", TEXT.encode())
    stored = file_receive(release_id=release.pk, upload=upload, name=sent, actor=cast.steward)
    assert stored.name == kept


def test_a_reading_can_be_started_again(receive: Receive, read_latest: ReadLatest, cast: Cast) -> None:
    receive("a,b\n1\n")
    read = read_latest()
    file_read_again(read=read, actor=cast.steward)
    read.refresh_from_db()
    assert (read.status, read.attempts, read.error) == (WorkItem.Status.QUEUED, 0, "")
    assert AuditEvent.objects.filter(action="work.retried", actor=cast.steward).exists()


def test_a_damaged_stored_file_is_not_taken(
    receive: Receive, read_latest: ReadLatest, release: Release
) -> None:
    stored = receive(TEXT)
    with open_key(stored.storage_key) as content:
        path = content.name
    with open(path, "ab") as target:
        target.write(b"3,Cy\n")
    assert read_latest().failed_code == "damaged"
    assert current_file(release.pk) is None


def test_the_preview_shows_first_rows_and_is_recorded(
    receive: Receive, read_latest: ReadLatest, release: Release, cast: Cast
) -> None:
    assert file_preview(release_id=release.pk, actor=cast.steward) is None
    receive("id\n" + "\n".join(str(i) for i in range(70)) + "\n")
    read_latest()
    preview = file_preview(release_id=release.pk, actor=cast.privacy_officer)
    assert preview is not None
    assert (preview.columns, len(preview.rows), preview.total_rows) == (["id"], 50, 70)
    event = AuditEvent.objects.get(action="file.viewed")
    assert (event.actor, event.release_id) == (cast.privacy_officer, release.pk)


def test_a_download_gives_the_raw_bytes_and_is_recorded(
    receive: Receive, read_latest: ReadLatest, release: Release, cast: Cast
) -> None:
    receive(TEXT)
    read_latest()
    found = file_download(release_id=release.pk, actor=cast.steward)
    assert found is not None
    stored, content = found
    with content:
        assert content.read() == TEXT.encode()
    assert AuditEvent.objects.get(action="file.downloaded").data["sha256"] == stored.sha256


def test_rebuilding_the_fact_changes_nothing(
    receive: Receive, read_latest: ReadLatest, release: Release
) -> None:
    facts_rebuild(release_id=release.pk)
    assert "file" not in facts(release.pk)
    for content in ("a,b\n1\n", TEXT, "a,a\n1,2\n"):
        receive(content)
        read_latest()
        before = facts(release.pk)["file"]
        facts_rebuild(release_id=release.pk)
        after = facts(release.pk)["file"]
        assert [getattr(after, name) for name in ("ok", "sentences", "about", "data", "at")] == [
            getattr(before, name) for name in ("ok", "sentences", "about", "data", "at")
        ]


def test_a_file_name_about_a_person_is_refused_before_anything_is_kept(
    receive: Receive, release: Release
) -> None:
    """The history keeps names of files for good."""
    with pytest.raises(DataFileError, match="Rename the file") as refusal:
        receive(TEXT, name="jane 219-09-9983.csv")
    assert "219" not in refusal.value.sentence
    assert not StoredFile.objects.filter(release=release).exists()
    assert not AuditEvent.objects.filter(action="file.received").exists()
