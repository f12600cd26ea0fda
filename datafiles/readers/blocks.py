"""A delimited file a block at a time, so that one of any size takes the memory of a few blocks.

Every block is held to what readers.csv holds a whole file to. Where one is out of the ordinary, the file is read
whole by readers.csv, which knows the sentence for what is wrong, or reads what only looks wrong.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from datafiles.errors import DataFileError
from datafiles.limits import Limits
from datafiles.readers.csv import header_of, parse_block, read_csv
from datafiles.readers.structure import NEWLINE, QUOTE, RETURN, Bytes

# Under 32 MB, above which the C library asks the system for new memory each time and pages it in.
_BLOCK = 31 << 20
# The first blocks are smaller: work on them begins while the next is read.
_FIRST = 8 << 20
# A cell takes 16 bytes of memory however short it is: short ones make smaller blocks.
_CELLS = 6_000_000
# The signs of a block are looked at in pieces that stay in the cache of the processor.
_PIECE = 1 << 18
# The last line end of a block is looked for in so many bytes, so often when it stands in quotation marks.
_LINE = 1 << 20
_TRIES = 50
_Item = TypeVar("_Item")
Places = npt.NDArray[np.int64]


class _Irregular(Exception):
    """The block is not as plain as it has to be here."""


def csv_blocks(
    path: Path,
    *,
    limits: Limits,
    scratch: Path,
    size: int = _BLOCK,
    seen: Callable[[bytes], object] = lambda _: None,
) -> Iterator[pl.DataFrame]:
    """The rows of a delimited file as frames of text, in blocks of about `size` bytes; the first may be empty.

    `seen` is given the bytes of the file in their order, each block before its rows; not all of them where the file
    has to be read whole. Raises DataFileError with the sentence of readers.csv, at the latest at the block that is
    wrong.
    """
    given = 0
    try:
        for frame in _regular(path, limits, size, seen):
            given += frame.height
            yield frame
    except _Irregular:
        table, _ = read_csv(path, limits=limits, scratch=scratch)
        rest = table.frame.slice(given)
        del table
        if rest.height:
            yield rest


def ahead(items: Iterator[_Item]) -> Iterator[_Item]:
    """The same items, each made in a thread of its own while the one before is in use."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        end = object()
        coming = pool.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = pool.submit(next, items, end)
            yield item  # type: ignore[misc]


def _regular(
    path: Path, limits: Limits, size: int, seen: Callable[[bytes], object]
) -> Iterator[pl.DataFrame]:
    with path.open("rb") as source:
        delimiter, names, begin = _header(path, source, limits)
        source.seek(0)
        seen(source.read(begin))
        rows, last, step = 0, path.stat().st_size, _FIRST
        while begin < last:
            data, marks = _records(source, begin, min(step, size), last)
            begin, step = begin + len(data), 2 * step
            seen(data)
            frame = _frame(data, marks, delimiter, names, limits)
            rows += frame.height
            size = min(size, max(_LINE, len(data) * _CELLS // max(1, frame.height * frame.width)))
            if rows > limits.max_rows:
                raise _Irregular
            yield frame
        if not rows:
            raise _Irregular


def _records(source: BinaryIO, begin: int, size: int, last: int) -> tuple[bytes, Places]:
    """Whole records from `begin` on, about `size` bytes of them, and the places of their quotation marks.

    Read once, never copied.
    """
    if last - begin <= size:
        source.seek(begin)
        data = source.read()
        return data, _places(data, QUOTE)
    step = min(size, _LINE)
    source.seek(begin + size - step)
    tail = source.read(step)
    for end in _line_ends(tail):
        source.seek(begin)
        data = source.read(size - step + end)
        marks = _places(data, QUOTE)
        if len(marks) % 2 == 0:
            return data, marks
    raise _Irregular


def _line_ends(tail: bytes) -> Iterator[int]:
    """The last line ends of a block: where it may be cut, unless that one stands inside quotation marks."""
    end = len(tail)
    for _ in range(_TRIES):
        end = tail.rfind(b"\n", 0, end)
        if end < 0:
            return
        yield end + 1


def _header(path: Path, source: BinaryIO, limits: Limits) -> tuple[str, list[str], int]:
    """Delimiter, names, and where the first row begins. A file of one column is left to the other reader."""
    try:
        delimiter, names, _ = header_of(path, limits)
    except DataFileError:
        raise _Irregular from None
    head = source.read(1 << 20)
    start = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    end = head.find(b"\n", start)
    while end >= 0 and head.count(b'"', start, end) % 2:
        end = head.find(b"\n", end + 1)
    if end < 0 or len(names) < 2 or b"\r" in head.replace(b"\r\n", b""):
        raise _Irregular
    return delimiter, names, end + 1


def _frame(data: bytes, marks: Places, delimiter: str, names: list[str], limits: Limits) -> pl.DataFrame:
    """The rows of one block, each with as many fields as there are names. Raises _Irregular."""
    if not data.isascii():
        try:
            data.decode()
        except UnicodeDecodeError:
            raise _Irregular from None
    if b"\0" in data:
        raise _Irregular
    signs: Bytes = np.frombuffer(data, dtype=np.uint8)
    _check_marks(signs, marks, ord(delimiter))
    try:
        frame = parse_block(data, delimiter, names, empties=bool((np.diff(marks) == 1).any()))
    except DataFileError:
        raise _Irregular from None  # a row with too many fields is one
    longest = frame.select(pl.max_horizontal(pl.all().str.len_bytes().max())).item()
    if (longest or 0) > limits.max_field_bytes:
        raise _Irregular
    _count(signs, marks, ord(delimiter), frame)
    return frame


def _check_marks(signs: Bytes, marks: Places, delimiter: int) -> None:
    """Quotation marks open where a field begins and close where it ends; a double one is text."""
    opens, closes = marks[0::2], marks[1::2]
    before = np.isin(np.arange(256), [delimiter, NEWLINE, QUOTE])
    after = np.isin(np.arange(256), [delimiter, NEWLINE, QUOTE, RETURN])
    opens, closes = opens[opens > 0], closes[closes < len(signs) - 1]
    if not (before[signs[opens - 1]].all() and after[signs[closes + 1]].all()):
        raise _Irregular


def _count(signs: Bytes, marks: Places, delimiter: int, frame: pl.DataFrame) -> None:
    """The parser gave as many rows as there are line ends, and no row is short.

    A short row ends in an empty field, so only where the last column has one is there a need to count
    separators.
    """
    unended = int(signs[-1] != NEWLINE)
    # Where there are as many rows as line ends, none of these stands inside quotation marks.
    as_many = sum(np.count_nonzero(piece == NEWLINE) for _, piece in _pieces(signs)) + unended == frame.height
    if not as_many and _outside(_places(signs, NEWLINE), marks) + unended != frame.height:
        raise _Irregular
    if frame.to_series(-1).null_count():
        separators = _outside(_places(signs, delimiter), marks)
        if separators != frame.height * (frame.width - 1):
            raise _Irregular


def _places(data: bytes | Bytes, sign: int) -> Places:
    """Where a sign stands."""
    signs: Bytes = np.frombuffer(data, dtype=np.uint8)
    found = [np.flatnonzero(piece == sign) + start for start, piece in _pieces(signs)]
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def _pieces(signs: Bytes) -> Iterator[tuple[int, Bytes]]:
    return ((start, signs[start : start + _PIECE]) for start in range(0, len(signs), _PIECE))


def _outside(places: Places, marks: Places) -> int:
    """How many of the places stand outside quotation marks."""
    return int(np.count_nonzero(np.searchsorted(marks, places) % 2 == 0)) if len(marks) else len(places)
