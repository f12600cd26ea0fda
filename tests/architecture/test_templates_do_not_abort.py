"""Requests of htmx wait for one another: one that is broken off is an error in the reader's console."""

from __future__ import annotations

from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def test_no_template_breaks_off_a_request_that_runs() -> None:
    texts = {path: path.read_text() for path in TEMPLATES.rglob("*.html")}
    breaking = [path.name for path, text in texts.items() if ':replace"' in text or ':abort"' in text]
    assert not breaking
