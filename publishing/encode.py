"""Rows as a portal takes them, and one notation in which what was sent and what comes back compare equal.

The notation is text: numbers without exponent or trailing zeros, `true` and `false`, zone-less timestamps
with milliseconds, shapes as `shapes` writes them, nothing for null. A table is brought into it column by column, and
so is a page that a portal gives back as text; a row that comes back as JSON is brought into it value by value. Their
fingerprints are then the same, or the portal holds something else.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from datafiles.fingerprint import RowSum
from datafiles.inference import cast
from datafiles.table import Column, Table
from publishing.records import (
    CALENDAR_DATE,
    CHECKBOX,
    NUMBER,
    PORTAL_TYPES,
    ROW_KEY,
    TEXT,
    UTC,
    PortalColumn,
    PortalRecord,
)
from publishing.refusals import USUAL_LIMITS, EncodingError, Limits, refuse_unfit, refused_key, unfit_rows
from publishing.shapes import SHAPE_OF_FORM, SHAPES, shape_told, shapes_told

CHUNK_ROWS = 10_000
CHUNK_BYTES = 5 << 20
# What JSON adds to a value: quotes, colon, comma and the odd escape.
OVERHEAD = 8
_PAGE = 10_000
# How most numbers are written already, and timestamps as portals give them back.
_PLAIN = r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$"
_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}$"


@dataclass(frozen=True)
class ChunkPlan:
    """Rows `start` to `start + rows` of the encoded table, which is always cut in the same places."""

    number: int
    start: int
    rows: int


class JsonRows:
    """Rows of the notation as the JSON text of one request; a slice of them is rows again."""

    def __init__(self, frame: pl.DataFrame, record: PortalRecord) -> None:
        self.frame = frame
        self.record = record
        self.body = json_of(frame, record)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    def __len__(self) -> int:
        return self.frame.height

    def __getitem__(self, part: slice) -> JsonRows:
        return JsonRows(self.frame[part], self.record)


def check_columns(columns: Sequence[Column], record: PortalRecord) -> None:
    """Does the record describe these columns, each by its type? Raises EncodingError."""
    if len(record.data_columns) != len(columns):
        raise EncodingError(
            f"The description names {len(record.data_columns)} columns and the treated copy has "
            f"{len(columns)}. Describe every column of the treated copy, then publish again."
        )
    for column, target in zip(columns, record.data_columns, strict=True):
        if target.type not in (PORTAL_TYPES[column.type], SHAPE_OF_FORM.get(column.form)):
            raise EncodingError(
                f"Column {column.name} is described as {target.type} and holds {column.type} in the treated "
                "copy. Describe the columns of this copy, then publish again."
            )


def encode_table(table: Table, record: PortalRecord, limits: Limits = USUAL_LIMITS) -> pl.DataFrame:
    """The table in the common notation, one text column per field of the record, every column of it.

    A table without a unique key of its own gets ROW_KEY: the position of the row in the treated file. That
    file never changes (it is named by its sha256), so the same row always has the same key, and sending a
    chunk a second time overwrites instead of appending. Raises EncodingError.
    """
    check_columns(table.columns, record)
    refuse_unfit(unfit_rows(table.frame, record, limits), 0)
    frame = encode_rows_at(table.frame, table.columns, record, range(table.rows))
    keys = frame.get_column(record.row_identifier)
    if keys.null_count() or keys.n_unique() != frame.height:
        raise refused_key(record)
    return frame


def encode_rows_at(
    frame: pl.DataFrame,
    columns: Sequence[Column],
    record: PortalRecord,
    positions: range | np.ndarray[Any, Any],
) -> pl.DataFrame:
    """Some rows of a table in the common notation; `positions` is where they stand in it (from 0)."""
    # Under the portal's names first: "*" and "^x$" are columns of people, and patterns to polars.
    frame = frame.clone()
    frame.columns = [target.field_name for target in record.data_columns]
    wanted = [
        _notation(column, target).alias(target.field_name)
        for column, target in zip(columns, record.data_columns, strict=True)
    ]
    if record.has_own_key:
        places = np.arange(positions.start, positions.stop) if isinstance(positions, range) else positions
        wanted.append(pl.lit(pl.Series(places + 1, dtype=pl.Int64)).cast(pl.String).alias(ROW_KEY))
    return frame.select(wanted).select(record.fields)


def column_notation(values: pl.Series, column: Column, target: PortalColumn) -> pl.Series:
    """One column in the common notation, under the name that it has on the portal."""
    name = target.field_name
    return values.alias(name).to_frame().select(_notation(column, target).alias(name)).to_series()


def encode_rows(table: Table, record: PortalRecord) -> Iterator[dict[str, Any]]:
    """Every row as it is sent: every column each time, null where there is nothing. Raises EncodingError."""
    yield from rows_of(encode_table(table, record), record)


def rows_of(frame: pl.DataFrame, record: PortalRecord) -> Iterator[dict[str, Any]]:
    """Rows of an encoded frame (or a slice of one) as JSON objects for the portal."""
    yield from _with_switches(frame, record).iter_rows(named=True)


def json_of(frame: pl.DataFrame, record: PortalRecord) -> bytes:
    """The same rows as the text of a JSON list, written by polars: no row becomes an object of Python."""
    lines = io.BytesIO()
    _with_switches(frame, record).write_ndjson(lines)
    # A line end inside a value is escaped, so every other one is the end of a row.
    return b"[" + lines.getvalue().rstrip(b"\n").replace(b"\n", b",") + b"]"


def _with_switches(frame: pl.DataFrame, record: PortalRecord) -> pl.DataFrame:
    """Checkboxes as true and false, which JSON knows; everything else goes as text."""
    switches = [column.field_name for column in record.columns if column.type == CHECKBOX]
    return frame.with_columns(
        pl.when(pl.col(name).is_not_null()).then(pl.col(name) == "true").alias(name) for name in switches
    )


# fingerprints


def canonical_rows(frame: pl.DataFrame) -> list[bytes]:
    """Every row of the notation as bytes that do not depend on the order of the columns.

    The names first, in short, then the values in the order of their names, NUL between them and nothing for
    null: the notation knows neither NUL nor the empty text, so different rows are different bytes.
    """
    names = sorted(frame.columns)
    values = [pl.col(name).fill_null("") for name in names]
    text = pl.concat_str([pl.lit(_names_mark(names)), *values], separator="\x00").cast(pl.Binary)
    return frame.select(text.alias("row")).get_column("row").to_list()


def table_fingerprint(frame: pl.DataFrame) -> str:
    """The order-independent fingerprint of an encoded frame."""
    total = RowSum()
    for part in frame.iter_slices(_PAGE):
        total.add(canonical_rows(part))
    return total.text()


def rows_fingerprint(rows: Iterable[dict[str, Any]], record: PortalRecord) -> str:
    """The same for rows that a portal gave back."""
    total = RowSum()
    total.add(canonical_portal_row(row, record) for row in rows)
    return total.text()


def canonical_portal_row(row: dict[str, Any], record: PortalRecord) -> bytes:
    """A row from the portal in the common notation: its columns only, whatever way it writes the values.

    A value that its type does not allow is kept as it is: it makes the comparison fail, which is the point.
    """
    columns = sorted(record.columns, key=lambda column: column.field_name)
    names = _names_mark([column.field_name for column in columns])
    values = [_told(column.type, row.get(column.field_name)) or "" for column in columns]
    return "\x00".join([names, *values]).encode("utf-8", "surrogatepass")


def _names_mark(names: list[str]) -> str:
    return hashlib.sha256("\x00".join(names).encode()).hexdigest()[:8]


# portal -> notation


def portal_text(frame: pl.DataFrame, record: PortalRecord) -> pl.DataFrame:
    """A page of text columns from a portal in the common notation."""
    return frame.select(
        _TEXT_READERS[column.type](pl.col(column.field_name)).alias(column.field_name)
        for column in record.columns
    )


def portal_pages(rows: Iterable[dict[str, Any]], record: PortalRecord) -> Iterator[pl.DataFrame]:
    """Rows that a portal gave back as JSON, in the common notation, a page at a time."""
    schema = dict.fromkeys(record.fields, pl.String)
    page: list[list[Any]] = []
    for row in rows:
        page.append([_told(column.type, row.get(column.field_name)) for column in record.columns])
        if len(page) == _PAGE:
            yield pl.DataFrame(page, schema=schema, orient="row")
            page = []
    if page:
        yield pl.DataFrame(page, schema=schema, orient="row")


def _told(kind: str, value: Any) -> str | None:
    """One value of JSON in the notation; what is no text there by now is marked as strange."""
    read = _READERS[kind](value)
    return read if read is None or isinstance(read, str) else f"\x00{json.dumps(read, sort_keys=True)}"


# cutting


def plan_chunks(
    table: pl.DataFrame | np.ndarray[Any, Any], *, max_rows: int | None = None, max_bytes: int | None = None
) -> list[ChunkPlan]:
    """Cut the encoded table in steps of at most so many rows and so many bytes, always in the same places.

    `table` may be the number of bytes of each row instead.
    """
    sizes = row_sizes(table) if isinstance(table, pl.DataFrame) else table
    most_rows = max_rows or CHUNK_ROWS
    ends = np.cumsum(sizes, dtype=np.int64)
    chunks: list[ChunkPlan] = []
    start = 0
    while start < len(sizes):
        before = int(ends[start - 1]) if start else 0
        fitting = int(np.searchsorted(ends, before + (max_bytes or CHUNK_BYTES), side="right")) - start
        rows = max(1, min(fitting, most_rows, len(sizes) - start))
        chunks.append(ChunkPlan(len(chunks) + 1, start, rows))
        start += rows
    return chunks


def row_sizes(frame: pl.DataFrame) -> np.ndarray[Any, Any]:
    """About how many bytes of JSON each row makes."""
    names = sum(len(name.encode()) + OVERHEAD for name in frame.columns)
    total = pl.sum_horizontal(pl.col("*").str.len_bytes().fill_null(0)).cast(pl.UInt32)
    return frame.select(total.alias("n")).get_column("n").to_numpy() + np.uint32(names)


# table -> notation


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


def _notation(column: Column, target: PortalColumn) -> pl.Expr:
    text = pl.col(target.field_name).cast(pl.String)
    if target.type in SHAPES:
        return _shapes(target.type, text)
    if column.type == "integer":
        return text
    if column.type == "decimal":
        return text.map_batches(lambda values: _plain_numbers(values, plain_number), return_dtype=pl.String)
    if column.type == "boolean":
        value = cast(column.form, text)
        return pl.when(value).then(pl.lit("true")).when(~value).then(pl.lit("false"))
    if column.form == "date_iso":
        day = pl.concat_str(text, pl.lit("T00:00:00.000"))
        return pl.when(cast(column.form, text).is_not_null()).then(day)
    if column.type in ("date", "datetime"):
        value = cast(column.form, text).cast(pl.Datetime("ms"))
        if target.timezone:
            value = value.dt.replace_time_zone(UTC).dt.convert_time_zone(target.timezone)
        return value.dt.strftime("%Y-%m-%dT%H:%M:%S%.3f")
    return pl.when(text != "").then(text)


def _plain_numbers(values: pl.Series, otherwise: Any) -> pl.Series:
    """Numbers in the notation. Those that are written unusually go one by one, each way of writing once."""
    frame = values.alias("v").to_frame()
    value = pl.col("v")
    short = value.str.strip_chars_end("0").str.strip_chars_end(".")
    plain = pl.when(value.str.contains(".", literal=True)).then(short).otherwise(value)
    plain = pl.when(plain == "-0").then(pl.lit("0")).otherwise(plain)
    usual = frame.select(v="v", usual=value.str.contains(_PLAIN), plain=plain)
    if usual.get_column("usual").all():
        return usual.get_column("plain").alias(values.name)
    known = {text: otherwise(text) for text in values.filter(~usual.get_column("usual")).unique()}
    told = pl.Series(values.name, [known.get(text) for text in values], dtype=pl.String)
    return usual.select(pl.when("usual").then("plain").otherwise(told).alias(values.name)).to_series()


def _shapes(kind: str, text: pl.Expr) -> pl.Expr:
    return _filled(text).map_batches(partial(shapes_told, kind), return_dtype=pl.String)


# values of JSON


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


def _read_shape(kind: str, value: Any) -> Any:
    return None if value is None or value == "" else shape_told(kind, value)


def _filled(value: pl.Expr) -> pl.Expr:
    return pl.when(value != "").then(value)


def _moments(values: pl.Series) -> pl.Series:
    usual = values.str.contains(_MOMENT)
    if usual.all():
        return values
    known = {text: _read_date(text) for text in values.filter(~usual).unique()}
    return pl.Series(values.name, [known.get(text, text) for text in values], dtype=pl.String)


_READERS: dict[str, Callable[[Any], Any]] = {
    TEXT: _read_text,
    NUMBER: _read_number,
    CHECKBOX: _read_checkbox,
    CALENDAR_DATE: _read_date,
    **{kind: partial(_read_shape, kind) for kind in SHAPES},
}
_TEXT_READERS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    TEXT: _filled,
    NUMBER: lambda value: _filled(value).map_batches(
        lambda values: _plain_numbers(values, _read_number), return_dtype=pl.String
    ),
    CHECKBOX: lambda value: _filled(value).str.to_lowercase(),
    CALENDAR_DATE: lambda value: _filled(value).map_batches(_moments, return_dtype=pl.String),
    **{kind: partial(_shapes, kind) for kind in SHAPES},
}
