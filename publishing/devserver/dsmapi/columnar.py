"""The expressions of an output schema over whole blocks: what each makes, and where it can make nothing.

An expression sees each different value, or combination of the values that it reads, once; what it would leave as it
is, it does not see at all.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from publishing.devserver.dsmapi import notations
from publishing.devserver.dsmapi.functions import Cell, Conversion
from publishing.devserver.dsmapi.transforms import Node

_MADE, _WRONG = "made", "wrong"


class Column(NamedTuple):
    """What one expression makes of a block. Where `wrong` is true nothing can be made, and the value is null."""

    values: pl.Series
    wrong: pl.Series


def make(node: Node, cells: pl.DataFrame) -> Column:
    if not node.reads:
        value, wrong = _tried(node, [])
        values = pl.repeat(value, cells.height, dtype=pl.String, eager=True)
        return Column(values, pl.repeat(wrong, cells.height, dtype=pl.Boolean, eager=True))
    names = [str(at) for at in sorted(node.reads)]
    read = cells.select(names)
    if node.stays is None:
        return _made(node, read, cells.width)
    column = read.to_series()
    stay = notations.stay(column, node.stays)
    if stay.all():
        return Column(column, ~stay)
    made = _made(node, read.filter(~stay), cells.width)
    places = (~stay).arg_true()
    return Column(column.clone().scatter(places, made.values), (~stay).scatter(places, made.wrong))


def _made(node: Node, read: pl.DataFrame, width: int) -> Column:
    """Each different combination is made once, and put wherever it stands."""
    seen = read.unique(maintain_order=True)
    row: list[Cell] = [None] * width
    found = []
    for cells in seen.iter_rows():
        for name, cell in zip(seen.columns, cells, strict=True):
            row[int(name)] = cell
        found.append(_tried(node, row))
    schema = {_MADE: pl.String, _WRONG: pl.Boolean}
    known = seen.hstack(pl.DataFrame(found, schema=schema, orient="row"))
    joined = read.join(known, on=read.columns, how="left", nulls_equal=True, maintain_order="left")
    return Column(joined[_MADE], joined[_WRONG])


def _tried(node: Node, row: list[Cell]) -> tuple[Cell, bool]:
    try:
        return node.make(row), False
    except Conversion:
        return None, True
