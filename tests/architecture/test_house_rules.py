"""Habits that a reader can rely on in every file."""

import ast
import re

from scripts.templates import faults, template_names
from tests.architecture.house import ROOMS, modules, source
from tests.services.processes import REPOSITORY

LONGEST_FILE = 400
LATER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|\sstyle=\"|\son[a-z]+=\"", re.IGNORECASE
)
ELSEWHERE = re.compile(r"(?:src|href|action)=\"(?:https?:)?//", re.IGNORECASE)


def test_no_file_is_longer_than_it_can_be_read() -> None:
    long = {
        name: lines
        for name, _ in modules()
        if (lines := len(source(name).read_text("utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_nothing_is_left_for_later() -> None:
    places = [path for room in (*ROOMS, "templates") for path in (REPOSITORY / room).rglob("*")]
    left = [
        f"{path.relative_to(REPOSITORY)}: {line.strip()}"
        for path in places
        if path.suffix in {".py", ".html", ".txt", ".toml"}
        for line in path.read_text("utf-8").splitlines()
        if LATER.search(line)
    ]
    assert left == []


def test_no_model_overrides_save() -> None:
    """What a write does stands in a service, where it can be seen."""
    overrides = [
        f"{name}: {node.name}.save"
        for name, tree in modules()
        if "/models" in name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and any(isinstance(item, ast.FunctionDef) and item.name == "save" for item in node.body)
    ]
    assert overrides == []


def test_every_template_compiles() -> None:
    assert len(template_names()) > 20
    assert faults() == []


def test_no_template_breaks_the_content_policy() -> None:
    """No inline script or style, and nothing from another host: letters are no web pages and are left out."""
    broken = []
    for path in sorted((REPOSITORY / "templates").rglob("*.html")):
        name = path.relative_to(REPOSITORY).as_posix()
        if name.startswith("templates/emails/"):
            continue
        text = path.read_text("utf-8")
        if INLINE.search(text) or re.search(r"<(?:script|link|img|iframe)[^>]*" + ELSEWHERE.pattern, text):
            broken.append(name)
    assert broken == []
