"""What cannot be put on a portal as it is: named by column and row, never by value."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from datafiles.table import Column
from publishing.records import PORTAL_TYPES, TEXT, PortalRecord

MAX_TEXT_BYTES = 4096


class EncodingError(Exception):
    """The table cannot be put on the portal as it is. The sentence says where and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def unfit_rows(frame: pl.DataFrame, columns: Sequence[Column]) -> list[tuple[str, str, list[int]]]:
    """(column, what it holds, positions from 0) of texts that no portal takes. Never a value."""
    found = []
    for series, column in zip(frame.iter_columns(), columns, strict=True):
        if PORTAL_TYPES[column.type] != TEXT:
            continue
        series = series.cast(pl.String)
        for test, what in (
            (series.str.len_bytes() > MAX_TEXT_BYTES, f"a text of more than {MAX_TEXT_BYTES:,} bytes"),
            (series.str.contains("\x00", literal=True), "a NUL character"),
        ):
            if test.any():
                found.append((column.name, what, test.fill_null(value=False).arg_true().to_list()))
    return found


def refuse_unfit(found: list[tuple[str, str, list[int]]], start: int) -> None:
    """Raise EncodingError for the first of what `unfit_rows` found in rows from position `start` (from 0) on."""
    for name, what, rows in found:
        many = "row" if len(rows) == 1 else "rows"
        raise EncodingError(
            f"Column {name} holds {what} in {len(rows):,} {many} (the first is row {start + rows[0] + 1:,}), "
            "which the portal does not take. Correct the file or drop the column; we never shorten data "
            "silently."
        )


def refused_key(record: PortalRecord) -> EncodingError:
    return EncodingError(
        f"Column {record.row_identifier} is to identify the rows, but it is empty or repeated in some. "
        "Choose another column, or none: then a running number identifies them."
    )
