"""Delimited text (CSV, TSV): UTF-8 or UTF-16 with a byte order mark; comma, semicolon, tab or bar between."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

import numpy as np
import polars as pl

from datafiles.errors import DataFileError
from datafiles.limits import Limits
from datafiles.readers.header import header_check
from datafiles.readers.structure import NEWLINE, RETURN, UTF8_ADVICE, Bytes, Guard, text_check
from datafiles.table import Table

DELIMITERS = (",", ";", "\t", "|")
_HEAD = 1 << 20
_SNIFFED_RECORDS = 50
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# How files begin that people rename to .csv, and what to do instead.
_OTHER_FORMATS = (
    (b"PK\x03\x04", "an Excel workbook or ZIP archive", "Upload a workbook with its own name (.xlsx)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Save it as .xlsx or CSV in Excel, and upload that"),
    (b"%PDF", "a PDF document", "Export the table as CSV from the program it comes from"),
    (b"\x1f\x8b", "a compressed file", "Unpack it, and upload the file inside"),
    (b"PAR1", "a Parquet file", "Export the table as CSV, and upload that"),
    (b"<!doctype html", "a web page", "Use the download button of that page, not Save Page As"),
    (b"<html", "a web page", "Use the download button of that page, not Save Page As"),
    (b"<?xml", "an XML document", "Export the table as CSV from the program it comes from"),
    (b"{\\rtf", "a text document", "Export the table as CSV from the program it comes from"),
)


def read_csv(path: Path, *, limits: Limits, scratch: Path) -> tuple[Table, list[dict[str, str]]]:
    """Read a delimited text file whole: every value as text, null for empty.

    Returns the table and notes ({code, sentence}) for the quality checks. `scratch` is a folder for a copy in
    UTF-8. Raises DataFileError.
    """
    path = _as_utf8(_not_empty(path), scratch)
    data: Bytes = np.memmap(path, dtype=np.uint8, mode="r")
    _known_format(data[:1024].tobytes())
    if data[:3].tobytes() == codecs.BOM_UTF8:
        data = data[3:]
    text_check(data)
    end_of_line = _end_of_line(data)
    delimiter, names, notes = _names(data[:_HEAD].tobytes(), limits)
    guard = Guard(
        data,
        delimiter=ord(delimiter),
        end_of_line=ord(end_of_line),
        columns=len(names),
        limits=limits,
    )
    shape = guard.run()
    del data, guard  # the map of the file counts against the limit on memory
    if shape.rows == 0:
        raise DataFileError(
            "The file has a header but no rows. Check the export, and upload the file with its rows.",
            code="no_rows",
            line=1,
        )
    frame = _parse(path, delimiter, end_of_line, names)
    frame = _without_blank_lines(frame, shape.blank_rows)
    if frame.height != shape.rows and len(names) > 1:
        raise DataFileError(
            f"The file can be read in two ways ({shape.rows:,} or {frame.height:,} rows). Save the table "
            "again as CSV from a spreadsheet program, and upload that.",
            code="ambiguous",
        )
    return Table.of(frame), notes


def header_of(path: Path, limits: Limits) -> tuple[str, list[str], list[dict[str, str]]]:
    """Delimiter, column names and notes, by the beginning of a UTF-8 file. Raises DataFileError."""
    with _not_empty(path).open("rb") as source:
        head = source.read(_HEAD)
    _known_format(head[:1024])
    return _names(head.removeprefix(codecs.BOM_UTF8), limits)


def _names(head: bytes, limits: Limits) -> tuple[str, list[str], list[dict[str, str]]]:
    text = head.decode(errors="ignore")
    delimiter = _sniff(text)
    names, notes = header_check(_header(text, delimiter, limits), line=1)
    return delimiter, names, notes


def _not_empty(path: Path) -> Path:
    if path.stat().st_size == 0:
        raise DataFileError(
            "The file is empty (0 bytes). Export the table again, and upload that.", code="empty"
        )
    return path


def _as_utf8(path: Path, scratch: Path) -> Path:
    """The file itself, or a UTF-8 copy of a UTF-16 one."""
    with path.open("rb") as source:
        encoding = _UTF16.get(source.read(2))
        if encoding is None:
            return path
        copy = scratch / "utf8.csv"
        decoder = codecs.getincrementaldecoder(encoding)()
        lines = 1
        with copy.open("wb") as target:
            try:
                while block := source.read(_HEAD):
                    text = decoder.decode(block)
                    lines += text.count("\n")
                    target.write(text.encode())
                decoder.decode(b"", final=True)
            except (UnicodeDecodeError, UnicodeEncodeError):
                raise DataFileError(
                    f"The file says that it is UTF-16 but is damaged near line {lines:,}. {UTF8_ADVICE}",
                    code="encoding",
                    line=lines,
                ) from None
    if copy.stat().st_size == 0:
        raise DataFileError("The file is empty. Export the table again, and upload that.", code="empty")
    return copy


def _known_format(head: bytes) -> None:
    start = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    for signature, what, advice in _OTHER_FORMATS:
        if start.startswith(signature.lower()):
            raise DataFileError(
                f"This is {what}, not a CSV file, whatever its name says. {advice}.", code="not_csv", line=1
            )
    if start[:1] in (b"{", b"[") and start.lstrip(b"{[ \r\n\t").startswith((b'"', b"{", b"[")):
        raise DataFileError(
            "This is a JSON document, not a CSV file. Export the table as CSV, and upload that.",
            code="not_csv",
            line=1,
        )


def _end_of_line(data: Bytes) -> str:
    r"""\n, which also ends \r\n; \r alone only in a file that has no \n at all (old Mac exports)."""
    if (data[:_HEAD] == NEWLINE).any() or not (data[:_HEAD] == RETURN).any():
        return "\n"
    return "\n" if (data == NEWLINE).any() else "\r"


def _records(head: str, delimiter: str, count: int) -> list[list[str]]:
    """The first complete records, as far as they can be told."""
    found: list[list[str]] = []
    try:
        for record in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter):
            found.append(record)
            if len(found) >= count:
                break
    except csv.Error:
        return found  # a field beyond the limit of csv; the guard says where
    return found


def _sniff(head: str) -> str:
    """The delimiter: the one that divides header and first records into the same number of fields.

    When none does, the one that divides the header most; a file of one column has none, and comma will do.
    """
    best, best_score = ",", (False, 1)
    for delimiter in DELIMITERS:
        records = [record for record in _records(head, delimiter, _SNIFFED_RECORDS) if record]
        if len(records) > 1 and len(head) >= _HEAD:
            records = records[:-1]  # the last may be cut
        if not records or len(records[0]) < 2:
            continue
        same = all(len(record) == len(records[0]) for record in records)
        if (same, len(records[0])) > best_score:
            best, best_score = delimiter, (same, len(records[0]))
    return best


def _header(head: str, delimiter: str, limits: Limits) -> list[str]:
    records = _records(head, delimiter, 1)
    if not records or not any(name.strip() for name in records[0]):
        raise DataFileError(
            "Line 1 is empty. The first line of the file must be the header with the column names.",
            code="no_header",
            line=1,
        )
    if len(records[0]) > limits.max_columns:
        raise DataFileError(
            f"The header has more than {limits.max_columns:,} columns. Check the delimiter of the export, or "
            "leave columns out.",
            code="too_many_columns",
            line=1,
        )
    return records[0]


def _parse(path: Path, delimiter: str, end_of_line: str, names: list[str]) -> pl.DataFrame:
    frame = _parsed(path, delimiter, end_of_line, names, has_header=True)
    frame.columns = names
    return _empty_is_null(frame)


def parse_block(data: bytes, delimiter: str, names: list[str], *, empties: bool) -> pl.DataFrame:
    """Rows without a header, from memory; with `empties` some value may be "" in quotation marks.

    Raises DataFileError.
    """
    frame = _parsed(data, delimiter, "\n", names, has_header=False)
    return _empty_is_null(frame) if empties else frame


def _parsed(
    source: Path | bytes, delimiter: str, end_of_line: str, names: list[str], *, has_header: bool
) -> pl.DataFrame:
    try:
        return pl.read_csv(
            source,
            separator=delimiter,
            eol_char=end_of_line,
            has_header=has_header,
            schema=None if has_header else dict.fromkeys(names, pl.String),
            infer_schema=False,
            extra_columns="raise",
            missing_columns="insert",
        )
    except pl.exceptions.PolarsError:
        # Its message may quote cells: not shown, not logged.
        raise DataFileError(
            "The file is not a regular CSV table. Save it again as CSV from a spreadsheet program, and "
            "upload that.",
            code="not_csv",
        ) from None


def _empty_is_null(frame: pl.DataFrame) -> pl.DataFrame:
    """ "" in quotation marks is as empty as nothing. Columns without one are not copied."""
    quoted = [column.name for column in frame.iter_columns() if (column == "").any()]
    return frame.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in quoted)


def _without_blank_lines(frame: pl.DataFrame, blank: list[int]) -> pl.DataFrame:
    """Drop what blank lines became. In a table of one column a blank line between rows is an empty value."""
    if not blank:
        return frame
    if frame.width == 1:
        end = frame.height
        skipped = set(blank)
        while end - 1 in skipped:
            end -= 1
        return frame.head(end)
    keep = np.ones(frame.height, dtype=bool)
    keep[[at for at in blank if at < frame.height]] = False
    return frame.filter(pl.Series(keep))
