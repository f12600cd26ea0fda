"""Docs that are written by commands say what the code says; links between docs lead somewhere."""

import re

import pytest

from scripts.docs import FOLDER, GENERATED, made
from tests.services.processes import REPOSITORY

PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


@pytest.mark.parametrize("name", sorted(GENERATED))
def test_generated_page_is_current(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == made(name), f"{name} is stale: type `make docs`"


def test_no_generated_page_is_left_over() -> None:
    assert {path.name for path in FOLDER.glob("*.md")} == set(GENERATED)


def test_links_between_pages_lead_somewhere() -> None:
    assert len(PAGES) > 10
    broken = [
        f"{page.relative_to(REPOSITORY)}: {target}"
        for page in PAGES
        for target in LINK.findall(page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_make_targets_named_in_the_docs_exist() -> None:
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {
        (page.name, target)
        for page in PAGES
        for target in re.findall(r"`(?:[A-Z_]+=\S+ )*make ([a-z-]+)", page.read_text("utf-8"))
    }
    assert named
    assert {pair for pair in named if pair[1] not in targets} == set()


def test_make_help_lists_every_target() -> None:
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    phony = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())
    explained = set(re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE))
    assert explained == phony
