"""Whether somebody typed what is a person's where words or public categories belong: both are kept in clear.

Words (reasons, notes, remarks) may speak of colleagues and days, and never hold a number that stands for a person.
Values that a step of a recipe looks for may be categories only: no name, no identifier, and nothing of a column in
which every value is somebody's.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Protocol

import polars as pl

from datafiles.table import Table
from privacy.cells import MARKER, Cells
from privacy.detectors import detector_of
from privacy.evidence import header_tokens
from privacy.finding import cells_of
from privacy.masking import mask
from privacy.reading import ColumnReading
from privacy.scanner import ColumnResult, judged
from privacy.search import pattern_matches

# One of these in words is one too many.
_NEVER = ("SSN", "CREDIT_CARD")
# Below this a match is a number of nine digits that could be anything.
_LIKELY = 0.45
# A colleague's number or address may be written; so many are a list from the file.
_LISTED = {"PHONE": "telephone numbers", "EMAIL": "e-mail addresses"}
_LIST_BEGINS = 3
_PIECES = re.compile(r"[\n,;|\t]+")
# Without one of these there is none of them, and most words need no look.
_MAY_HOLD = re.compile(r"[\d@]")
_WHERE = "Describe the place instead: the column and the row."

# Among values these are categories; a date to the day is judged by its column.
_CATEGORIES = {"ZIP_CODE", "DATE_OF_BIRTH"}
_DAYS = ("date", "datetime")
# Columns of days in the lives of people, and how a day is written as a number there.
_LIVED = ("DATE_OF_BIRTH", "EVENT_DATE")
_DAY_NUMBERS = {8: ("%Y%m%d", "%m%d%Y", "%d%m%Y"), 6: ("%y%m%d", "%m%d%y", "%d%m%y")}
# Places bear the names of people: a county may be called Jeff Davis.
_PLACES = {"area", "borough", "city", "county", "district", "facility", "neighborhood", "neighbourhood"}
_PLACES |= {"parish", "park", "place", "region", "school", "street", "suburb", "town", "township", "village"}
# Each typed value is looked at by itself, so no more of them are taken.
MOST_TYPED = 200
# What was looked at is not looked at again: digest of value and column -> what was found.
_LOOKED_AT: OrderedDict[str, str] = OrderedDict()
_REMEMBERED = 20_000
_NO_HEADER = "value"
# What is typed into a step, by the name of its parameter.
_TYPED = ("values", "other", "prefix", "number", "top", "bottom")
_DAY = "a day in somebody's life, such as a birth"
# Eight digits of an earlier year are no day of anybody whom a file may hold.
_FIRST_YEAR = 1850
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
    if not _MAY_HOLD.search(text):
        return ""
    pieces = [piece.strip() for piece in _PIECES.split(text) if piece.strip()]
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

    `many` looks at all of them as one column (a hierarchy); otherwise each is looked at by itself, and no more
    than MOST_TYPED are taken. A number is a limit, so it is somebody's only in a column of identifiers, or where
    it is written like a day in somebody's life.
    """
    values = [value for value in values if not re.match(MARKER, value)]
    if column is not None and column.group in ("direct", "key") and values:
        return (
            f"each value of “{column.column}” is one person's or one row's, so none may be named. {_INSTEAD}"
        )
    if many:
        found = next(_personal(values, column), "") if values else ""
        return f"a value is written like {found}. {_INSTEAD}" if found else ""
    if len(values) > MOST_TYPED:
        return (
            f"{len(values):,} values were typed, and at most {MOST_TYPED} can be looked at one by one. Name the "
            "rows by another column, or make the values coarser by a hierarchy first."
        )
    for at, value in enumerate(values, start=1):
        found = _number_of_day(value, column) if are_numbers else _known(value, column)
        if found:
            return f"value {at} is written like {found}. {_INSTEAD}"
    return ""


def _known(value: str, column: Facts | None) -> str:
    """What one value is taken for, looked up where it was looked at before; empty when it is nobody's."""
    about = (column.column, column.group, column.entity) if column else ()
    key = sha256(repr((value, about)).encode(errors="surrogatepass")).hexdigest()
    if key not in _LOOKED_AT:
        found = next(_personal([value], column), "")
        while len(_LOOKED_AT) >= _REMEMBERED:
            _LOOKED_AT.popitem(last=False)
        _LOOKED_AT[key] = found
        return found
    return _LOOKED_AT.get(key, "")


def _personal(values: Sequence[str], column: Facts | None) -> Iterator[str]:
    """What the detectors take the values for, under no header and under that of their column."""
    known = _CATEGORIES | (
        {"PERSON_NAME"} if column and _PLACES & set(header_tokens(column.column)) else set()
    )
    for header in dict.fromkeys([_NO_HEADER, column.column if column else _NO_HEADER]):
        result = _judged(header, values)
        for entity in sorted({hit.entity for hit in result.hits} - known):
            yield (
                "the name of a person" if entity == "PERSON_NAME" else f"an identifier of a person ({entity})"
            )
        tells_of_people = column is not None and column.group == "quasi"
        if result.type in _DAYS and (tells_of_people or result.entity == "DATE_OF_BIRTH"):
            yield _DAY
    yield from filter(None, (_number_of_day(value, column) for value in values))


def _number_of_day(value: str, column: Facts | None) -> str:
    """Whether digits are a day ("19800412"), in a column that the scan takes for days in the lives of people."""
    if column is None or column.entity not in _LIVED:
        return ""
    digits = value.removesuffix(".0").strip()
    digits = digits.zfill(len(digits) + len(digits) % 2)  # a number has lost the nought it begins with
    return _DAY if any(_is_day(digits, form) for form in _DAY_NUMBERS.get(len(digits), ())) else ""


def _is_day(digits: str, form: str) -> bool:
    try:
        day = datetime.strptime(digits, form).replace(tzinfo=UTC)
        return digits.isdecimal() and day.year >= _FIRST_YEAR
    except ValueError:
        return False


def _judged(header: str, values: Sequence[str]) -> ColumnResult:
    """The verdict on these values alone. A scan would start threads, which takes longer than looking."""
    series = pl.Series(header, values, dtype=pl.String)
    reading = ColumnReading(header)
    reading.add(series)
    return judged(reading, Table.of(series.to_frame()).columns[0], 0)
