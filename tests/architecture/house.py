"""The rooms of the house and their source files, for the tests that read them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.services.processes import REPOSITORY

ROOMS = (
    "opendata_portal",
    "reports",
    "workflow",
    "checklists",
    "privacy",
    "publishing",
    "notifications",
    "dossier",
    "accounts",
    "audit",
    "work",
    "datafiles",
)
STATIONS = ("checklists", "privacy", "publishing")
STAND_IN = "publishing/devserver/"


def modules(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    """Every module of these rooms (all, when none is named): its path below the repository, and its tree."""
    for room in rooms or ROOMS:
        for path in sorted((REPOSITORY / room).rglob("*.py")):
            name = path.relative_to(REPOSITORY).as_posix()
            if "/migrations/" not in name:
                yield name, ast.parse(path.read_text("utf-8"), name)


def source(name: str) -> Path:
    return REPOSITORY / name
