"""Somebody at a browser of their own: they read headings and labels, follow links and press buttons.

Nothing here sleeps. What a worker brings about is waited for where a person would see it.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from django.urls import resolve
from playwright.sync_api import Locator, Page, TimeoutError, expect

from accounts.models import User
from checklists.catalogue import Item, current
from tests.cast import PASSWORD

# What the machine does between two clicks: seconds on an idle machine, longer on a busy one.
WORK = 90_000
SAVED = re.compile(r"^Saved \d\d:\d\d$")


class Watch:
    """Looks at each page once, whoever comes by: accessible, and nothing on it that nobody may see."""

    def __init__(self, assert_accessible: Callable[[Page], None], secrets: Iterable[str]) -> None:
        self.assert_accessible, self.secrets = assert_accessible, list(secrets)
        self.passed: set[tuple[str, ...]] = set()
        self.looked: set[tuple[str, ...]] = set()

    def follow(self, page: Page) -> None:
        """Note every page that is opened from now on."""
        page.on("framenavigated", lambda frame: self.passed.add(_place(frame.url)))

    def look(self, page: Page, *, again: bool = False, is_raw: bool = False) -> None:
        place = _place(page.url)
        if place in self.looked and not again:
            return
        self.looked.add(place)
        self.assert_accessible(page)
        shown = page.content()
        assert is_raw or not [secret for secret in self.secrets if secret in shown], page.url

    @property
    def missed(self) -> set[tuple[str, ...]]:
        return self.passed - self.looked - {("about:blank",)}


class Person:
    """What anybody does: log in, find the dataset, open a tab, fill in a field, make a move."""

    def __init__(self, user: User, page: Page, address: str, watch: Watch) -> None:
        self.user, self.page, self.address, self.watch = user, page, address, watch
        watch.follow(page)

    # --- going somewhere ---

    def log_in(self) -> None:
        self.page.goto(self.address)
        self.field("E-mail address").fill(self.user.email)
        self.field("Password").fill(PASSWORD)
        self.look()
        self.press("Log in")
        self.sees_heading("My work")
        self.look()

    def take_up(self, button: str, title: str) -> None:
        """Find on My work what waits on this person, and begin."""
        self.page.get_by_role("link", name="My work", exact=True).click()
        self.sees_heading("My work")
        # Of which dataset it is, stands in the link for those who hear the page.
        words = re.compile(rf"^{re.escape(button)}\s*:\s*{re.escape(title)}$")
        self.until(self.page.get_by_role("link", name=words)).click()

    def open_dataset(self, title: str) -> None:
        self.page.get_by_role("link", name="Datasets", exact=True).click()
        self.sees_heading("Datasets")
        self.look()
        self.page.get_by_role("link", name=title, exact=True).click()
        self.sees_heading(title)

    def open_tab(self, name: str) -> None:
        tabs = self.page.get_by_role("navigation", name="Parts of this release")
        tabs.get_by_role("link", name=name, exact=True).click()
        expect(tabs.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")

    # --- reading ---

    def look(self, *, again: bool = False, is_raw: bool = False) -> None:
        """Look at the page as a whole; only a page of raw data may show what nobody else may see."""
        self.watch.look(self.page, again=again, is_raw=is_raw)

    def sees(self, words: str, timeout: float | None = None) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible(timeout=timeout)

    def sees_heading(self, words: str) -> None:
        expect(self.page.get_by_role("heading", name=words, exact=True).first).to_be_visible()

    def until(self, target: Locator) -> Locator:
        """Reload the page until it shows this: for pages that do not refresh themselves."""
        end = time.monotonic() + WORK / 1000
        while not _appears(target) and time.monotonic() < end:
            self.page.reload()
        expect(target).to_be_visible()
        return target

    # --- answering ---

    def field(self, label: str, within: Locator | Page | None = None) -> Locator:
        """A field by its whole label; a required one carries a star."""
        return (within or self.page).get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*\*?\s*$"))

    def fill(self, values: dict[str, str]) -> None:
        for label, value in values.items():
            self.field(label).fill(value)

    def choose(self, values: dict[str, str]) -> None:
        for label, option in values.items():
            self.field(label).select_option(label=option)

    def tick(self, words: str, within: Locator | None = None) -> None:
        """Press the words beside a box or a circle, which the style draws itself."""
        (within or self.page).locator("label").filter(has_text=re.compile(rf"^\s*{re.escape(words)}")).click()

    def press(self, name: str, within: Locator | None = None) -> None:
        (within or self.page).get_by_role("button", name=name, exact=True).click()

    def move(self, name: str, title: str) -> None:
        """Make the move onward: its page says what will happen, then it is done."""
        self.open_dataset(title)
        self.look()
        self.until(self.page.get_by_role("link", name=name, exact=True)).click()
        self.sees_heading("Who is told")
        self.look()
        self.press(name)
        self.sees(f"{name}: done for")

    def give_approval(self, review: str) -> None:
        """Give the verdict that is asked for on the Reviews tab."""
        section = self.page.get_by_role("region", name=f"{review}: your verdict is asked for")
        section.get_by_text("Approved", exact=True).click()
        self.look()
        self.press("Give the verdict", section)
        self.sees(f"{review}: your verdict is recorded (approved).")

    def answer_checklist(self, name: str) -> None:
        """Open a checklist, answer every question that is asked, and see it complete."""
        catalogue = current(name)
        self.open_tab("Checklists")
        self.look()
        self.page.get_by_role("link", name=catalogue.title, exact=True).click()
        self.sees_heading(f"{catalogue.title}, version {catalogue.version}")
        for item in catalogue.items:
            if item.is_asked and self._question(item).is_visible():
                self._answer(item, item.good_answer())
        self.look()

    def _question(self, item: Item) -> Locator:
        return self.page.locator(f"#item-{item.id}").get_by_text(item.question, exact=True).first

    def _answer(self, item: Item, answer: Any) -> None:
        if answer in (None, "", []):
            return
        if not item.choices:
            field = self.field(item.question)
            self._saves(lambda: (field.fill(str(answer)), field.blur()))
            return
        if self.field(item.question).and_(self.page.locator("select")).count():
            self._saves(lambda: self.field(item.question).select_option(str(answer)))
            return
        group = self.page.get_by_role("group", name=item.question, exact=True)
        for value in answer if isinstance(answer, list) else [answer]:
            self._saves(lambda value=value: group.get_by_text(item.label_of(value), exact=True).click())

    def _saves(self, act: Callable[[], Any]) -> None:
        """Each answer is saved by itself, and the page says so."""
        with self.page.expect_response(lambda response: response.url.endswith("/answer/")):
            act()
        expect(self.page.locator("[data-save-state]")).to_have_text(SAVED)


def _appears(target: Locator) -> bool:
    with contextlib.suppress(TimeoutError):
        target.wait_for(timeout=1000)
        return True
    return False


def _place(url: str) -> tuple[str, ...]:
    """The name of a page, with what tells its forms apart: which checklist, which move."""
    path = urlsplit(url).path
    if not path.startswith("/"):
        return (url,)
    found = resolve(path)
    apart = [str(value) for key, value in sorted(found.kwargs.items()) if not str(value).isdecimal()]
    return (found.view_name, *apart)
