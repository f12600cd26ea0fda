"""Values of the environment that share the beginning of their name: how many there are, the place decides."""

from __future__ import annotations

import os
from pathlib import Path


def named_values(prefix: str) -> dict[str, str]:
    """{"KEY": value} for PREFIX_KEY=value, and for PREFIX_KEY_FILE=path the content of that file."""
    found = {}
    for name, value in os.environ.items():
        if not name.startswith(prefix) or not value:
            continue
        key = name.removeprefix(prefix)
        if key.endswith("_FILE"):
            found[key.removesuffix("_FILE")] = Path(value).read_text("utf-8").strip()
        else:
            found[key] = value
    return found


def bindings_taken(values: dict[str, str], suffix: str) -> dict[str, tuple[str, ...]]:
    """{"KEY": ("a", "b")} for each KEY with the suffix that reads "a, b"; it is taken out of the values."""
    return {
        name.removesuffix(suffix): tuple(
            part.strip().lower() for part in values.pop(name).split(",") if part.strip()
        )
        for name in list(values)
        if name.endswith(suffix)
    }
