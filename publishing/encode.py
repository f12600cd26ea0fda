"""Rows as a portal takes them, and one notation in which what was sent and what comes back compare equal.

The notation is text: numbers without exponent or trailing zeros, `true` and `false`, zone-less timestamps
with milliseconds, nothing for null. A table is brought into it column by column, a row that a portal gives
back value by value. Their fingerprints are then the same, or the portal holds something else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl

from datafiles.fingerprint import RowSum, canonical_row, frame_fingerprint
from datafiles.inference import cast
from datafiles.table import Column, Table
from publishing.records import CALENDAR_DATE, CHECKBOX, NUMBER, PORTAL_TYPES, ROW_KEY, TEXT, PortalRecord

MAX_TEXT_BYTES = 4096
CHUNK_ROWS = 5_000
CHUNK_BYTES = 5 << 20
# What JSON adds to a value: quotes, colon, comma and the odd escape.
_OVERHEAD = 8


class EncodingError(Exception):
    """The table cannot be put on the portal as it is. The sentence says where and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class ChunkPlan:
    """Rows `start` to `start + rows` of the encoded table, which is always cut in the same places."""

    number: int
    start: int
    rows: int


def encode_table(table: Table, record: PortalRecord) -> pl.DataFrame:
    """The table in the common notation, one text column per field of the record, every column of it.

    A table without a unique key of its own gets ROW_KEY: the position of the row in the treated file. That
    file never changes (it is named by its sha256), so the same row always has the same key, and sending a
    chunk a second time overwrites instead of appending. Raises EncodingError.
    """
    if len(record.data_columns) != len(table.columns):
        raise EncodingError(
            f"The description names {len(record.data_columns)} columns and the treated copy has "
            f"{len(table.columns)}. Describe every column of the treated copy, then publish again."
        )
    for column, target in zip(table.columns, record.data_columns, strict=True):
        if PORTAL_TYPES[column.type] != target.type:
            raise EncodingError(
                f"Column {column.name} is described as {target.type} and holds {column.type} in the treated "
                "copy. Describe the columns of this copy, then publish again."
            )
    # Under the portal's names first: "*" and "^x$" are columns of people, and patterns to polars.
    frame = table.frame.clone()
    frame.columns = [target.field_name for target in record.data_columns]
    frame = frame.select(
        _notation(column, target.field_name).alias(target.field_name)
        for column, target in zip(table.columns, record.data_columns, strict=True)
    )
    if record.has_own_key:
        keys = pl.int_range(1, frame.height + 1).cast(pl.String).alias(ROW_KEY)
        frame = frame.select(keys, pl.all())
    frame = frame.select(record.fields)
    _refuse_unfit(frame, record)
    return frame


def encode_rows(table: Table, record: PortalRecord) -> Iterator[dict[str, Any]]:
    """Every row as it is sent: every column each time, null where there is nothing. Raises EncodingError."""
    yield from rows_of(encode_table(table, record), record)


def rows_of(frame: pl.DataFrame, record: PortalRecord) -> Iterator[dict[str, Any]]:
    """Rows of an encoded frame (or a slice of one) as JSON objects for the portal."""
    switches = [column.field_name for column in record.columns if column.type == CHECKBOX]
    for row in frame.iter_rows(named=True):
        for name in switches:
            if row[name] is not None:
                row[name] = row[name] == "true"
        yield row


def table_fingerprint(frame: pl.DataFrame) -> str:
    """The order-independent fingerprint of an encoded frame."""
    return frame_fingerprint(frame)


def rows_fingerprint(rows: Iterable[dict[str, Any]], record: PortalRecord) -> str:
    """The same for rows that a portal gave back."""
    total = RowSum()
    total.add(canonical_portal_row(row, record) for row in rows)
    return total.text()


def canonical_portal_row(row: dict[str, Any], record: PortalRecord) -> bytes:
    """A row from the portal in the common notation: its columns only, whatever way it writes the values.

    A value that its type does not allow is kept as it is: it makes the comparison fail, which is the point.
    """
    return canonical_row(
        {column.field_name: _READERS[column.type](row.get(column.field_name)) for column in record.columns}
    )


def plan_chunks(
    frame: pl.DataFrame, *, max_rows: int = CHUNK_ROWS, max_bytes: int = CHUNK_BYTES
) -> list[ChunkPlan]:
    """Cut the encoded table in steps of at most so many rows and so many bytes, always in the same places."""
    names = sum(len(name) + _OVERHEAD for name in frame.columns)
    sizes = frame.select(
        pl.sum_horizontal(pl.col(name).str.len_bytes().fill_null(0) for name in frame.columns).alias("n")
    ).get_column("n")
    chunks: list[ChunkPlan] = []
    start, size = 0, 0
    for position, row_bytes in enumerate(sizes):
        step = row_bytes + names
        if position > start and (position - start >= max_rows or size + step > max_bytes):
            chunks.append(ChunkPlan(len(chunks) + 1, start, position - start))
            start, size = position, 0
        size += step
    if frame.height > start:
        chunks.append(ChunkPlan(len(chunks) + 1, start, frame.height - start))
    return chunks


def chunk_sha256(rows: list[dict[str, Any]]) -> str:
    text = json.dumps(rows, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def plain_number(text: str) -> str:
    """ "1.50" and "15e-1" -> "1.5". Raises ValueError for what is no finite number."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not number.is_finite():
        raise ValueError(text)
    plain = format(number, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain


# table -> notation


def _notation(column: Column, name: str) -> pl.Expr:
    text = pl.col(name).cast(pl.String)
    if column.type == "integer":
        return text
    if column.type == "decimal":
        return text.map_batches(_plain_numbers, return_dtype=pl.String)
    if column.type == "boolean":
        value = cast(column.form, text)
        return pl.when(value).then(pl.lit("true")).when(~value).then(pl.lit("false"))
    if column.type in ("date", "datetime"):
        value = cast(column.form, text).cast(pl.Datetime("ms"))
        return value.dt.strftime("%Y-%m-%dT%H:%M:%S%.3f")
    return pl.when(text != "").then(text)


def _plain_numbers(values: pl.Series) -> pl.Series:
    known = {value: plain_number(value) for value in values.drop_nulls().unique()}
    return pl.Series(values.name, [known.get(value) for value in values], dtype=pl.String)


def _refuse_unfit(frame: pl.DataFrame, record: PortalRecord) -> None:
    for column in record.columns:
        if column.type != TEXT:
            continue
        values = pl.col(column.field_name)
        for test, what in (
            (values.str.len_bytes() > MAX_TEXT_BYTES, f"a text of more than {MAX_TEXT_BYTES:,} bytes"),
            (values.str.contains("\x00", literal=True), "a NUL character"),
        ):
            unfit = frame.select(test.fill_null(value=False).arg_true()).to_series()
            if len(unfit):
                raise EncodingError(
                    f"Column {column.name} holds {what} in {len(unfit):,} {_rows(len(unfit))} (the first is "
                    f"row {unfit[0] + 1:,}), which the portal does not take. Correct the file or drop the "
                    "column; we never shorten data silently."
                )
    keys = frame.get_column(record.row_identifier)
    if keys.null_count() or keys.n_unique() != frame.height:
        raise EncodingError(
            f"Column {record.row_identifier} is to identify the rows, but it is empty or repeated in some. "
            "Choose another column, or none: then a running number identifies them."
        )


def _rows(count: int) -> str:
    return "row" if count == 1 else "rows"


# portal -> notation


def _read_text(value: Any) -> Any:
    return None if value == "" else value


def _read_number(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    try:
        return plain_number(str(value))
    except ValueError:
        return value


def _read_checkbox(value: Any) -> Any:
    return str(value).lower() if isinstance(value, (bool, str)) else value


def _read_date(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    if moment.tzinfo is not None:
        return value
    return f"{moment.isoformat(timespec='milliseconds')}"


_READERS = {TEXT: _read_text, NUMBER: _read_number, CHECKBOX: _read_checkbox, CALENDAR_DATE: _read_date}
