"""The words that every letter about a release has."""

from __future__ import annotations

from typing import Any

from workflow.context import ReleaseContext


def letter_context(context: ReleaseContext, person: Any, /, **words: Any) -> dict[str, Any]:
    """Words for a letter: names of things and people, never data from the file."""
    return {
        "dataset": context.dataset.title,
        "inventory_id": context.dataset.inventory_id,
        "department": context.dataset.department.name,
        "program": context.dataset.program.name,
        "stage": context.release.get_stage_display(),
        "actor": str(person) if person else "The system",
        **{key: value for key, value in words.items() if value not in ("", None)},
    }
