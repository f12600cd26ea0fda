"""Which columns together could single a person out: a proposal, from what the scan says each column is.

A proposal only: the privacy officer confirms the set. The order is that of what an outsider most likely knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

QUASI = "quasi"
# Entities as the scan names them, in the order of the proposal, with what makes each one a quasi-identifier.
# Sources: DOMAIN e; Sweeney 2000 (date of birth, sex and ZIP code); HIPAA 164.514(b).
KNOWN = {
    "DATE_OF_BIRTH": (
        "A date of birth: with sex and ZIP code it is unique for most people in the United States, "
        "and voter rolls and social media tell it."
    ),
    "AGE": "An age: acquaintances know it, and with place and sex it narrows down to few people.",
    "ZIP_CODE": "A ZIP code: where somebody lives is in every address list.",
    "GEOGRAPHY": "A small area: where somebody lives is in every address list.",
    "COORDINATES": "An exact place: a map leads from it to a home or a workplace.",
    "STREET_ADDRESS": "An address: public records lead from it to the people who live there.",
    "SEX": "Sex or gender: everybody who knows the person knows it.",
    "RACE": "Race: it can be seen, and small groups stand out.",
    "ETHNICITY": "Ethnicity or ancestry: it can often be told, and small groups stand out.",
    "LANGUAGE": "Language or nationality: it can be heard, and small groups stand out.",
    "LIFE": "A circumstance of life, such as marriage or schooling: colleagues and neighbours know it.",
    "OCCUPATION": "Occupation, employer or income: colleagues know it, and rare jobs stand out.",
    "EVENT_DATE": "The date of something that happened to the person: newspapers and relatives know it.",
    "EVENT_TIME": "The time of something that happened to the person: who was there knows it.",
}
# What the scan calls a direct identifier, and a remedy may leave in a coarser form.
COARSENED = ("STREET_ADDRESS", "COORDINATES", "DATE_OF_BIRTH")
OTHER = "A trait of the person that others may know."


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column as the scan judged it: its class (`group`) and entity; `left` says whether the recipe keeps it."""

    name: str
    group: str
    entity: str | None = None
    left: bool = True


def suggest(columns: Iterable[Candidate]) -> list[tuple[str, str]]:
    """The columns that should be measured together, each with why, the most telling first.

    Takes every column of the table. Those that the recipe removes are left out; a direct identifier is among
    them only when it is of a kind that stays behind in a coarser form, such as an address.
    """
    rank = {entity: place for place, entity in enumerate(KNOWN)}
    chosen = [
        column for column in columns if column.left and (column.group == QUASI or column.entity in COARSENED)
    ]
    chosen.sort(key=lambda column: rank.get(column.entity or "", len(rank)))
    return [(column.name, KNOWN.get(column.entity or "", OTHER)) for column in chosen]
