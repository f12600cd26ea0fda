"""Pages with something on them, as somebody who may open them: accessible, and not wider than a phone."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page

from accounts.models import User
from tests.browser.world import WHO, World, world_make

NARROW = {"width": 360, "height": 800}
WIDE = {"width": 1280, "height": 900}
# The tables of which each row is a block on a phone, and which are wider than it all the same.
SCROLLING = """() => [...document.querySelectorAll('.table-scroll:has(.table-stacked)')]
    .filter(box => box.scrollWidth > box.clientWidth).map(box => box.querySelector('table').id)"""


@pytest.fixture
def world(transactional_db: None) -> World:
    cache.clear()
    return world_make()


@pytest.mark.parametrize("who", WHO)
def test_pages_open_fit_a_phone_and_are_accessible(
    who: str, world: World, open_page: Any, live_server_url: str, assert_accessible: Any
) -> None:
    person, paths = world.pages(who)
    page = open_page(viewport=WIDE)
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    if person:
        enter(page, person, live_server_url)
    faults: list[str] = []
    for path in paths:
        faults += [f"{path}: {fault}" for fault in faults_of(page, live_server_url + path, assert_accessible)]
        faults += [f"{path}: the console says {error}" for error in errors]
        errors.clear()
    assert not faults, "\n".join(faults)


def enter(page: Page, person: User, address: str) -> None:
    """Log in without the form, which other tests fill in."""
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])


def faults_of(page: Page, url: str, assert_accessible: Any) -> list[str]:
    """What is wrong with a page, wide and narrow, in sentences."""
    page.set_viewport_size(WIDE)
    answer = page.goto(url)
    if answer is None or answer.status != 200:
        return [f"answered {answer and answer.status}"]
    found: list[str] = []
    if page.url != url:
        found.append(f"led to {page.url}")
    if (headings := page.locator("h1").count()) != 1:
        found.append(f"has {headings} h1")
    try:
        assert_accessible(page)
    except AssertionError as error:
        found.append(str(error))
    page.set_viewport_size(NARROW)
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > NARROW["width"]:
        found.append(f"is {width} px wide on a phone")
    if scrolling := page.evaluate(SCROLLING):
        found.append(f"scrolls sideways in {', '.join(scrolling)} on a phone")
    return found
