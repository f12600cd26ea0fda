"""Labelled tables out of one part: identifiers and decoys mixed as systems mix them."""

from __future__ import annotations

import random
from dataclasses import dataclass

import polars as pl

from benchmarks.accuracy import held_out, held_out_second, tuned
from benchmarks.accuracy.values import blanks
from datafiles.table import Table

PARTS = {"tuned": tuned, "held_out": held_out, "held_out_second": held_out_second}
_ROWS = 150
_DECOYS_BESIDE = 5
_MARKERS = ("", "", "", "N/A", "-", "unknown")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A table and what each of its columns is; None for a column that identifies nobody."""

    table: Table
    labels: dict[str, str | None]


def tables(part: str, *, seed: int = 11, rounds: int = 3, rows: int = _ROWS) -> list[Labelled]:
    """Tables in which every labelled column of the part stands once a round, six or so to a table."""
    dice = random.Random(f"{part}-{seed}")
    source = PARTS[part]
    made = []
    for _ in range(rounds):
        left = [(entity, header, make) for entity, ways in source.LABELLED.items() for header, make in ways]
        dice.shuffle(left)
        while left:
            taken, left = left[:6], left[6:]
            columns: dict[str, tuple[str | None, list[str | None]]] = {}
            for entity, header, make in taken:
                columns[header] = (entity, _column(dice, make, rows))
            for header, make in dice.sample(source.DECOYS, _DECOYS_BESIDE):
                columns.setdefault(header, (None, _column(dice, make, rows)))
            names = list(columns)
            dice.shuffle(names)
            made.append(labelled_table({name: columns[name] for name in names}))
    return made


def decoys(part: str, *, seed: int = 13, rows: int = _ROWS) -> list[Labelled]:
    """Tables of columns that identify nobody."""
    dice = random.Random(f"{part}-{seed}")
    source = PARTS[part].DECOYS
    return [
        labelled_table({header: (None, _column(dice, make, rows)) for header, make in source[at : at + 8]})
        for at in range(0, len(source), 8)
    ]


def _column(dice: random.Random, make: object, rows: int) -> list[str | None]:
    """Full, partly filled, or with null markers and a little noise."""
    how = dice.random()
    if how < 0.3:
        make = blanks(make, dice.uniform(0.05, 0.4), dice.choice(_MARKERS))  # type: ignore[arg-type]
    values = [make(dice) for _ in range(rows)]  # type: ignore[operator]
    if 0.3 <= how < 0.4:
        values = [f" {value} " if dice.random() < 0.1 else value for value in values]
    return [value or None for value in values]


def labelled_table(columns: dict[str, tuple[str | None, list[str | None]]]) -> Labelled:
    """A table of these columns: name -> what it is, and its values."""
    frame = pl.DataFrame(
        {name: values for name, (_, values) in columns.items()}, schema=dict.fromkeys(columns, pl.String)
    )
    return Labelled(Table.of(frame), {name: label for name, (label, _) in columns.items()})
