"""The Data tab: who sees what, what an upload answers, and that values are shown to few."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from audit.models import AuditEvent
from dossier.models import FileRead, StoredFile
from dossier.selectors import current_columnar, current_file
from dossier.services import dossier_open
from tests.cast import Cast
from workflow.models import ColumnDescription, Release
from workflow.services.datasets import columns_sync

Receive = Callable[..., StoredFile]
ReadLatest = Callable[[], FileRead]
TEXT = "id,name\n1,Zebulon\n2,Bo\n"


@pytest.fixture
def as_(client: Client) -> Callable[[User], Client]:
    def log_in(user: User) -> Client:
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def ready(receive: Receive, read_latest: ReadLatest, release: Release) -> Release:
    """A release whose file has been read and whose dictionary follows it."""
    receive(TEXT)
    read_latest()
    columnar = current_columnar(release.pk)
    assert columnar is not None
    columns_sync(release_id=release.pk, columns=columnar.meta["columns"])
    return release


def url(name: str, release: Release) -> str:
    return reverse(name, args=[release.pk])


def upload(client: Client, release: Release, content: bytes, name: str = "permits.csv") -> Any:
    return client.post(url("file_upload", release), {"file": SimpleUploadedFile(name, content)})


def test_the_steward_uploads_and_is_told_that_it_is_read(as_, release: Release, cast: Cast) -> None:
    client = as_(cast.steward)
    response = upload(client, release, TEXT.encode())
    assert response.status_code == 302
    page = client.get(response["Location"]).content.decode()
    assert "“permits.csv” has arrived and is being read." in page
    assert "Waiting for a free worker." in page
    assert url("file_progress", release) in page


@pytest.mark.parametrize("role", [Role.CDO, Role.PRIVACY_OFFICER, Role.PORTAL_ADMIN, Role.AUDITOR])
def test_who_does_not_prepare_the_data_cannot_upload(as_, release: Release, cast: Cast, role: Role) -> None:
    assert upload(as_(cast[role]), release, TEXT.encode()).status_code == 403
    assert not StoredFile.objects.exists()


def test_somebody_of_another_program_does_not_learn_of_it(as_, release: Release, cast: Cast) -> None:
    client = as_(cast.foreign_cdo)
    for name in ("release_data", "file_progress", "privacy_raw", "file_download"):
        assert client.get(url(name, release)).status_code == 404


def test_an_upload_needs_the_token_of_the_page(release: Release, cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.steward)
    assert upload(client, release, TEXT.encode()).status_code == 403
    assert not StoredFile.objects.exists()


def test_a_wrong_format_gets_its_sentence_beside_the_field(as_, release: Release, cast: Cast) -> None:
    response = upload(as_(cast.steward), release, b"x", "permits.docx")
    assert response.status_code == 422
    assert "Files of the kind .docx are not accepted" in response.content.decode()
    assert 'aria-describedby="file-hint file-error"' in response.content.decode()


def test_an_upload_without_a_file_is_asked_for_one(as_, release: Release, cast: Cast) -> None:
    response = as_(cast.steward).post(url("file_upload", release))
    assert response.status_code == 422
    assert "Choose a file first." in response.content.decode()


def test_an_upload_past_the_limit_is_dropped_while_it_arrives(
    as_, release: Release, cast: Cast, settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = 100
    response = upload(as_(cast.steward), release, b"a\n" + b"1\n" * 200_000)
    assert response.status_code == 422
    assert "The file is larger than 100 bytes" in response.content.decode()
    assert not StoredFile.objects.exists()


def test_a_failed_reading_shows_its_line_and_that_the_earlier_file_stays(
    as_, ready: Release, cast: Cast, receive: Receive, read_latest: ReadLatest
) -> None:
    receive("a,b\n1\n", name="bad.csv")
    read_latest()
    page = as_(cast.steward).get(url("release_data", ready)).content.decode()
    assert "“bad.csv” could not be read" in page
    assert "Line 2 has 1 field" in page
    assert "The earlier file, “permits.csv”, stays in place." in page


def test_the_same_file_again_is_recognised(as_, ready: Release, cast: Cast) -> None:
    client = as_(cast.steward)
    response = upload(client, ready, TEXT.encode())
    assert "This is the file that is here already" in client.get(response["Location"]).content.decode()


def test_progress_asks_for_the_page_when_the_reading_has_ended(
    as_, release: Release, cast: Cast, receive: Receive, read_latest: ReadLatest
) -> None:
    client = as_(cast.steward)
    receive(TEXT)
    response = client.get(url("file_progress", release))
    assert "HX-Refresh" not in response
    assert "Waiting for a free worker." in response.content.decode()
    read_latest()
    assert (
        "list of its columns is being prepared" in client.get(url("file_progress", release)).content.decode()
    )
    columnar = current_columnar(release.pk)
    assert columnar is not None
    columns_sync(release_id=release.pk, columns=columnar.meta["columns"])
    assert client.get(url("file_progress", release))["HX-Refresh"] == "true"


def test_the_tab_shows_the_profile_and_no_value(as_, ready: Release, cast: Cast) -> None:
    page = as_(cast.cdo).get(url("release_data", ready)).content.decode()
    assert "Whole number" in page
    assert "Different in every row that is filled" in page
    assert "Zebulon" not in page
    assert url("privacy_raw", ready) not in page


@pytest.mark.parametrize("role", [Role.STEWARD, Role.COORDINATOR, Role.CUSTODIAN, Role.PRIVACY_OFFICER])
def test_raw_readers_look_at_rows_and_it_is_recorded(as_, ready: Release, cast: Cast, role: Role) -> None:
    client = as_(cast[role])
    assert "Zebulon" in client.get(url("privacy_raw", ready)).content.decode()
    response = client.get(url("file_download", ready))
    assert b"".join(response.streaming_content) == TEXT.encode()
    assert response["Content-Disposition"] == 'attachment; filename="permits.csv"'
    actions = AuditEvent.objects.filter(actor=cast[role], action__in=["file.viewed", "file.downloaded"])
    assert actions.count() == 2


@pytest.mark.parametrize("role", [Role.CDO, Role.PORTAL_ADMIN, Role.AUDITOR, Role.IT, Role.OPEN_DATA_TEAM])
def test_nobody_else_reads_rows_portal_admins_included(as_, ready: Release, cast: Cast, role: Role) -> None:
    client = as_(cast[role])
    for name in ("privacy_raw", "file_download"):
        response = client.get(url(name, ready))
        assert response.status_code == 403
        assert b"Zebulon" not in b"".join(response)
    assert not AuditEvent.objects.filter(action__in=["file.viewed", "file.downloaded"]).exists()
    assert AuditEvent.objects.filter(action="access.refused", actor=cast[role]).count() == 2


def test_the_dictionary_is_saved_whole(as_, ready: Release, cast: Cast) -> None:
    as_(cast.steward).post(
        url("columns_describe", ready),
        {
            "name": ["id", "name"],
            "label": ["Number", ""],
            "description": ["Number of the permit", "Who asked"],
            "unit": ["", ""],
        },
    )
    assert list(ColumnDescription.objects.values_list("name", "label", "description")) == [
        ("id", "Number", "Number of the permit"),
        ("name", "", "Who asked"),
    ]


def test_one_row_of_the_dictionary_is_saved_by_itself(as_, ready: Release, cast: Cast) -> None:
    response = as_(cast.steward).post(
        url("columns_describe", ready),
        {"name": "name", "label": "", "description": "Who asked", "unit": ""},
        headers={"HX-Request": "true"},
    )
    assert "1 of 2 columns described, saved" in response.content.decode()


def test_a_form_whose_fields_do_not_match_saves_nothing(as_, ready: Release, cast: Cast) -> None:
    response = as_(cast.steward).post(
        url("columns_describe", ready), {"name": ["id", "name"], "label": ["x"]}
    )
    assert response.status_code == 400
    assert not ColumnDescription.objects.exclude(label="").exists()


def test_a_closed_stage_leaves_the_file_and_says_why(as_, ready: Release, cast: Cast) -> None:
    dossier_open(release_id=ready.pk, parts=["plan"])
    client = as_(cast.steward)
    before = current_file(ready.pk)
    response = upload(client, ready, b"id\n1\n")
    page = client.get(response["Location"]).content.decode()
    assert "The data file cannot be changed at this stage." in page
    assert current_file(ready.pk) == before
    response = client.post(
        url("columns_describe", ready),
        {"name": "id", "label": "", "description": "x", "unit": ""},
        headers={"HX-Request": "true"},
    )
    assert "Not saved. The description of the data cannot be changed" in response.content.decode()


def test_a_reading_that_the_machine_stopped_can_be_started_again(
    as_, release: Release, cast: Cast, receive: Receive
) -> None:
    stored = receive(TEXT)
    FileRead.objects.filter(raw=stored).update(
        status="dead", failed_code="memory", error="Too little memory."
    )
    client = as_(cast.steward)
    assert "Read it again" in client.get(url("release_data", release)).content.decode()
    client.post(url("file_read_again", release))
    assert FileRead.objects.get(raw=stored).status == "queued"
