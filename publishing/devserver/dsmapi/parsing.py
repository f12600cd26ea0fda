"""A file of rows, read in pieces: its columns, its rows, and the rows that do not fit its header."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

csv.field_size_limit(70 * 1024 * 1024)
SEPARATORS = {"text/csv": ",", "text/tab-separated-values": "\t"}
DEFAULTS: dict[str, Any] = {
    "encoding": "utf-8",
    "header_count": 1,
    "column_header": 1,
    "column_separator": ",",
    "quote_char": '"',
    "parse_source": True,
    "remove_empty_rows": True,
    "trim_whitespace": True,
}
CONVERSIONS = {"number": "to_number", "calendar_date": "to_floating_timestamp", "checkbox": "to_checkbox"}


class Line(NamedTuple):
    """A row of the file. `error` is set, and `cells` as found, where it does not fit the header."""

    offset: int
    cells: list[str | None]
    error: dict[str, Any] | None = None


class Unreadable(Exception):
    """The file cannot be read in the way that was asked for."""


def header(path: Path, options: dict[str, Any]) -> list[str]:
    """The names of the columns as people wrote them."""
    wanted = int(options["column_header"])
    for number, cells in enumerate(_records(path, options), start=1):
        if number == wanted or (wanted == 0 and number == 1):
            return [name if wanted else f"Column {at}" for at, name in enumerate(cells, start=1)]
    raise Unreadable("The file is empty")


def lines(path: Path, options: dict[str, Any], width: int) -> Iterator[Line]:
    """Every row below the header. An empty cell is null. Raises Unreadable."""
    trim, skip_empty, first = (
        options["trim_whitespace"],
        options["remove_empty_rows"],
        options["header_count"],
    )
    offset = 0
    for number, cells in enumerate(_records(path, options)):
        if number < first:
            continue
        if not any(cells) and (skip_empty or not cells):
            continue
        if len(cells) == width:
            found = [(text.strip() if trim else text) or None for text in cells]
            yield Line(offset, found)
        else:
            kind = "too_short" if len(cells) < width else "too_long"
            error = {"type": kind, "wanted": width, "got": len(cells), "contents": cells}
            yield Line(offset, list(cells), error)
        offset += 1


def _records(path: Path, options: dict[str, Any]) -> Iterator[list[str]]:
    try:
        with path.open(encoding=options["encoding"], newline="") as file:
            if file.read(1) != "\ufeff":
                file.seek(0)
            yield from csv.reader(
                file, delimiter=options["column_separator"], quotechar=options["quote_char"], strict=True
            )
    except (UnicodeDecodeError, csv.Error, LookupError, TypeError) as error:
        raise Unreadable(f"The file cannot be read: {error}") from error


def field_names(names: list[str]) -> list[str]:
    """The names as the portal's fields: small letters, digits and underscores, each once."""
    found: list[str] = []
    for name in names:
        base = re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_") or "column"
        base = f"_{base}" if base[0].isdigit() else base
        field, number = base, 1
        while field in found:
            field, number = f"{base}_{number}", number + 1
        found.append(field)
    return found


def transform_for(field_name: str, kind: str) -> str:
    return f"{CONVERSIONS.get(kind, 'to_text')}(`{field_name}`)"
