"""A delimited file a block at a time, so that one of any size takes the memory of a few blocks.

Every block is held to what readers.csv holds a whole file to. Where one is out of the ordinary, the file is read
whole by readers.csv, which knows the sentence for what is wrong, or reads what only looks wrong.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, TypeVar

import numpy as np
import polars as pl

from datafiles.errors import DataFileError
from datafiles.limits import Limits
from datafiles.readers.csv import header_of, parse_block, read_csv
from datafiles.readers.structure import NEWLINE, Guard

_BLOCK = 32 << 20
# Quotation marks to look past for the end of a record.
_TRIES = 1_000
_Item = TypeVar("_Item")


class _Irregular(Exception):
    """The block is not as plain as it has to be here."""


def csv_blocks(path: Path, *, limits: Limits, scratch: Path, size: int = _BLOCK) -> Iterator[pl.DataFrame]:
    """The rows of a delimited file as frames of text, in blocks of about `size` bytes; the first may be empty.

    Raises DataFileError with the sentence of readers.csv, at the latest at the block that is wrong.
    """
    given = 0
    try:
        for frame in _regular(path, limits, size):
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


def _regular(path: Path, limits: Limits, size: int) -> Iterator[pl.DataFrame]:
    with path.open("rb") as source:
        delimiter, names, begin = _header(path, source, limits)
        source.seek(begin)
        rows, kept = 0, b""
        while data := source.read(size):
            data = kept + data
            end = _end_of_record(data)
            kept = data[end:]
            frame = _frame(data[:end], delimiter, names, limits)
            rows += frame.height
            if rows > limits.max_rows:
                raise _Irregular
            yield frame
        if kept:
            rows += (frame := _frame(kept, delimiter, names, limits)).height
            yield frame
        if not rows:
            raise _Irregular


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


def _end_of_record(data: bytes) -> int:
    """Where the last whole record ends: at a line end outside quotation marks."""
    end = data.rfind(b"\n")
    marks = data.count(b'"', 0, max(end, 0))
    for _ in range(_TRIES):
        if end < 0:
            break
        if marks % 2 == 0:
            return end + 1
        before = data.rfind(b"\n", 0, end)
        marks -= data.count(b'"', max(before, 0), end)
        end = before
    raise _Irregular


def _frame(data: bytes, delimiter: str, names: list[str], limits: Limits) -> pl.DataFrame:
    """The rows of one block, each with as many fields as there are names. Raises _Irregular."""
    if not data.isascii():
        try:
            data.decode()
        except UnicodeDecodeError:
            raise _Irregular from None
    if b"\0" in data or _has_blank_line(data):
        raise _Irregular
    quoted = b'"' in data
    try:
        guarded = _guarded(data, delimiter, names, limits) if quoted else None
        frame = parse_block(data, delimiter, names, quoted=quoted)
    except DataFileError:
        raise _Irregular from None
    if guarded is None:
        _count(data, delimiter, frame, limits)
    elif guarded != frame.height:
        raise _Irregular
    return frame


def _has_blank_line(data: bytes) -> bool:
    return data.startswith((b"\n", b"\r\n")) or b"\n\n" in data or b"\n\r\n" in data


def _guarded(data: bytes, delimiter: str, names: list[str], limits: Limits) -> int:
    """How many records the guard counts in a block with quotation marks."""
    guard = Guard(
        np.frombuffer(data, dtype=np.uint8),
        delimiter=ord(delimiter),
        end_of_line=NEWLINE,
        columns=len(names),
        limits=limits,
    )
    return guard.run().rows + 1  # it takes the first for a header


def _count(data: bytes, delimiter: str, frame: pl.DataFrame, limits: Limits) -> None:
    """Without quotation marks, counting shows whether a row is short; the parser refuses long ones.

    A short row ends in an empty field, so only where the last column has one is there a need to count.
    """
    longest = frame.select(pl.max_horizontal(pl.all().str.len_bytes().max())).item()
    if (longest or 0) > limits.max_field_bytes:
        raise _Irregular
    if frame.to_series(-1).null_count():
        separators = int(np.count_nonzero(np.frombuffer(data, dtype=np.uint8) == ord(delimiter)))
        if separators != frame.height * (frame.width - 1):
            raise _Irregular
