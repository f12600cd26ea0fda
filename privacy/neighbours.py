"""What the columns of a table say of one another: a second look once each has been judged alone.

A code of its own in every row stands for a person where the table holds people; half names belong together; a
place beside people is where they live. Plain Python over results of columns; no Django.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol, TypeVar

from privacy.evidence import header_tokens, phrase_in
from privacy.vocabulary import ROW_KEYS


class Column(Protocol):
    """What is read of a column's result; it is a dataclass."""

    @property
    def name(self) -> str: ...
    @property
    def group(self) -> str: ...
    @property
    def entity(self) -> str | None: ...
    @property
    def decision(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def explanation(self) -> str: ...


Result = TypeVar("Result", bound=Any)

# Each of these tells of a person, wherever it stands.
_OF_PEOPLE = (
    *("SSN", "ITIN", "PERSON_NAME", "DATE_OF_BIRTH", "DRIVER_LICENSE", "PASSPORT", "MEDICAL_RECORD"),
    *("HEALTH_PLAN", "PERSON_KEY", "SEX", "RACE", "ETHNICITY", "AGE", "LIFE", "BIOMETRIC"),
)
# These do where another one of them does too: a place of business has a telephone, but no salary.
_LIKELY = (
    *("EMAIL", "PHONE", "STREET_ADDRESS", "EVENT_DATE", "OCCUPATION", "LANGUAGE", "HEALTH"),
    *("BENEFITS", "JUSTICE", "CARE", "BELIEF"),
)
_PEOPLE_WORDS = (
    *("patient", "patron", "resident", "student", "member", "client", "employee", "applicant"),
    *("inmate", "customer", "tenant", "voter", "participant", "respondent", "child", "parent"),
    *("borrower", "person", "victim", "defendant", "offender", "cardholder", "card holder", "donor"),
    *("volunteer", "pupil", "homeowner", "citizen", "arrestee", "decedent", "subscriber", "passenger"),
    *("rider", "worker", "beneficiary", "householder", "guest", "visitor", "attendee", "registrant"),
    *("enrollee",),
)
_PLACES = (
    *("facility", "business", "company", "library", "school", "site", "station", "venue", "store"),
    *("restaurant", "hospital", "clinic", "park", "branch", "organization", "organisation", "agency"),
    *("dba", "establishment", "location", "building", "hotel", "market", "museum", "church", "shop"),
    *("office", "provider", "airport", "stop", "vendor", "center"),
)
_SINGLES_OUT = ("DATE_OF_BIRTH", "SEX", "ZIP_CODE")
_PEOPLES_WHY = (
    "Beside columns about people, a code of its own in every row may stand for one of them. A person "
    "must look."
)


def with_neighbours(columns: list[Result]) -> list[Result]:
    """The results of all columns of a table, each reconsidered beside the others. Order and number stay."""
    people = holds_people(columns)
    names = [place for place, one in enumerate(columns) if one.entity == "PERSON_NAME"]
    results = []
    for place, one in enumerate(columns):
        if people and one.group == "key" and one.entity is None:
            one = _key_of_person(one)
        elif one.entity == "PERSON_NAME" and one.decision == "confirm":
            one = _half_name(one, place, columns, names)
        elif one.entity == "STREET_ADDRESS" and one.decision == "flag" and not people:
            one = _place_of_business(one, columns)
        elif one.entity == "COORDINATES" and one.decision == "confirm" and people:
            one = _beside_people(one)
        results.append(one)
    return _together(results)


def holds_people(columns: list[Result]) -> bool:
    """Whether the rows are people: something that only people have, or two things that people are likely to."""
    sure = any(
        one.entity in _OF_PEOPLE
        and one.decision != "clear"
        and not (one.entity == "PERSON_NAME" and one.score < 0.6)
        for one in columns
    )
    likely = {one.entity for one in columns if one.entity in _LIKELY and one.decision != "clear"}
    worded = any(phrase_in(header_tokens(one.name), _PEOPLE_WORDS) for one in columns if one.group != "none")
    places = any(phrase_in(header_tokens(one.name), _PLACES) for one in columns)
    return sure or worded or (len(likely) >= 2 and not places)


def _key_of_person(column: Result) -> Result:
    tokens = header_tokens(column.name)
    if phrase_in(tokens, ROW_KEYS) or tokens in (("id",), ("key",), ("no",), ("number",)):
        return column
    why = f"{column.explanation} {_PEOPLES_WHY}"
    return replace(column, entity="PERSON_KEY", decision="confirm", score=0.5, explanation=why)


def _half_name(column: Result, place: int, columns: list[Result], names: list[int]) -> Result:
    """A doubtful name next to another name, or in a table with a birth date or a sex, is one."""
    beside = [columns[other] for other in names if abs(other - place) == 1]
    vouching = [
        one for one in columns if one.entity in ("DATE_OF_BIRTH", "SSN", "SEX") and one.decision == "flag"
    ]
    witness = next(iter(beside or vouching), None)
    if witness is None:
        return column
    why = f"{column.explanation} The column “{witness.name}” beside it makes it more likely."
    return replace(column, decision="flag", score=0.75, explanation=why)


def _place_of_business(column: Result, columns: list[Result]) -> Result:
    """In a table of places without people, an address is most likely one of them."""
    place = next(
        (one for one in columns if one is not column and phrase_in(header_tokens(one.name), _PLACES)), None
    )
    if place is None:
        return column
    why = (
        f"{column.explanation} No column tells of people, and “{place.name}” of places: it may be theirs. "
        f"A person must look."
    )
    return replace(column, decision="confirm", score=0.5, explanation=why)


def _beside_people(column: Result) -> Result:
    why = f"{column.explanation} Other columns tell of people: it may show where they live or were."
    return replace(column, decision="flag", score=0.7, explanation=why)


def _together(columns: list[Result]) -> list[Result]:
    """Birth date, sex and ZIP code say in each explanation what they are worth together (Sweeney 2000)."""
    three = {
        one.entity: one.name for one in columns if one.entity in _SINGLES_OUT and one.decision != "clear"
    }
    if len(three) < len(_SINGLES_OUT):
        return columns
    listed = ", ".join(f"“{three[entity]}”" for entity in _SINGLES_OUT)
    why = f"Together, {listed} single out most people in the United States."
    return [
        replace(one, explanation=f"{one.explanation} {why}")
        if three.get(one.entity or "") == one.name
        else one
        for one in columns
    ]
