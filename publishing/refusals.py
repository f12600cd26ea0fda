"""What cannot be put on a portal as it is: named by column and row, never by value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from publishing.records import TEXT, PortalRecord
from publishing.shapes import SHAPES

MAX_TEXT_BYTES = 4096


@dataclass(frozen=True)
class Limits:
    """How many bytes of a text, and of a shape written as text, a portal takes; None for as many as there are."""

    text: int | None = MAX_TEXT_BYTES
    shape: int | None = None


USUAL_LIMITS = Limits()


class EncodingError(Exception):
    """The table cannot be put on the portal as it is. The sentence says where and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def unfit_rows(frame: pl.DataFrame, record: PortalRecord, limits: Limits) -> list[tuple[str, str, list[int]]]:
    """(column, what it holds, positions from 0) of texts that the portal does not take. Never a value."""
    found = []
    for series, target in zip(frame.iter_columns(), record.data_columns, strict=True):
        if target.type != TEXT and target.type not in SHAPES:
            continue
        text = series.cast(pl.String)
        for test, what in _tests(text, limits.text if target.type == TEXT else limits.shape):
            if test.any():
                found.append((series.name, what, test.fill_null(value=False).arg_true().to_list()))
    return found


def _tests(text: pl.Series, most: int | None) -> Iterator[tuple[pl.Series, str]]:
    if most is not None:
        yield text.str.len_bytes() > most, f"a text of more than {most:,} bytes"
    yield text.str.contains("\x00", literal=True), "a NUL character"


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
