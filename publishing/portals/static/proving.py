"""What the files of a dataset tell of it, beside what was approved: a description, a dictionary and a page."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from publishing.portals.base import Proof
from publishing.portals.shared.proving import columns_proof, description_proof
from publishing.portals.static import files, pages
from publishing.records import PortalRecord

_PAGE = "page of the dataset"
# Parts of the description for programs, by the words for people.
_WORDS = {
    "title": "title",
    "description": "description",
    "keywords": "keywords",
    "category": "category",
    "licenses": "licence",
    "contributors": "source and contact",
}


def proofs_of(folder: Path, record: PortalRecord) -> list[Proof]:
    """The version in this folder, file by file. Raises OSError."""
    told = _by_words(_about(folder)) | {_PAGE: pages.tells(_text(folder / files.PAGE), record)}
    wanted = _by_words(files.about(record)) | {_PAGE: True}
    return [description_proof(wanted, told), columns_proof(record, _columns(folder))]


def proofs_of_draft(kept: PortalRecord, record: PortalRecord) -> list[Proof]:
    """Rows on their way have no files yet: what theirs will be made from."""
    columns = {column.field_name: (column.name, column.description) for column in kept.columns}
    wanted, told = _by_words(files.about(record)), _by_words(files.about(kept))
    return [description_proof(wanted, told), columns_proof(record, columns)]


def _by_words(package: dict[str, Any]) -> dict[str, Any]:
    return {words: package.get(part) for part, words in _WORDS.items()}


def _about(folder: Path) -> dict[str, Any]:
    """What the description for programs says; nothing where it is none any more."""
    try:
        told = json.loads((folder / files.PACKAGE).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _columns(folder: Path) -> dict[str, tuple[str, str]]:
    """Names and descriptions of the columns by field, as the dictionary in the folder has them."""
    try:
        with (folder / files.DICTIONARY).open(encoding="utf-8", newline="") as lines:
            return {row["field"]: (row["name"], row["description"]) for row in csv.DictReader(lines)}
    except (FileNotFoundError, ValueError, KeyError, csv.Error):
        return {}


def _text(path: Path) -> str:
    try:
        # As it stands there: a line end of the description is one in the page.
        return path.read_bytes().decode()
    except (FileNotFoundError, ValueError):
        return ""
