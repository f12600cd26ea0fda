"""Whether somebody typed what is a person's where words or public categories belong: both are kept in clear.

Words (reasons, notes, remarks) may speak of colleagues and days, and never hold a number that stands for a person.
Values that a step of a recipe looks for may be categories only: no name, no identifier, and nothing of a column in
which every value is somebody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import polars as pl

from datafiles.table import Table
from privacy.cells import MARKER, Cells
from privacy.detectors import detector_of
from privacy.evidence import header_tokens
from privacy.finding import cells_of
from privacy.masking import mask
from privacy.scanner import ColumnResult, scan
from privacy.search import pattern_matches

# One of these in words is one too many.
_NEVER = ("SSN", "CREDIT_CARD")
# Below this a match is a number of nine digits that could be anything.
_LIKELY = 0.45
# A colleague's number or address may be written; so many are a list from the file.
_LISTED = {"PHONE": "telephone numbers", "EMAIL": "e-mail addresses"}
_LIST_BEGINS = 3
_PIECES = re.compile(r"[\n,;|\t]+")
_WHERE = "Describe the place instead: the column and the row."

# Among values these are categories; a date to the day is judged by its column.
_CATEGORIES = {"ZIP_CODE", "DATE_OF_BIRTH"}
_DAYS = ("date", "datetime")
# Places bear the names of people: a county may be called Jeff Davis.
_PLACES = {"area", "borough", "city", "county", "district", "facility", "neighborhood", "neighbourhood"}
_PLACES |= {"parish", "park", "place", "region", "school", "street", "suburb", "town", "township", "village"}
# So many typed values are looked at one by one; more of them as one column.
_EACH = 20
_NO_HEADER = "value"
# What is typed into a step, by the name of its parameter.
_TYPED = ("values", "other", "prefix", "number", "top", "bottom")
_INSTEAD = "What is typed here is kept in clear. Name the rows by another column instead."


class Facts(Protocol):
    """What the scan says of the column that values are typed for."""

    column: str
    group: str
    entity: str


def raw_values_in(text: str) -> str:
    """The sentence that refuses words holding values of a file; empty when there are none.

    Takes what a person typed. The sentence shows what was found masked, never in clear.
    """
    pieces = [piece.strip() for piece in _PIECES.split(text) if piece.strip()]
    if not pieces:
        return ""
    cells = cells_of(pl.Series("remarks", pieces, dtype=pl.String), "text")
    for entity in _NEVER:
        found = _matches(cells, entity)
        if found:
            label = detector_of(entity).label
            return f"This looks like a {label} ({mask(found[0], entity)}). Do not write it here. {_WHERE}"
    for entity, words in _LISTED.items():
        if len(_matches(cells, entity)) >= _LIST_BEGINS:
            return f"This looks like a list of {words}. Do not write values of the file here. {_WHERE}"
    return ""


def _matches(cells: Cells, entity: str) -> list[str]:
    """The distinct likely matches of one detector."""
    parts = pattern_matches(cells, detector_of(entity), "text")
    return [match for part in parts for match in part.filter(pl.col("s") >= _LIKELY).get_column("m").unique()]


def personal_value(params: Mapping[str, Any], facts: Iterable[Facts] = ()) -> tuple[str, str] | None:
    """The parameter of a step and the sentence that says why what was typed there is a person's; None if nothing is.

    `facts` are what the scan says of the columns; values are judged as values of the column of the step.
    """
    about = next((one for one in facts if one.column == params.get("column")), None)
    for name in _TYPED:
        given = params.get(name)
        typed = [str(one) for one in (given if isinstance(given, list) else [given]) if one not in (None, "")]
        # What is put in the place of values is no value of the column.
        column = about if name not in ("other", "prefix") else None
        sentence = personal_among(typed, column, are_numbers=name in ("number", "top", "bottom"))
        if sentence:
            return name, sentence
    return None


def personal_among(
    values: Sequence[str], column: Facts | None = None, *, many: bool = False, are_numbers: bool = False
) -> str:
    """The sentence that says which of the values is a person's; empty when none is.

    `many` looks at all of them as one column (a hierarchy); otherwise each is looked at by itself. A number
    is a limit, so it is somebody's only in a column of identifiers.
    """
    values = [value for value in values if not re.match(MARKER, value)]
    if column is not None and column.group in ("direct", "key") and values:
        return (
            f"each value of “{column.column}” is one person's or one row's, so none may be named. {_INSTEAD}"
        )
    if are_numbers:
        return ""
    together = (many or len(values) > _EACH) and bool(values)
    for at, some in enumerate([values] if together else [[value] for value in values], start=1):
        found = next(_personal(some, column), "")
        if found:
            which = "a value" if together else f"value {at}"
            return f"{which} is written like {found}. {_INSTEAD}"
    return ""


def _personal(values: Sequence[str], column: Facts | None) -> Iterator[str]:
    """What the detectors take the values for, under no header and under that of their column."""
    known = _CATEGORIES | (
        {"PERSON_NAME"} if column and _PLACES & set(header_tokens(column.column)) else set()
    )
    for header in dict.fromkeys([_NO_HEADER, column.column if column else _NO_HEADER]):
        judged = _judged(header, values)
        for entity in sorted({hit.entity for hit in judged.hits} - known):
            yield (
                "the name of a person" if entity == "PERSON_NAME" else f"an identifier of a person ({entity})"
            )
        tells_of_people = column is not None and column.group == "quasi"
        if judged.type in _DAYS and (tells_of_people or judged.entity == "DATE_OF_BIRTH"):
            yield "a day in somebody's life, such as a birth"


def _judged(header: str, values: Sequence[str]) -> ColumnResult:
    return scan(Table.of(pl.DataFrame({header: values}, schema={header: pl.String}))).columns[0]
