"""CSV files that a spreadsheet opens as data, never as a formula (ASVS 1.2.10)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from reports.tables import Cell, Table

# What makes a spreadsheet take a cell for a formula, full-width forms included.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def cell_safe(value: Cell) -> str:
    """One cell as text. Numbers stay; text that could be a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return str(value)
    text = value.replace("\0", "")
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def csv_text(columns: Iterable[str], rows: Iterable[Iterable[Cell]]) -> str:
    """A whole CSV file: CRLF line ends, and a byte-order mark so that spreadsheets read accents."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([cell_safe(column) for column in columns])
    writer.writerows([cell_safe(cell) for cell in row] for row in rows)
    return "\N{ZERO WIDTH NO-BREAK SPACE}" + buffer.getvalue()


def table_csv(table: Table) -> str:
    """The numbers of a figure as a CSV file."""
    return csv_text(table.labels, table.rows)
