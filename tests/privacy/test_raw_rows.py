"""The raw rows of a file: who reads them, a page at a time, and that each look is recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from audit.models import AuditEvent
from audit.selectors import sentence_of
from tests.cast import Cast
from tests.privacy.samples import SSN, permits
from workflow.models import Release
from workflow.policies import RAW_READERS

READERS = (*RAW_READERS, Role.PRIVACY_OFFICER)


@pytest.fixture
def see(client: Client, cast: Cast, release: Release) -> Callable[..., Any]:
    def seeing(role: Role, query: str = "", name: str = "privacy_raw") -> Any:
        client.force_login(cast[role])
        return client.get(reverse(name, args=[release.pk]) + query)

    return seeing


@pytest.fixture
def filled(upload: Callable[..., None]) -> None:
    upload(permits(120))


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("role", READERS)
def test_raw_readers_see_the_rows_with_a_warning(role: Role, see: Callable[..., Any]) -> None:
    response = see(role)
    text = response.content.decode()
    assert "These are raw data: nothing is masked or removed" in text
    assert "rows 1 to 50 of 120" in text and "(213) 556-1049" in text and "(213) 556-1050" not in text
    assert response["Cache-Control"] == "no-store, private"
    assert "noindex" in response["X-Robots-Tag"]
    assert "ETag" not in response and "Last-Modified" not in response


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("role", sorted(set(Role) - set(READERS)))
def test_nobody_else_does(role: Role, see: Callable[..., Any], release: Release) -> None:
    for name in ("privacy_raw", "file_download"):
        response = see(role, name=name)
        assert response.status_code == 403
        assert b"556-10" not in b"".join(response)
    assert not AuditEvent.objects.filter(action__in=["file.viewed", "file.downloaded"]).exists()
    text = see(role, name="release_privacy").content.decode()
    assert reverse("privacy_raw", args=[release.pk]) not in text


@pytest.mark.usefixtures("filled")
def test_people_of_other_places_do_not_learn_of_it(client: Client, cast: Cast, release: Release) -> None:
    for person in (cast.other_steward, cast.other_coordinator, cast.foreign_cdo):
        client.force_login(person)
        assert client.get(reverse("privacy_raw", args=[release.pk])).status_code == 404


@pytest.mark.usefixtures("filled")
def test_a_finding_leads_to_the_page_on_which_its_row_stands(see: Callable[..., Any]) -> None:
    text = see(Role.PRIVACY_OFFICER, "?row=61").content.decode()
    assert "rows 51 to 100 of 120" in text and SSN in text
    assert '<tr id="row-61" class="raw-sought" aria-current="true">' in text


@pytest.mark.usefixtures("filled")
def test_every_look_is_recorded_with_its_rows_and_no_value(see: Callable[..., Any], cast: Cast) -> None:
    see(Role.STEWARD, "?page=2")
    see(Role.PRIVACY_OFFICER, "?row=120")
    events = list(AuditEvent.objects.filter(action="file.viewed").order_by("pk"))
    assert [(event.actor, event.data["rows"]) for event in events] == [
        (cast.steward, "51 to 100"),
        (cast.privacy_officer, "101 to 120"),
    ]
    assert sentence_of(events[0]) == f"{cast.steward} looked at rows 51 to 100 of the raw file permits.csv."
    assert set(events[0].data) == {"name", "rows"}


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    "query", ["?page=0", "?page=99", "?page=x", "?row=0", "?row=-3", "?row=9" + "9" * 40]
)
def test_an_address_beyond_the_file_shows_a_page_of_it(see: Callable[..., Any], query: str) -> None:
    response = see(Role.STEWARD, query)
    assert response.status_code == 200 and b"of 120" in response.content


def test_without_a_file_there_is_nothing_to_see_or_record(see: Callable[..., Any]) -> None:
    assert "There is no file to look at yet" in see(Role.STEWARD).content.decode()
    assert not AuditEvent.objects.filter(action="file.viewed").exists()


@pytest.mark.usefixtures("filled")
def test_the_form_leads_to_the_row_itself(see: Callable[..., Any], release: Release) -> None:
    address = reverse("privacy_raw", args=[release.pk])
    response = see(Role.STEWARD, "?row=77&go=1")
    assert response.status_code == 302 and response["Location"] == f"{address}?row=77#row-77"
    assert not AuditEvent.objects.filter(action="file.viewed").exists(), "nothing was shown yet"
    text = see(Role.STEWARD, "?row=77").content.decode()
    assert 'id="row-77" class="raw-sought"' in text and "rows 51 to 100 of 120" in text


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("500", "There is no row 500: the file has 120 rows. These are its last ones."),
        ("x", "in digits: 1 to 120"),
    ],
)
def test_a_row_that_is_not_there_is_said(see: Callable[..., Any], asked: str, sentence: str) -> None:
    assert sentence in see(Role.STEWARD, f"?row={asked}").content.decode()


def test_values_are_not_broken_inside_and_long_texts_wrap(
    see: Callable[..., Any], upload: Callable[..., None]
) -> None:
    note = "A long note about a visit at the counter, with what was said there."
    upload({"zip": ["27714", "90012"], "note": [note, "short"]})
    text = see(Role.STEWARD).content.decode()
    assert "<td><bdi>27714</bdi></td>" in text and f'<td class="raw-long"><bdi>{note}</bdi></td>' in text
    css = (settings.BASE_DIR / "static/css/privacy.css").read_text()
    assert "white-space: nowrap" in css.split(".raw-table td {")[1].split("}")[0]
