"""Autosave of a checklist in a real browser: what is typed is kept, whatever happens to the connection."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from checklists.catalogue import files
from checklists.models import Answer
from checklists.services import answers_fill
from checklists.texts import text_of
from tests.cast import PASSWORD, Cast, cast_create
from tests.factories.workflow import dataset_make
from workflow.context import context_of
from workflow.models import Release
from workflow.services.catalogue import answer_sources

pytestmark = pytest.mark.django_db(transaction=True)
STATE = "[data-save-state]"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return cast_create()


@pytest.fixture
def release(cast: Cast) -> Release:
    release = dataset_make(cast).current_release
    answers_fill(release_id=release.pk, sources=answer_sources(context_of(release.pk)))
    return release


def log_in(page: Page, address: str, email: str) -> None:
    page.goto(f"{address}/login/")
    page.fill("[name=username]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)


@pytest.fixture
def checklist(page: Page, live_server_url: str, cast: Cast, release: Release) -> Page:
    log_in(page, live_server_url, cast.coordinator.email)
    page.goto(f"{live_server_url}/releases/{release.pk}/checklists/eligibility/")
    return page


def label(item: str, place: int) -> str:
    return f"label[for='id_{item}_{place}']"


def test_an_answer_is_saved_by_itself_and_shows_what_follows_from_it(
    checklist: Page, assert_accessible: Callable[[Page], None]
) -> None:
    expect(checklist.locator("#item-ELI-09c")).to_be_hidden()
    checklist.click(label("ELI-09a", 0))
    expect(checklist.locator(STATE)).to_contain_text("Saved")
    expect(checklist.locator("#item-ELI-09c")).to_be_visible()
    checklist.click(label("ELI-02", 1))
    expect(checklist.locator("#item-ELI-02 [data-remark]")).to_contain_text("In the way: A fee is asked")
    expect(checklist.locator("[data-answered]")).to_have_text("2")
    assert_accessible(checklist)


def test_a_lost_connection_keeps_the_words_and_sends_them_when_it_is_back(checklist: Page) -> None:
    checklist.click(label("ELI-09a", 0))
    expect(checklist.locator(STATE)).to_contain_text("Saved")
    checklist.context.set_offline(True)
    checklist.fill("#item-ELI-09c input", "Public records act, section 7")
    expect(checklist.locator(STATE)).to_contain_text("The connection is lost")
    assert "section 7" in checklist.evaluate("JSON.stringify(localStorage)")
    checklist.context.set_offline(False)
    expect(checklist.locator(STATE)).to_contain_text("Saved")
    assert Answer.objects.get(item="ELI-09c").value == "Public records act, section 7"
    assert checklist.evaluate("localStorage.length") == 0


def test_a_page_that_was_left_unsaved_finds_its_words_again(checklist: Page) -> None:
    checklist.click(label("ELI-04a", 0))
    expect(checklist.locator(STATE)).to_contain_text("Saved")
    checklist.context.set_offline(True)
    checklist.fill("#item-ELI-04b textarea", "Each month.")
    expect(checklist.locator(STATE)).to_contain_text("The connection is lost")
    checklist.on("dialog", lambda dialog: dialog.accept())
    address: Any = checklist.url
    checklist.goto("about:blank")
    checklist.context.set_offline(False)
    checklist.goto(address)
    expect(checklist.locator("#item-ELI-04b textarea")).to_have_value("Each month.")
    expect(checklist.locator("[data-answered]")).to_have_text("2")
    assert Answer.objects.get(item="ELI-04b").value == "Each month."


@pytest.fixture
def contradiction(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """ELI-01 "yes" cannot stand beside ELI-02 "no"."""
    content = copy.deepcopy(files.read("eligibility"))
    content["contradictions"] = [
        {
            "items": ["ELI-01", "ELI-02"],
            "when": {"all": [{"item": "ELI-01", "is": "yes"}, {"item": "ELI-02", "is": "no"}]},
            "sentence": "These two cannot go together. Correct one of them.",
        }
    ]
    monkeypatch.setattr(
        "checklists.texts.read", lambda name: content if name == "eligibility" else files.read(name)
    )
    text_of.cache_clear()
    yield
    text_of.cache_clear()


def test_a_contradicting_answer_stays_in_its_field_until_both_fit(
    contradiction: None, checklist: Page, assert_accessible: Callable[[Page], None]
) -> None:
    checklist.click(label("ELI-01", 0))
    expect(checklist.locator(STATE)).to_contain_text("Saved")
    checklist.click(label("ELI-02", 1))
    expect(checklist.locator("#item-ELI-02 [data-remark]")).to_contain_text("cannot go together")
    expect(checklist.locator("#id_ELI-02_1")).to_be_checked()
    assert not Answer.objects.filter(item="ELI-02").exists()
    assert_accessible(checklist)
    checklist.click(label("ELI-02", 0))
    expect(checklist.locator(STATE)).to_contain_text("Saved")
    assert Answer.objects.get(item="ELI-02").value == "yes"


def test_each_part_says_how_far_it_is(checklist: Page) -> None:
    before = checklist.locator("[data-result]").inner_text()
    part = checklist.locator("[data-section]").first
    expect(part).to_contain_text("0 of")
    checklist.click(label("ELI-01", 0))
    expect(part).to_contain_text("1 of")
    expect(checklist.locator("[data-result]")).not_to_have_text(before)
