"""From the upload to the public copy, no raw value leaves private storage: not into the database, logs, tasks,
mail, pages or the names of files. Faults on the way quote nothing either.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
import requests
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from datafiles.table import read_columnar
from dossier.models import StoredFile
from dossier.storage import local_path
from notifications.models import OutgoingMessage
from notifications.services import message_send
from privacy.models import ColumnVerdict, Disposition, Scan
from privacy.selectors import state_of
from privacy.services import findings_as_suggested, findings_dispose, quasi_confirm
from privacy.suggestions import suggested_for
from tests.privacy.planting import (
    COLUMNS,
    SSN,
    cached,
    every_address,
    names_in_storage,
    planted_csv,
    traces_in,
    whole_database,
)
from tests.scenarios.story import Story
from tests.services.standin import StandIn
from work.services import work_run

WHY = "Readers do not need it to understand the data."
RAW_PAGES = {"privacy_raw", "file_download"}


@pytest.fixture
def story(db: None) -> Story:
    return Story("default")


@pytest.fixture
def people(story: Story) -> dict[str, User]:
    place = story.department("Public Works", "PUB")
    return {
        "coordinator": story.person("Dana Reed", Role.COORDINATOR, place),
        "steward": story.person("Maria Gomez", Role.STEWARD, place),
        "approver": story.person("Grace Okafor", Role.DEPARTMENT_APPROVER, place),
        "officer": story.person("Priya Raman", Role.PRIVACY_OFFICER),
        "cdo": story.person("Helen Park", Role.CDO),
    }


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is sent to the broker."""
    sent: list[str] = []
    monkeypatch.setattr(
        "celery.Celery.send_task", lambda self, *words, **named: sent.append(repr((words, named)))
    )
    return sent


def registered(story: Story, people: dict[str, User]) -> None:
    story.register(
        "Building permits",
        by=people["coordinator"],
        department=people["steward"].role_assignments.get().department,
        steward=people["steward"],
        coordinator=people["coordinator"],
        category="Housing",
    )
    story.answer("inventory", by=people["coordinator"])
    story.answer("eligibility", by=people["coordinator"])
    story.move("begin_readiness", by=people["coordinator"])


def published(story: Story, people: dict[str, User]) -> None:
    """The whole way, with what was found treated as it is suggested."""
    story.describe_columns(COLUMNS, by=people["steward"])
    story.answer("readiness", by=people["steward"])
    story.answer("submission", by=people["steward"])
    story.attest(by=people["coordinator"])
    story.move("submit_for_quality", by=people["steward"])
    story.answer("quality", by=people["coordinator"])
    story.review("department", by=people["approver"])
    story.move("pass_quality", by=people["coordinator"])
    decided(story.release_id, people["officer"])
    story.decide_findings(by=people["officer"])
    story.move("clear_privacy", by=people["officer"])
    story.review("steward_preview", by=people["steward"])
    story.plan(timezone.now(), by=people["coordinator"])
    story.move("approve", by=people["cdo"])


def decided(release_id: int, officer: User) -> None:
    suggested, others = [], []
    for verdict in state_of(release_id).open:
        (suggested if suggested_for(verdict) else others).append(verdict.column)
    findings_as_suggested(release_id=release_id, columns=suggested, reason=WHY, actor=officer)
    if others:
        findings_dispose(release_id=release_id, columns=others, decision="accept", reason=WHY, actor=officer)
    quasi_confirm(release_id=release_id, columns=[], k_min=5, actor=officer)


def letters_sent() -> str:
    """Every letter of the outbox as it goes out."""
    for pk in OutgoingMessage.objects.filter(status="queued").values_list("pk", flat=True):
        OutgoingMessage.objects.filter(pk=pk).update(due_at=timezone.now())
        work_run(OutgoingMessage, pk, message_send)
    return "\n".join(str(letter.message()) for letter in mail.outbox)


def pages_seen(client: Client, release_id: int, dataset_id: int, code: str) -> dict[str, set[str]]:
    """The traces on every page that this person can open, by the name of its URL; pages of raw rows left out."""
    found = {}
    for pk in {release_id, dataset_id}:
        for name, address in every_address({"pk": pk, "code": code, "object_id": pk}):
            if name not in RAW_PAGES:
                response = client.get(address)
                text = b"".join(response).decode(errors="replace") + str(response.headers)
                found[name] = traces_in(text)
    return found


def test_the_canaries_are_nowhere_but_in_private_storage(
    story: Story,
    people: dict[str, User],
    tasks: list[str],
    standin: StandIn,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Callable[..., Any],
    client: Client,
) -> None:
    settings.TIME_SCALE = 0.02
    with caplog.at_level(logging.DEBUG), django_capture_on_commit_callbacks(execute=True):
        registered(story, people)
        story.upload(planted_csv(), by=people["steward"])
        client.force_login(people["officer"])
        before = pages_seen(client, story.release_id, story.context.dataset.pk, story.program.code)
        published(story, people)
        after = pages_seen(client, story.release_id, story.context.dataset.pk, story.program.code)
        letters = letters_sent()

    hits = {hit["entity"] for verdict in ColumnVerdict.objects.all() for hit in verdict.hits}
    assert {"SSN", "CREDIT_CARD", "EMAIL", "PHONE", "PERSON_NAME"} <= hits, "the scan saw them"
    assert story.stage == "PUBLISHED" and mail.outbox and tasks and len(before) > 100

    assert {place: traces_in(text) for place, text in whole_database() if traces_in(text)} == {}
    assert {name: found for name, found in (before | after).items() if found} == {}
    assert traces_in(caplog.text) == set()
    assert traces_in("\n".join(tasks)) == set()
    assert traces_in(letters) == set()
    assert traces_in(names_in_storage() + cached()) == set()


def test_the_copy_that_is_public_holds_none_and_the_raw_file_still_does(
    story: Story, people: dict[str, User], standin: StandIn, settings: Any
) -> None:
    settings.TIME_SCALE = 0.02
    registered(story, people)
    story.upload(planted_csv(), by=people["steward"])
    published(story, people)
    held = {}
    for kind in (StoredFile.Kind.COLUMNAR, StoredFile.Kind.TREATED):
        stored = StoredFile.objects.get(release_id=story.release_id, kind=kind)
        with local_path(stored.storage_key) as path:
            held[kind] = traces_in(read_columnar(path).frame.write_csv())
    assert held[StoredFile.Kind.COLUMNAR], "the file itself is as it was"
    assert held[StoredFile.Kind.TREATED] == set()
    rows = story.public_rows()
    assert len(rows) == 60 and traces_in(repr(rows)) == set()
    views = requests.get(
        f"{standin.url}/api/views.json", auth=(standin.key_id, standin.key_secret), timeout=10
    )
    assert traces_in(views.text) == set()


def test_a_file_that_cannot_be_read_is_not_quoted(
    story: Story, people: dict[str, User], caplog: pytest.LogCaptureFixture, client: Client
) -> None:
    ragged = f"P-99999,{SSN}\n"
    with caplog.at_level(logging.DEBUG):
        registered(story, people)
        story.upload(planted_csv(also=ragged), by=people["steward"])
        client.force_login(people["steward"])
        page = client.get(reverse("release_data", args=[story.release_id])).content.decode()
    assert "Line 62 has 2 fields" in page, "it says which line, and what is wrong with it"
    assert traces_in(page + caplog.text) == set()
    assert {place: traces_in(text) for place, text in whole_database() if traces_in(text)} == {}


def test_a_file_without_a_header_does_not_make_names_of_columns_out_of_people(
    story: Story, people: dict[str, User], client: Client
) -> None:
    registered(story, people)
    story.upload(f"{SSN},North,12\n512-36-7842,South,13\n".encode(), by=people["steward"])
    client.force_login(people["steward"])
    page = client.get(reverse("release_data", args=[story.release_id])).content.decode()
    assert "The file probably has no header" in page
    assert traces_in(page) == set()
    assert {place: traces_in(text) for place, text in whole_database() if traces_in(text)} == {}


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(ValueError(f"cannot judge {SSN}"), id="ours"),
        pytest.param(pl.exceptions.ComputeError(f"could not parse `{SSN}` as dtype i64"), id="polars"),
    ],
)
def test_a_detector_that_fails_over_a_cell_quotes_nothing(
    story: Story,
    people: dict[str, User],
    fault: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    client: Client,
) -> None:
    def failing(*_arguments: Any) -> Any:
        raise fault

    monkeypatch.setattr("privacy.services.scans.scan_blocks", failing)
    with caplog.at_level(logging.DEBUG):
        registered(story, people)
        story.upload(planted_csv(), by=people["steward"])
        for _ in range(Scan.MAX_ATTEMPTS):
            story.run()
        client.force_login(people["officer"])
        page = client.get(reverse("release_privacy", args=[story.release_id])).content.decode()
    scan = Scan.objects.get()
    assert scan.scanned_at is None and scan.error
    assert type(fault).__name__ in caplog.text, "the log says what kind of error it was"
    assert traces_in(page + caplog.text + scan.error) == set()
    assert {place: traces_in(text) for place, text in whole_database() if traces_in(text)} == {}
    assert not Disposition.objects.exists()


def test_the_page_after_an_error_of_ours_quotes_nothing(
    story: Story, people: dict[str, User], monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    registered(story, people)
    story.upload(planted_csv(), by=people["steward"])

    def failing(*_arguments: Any) -> Any:
        raise pl.exceptions.ComputeError(f"could not parse `{SSN}`")

    monkeypatch.setattr("dossier.services_files.read_rows", failing)
    client.force_login(people["officer"])
    client.raise_request_exception = False
    response = client.get(reverse("privacy_raw", args=[story.release_id]))
    assert response.status_code == 500
    assert traces_in(response.content.decode() + str(response.headers)) == set()
