"""Synthetic tables with planted identifiers. Everybody in them is invented."""

from __future__ import annotations

import csv
import io
import random
from datetime import UTC, datetime, timedelta

import polars as pl

from datafiles.table import Table
from privacy.scanner import ColumnResult, scan

SSN = "123-45-6788"
EMAIL = "ann.planted@mail.example"
PHONE = "(213) 556-0173"
# The last day of what somebody accepts.
SOON = datetime.now(UTC).date() + timedelta(days=90)


def column(name: str, values: list[str | None]) -> Table:
    """A table of one column."""
    return Table.of(pl.DataFrame({name: values}, schema={name: pl.String}))


def verdict(name: str, values: list[str | None]) -> ColumnResult:
    """What the scan says of a table of one column."""
    return scan(column(name, values)).columns[0]


def put_together(dice: random.Random, *pieces: str | range, count: int = 60) -> list[str | None]:
    """Values put together of fixed pieces and drawn numbers."""
    return [
        "".join(one if isinstance(one, str) else str(dice.choice(one)) for one in pieces)
        for _ in range(count)
    ]


def permits(rows: int = 60) -> dict[str, list[str]]:
    """Building permits with one SSN in the remarks, phones, and people who can be singled out."""
    remarks = [f"Inspected on site {i}, work goes on as planned there" for i in range(rows)]
    remarks[rows // 2] = f"Owner gave {SSN} at the counter"
    return {
        "permit_no": [f"B-{2000 + i}" for i in range(rows)],
        "status": [("issued", "open", "closed")[i % 3] for i in range(rows)],
        "contractor_phone": [f"(213) 556-{1000 + i}" for i in range(rows)],
        "zip": [("90012", "90013")[i % 2] for i in range(rows)],
        "sex": [("F", "M")[(i // 2) % 2] for i in range(rows)],
        "remarks": remarks,
    }


def as_csv(columns: dict[str, list[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue()


def as_table(columns: dict[str, list[str]]) -> Table:
    return Table.of(pl.DataFrame(columns))
