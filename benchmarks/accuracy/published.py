"""Columns as public portals publish them, most of which identify nobody: `published.txt` lists and explains them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from benchmarks.accuracy import cultures
from benchmarks.accuracy.score import PATTERN, Verdicts, canonical
from benchmarks.accuracy.tables import Labelled, labelled_table
from benchmarks.accuracy.values import Dice, Make, between, npi, vin

# Who stands there may be a person or a firm: neither answer is wrong.
EITHER = "EITHER"
# What a pattern, or a code under a name, tells.
IDENTIFIERS = (
    *PATTERN,
    *(
        "DRIVER_LICENSE",
        "PASSPORT",
        "BANK_ACCOUNT",
        "MEDICAL_RECORD",
        "LICENSE_PLATE",
        "HEALTH_PLAN",
        "EIN",
        "SECRET",
    ),
)
_LIST = Path(__file__).with_suffix(".txt")
_ROWS = 200
_RANGE = re.compile(r"^(-?[0-9.]+)\.\.(-?[0-9.]+)(?:/([0-9]))?$")
_SIGNS = {
    "#": "0123456789",
    "~": "123456789",
    "@": "23456789",
    "%": "ABCDEFGHJKLMNPRSTUVWXYZ",
    "^": "0123456789abcdef",
}


@lru_cache(maxsize=1)
def columns() -> dict[str, list[tuple[str, str | None, str]]]:
    """Table -> its columns: name, what it is (None: nothing of people), and how its values are made."""
    tables: dict[str, list[tuple[str, str | None, str]]] = {}
    for line in _LIST.read_text("utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("[") and line.endswith("]"):
            current = tables.setdefault(line[1:-1], [])
            continue
        name, _, values = line.partition(" = ")
        label = re.match(r"\{([A-Z_]+)\} ", values)
        current.append((name, label.group(1) if label else None, values[label.end() :] if label else values))
    return tables


def tables(*, seed: int = 29, rows: int = _ROWS) -> list[Labelled]:
    """One table for each in the list."""
    dice = random.Random(seed)
    made = []
    for listed in columns().values():
        values: dict[str, tuple[str | None, list[str | None]]] = {}
        for name, label, how in listed:
            make = maker(how)
            values[name] = (label, [make(dice) or None for _ in range(rows)])
        made.append(labelled_table(values))
    return made


def wrong(made: list[Labelled], verdicts: Verdicts) -> list[tuple[str, str]]:
    """The columns taken for an identifier that they are not, with what they were taken for."""
    return [
        (name, str(canonical(said.get(name))))
        for table, said in zip(made, verdicts, strict=True)
        for name, label in table.labels.items()
        if label != EITHER and canonical(said.get(name)) in IDENTIFIERS and canonical(said.get(name)) != label
    ]


def maker(how: str) -> Make:
    """Values as a line of the list describes them."""
    how = how.strip()
    if how == "vin":
        return vin
    if how == "npi":
        return npi
    if span := _RANGE.match(how):
        return between(float(span[1]), float(span[2]), int(span[3] or 0))
    kind, _, form = how.partition(":")
    if kind == "date" and form in _DATES:
        return _DATES[form]
    if kind == "person":
        return cultures.written(form)
    patterns = [one.strip() for one in how.split(" | ")]
    return lambda dice: _filled(dice, dice.choice(patterns))


def _filled(dice: Dice, pattern: str) -> str:
    return "".join(dice.choice(_SIGNS[sign]) if sign in _SIGNS else sign for sign in pattern)


def _moment(dice: Dice) -> Iterator[int]:
    yield from (dice.randrange(2015, 2026), dice.randrange(1, 13), dice.randrange(1, 29))
    yield from (dice.randrange(24), dice.randrange(60), dice.randrange(60))


def _us(dice: Dice) -> str:
    year, month, day, *_ = _moment(dice)
    return f"{month:02d}/{day:02d}/{year}"


def _us_time(dice: Dice) -> str:
    year, month, day, hour, minute, second = _moment(dice)
    half = "PM" if hour > 11 else "AM"
    return f"{month:02d}/{day:02d}/{year} {hour % 12 or 12:02d}:{minute:02d}:{second:02d} {half}"


def _iso(dice: Dice) -> str:
    year, month, day, *_ = _moment(dice)
    return f"{year}-{month:02d}-{day:02d}"


def _iso_time(dice: Dice) -> str:
    year, month, day, hour, minute, second = _moment(dice)
    return f"{year}-{month:02d}-{day:02d} {hour:02d}:{minute:02d}:{second:02d}"


_DATES: dict[str, Make] = {
    "us": _us,
    "us_time": _us_time,
    "iso": _iso,
    "iso_time": _iso_time,
    "socrata": lambda dice: f"{_iso(dice)}T00:00:00.000",
    "epoch": lambda dice: str(dice.randrange(1_400_000_000, 1_760_000_000)),
    "epoch_ms": lambda dice: str(dice.randrange(1_400_000_000_000, 1_760_000_000_000)),
}
