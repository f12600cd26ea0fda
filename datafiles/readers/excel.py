"""Excel workbooks (.xlsx): the values of the first visible sheet, through python-calamine.

The ZIP directory is judged before anything is unpacked. Formulas give the values stored with them; macros and
passwords are refused.
"""

from __future__ import annotations

import datetime as dt
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import polars as pl
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from datafiles.errors import DataFileError
from datafiles.limits import Limits, human_bytes
from datafiles.names import is_personal
from datafiles.readers.header import header_check
from datafiles.table import Table

_BATCH = 20_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DIRECTORY_BYTES = 4 << 20
_RATIO_MATTERS_ABOVE = 10_000_000
_DATE, _DATETIME = 1, 2
_LISTED = 3


def read_excel(path: Path, *, limits: Limits, scratch: Path) -> tuple[Table, list[dict[str, str]]]:
    """Read the first visible sheet whole. Returns the table and notes ({code, sentence}).

    Dates come as ISO text and whole numbers without ".0". Raises DataFileError.
    """
    _guard(path, limits)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        sheet, notes = _choose(workbook)
        merged = len(sheet.merged_cell_ranges or [])
        names, frame, more = _Sheet(sheet, limits).read()
    except CalamineError:
        _refuse_damaged()
    if merged:
        cells = f"{merged:,} merged {'range' if merged == 1 else 'ranges'} of cells"
        notes.append(
            {
                "code": "merged_cells",
                "sentence": f'Sheet "{sheet.name}" has {cells}: only the first cell of each holds a value. '
                "Unmerge them and fill every row.",
            }
        )
    frame.columns = names
    return Table.of(frame), notes + more


def _guard(path: Path, limits: Limits) -> None:
    """Judge the container by its first bytes and its directory; nothing is unpacked."""
    size = path.stat().st_size
    if size == 0:
        raise DataFileError(
            "The file is empty (0 bytes). Export the table again, and upload that.", code="empty"
        )
    with path.open("rb") as source:
        start = source.read(len(_OLE))
        if start == _OLE:
            source.seek(max(0, size - _DIRECTORY_BYTES))
            _refuse_ole(start + source.read(), path)
    if not zipfile.is_zipfile(path):
        if start.startswith(_ZIP):
            # The directory of a ZIP archive is its end: what has none was cut off on the way.
            raise DataFileError(
                "The workbook is cut off: the file ends before its end, as happens when an upload or a copy stops "
                "halfway. Upload it again; if that does not help, open it in Excel and save it anew.",
                code="cut_off",
            )
        raise DataFileError(
            "This is not an Excel workbook, whatever its name says. Save the table as .xlsx in Excel, or "
            "upload a CSV file under its own name (.csv).",
            code="not_excel",
        )
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, struct.error):
        _refuse_damaged()  # what a directory with wrong bytes makes zipfile say
    names = {entry.filename.lower() for entry in entries}
    if any(entry.flag_bits & 1 for entry in entries):
        _refuse_password()
    if any(name.endswith("vbaproject.bin") for name in names):
        raise DataFileError(
            "The workbook holds macros, which are not accepted. Save it as .xlsx (workbook without "
            "macros), and upload that.",
            code="macros",
        )
    if "xl/workbook.xml" not in names:
        raise DataFileError(
            "This ZIP archive is not an Excel workbook. Unpack it, and upload the table inside.",
            code="not_excel",
        )
    _guard_sizes(entries, size, limits)


def _guard_sizes(entries: list[zipfile.ZipInfo], size: int, limits: Limits) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > limits.zip_entries or unpacked > limits.zip_uncompressed:
        raise DataFileError(
            f"The workbook unpacks to {human_bytes(unpacked)} in {len(entries):,} parts; at most "
            f"{human_bytes(limits.zip_uncompressed)} in {limits.zip_entries:,} parts are read. Save the "
            "sheet with the data as CSV, and upload that.",
            code="workbook_too_large",
        )
    if unpacked > _RATIO_MATTERS_ABOVE and unpacked > limits.zip_ratio * max(size, 1):
        raise DataFileError(
            "The workbook unpacks to far more than an ordinary table would. Save the sheet with the data "
            "as CSV, and upload that.",
            code="zip_bomb",
        )


def _refuse_ole(content: bytes, path: Path) -> NoReturn:
    if _ENCRYPTED in content or _ENCRYPTED in path.read_bytes()[:_DIRECTORY_BYTES]:
        _refuse_password()
    raise DataFileError(
        "This is a workbook of an old kind (.xls). Open it in Excel, save it as .xlsx or CSV, and upload "
        "that.",
        code="old_excel",
    )


def _refuse_damaged() -> NoReturn:
    raise DataFileError(
        "The workbook is damaged. Open it in Excel, save it under a new name as .xlsx, and upload that.",
        code="damaged_workbook",
    ) from None


def _refuse_password() -> NoReturn:
    raise DataFileError(
        "The workbook is protected by a password, so it cannot be read. In Excel open File, Info, Protect "
        "Workbook, Encrypt with Password, delete the password, save, and upload it again.",
        code="password",
    )


def _choose(workbook: CalamineWorkbook) -> tuple[CalamineSheet, list[dict[str, str]]]:
    """The first visible worksheet, and notes about the others: nobody should publish less than they think."""
    sheets = [meta for meta in workbook.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
    shown = [meta.name for meta in sheets if meta.visible == SheetVisibleEnum.Visible]
    hidden = [meta.name for meta in sheets if meta.visible != SheetVisibleEnum.Visible]
    if not shown:
        raise DataFileError(
            "The workbook has no visible sheet. Unhide the sheet with the data, save, and upload it again.",
            code="no_sheet",
        )
    notes = []
    if len(shown) > 1:
        notes.append(
            {
                "code": "extra_sheets",
                "sentence": f"Only the first sheet, {_quoted(shown[0])}, was read. Not read: {_named(shown[1:])}.",
            }
        )
    if hidden:
        notes.append(
            {
                "code": "hidden_sheets",
                "sentence": f"The workbook has hidden sheets, which were not read: {_named(hidden)}. "
                "Make sure that nobody needs them, and that the workbook itself is not passed on.",
            }
        )
    return workbook.get_sheet_by_name(shown[0]), notes


def _named(names: list[str]) -> str:
    more = len(names) - _LISTED
    return ", ".join(_quoted(name) for name in names[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def _quoted(name: str) -> str:
    """The name of a sheet for a sentence, unless it is written like a personal number or address."""
    return "(a name that may be about a person)" if is_personal(name) else f'"{name}"'


class _Sheet:
    """Reads one sheet by batches of rows into columns of text."""

    def __init__(self, sheet: CalamineSheet, limits: Limits) -> None:
        self.sheet, self.limits = sheet, limits
        self.name = sheet.name
        self.kinds: list[int] = []
        self.blank = 0

    def read(self) -> tuple[list[str], pl.DataFrame, list[dict[str, str]]]:
        rows = self._rows()
        line, header = self._header(rows)
        parts, width = [], len(header)
        self.kinds = [0] * width
        batch: list[list[Any]] = []
        blank_run = 0
        for number, row in rows:
            if not any(value != "" for value in row):
                blank_run += 1
                continue
            self.blank, blank_run = self.blank + blank_run, 0
            if len(row) > width and any(value != "" for value in row[width:]):
                self._raise_beyond(number, width)
            batch.append(row[:width])
            if len(batch) == _BATCH:
                parts.append(self._frame(batch, width))
                batch = []
        if batch:
            parts.append(self._frame(batch, width))
        if not parts:
            raise DataFileError(
                f'Sheet "{self.name}" has a header but no rows. Check that the data is on the first sheet.',
                code="no_rows",
                line=line,
                sheet=self.name,
            )
        names, notes = header_check([_text(value) or "" for value in header], line=line, sheet=self.name)
        return names, self._one_clock(pl.concat(parts)), notes + self._notes()

    def _rows(self) -> Iterator[tuple[int, list[Any]]]:
        """Rows with their numbers as Excel shows them."""
        for number, row in enumerate(self.sheet.iter_rows(), 1):
            if number - 1 > self.limits.max_rows:
                raise DataFileError(
                    f'Sheet "{self.name}" has more than {self.limits.max_rows:,} rows, the most this product '
                    "reads. Split the table, for example by year.",
                    code="too_many_rows",
                    sheet=self.name,
                )
            yield number, row

    def _header(self, rows: Iterator[tuple[int, list[Any]]]) -> tuple[int, list[Any]]:
        """The first row that holds anything, without the empty cells at its end."""
        for number, row in rows:
            filled = [at for at, value in enumerate(row) if value != ""]
            if not filled:
                continue
            header = row[: filled[-1] + 1]
            if len(filled) == 1 and len(row) > 1:
                self._refuse_title(number)
            if len(header) > self.limits.max_columns:
                raise DataFileError(
                    f'Sheet "{self.name}" has more than {self.limits.max_columns:,} columns. Leave '
                    "columns out.",
                    code="too_many_columns",
                    line=number,
                    sheet=self.name,
                )
            return number, header
        raise DataFileError(
            f'Sheet "{self.name}", the first of the workbook, is empty. Move the sheet with the data to the '
            "front, save, and upload it again.",
            code="empty",
            sheet=self.name,
        )

    def _refuse_title(self, number: int) -> None:
        raise DataFileError(
            f'Sheet "{self.name}", row {number:,} holds one value only, like a title. The first row must '
            "be the header with the column names: delete the rows above it.",
            code="title_row",
            line=number,
            sheet=self.name,
        )

    def _raise_beyond(self, number: int, width: int) -> None:
        raise DataFileError(
            f'Sheet "{self.name}", row {number:,} holds values to the right of the last named column '
            f"(column {_letters(width)}). Name every column in the header row, or delete those cells.",
            code="ragged_row",
            line=number,
            sheet=self.name,
        )

    def _frame(self, batch: list[list[Any]], width: int) -> pl.DataFrame:
        columns = []
        for at in range(width):
            values = [row[at] if at < len(row) else "" for row in batch]
            found = {type(value) for value in values}
            self.kinds[at] |= (_DATE if dt.date in found else 0) | (_DATETIME if dt.datetime in found else 0)
            columns.append(pl.Series(str(at), [_text(value) for value in values], dtype=pl.String))
        limit = self.limits.max_field_bytes
        if any((column.str.len_bytes() > limit).any() for column in columns):
            raise DataFileError(
                f'Sheet "{self.name}" holds a value longer than {human_bytes(self.limits.max_field_bytes)}. '
                "Shorten it, or leave that column out.",
                code="long_field",
                sheet=self.name,
            )
        return pl.DataFrame(columns)

    def _one_clock(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Midnight comes as a bare date; in a column of dates with times it gets its time back."""
        both = [str(at) for at, kind in enumerate(self.kinds) if kind == _DATE | _DATETIME]
        return frame.with_columns(
            pl.col(name).str.replace(r"^([0-9]{4}-[0-9]{2}-[0-9]{2})$", "$1 00:00:00") for name in both
        )

    def _notes(self) -> list[dict[str, str]]:
        if not self.blank:
            return []
        rows = f"{self.blank:,} empty {'row' if self.blank == 1 else 'rows'}"
        return [
            {
                "code": "blank_rows",
                "sentence": f'Sheet "{self.name}" has {rows} between rows of data; they were left out.',
            }
        ]


def _float_text(value: float) -> str:
    """As Excel shows it at most: 15 significant digits, whole numbers without a decimal point."""
    if value.is_integer() and abs(value) < 1e18:
        return str(int(value))
    return f"{value:.15g}"


def _datetime_text(value: dt.datetime) -> str:
    return value.isoformat(sep=" ")


_TEXT_OF: dict[type, Callable[[Any], str]] = {
    str: lambda value: value,
    float: _float_text,
    int: str,
    bool: lambda value: "true" if value else "false",
    dt.date: lambda value: value.isoformat(),
    dt.datetime: _datetime_text,
    dt.time: lambda value: value.isoformat(),
    dt.timedelta: str,
}


def _text(value: Any) -> str | None:
    """A cell as text; null for empty."""
    return _TEXT_OF[type(value)](value) or None


def _letters(column: int) -> str:
    """1 -> A, 27 -> AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
