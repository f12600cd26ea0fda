"""A real browser. Each test has its own pages; none may break the content policy or throw."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.services.browser import browser_require
from tests.services.processes import REPOSITORY

# Playwright's loop makes Django believe that it is called from asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Patient enough for a machine that is busy with other things.
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)

SCREENSHOTS = REPOSITORY / "var" / "screenshots"
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, found or installed; a machine without one stops the run with the command to type."""
    path = browser_require()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Make a page in a browser of its own: one per person. Takes the options of a browser context."""
    pages: list[Page] = []
    faults: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            faults.append(message.text)

    def make(**options: Any) -> Page:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", note)
        page.on("pageerror", lambda error: faults.append(str(error)))
        pages.append(page)
        return page

    yield make
    if getattr(request.node, "failed", False):
        _keep_screenshots(pages, request.node.nodeid)
    for page in pages:
        page.context.close()
    assert not faults, "The pages broke the content policy or threw:\n" + "\n".join(faults)


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """One page, 1280 wide."""
    return open_page()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if report.failed:  # type: ignore[attr-defined]
        item.failed = True  # type: ignore[attr-defined]
    return report


@pytest.fixture(scope="session")
def assert_accessible() -> Callable[[Page], None]:
    """Check a page against WCAG 2.1 A and AA with axe; the failure names each element."""
    axe = Axe()

    def check(page: Page) -> None:
        found = axe.run(page, options=WCAG)
        assert not found.violations_count, f"{page.url}\n{found.generate_report()}"

    return check


def _keep_screenshots(pages: list[Page], name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(pages):
        path = SCREENSHOTS / f"{re.sub(r'[^A-Za-z0-9]+', '-', name)}-{number}.png"
        page.screenshot(path=str(path), full_page=True)
        print(f"Screenshot: {path.relative_to(Path(REPOSITORY))}")  # noqa: T201
