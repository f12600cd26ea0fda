"""The guard before a delimited file is parsed: encoding, shape and sizes, with the line of what is wrong.

Vectorised over blocks of bytes, so that a bomb (100,000 columns, one 50 MB field) costs milliseconds. A field
may hold line ends and delimiters when it stands in quotation marks; the parity of the marks tells where.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from datafiles.errors import DataFileError
from datafiles.limits import Limits, human_bytes

Bytes = npt.NDArray[np.uint8]
QUOTE, NEWLINE, RETURN = 0x22, 0x0A, 0x0D
_BLOCK = 8 << 20
UTF8_ADVICE = (
    'Save the file again as "CSV UTF-8 (Comma delimited)", for example with Save As in Excel, '
    "and upload that."
)


@dataclass(frozen=True, slots=True)
class Shape:
    """What the guard found: data rows (header and blank lines not counted) and where blank lines stand."""

    rows: int
    blank_rows: list[int]


def text_check(data: Bytes) -> None:
    """Refuse bytes that are not UTF-8 text, with the line of the first one."""
    kept = b""
    for start in range(0, len(data), _BLOCK):
        block = kept + data[start : start + _BLOCK].tobytes()
        offset = start - len(kept)
        nul = block.find(0)
        if nul >= 0:
            line = line_of(data, offset + nul)
            raise DataFileError(
                f"Line {line:,} holds a NUL byte, so this is not a text file. "
                "Export the table as CSV from the program it comes from, and upload that.",
                code="nul_byte",
                line=line,
            )
        kept = _undecoded(data, block, offset)
    if kept:
        _raise_not_utf8(data, len(data) - len(kept))


def _undecoded(data: Bytes, block: bytes, offset: int) -> bytes:
    """The bytes at the end of `block` that begin a character which the next block completes."""
    if block.isascii():
        return b""
    try:
        block.decode()
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and error.end == len(block):
            return block[error.start :]
        _raise_not_utf8(data, offset + error.start)
    return b""


def _raise_not_utf8(data: Bytes, at: int) -> None:
    line = line_of(data, at)
    raise DataFileError(
        f"Line {line:,} holds a character that is not UTF-8; the file was probably saved in an older "
        f"encoding such as Windows-1252. {UTF8_ADVICE}",
        code="encoding",
        line=line,
    ) from None


def line_of(data: Bytes, at: int, end_of_line: int = NEWLINE) -> int:
    """The physical line, from 1, of the byte at `at`: what a text editor shows."""
    before = 0
    for start in range(0, at, _BLOCK):
        before += int(np.count_nonzero(data[start : min(start + _BLOCK, at)] == end_of_line))
    return before + 1


class Guard:
    """One pass over the records of a delimited file. Raises DataFileError at the first that is wrong."""

    def __init__(
        self, data: Bytes, *, delimiter: int, end_of_line: int, columns: int, limits: Limits
    ) -> None:
        self.data, self.delimiter, self.end_of_line = data, delimiter, end_of_line
        self.columns, self.limits = columns, limits
        # Which bytes may stand before a mark that opens, and after one that closes: tables are fast to ask.
        self._before_field = np.isin(np.arange(256), [delimiter, end_of_line, QUOTE])
        self._after_field = np.isin(np.arange(256), [delimiter, end_of_line, QUOTE, RETURN])
        self.inside = 0  # 1 while the block begins inside quotation marks
        self.opened_at = 0  # where the last quotation mark opened
        self.last_separator = -1
        self.pending = 0  # delimiters since the last end of record
        self.row_start = 0
        self.records = 0
        self.blank: list[int] = []

    def run(self) -> Shape:
        """Check the whole file. The header is record 0."""
        for start in range(0, len(self.data), _BLOCK):
            self._block(start, min(start + _BLOCK, len(self.data)))
        if self.inside:
            self._raise_unclosed()
        if self.last_separator != len(self.data) - 1 or self.pending:
            self._records(np.array([len(self.data)]), np.array([True]))
        return Shape(rows=self.records - 1 - len(self.blank), blank_rows=[at - 1 for at in self.blank])

    def _block(self, start: int, end: int) -> None:
        block = self.data[start:end]
        at = np.flatnonzero((block == self.delimiter) | (block == self.end_of_line) | (block == QUOTE))
        marks = block[at] == QUOTE
        if marks.any():
            inside = (np.cumsum(marks, dtype=np.int32) + self.inside) & 1
            self._check_marks(at[marks] + start, inside[marks])
            self.inside = int(inside[-1])
            at = at[(inside == 0) & ~marks]
        elif self.inside:
            at = at[:0]
        if len(at):
            self._records(at + start, block[at] == self.end_of_line)
        if end - self.last_separator - 1 > self.limits.max_field_bytes:
            self._raise_unclosed() if self.inside else self._raise_long(self.last_separator + 1)

    def _check_marks(self, marks: npt.NDArray[np.int64], state: npt.NDArray[np.int32]) -> None:
        """A mark may open only where a field begins, and close only where it ends; a double one is text."""
        opens, closes = marks[state == 1], marks[state == 0]
        before_block = self.opened_at
        if len(opens):
            self.opened_at = int(opens[-1])
        before = self.data[np.maximum(opens - 1, 0)]
        after = self.data[np.minimum(closes + 1, len(self.data) - 1)]
        bad_open = opens[(opens > 0) & ~self._before_field[before]]
        bad_close = closes[(closes < len(self.data) - 1) & ~self._after_field[after]]
        if len(bad_close):
            close = int(bad_close[0])
            opened = opens[opens < close]
            self.opened_at = int(opened[-1]) if len(opened) else before_block
        if len(bad_open) or len(bad_close):
            self._raise_stray([int(some[0]) for some in (bad_open, bad_close) if len(some)])

    def _raise_stray(self, bad: list[int]) -> None:
        """A mark too many. When it closes a field that opened lines before, that opening is the culprit."""
        line = line_of(self.data, min(bad), self.end_of_line)
        opened = line_of(self.data, self.opened_at, self.end_of_line)
        if opened < line and self.opened_at < min(bad) == bad[-1]:
            raise DataFileError(
                f"A quotation mark that opens on line {opened:,} is not closed on that line, and the next "
                f"one, on line {line:,}, stands in the middle of a field. Close the first, or remove it.",
                code="unclosed_quote",
                line=opened,
            )
        raise DataFileError(
            f"Line {line:,} has a quotation mark in the middle of a field. Put the whole field in quotation "
            'marks and write the mark inside it twice (""); saving the table again as CSV from a '
            "spreadsheet program does this.",
            code="stray_quote",
            line=line,
        )

    def _records(self, at: npt.NDArray[np.int64], ends: npt.NDArray[np.bool_]) -> None:
        """Take the separators of a block: lengths of fields, and how many fields each record has."""
        lengths = np.diff(at, prepend=self.last_separator) - 1
        if int(lengths.max()) > self.limits.max_field_bytes:
            first = int(np.argmax(lengths > self.limits.max_field_bytes))
            self._raise_long(int(at[first] - lengths[first]))
        index = np.flatnonzero(ends)
        if len(index):
            fields = np.diff(index, prepend=-1)
            fields[0] += self.pending
            self._count(fields, at[index], lengths[index])
            self.pending = len(at) - 1 - int(index[-1])
            self.row_start = int(at[index[-1]]) + 1
        else:
            self.pending += len(at)
        if self.pending > self.limits.max_columns:
            self._raise_ragged(self.pending + 1, self.row_start)
        self.last_separator = int(at[-1])

    def _count(
        self,
        fields: npt.NDArray[np.int64],
        ends: npt.NDArray[np.int64],
        lengths: npt.NDArray[np.int64],
    ) -> None:
        last_byte = self.data[np.maximum(ends - 1, 0)]
        blank = (fields == 1) & ((lengths == 0) | ((lengths == 1) & (last_byte == RETURN)))
        wrong = (fields != self.columns) & ~blank
        if wrong.any():
            first = int(np.argmax(wrong))
            start = self.row_start if first == 0 else int(ends[first - 1]) + 1
            self._raise_ragged(int(fields[first]), start)
        self.blank.extend((np.flatnonzero(blank) + self.records).tolist())
        self.records += len(fields)
        if self.records - 1 > self.limits.max_rows:
            raise DataFileError(
                f"The file has more than {self.limits.max_rows:,} rows, the most this product reads. "
                "Split the table, for example by year, and publish the parts as datasets of their own.",
                code="too_many_rows",
            )

    def _raise_ragged(self, fields: int, start: int) -> None:
        line = line_of(self.data, start, self.end_of_line)
        raise DataFileError(
            f"Line {line:,} has {fields:,} {'field' if fields == 1 else 'fields'}, but the header has "
            f"{self.columns:,}. Correct that line (a delimiter inside a value needs quotation marks around "
            "the value); lines above the header or below the table, such as titles and totals, must go.",
            code="ragged_row",
            line=line,
        )

    def _raise_long(self, start: int) -> None:
        line = line_of(self.data, start, self.end_of_line)
        raise DataFileError(
            f"Line {line:,} holds a value longer than {human_bytes(self.limits.max_field_bytes)}. Shorten "
            "it, or leave that column out: documents and pictures do not belong in a table.",
            code="long_field",
            line=line,
        )

    def _raise_unclosed(self) -> None:
        line = line_of(self.data, self.opened_at, self.end_of_line)
        raise DataFileError(
            f"A quotation mark that opens on line {line:,} is never closed, so everything after it would be "
            "one value. Close the quotation mark, or remove it.",
            code="unclosed_quote",
            line=line,
        )
