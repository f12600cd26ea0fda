"""No side door to a raw file (FEATURES M23): every URL, for everybody who may not read it, before a verdict.

Quarantine is the rule and not a state: a file that waits for its scan, one whose scan died and one that was
scanned are closed alike. What is open of a release is the treated copy, once it is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from checklists.checks import Subject, run_all
from datafiles.profile import profile
from datafiles.table import Table
from dossier.models import StoredFile
from privacy.models import Scan
from privacy.selectors import state_of
from privacy.services import facts_rebuild, scan_request
from tests.cast import Cast
from tests.factories.workflow import release_at
from tests.privacy.planting import every_address, planted_columns, traces_in
from workflow.context import context_of
from workflow.gates.privacy import scan_current
from workflow.models import Release
from workflow.selectors.threads import column_key

RAW_PAGES = {"privacy_raw", "file_download"}


@pytest.fixture
def release(cast: Cast) -> Release:
    return release_at("PRIVACY", cast)


@pytest.fixture
def planted(release: Release, upload: Callable[..., None]) -> Release:
    """A release whose file has been read and waits for its scan."""
    upload(planted_columns())
    scan_request(release_id=release.pk)
    return release


@pytest.fixture
def died(planted: Release, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> Release:
    """Its scan ended with an exception, again and again."""

    def failing(*_arguments: Any, **_named: Any) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr("privacy.services.scans.scan_blocks", failing)
    for _ in range(Scan.MAX_ATTEMPTS):
        Scan.objects.update(due_at=timezone.now())
        work()
    assert Scan.objects.get().status == "dead"
    return planted


def leaks(
    client: Client, release: Release, wanted: Callable[[str], bool] = lambda name: True
) -> dict[str, set[str]]:
    """What of the canaries is in the answers of all URLs, headers included."""
    found = {}
    values = {
        "code": release.dataset.program.code,
        "topic": "finding",
        "key": column_key("remarks"),
        "name": "return_for_changes",
        "checklist": "submission",
        "form": "csv",
        "department": release.dataset.department_id,
    }
    for pk in {release.pk, release.dataset_id}:
        for name, address in every_address(values | {"pk": pk, "object_id": pk}):
            if not wanted(name):
                continue
            response = client.get(address)
            text = b"".join(response).decode(errors="replace") + str(response.headers)
            if traces_in(text) or (name in RAW_PAGES and response.status_code not in (302, 403, 404)):
                found[name] = traces_in(text)
    return found


@pytest.mark.slow
def test_no_url_shows_the_cdo_a_value_of_a_file_whose_scan_died(
    died: Release, client: Client, cast: Cast
) -> None:
    client.force_login(cast.cdo)
    assert leaks(client, died, lambda name: not name.startswith("admin:")) == {}
    assert not AuditEvent.objects.filter(action__in=["file.viewed", "file.downloaded"]).exists()


@pytest.mark.slow
def test_the_admin_shows_portal_admins_no_value(died: Release, client: Client, cast: Cast) -> None:
    client.force_login(cast.portal_admin)
    assert leaks(client, died, lambda name: name.startswith("admin:") or name in RAW_PAGES) == {}
    assert not AuditEvent.objects.filter(action__in=["file.viewed", "file.downloaded"]).exists()


@pytest.mark.slow
@pytest.mark.parametrize("who", ["nobody", "other_steward"])
def test_no_url_shows_a_value_to_people_of_other_places(
    who: str, planted: Release, client: Client, cast: Cast
) -> None:
    if who != "nobody":
        client.force_login(getattr(cast, who))
    assert leaks(client, planted) == {}


@pytest.mark.slow
def test_who_may_read_raw_rows_finds_values_on_their_pages_only(
    planted: Release, work: Callable[[], None], client: Client, cast: Cast
) -> None:
    work()
    client.force_login(cast.privacy_officer)
    about_data = (
        "release",
        "privacy",
        "file",
        "checks",
        "quasi",
        "risk",
        "memo",
    )  # all others: test_canaries
    assert set(leaks(client, planted, lambda name: name.startswith(about_data))) == RAW_PAGES


def test_a_scan_that_died_is_no_verdict(died: Release, client: Client, cast: Cast) -> None:
    facts_rebuild(release_id=died.pk)
    assert state_of(died.pk).scan is None
    assert not scan_current(context_of(died.pk)).ok, "nothing moves on"
    client.force_login(cast.privacy_officer)
    text = client.get(reverse("release_privacy", args=[died.pk])).content.decode()
    assert "The file has not been scanned" in text and "Scan again" in text
    assert "What the scan found" not in text


def test_search_does_not_look_into_files(planted: Release, client: Client, cast: Cast) -> None:
    client.force_login(cast.steward)
    for words in ("Hargrove", "512-36-7841", "canary-post"):
        response = client.get(reverse("dataset_list"), {"q": words})
        assert "Building permits" not in response.content.decode()


def test_the_files_have_no_address_of_their_own(planted: Release, client: Client, cast: Cast) -> None:
    """Whoever guesses where they are stored gets nothing; no page tells the place either."""
    keys = [file.storage_key for file in StoredFile.objects.all()]
    client.force_login(cast.privacy_officer)
    for key in keys:
        for root in (
            "media",
            "static",
            "private",
            "files",
            "storage",
            "var/private",
            "static/..",
            "static/%2e%2e",
        ):
            response = client.get(f"/{root}/{key}")
            assert response.status_code in (301, 302, 403, 404), f"/{root}/{key}"
        page = client.get(reverse("release_data", args=[planted.pk])).content.decode()
        assert key not in page


def test_private_files_lie_outside_of_everything_that_is_served() -> None:
    private = Path(django_settings.PRIVATE_ROOT).resolve()
    for served in (django_settings.STATIC_ROOT, *django_settings.STATICFILES_DIRS):
        folder = Path(served).resolve()
        assert folder not in private.parents and folder != private
    assert django_settings.STORAGES["private"]["OPTIONS"]["base_url"] is None


def test_private_files_are_for_the_product_alone(planted: Release) -> None:
    for path in Path(django_settings.PRIVATE_ROOT).rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_raw_answer_is_never_confirmed_from_a_cache(planted: Release, client: Client, cast: Cast) -> None:
    """No validator is given out, so that no answer can be 304 and no proxy keeps one."""
    client.force_login(cast.steward)
    for name in RAW_PAGES:
        response = client.get(
            reverse(name, args=[planted.pk]),
            headers={"if-none-match": "*", "if-modified-since": "Sat, 21 Nov 2099 10:00:00 GMT"},
        )
        assert b"".join(response)  # read to its end, which closes the file
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        assert "ETag" not in response and "Last-Modified" not in response
        client.logout()
        assert client.get(reverse(name, args=[planted.pk])).status_code == 302
        client.force_login(cast.steward)


def test_a_part_of_the_file_cannot_be_asked_for_around_the_policy(
    planted: Release, client: Client, cast: Cast
) -> None:
    client.force_login(cast.cdo)
    for method in ("get", "head", "options", "post", "put"):
        response = getattr(client, method)(
            reverse("file_download", args=[planted.pk]), headers={"range": "bytes=0-99"}
        )
        assert response.status_code in (403, 405)
        assert traces_in(b"".join(response).decode()) == set()


def test_who_loses_the_role_loses_the_rows_at_once(planted: Release, client: Client, cast: Cast) -> None:
    client.force_login(cast.steward)
    assert client.get(reverse("privacy_raw", args=[planted.pk])).status_code == 200
    cast.steward.role_assignments.all().delete()
    for name in RAW_PAGES:
        assert client.get(reverse(name, args=[planted.pk])).status_code in (403, 404)


def test_no_admin_page_lists_stored_files(planted: Release, client: Client, cast: Cast) -> None:
    client.force_login(cast.portal_admin)
    index = client.get("/admin/").content.decode()
    assert not re.search(r"storedfile|fileread|columnverdict", index, re.IGNORECASE)


def test_profile_and_checks_tell_counts_and_positions_only(planted: Release) -> None:
    """Values are kept of columns that the scan has cleared, and of no other: here nobody has cleared any."""
    table = Table.of(pl.DataFrame(planted_columns()))
    assert traces_in(repr(profile(table))) == set()
    results = run_all(Subject(table=table, today=timezone.localdate(), accrual_periodicity="monthly"))
    assert traces_in(repr(results)) == set()
