"""What a portal tells of a dataset beside what was approved: the words about it, and those about its columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publishing.portals.base import Proof
from publishing.records import PortalRecord

# Of a column, its name and its description.
ColumnWords = tuple[str, str]


def plain(text: Any) -> str:
    """Portals tidy blanks: two texts that differ in nothing else are the same."""
    return " ".join(str(text or "").split())


def description_proof(wanted: Mapping[str, Any], told: Mapping[str, Any]) -> Proof:
    """Both by the same words for people; where they differ, which."""
    odd = [name for name in wanted if told.get(name) != wanted[name]]
    count = f"{len(wanted)} fields"
    return Proof("Description of the dataset", count, _beside(count, odd))


def columns_proof(record: PortalRecord, told: Mapping[str, ColumnWords]) -> Proof:
    """`told` by field name."""
    odd = [
        column.name
        for column in record.columns
        if _words(told.get(column.field_name)) != _words((column.name, column.description))
    ]
    count = f"{len(record.columns)} columns"
    return Proof("Names and descriptions of columns", count, _beside(count, odd))


def _words(column: ColumnWords | None) -> ColumnWords | None:
    return (plain(column[0]), plain(column[1])) if column is not None else None


def _beside(expected: str, odd: list[str]) -> str:
    return f"{expected}, other: {', '.join(odd)}" if odd else expected
