"""The catalogue files of today."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from accounts.profiles.words import CHECKLISTS
from checklists.catalogue.parsing import parse
from checklists.catalogue.shapes import Catalogue

__all__ = ["CHECKLISTS", "current", "read"]

_FOLDER = Path(__file__).resolve().parent


@cache
def read(checklist: str) -> dict[str, Any]:
    """The content of a checklist's file as it is today. Raises LookupError for a name that is none."""
    if checklist not in CHECKLISTS:
        raise LookupError(f"There is no checklist {checklist!r}.")
    with (_FOLDER / f"{checklist}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def current(checklist: str) -> Catalogue:
    """Today's version of a checklist."""
    return parse(read(checklist))
