"""The frame and the account pages in a real browser: wide and narrow, by keyboard, and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import Role
from accounts.services import invitation_path, person_invite
from tests.cast import PASSWORD, Cast, cast_create

WIDTHS = (1280, 360)


@pytest.fixture
def cast(transactional_db: None) -> Iterator[Cast]:
    cache.clear()
    yield cast_create()


@pytest.fixture
def visit(live_server_url: str) -> Callable[[Page, str], None]:
    def go(page: Page, path: str) -> None:
        page.goto(live_server_url + path)

    return go


def log_in(page: Page, visit: Callable[[Page, str], None], user: User, start: str = "/account/") -> None:
    visit(page, f"{reverse('login')}?next={start}")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"**{start}")


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_of_everybody_fit_and_are_accessible(
    width: int, cast: Cast, open_page: Any, visit: Any, assert_accessible: Any
) -> None:
    invited = person_invite(
        email="nora@example.gov",
        full_name="Nora Newcomer",
        role=Role.LEGAL,
        program=cast.program,
        actor=cast.portal_admin,
    )
    page = open_page(viewport={"width": width, "height": 800})
    paths = [
        reverse("login"),
        reverse("password_reset"),
        reverse("password_reset_done"),
        reverse("accessibility"),
        reverse("invitation_accept", args=["MQ", "made-up"]),
        invitation_path(invited),
    ]
    for path in paths:
        visit(page, path)
        assert fits(page), path
        expect(page.locator("h1")).to_have_count(1)
        assert_accessible(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_of_a_portal_admin_fit_and_are_accessible(
    width: int, cast: Cast, open_page: Any, visit: Any, assert_accessible: Any
) -> None:
    page = open_page(viewport={"width": width, "height": 800})
    log_in(page, visit, cast.portal_admin)
    paths = [
        reverse("profile"),
        reverse("password_change"),
        reverse("people"),
        reverse("people") + "?q=nobody",
        reverse("person_invite"),
        reverse("person", args=[cast.steward.pk]),
        reverse("admin:index"),
        "/no-such-page/",
    ]
    for path in paths:
        visit(page, path)
        assert fits(page), path
        expect(page.locator("h1")).to_have_count(1)
        assert_accessible(page)


def test_the_menu_unfolds_on_a_narrow_screen(cast: Cast, open_page: Any, visit: Any) -> None:
    page = open_page(viewport={"width": 360, "height": 800})
    log_in(page, visit, cast.portal_admin)
    people = page.get_by_role("link", name="People", exact=True)
    expect(people).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    people.click()
    page.wait_for_url(f"**{reverse('people')}")


def test_a_person_closes_an_account_after_reading_what_it_does(
    cast: Cast, page: Page, visit: Any, assert_accessible: Any
) -> None:
    log_in(page, visit, cast.portal_admin, reverse("person", args=[cast.steward.pk]))
    page.get_by_role("button", name="Close the account").click()
    dialog = page.get_by_role("dialog", name="Close this account?")
    expect(dialog).to_contain_text("They are logged out")
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Close the account")).to_be_focused()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Close the account").click()
    expect(page.get_by_text(f"The account of {cast.steward.full_name} is closed.")).to_be_visible()


def test_an_account_is_closed_without_javascript_too(cast: Cast, open_page: Any, visit: Any) -> None:
    page = open_page(java_script_enabled=False, viewport={"width": 360, "height": 800})
    log_in(page, visit, cast.portal_admin, reverse("person", args=[cast.steward.pk]))
    expect(page.get_by_role("link", name="People", exact=True)).to_be_visible()
    page.locator("summary", has_text="Close the account").click()
    page.get_by_role("button", name="Close the account").click()
    expect(page.get_by_text(f"The account of {cast.steward.full_name} is closed.")).to_be_visible()


def test_after_a_refusal_the_reader_stands_at_the_list_of_errors(
    cast: Cast, page: Page, visit: Any, assert_accessible: Any
) -> None:
    log_in(page, visit, cast.portal_admin, reverse("person_invite"))
    page.get_by_role("button", name="Invite").click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Enter an e-mail address").click()
    expect(page.get_by_label("E-mail address")).to_be_focused()
    assert_accessible(page)


def test_a_double_click_sends_a_form_once(cast: Cast, page: Page, visit: Any) -> None:
    log_in(page, visit, cast.steward)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_label("Your name").fill("Maria Lopez Garcia")
    page.get_by_role("button", name="Save the name").dblclick()
    expect(page.get_by_text("Your name is changed.")).to_be_visible()
    assert len(sent) == 1


def test_the_keyboard_skips_to_the_content_and_leaves_by_the_account_menu(
    cast: Cast, page: Page, visit: Any
) -> None:
    log_in(page, visit, cast.steward)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.locator(".app-account summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Log out")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You are logged out.")).to_be_visible()
