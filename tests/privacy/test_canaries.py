"""From the upload to the public copy, no raw value leaves private storage: not into the database, logs, tasks,
mail, pages or the names of files. Faults on the way quote nothing either.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import polars as pl
import pytest
import requests
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from datafiles.table import read_columnar
from dossier.models import StoredFile
from dossier.storage import local_path
from notifications.models import OutgoingMessage
from notifications.services import letter_of
from privacy.models import ColumnVerdict, Scan
from privacy.selectors import state_of
from privacy.services import findings_as_suggested, findings_dispose, quasi_confirm, scan_request
from privacy.suggestions import suggested_for
from tests.cast import Cast
from tests.privacy.planting import (
    COLUMNS,
    SSN,
    cached,
    every_address,
    names_in_storage,
    planted_columns,
    planted_csv,
    traces_in,
    whole_database,
)
from tests.scenarios.story import Story
from tests.services.celery_worker import broker_messages, empty_broker
from tests.services.standin import StandIn
from workflow.models import Release

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
def portal(standin: StandIn, settings: Any) -> StandIn:
    """The portal, with nothing of an earlier story on it; no wait is long."""
    settings.TIME_SCALE = 0.02
    key = (standin.key_id, standin.key_secret)
    views = requests.get(f"{standin.url}/api/views.json", params={"limit": 1000}, auth=key, timeout=10)
    for view in views.json():
        requests.delete(f"{standin.url}/api/views/{view['id']}.json", auth=key, timeout=10)
    return standin


@pytest.fixture
def broker() -> Iterator[None]:
    """The broker of this run, with nobody at its end: what is sent stays there to be read."""
    empty_broker()
    yield
    empty_broker()


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
    story.weigh(by=people["officer"])
    story.move("clear_privacy", by=people["officer"])
    story.plan(timezone.now(), by=people["coordinator"])
    story.move("approve", by=people["cdo"])
    story.review("steward_preview", by=people["steward"])


def decided(release_id: int, officer: User) -> None:
    suggested, others = [], []
    for verdict in state_of(release_id).open:
        (suggested if suggested_for(verdict) else others).append(verdict.column)
    findings_as_suggested(release_id=release_id, columns=suggested, reason=WHY, actor=officer)
    if others:
        findings_dispose(release_id=release_id, columns=others, decision="accept", reason=WHY, actor=officer)
    quasi_confirm(release_id=release_id, columns=[], k_min=5, reason=WHY, actor=officer)


def letters_written() -> str:
    """Every letter of the outbox as its reader gets it."""
    letters = [letter_of(row) for row in OutgoingMessage.objects.all()]
    assert letters
    return "\n".join(f"{one.subject}\n{one.text}\n{one.html}" for one in letters)


def pages_seen(client: Client, story: Story, only: Sequence[str] = ()) -> dict[str, set[str]]:
    """The traces on every page that this person can open, by the name of its URL; pages of raw rows left out."""
    found = {}
    for pk in {story.release_id, story.context.dataset.pk}:
        for name, address in every_address({"pk": pk, "code": story.program.code, "object_id": pk}):
            if name not in RAW_PAGES and (not only or name in only):
                response = client.get(address)
                text = b"".join(response).decode(errors="replace") + str(response.headers)
                found[name] = traces_in(text)
    return found


def table_of(kind: str) -> str:
    with local_path(StoredFile.objects.get(kind=kind).storage_key) as path:
        return read_columnar(path).frame.write_csv()


@pytest.mark.slow
def test_the_canaries_are_nowhere_but_in_private_storage(
    story: Story,
    people: dict[str, User],
    broker: None,
    portal: StandIn,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Callable[..., Any],
    client: Client,
) -> None:
    with caplog.at_level(logging.DEBUG), django_capture_on_commit_callbacks(execute=True):
        registered(story, people)
        story.upload(planted_csv(), by=people["steward"])
        client.force_login(people["officer"])
        before = pages_seen(
            client, story, ("release_privacy", "release_data", "release_checks", "release_history")
        )
        published(story, people)
        after = pages_seen(client, story)

    tasks = broker_messages()
    hits = {hit["entity"] for verdict in ColumnVerdict.objects.all() for hit in verdict.hits}
    assert {"SSN", "CREDIT_CARD", "EMAIL", "PHONE", "PERSON_NAME"} <= hits, "the scan saw them"
    assert story.stage == "PUBLISHED" and tasks and len(before) == 4 and len(after) > 100

    assert {place: traces_in(text) for place, text in whole_database() if traces_in(text)} == {}
    assert {name: found for name, found in (before | after).items() if found} == {}
    assert traces_in(caplog.text) == set()
    assert traces_in("\n".join(tasks)) == set()
    assert traces_in(letters_written()) == set()
    assert traces_in(names_in_storage() + cached()) == set()

    assert traces_in(table_of(StoredFile.Kind.COLUMNAR)), "the file itself is as it was"
    assert traces_in(table_of(StoredFile.Kind.TREATED)) == set()
    rows = story.public_rows()
    assert len(rows) == 60 and traces_in(repr(rows)) == set()


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
    release: Release,
    upload: Callable[..., None],
    work: Callable[[], None],
    cast: Cast,
    fault: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    client: Client,
) -> None:
    def failing(*_arguments: Any, **_named: Any) -> Any:
        raise fault

    monkeypatch.setattr("privacy.services.scans.scan_blocks", failing)
    with caplog.at_level(logging.DEBUG):
        upload(planted_columns())
        scan_request(release_id=release.pk)
        for _ in range(Scan.MAX_ATTEMPTS):
            Scan.objects.update(due_at=timezone.now())
            work()
        client.force_login(cast.privacy_officer)
        page = client.get(reverse("release_privacy", args=[release.pk])).content.decode()
    scan = Scan.objects.get()
    assert scan.status == "dead" and scan.error in page
    assert type(fault).__name__ in caplog.text, "the log says what kind of error it was"
    assert traces_in(page + caplog.text + scan.error) == set()
    assert {place: traces_in(text) for place, text in whole_database() if traces_in(text)} == {}


def test_the_page_after_an_error_of_ours_quotes_nothing(
    release: Release,
    upload: Callable[..., None],
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    client: Client,
) -> None:
    upload(planted_columns())

    def failing(*_arguments: Any) -> Any:
        raise pl.exceptions.ComputeError(f"could not parse `{SSN}`")

    monkeypatch.setattr("dossier.services_files.read_rows", failing)
    client.force_login(cast.privacy_officer)
    client.raise_request_exception = False
    response = client.get(reverse("privacy_raw", args=[release.pk]))
    assert response.status_code == 500
    assert traces_in(response.content.decode() + str(response.headers)) == set()
