"""Deciding findings in a real browser: by keyboard alone, in a long list, and while a scan is at work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from privacy.models import Disposition, Scan
from privacy.selectors import state_of
from privacy.services import scan_request
from privacy.tasks import scan_run
from tests.browser.test_pages import faults_of
from tests.cast import Cast, cast_create
from tests.factories.files import file_put
from tests.factories.workflow import release_at
from workflow.models import Release

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "The department publishes these itself."


def wide(rows: int = 12) -> dict[str, list[str]]:
    """Sixty columns with something to decide, of several classes, and some without."""
    columns: dict[str, list[str]] = {}
    for i in range(15):
        columns[f"contact_phone_{i}"] = [f"(213) 556-{1000 + n}" for n in range(rows)]
        columns[f"zip_{i}"] = [("90012", "90013")[n % 2] for n in range(rows)]
        columns[f"sex_{i}"] = [("F", "M")[n % 2] for n in range(rows)]
        columns[f"owner_email_{i}"] = [f"ann{n}@mail.example" for n in range(rows)]
    columns["remarks"] = [f"Inspected on site {n}, work goes on as planned there" for n in range(rows)]
    columns["remarks"][7] = "Owner gave 123-45-6788 at the counter"
    columns["status"] = [("issued", "closed")[n % 2] for n in range(rows)]
    return columns


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return cast_create()


@pytest.fixture
def release(cast: Cast, tmp_path: Path) -> Release:
    release = release_at("PRIVACY", cast)
    file_put(release, wide(), tmp_path)
    scan_request(release_id=release.pk)
    return release


@pytest.fixture
def scanned(release: Release) -> Release:
    for scan in Scan.objects.filter(status="queued"):
        scan_run(scan.pk)
    return release


@pytest.fixture
def officer(page: Page, live_server_url: str, cast: Cast, release: Release) -> Callable[[str], Page]:
    client = Client()
    client.force_login(cast.privacy_officer)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server_url}])

    def opening(query: str = "") -> Page:
        page.goto(f"{live_server_url}/releases/{release.pk}/privacy/{query}")
        return page

    return opening


def focused(page: Page) -> str:
    """The column on whose tick the focus is."""
    return str(page.evaluate("document.activeElement.closest('[data-finding]')?.dataset.finding ?? ''"))


def test_columns_are_decided_without_a_mouse(officer: Callable[[str], Page], scanned: Release) -> None:
    page = officer("?group=quasi")
    page.locator("[data-tick]").first.focus()
    assert focused(page) == "zip_0"
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "zip_1"
    page.keyboard.press("k")
    assert focused(page) == "sex_0"
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-ticked]")).to_have_text("Record for the 2 ticked")
    page.keyboard.press("2")
    expect(page.locator("[data-said]")).to_have_text("Chosen: Personal, and stays as it is.")
    page.keyboard.press("Enter")
    page.keyboard.type(WHY)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".messages")).to_contain_text("Recorded for 2 columns: Stays as it is.")
    assert sorted(state_of(scanned.pk).decided) == ["sex_0", "zip_1"]
    assert "group=quasi" in page.url
    expect(page.locator("[data-finding=sex_1] [data-tick]")).to_be_focused()  # where the work goes on

    page.keyboard.press("u")
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("Taken back for 2 columns")
    assert state_of(scanned.pk).decided == {}


def test_the_keys_can_be_looked_up_and_switched_off_and_do_not_take_what_is_typed(
    officer: Callable[[str], Page], scanned: Release
) -> None:
    page = officer("?group=quasi")
    page.fill("#filter-q", "jxk")
    expect(page.locator("#filter-q")).to_have_value("jxk")
    page.locator("[data-tick]").first.focus()
    page.keyboard.press("?")
    expect(page.locator("#finding-keys dl")).to_be_visible()
    page.locator("label[for=keys-on]").click()
    page.locator("[data-tick]").first.focus()
    page.keyboard.press("j")
    assert focused(page) == "zip_0"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.tick") is None, "the focus is never held"


def test_as_suggested_is_one_press(officer: Callable[[str], Page], scanned: Release) -> None:
    page = officer("?group=direct")
    page.get_by_role("button", name="Do as suggested for all 30 columns").click()
    expect(page.locator(".messages")).to_contain_text("Recorded for 30 columns: Drop the column.")
    assert Disposition.objects.filter(remedy="drop_column").count() == 30


def test_every_state_of_the_page_is_accessible_and_fits_a_phone(
    officer: Callable[[str], Page],
    release: Release,
    live_server_url: str,
    assert_accessible: Callable[[Page], None],
) -> None:
    page = officer("")
    address = f"{live_server_url}/releases/{release.pk}/privacy/"
    faults = faults_of(page, address, assert_accessible)
    page.goto("about:blank")
    scan_run(Scan.objects.get().pk)
    for query in ("", "?view=cards&group=direct", "?show=clear", "?q=nowhere", "raw/?row=8"):
        faults += [f"{query}: {fault}" for fault in faults_of(page, address + query, assert_accessible)]
    Scan.objects.update(registry_version="older")
    faults += faults_of(page, address, assert_accessible)
    assert not faults, "\n".join(faults)


def test_a_scan_is_followed_on_the_page_and_can_be_stopped(
    officer: Callable[[str], Page], release: Release
) -> None:
    page = officer("")
    expect(page.locator("#privacy-moving")).to_contain_text("Waiting for a free worker.")
    Scan.objects.update(status="running", progress=42, progress_message="12 rows, column 26 of 62: zip_6")
    expect(page.locator("#privacy-moving")).to_contain_text("column 26 of 62: zip_6 42 %")
    page.get_by_role("button", name="Stop the scan").click()
    expect(page.locator("#privacy-moving")).to_contain_text("The file has not been scanned")
    page.get_by_role("button", name="Scan again").click()
    expect(page.locator("#privacy-moving")).to_contain_text("Waiting for a free worker.")
    scan_run(Scan.objects.get().pk)
    expect(page.locator("#privacy-findings")).to_contain_text("Columns to decide (61)")
