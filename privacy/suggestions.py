"""What is usually done with a column of a class: one remedy that a person may take over as it stands.

A suggestion is the least that takes away what was found (DataSF, privacy toolkit: remove or redact direct
identifiers; HIPAA Safe Harbor, 45 CFR 164.514(b)(2)(i): dates to the year, ZIP codes to three digits). Nothing
is suggested where only a person can tell: free text without a hit, what is to be confirmed by its name alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from privacy.models import ColumnVerdict, Disposition
from privacy.selectors import remedies_for

Group = ColumnVerdict.Group
Remedy = Disposition.Remedy

# A column of which at least this share of the cells holds the entity is that entity, not a text that hides it.
_WHOLE = 0.5
# Entities with a gentler remedy than leaving the column out.
_GENTLER = {
    "DATE_OF_BIRTH": Remedy.GENERALISE_DATE,
    "ZIP_CODE": Remedy.GENERALISE_ZIP,
    "COORDINATES": Remedy.POINT_GRID,
}


@dataclass
class Suggestion:
    """One remedy with the columns that it is suggested for, for one press."""

    entity: str
    remedy: str
    columns: list[str] = field(default_factory=list)


def suggested_for(verdict: ColumnVerdict) -> str:
    """The remedy usually taken for what was found in a column; empty when a person must look first."""
    wanted = _wanted(verdict)
    return wanted if wanted in remedies_for(verdict) else ""


def suggestions(verdicts: Iterable[ColumnVerdict]) -> list[Suggestion]:
    """The suggestions for these columns: one for each thing found and remedy, in the order of the columns."""
    found: dict[tuple[str, str], Suggestion] = {}
    for verdict in verdicts:
        remedy = suggested_for(verdict)
        if remedy:
            key = (_main_entity(verdict), remedy)
            found.setdefault(key, Suggestion(*key)).columns.append(verdict.column)
    return list(found.values())


def _wanted(verdict: ColumnVerdict) -> str:
    if not verdict.must_be_decided:
        return ""
    gentler = _GENTLER.get(verdict.entity)
    if gentler and gentler in remedies_for(verdict):
        return gentler
    if verdict.group == Group.DIRECT:
        return Remedy.DROP_COLUMN
    if verdict.hits:
        whole = any(hit["share"] >= _WHOLE for hit in verdict.hits) and verdict.group != Group.FREE_TEXT
        return Remedy.DROP_COLUMN if whole and verdict.group == Group.NONE else Remedy.REDACT_MATCHES
    return ""


def _main_entity(verdict: ColumnVerdict) -> str:
    """What the column is or, of one that is nothing by itself, what was found in it first."""
    return verdict.entity or (verdict.hits[0]["entity"] if verdict.hits else "")
