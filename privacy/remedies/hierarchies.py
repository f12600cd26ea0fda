"""Uploaded hierarchies: a CSV of value, level 1, level 2, ... as ARX writes them. Values are public categories."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from privacy.remedies.built_in import BUILT_IN, hierarchy_named, numbers_by
from privacy.remedies.hierarchy import Hierarchy, Listed
from privacy.remedies.numbers import numbers_in

MOST_ROWS = 50_000
MOST_LEVELS = 20
_LONGEST = 200
_SHOWN_FAULTS = 20
_BANDS = 20
_DATES = ("DATE_OF_BIRTH", "EVENT_DATE")
__all__ = ["BUILT_IN", "Parsed", "hierarchy_named", "hierarchy_parse", "listed", "suggested_hierarchy"]


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a CSV says: rows of value and coarser values, the words of the levels, and what is wrong with it."""

    rows: list[list[str]]
    level_labels: list[str]
    faults: list[str]


def hierarchy_parse(text: str, values: Collection[str] = ()) -> Parsed:
    """Read a hierarchy from CSV with comma or semicolon; a first row that begins with “value” names the levels.

    `values` are those of the column it is meant for: each must be listed. Faults are sentences with the line.
    """
    text = text.removeprefix("\ufeff")
    delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    lines = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    numbered = [(at, row) for at, row in enumerate(lines, start=1) if any(row)]
    labels: list[str] = []
    if numbered and numbered[0][1][0].lower() in ("value", "level0", "level 0"):
        labels = numbered[0][1][1:]
        numbered = numbered[1:]
    faults = list(_take(_faults(numbered, values)))
    rows = [row for _, row in numbered]
    levels = len(rows[0]) - 1 if rows else 0
    if len(labels) != levels:
        labels = [f"level {level}" for level in range(1, levels + 1)]
    return Parsed(rows, labels, faults)


def listed(label: str, level_labels: Sequence[str], rows: Sequence[Sequence[str]]) -> Listed:
    """An uploaded hierarchy under its digest, which covers its rows and nothing else."""
    content = json.dumps([list(row) for row in rows], ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(content.encode()).hexdigest()
    return Listed(digest, label, ("as it is", *level_labels), tuple(tuple(row) for row in rows))


def suggested_hierarchy(values: pl.Series, type_: str, entity: str) -> Hierarchy:
    """The built-in hierarchy that fits a column: by what the scan takes it for, then by its values."""
    if entity == "AGE":
        return BUILT_IN["age"]
    if entity == "ZIP_CODE":
        return BUILT_IN["zip"]
    if entity in _DATES or type_ in ("date", "datetime"):
        return BUILT_IN["date"]
    filled = values.drop_nulls()
    geoid = filled.str.contains(r"^[0-9]{11,12}$|^[0-9]{15}$")
    if entity == "GEOGRAPHY" and len(filled) and bool(geoid.all()):
        return BUILT_IN["geography"]
    if type_ in ("integer", "decimal"):
        return numbers_by(_width(filled))
    return BUILT_IN["category"]


def _width(values: pl.Series) -> float:
    """A round width that makes some twenty bands."""
    numbers = numbers_in(values)
    low, high = numbers.min(), numbers.max()
    if low is None or high is None or high == low:
        return 1.0
    wanted = (float(high) - float(low)) / _BANDS  # type: ignore[arg-type]
    width = 1.0
    while width < wanted and width < 1e11:
        width *= 10
    return width / 2 if width / 2 >= wanted and width > 1 else width


def _take(faults: Iterator[str]) -> Iterator[str]:
    for at, fault in enumerate(faults):
        if at == _SHOWN_FAULTS:
            yield "There are more faults. Correct these first."
            return
        yield fault


def _faults(numbered: list[tuple[int, list[str]]], values: Collection[str]) -> Iterator[str]:
    if not numbered:
        yield "The hierarchy holds no values. Write one value on each line, with its coarser ones behind it."
        return
    width = len(numbered[0][1])
    if width < 2:
        yield "The hierarchy has no levels. Write at least one coarser value behind each value."
        return
    if width - 1 > MOST_LEVELS or len(numbered) > MOST_ROWS:
        yield f"A hierarchy may hold {MOST_ROWS:,} values and {MOST_LEVELS} levels. Leave out what is not needed."
        return
    seen: dict[str, int] = {}
    above: list[dict[str, tuple[str, int]]] = [{} for _ in range(width)]
    for line, row in numbered:
        if len(row) != width:
            yield f"Line {line} has {len(row) - 1} levels and the first has {width - 1}. Give each value as many."
            continue
        if not all(row) or any(len(cell) > _LONGEST for cell in row):
            yield f"Line {line} has a cell that is empty or longer than {_LONGEST} characters. Write “*” for nothing."
            continue
        if row[0] in seen:
            yield f"Line {line} lists the value “{row[0]}” again (first in line {seen[row[0]]}). Keep one of the two."
            continue
        seen[row[0]] = line
        yield from _not_rising(line, row, above)
    yield from _missing(values, seen)


def _not_rising(line: int, row: list[str], above: list[dict[str, tuple[str, int]]]) -> Iterator[str]:
    """What is one value at a level must be one value at every level above, or coarser would be finer again."""
    for level in range(1, len(row) - 1):
        upper, first = above[level].setdefault(row[level], (row[level + 1], line))
        if upper != row[level + 1]:
            yield (
                f"Line {line}: “{row[level]}” becomes “{row[level + 1]}” at level {level + 1}, but “{upper}” in "
                f"line {first}. Values that are alike at one level must stay alike above it."
            )
            return


def _missing(values: Collection[str], seen: Collection[str]) -> Iterator[str]:
    """How many values of the column are not listed; the values themselves are the file's and are not named."""
    missing = sum(1 for value in set(values) if value.strip() not in seen)
    if missing:
        what = "1 value of the column is" if missing == 1 else f"{missing:,} values of the column are"
        yield f"{what} not listed. Add what is missing: a value that is not listed loses everything."
