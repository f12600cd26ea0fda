"""A file in which every line is regular, read by columns; `parsing` reads all others, row by row.

Regular is what every reader of CSV understands in one way: UTF-8, as many cells in every line as in the first, quotes
only around a whole cell and doubled inside it, lines that end in a line feed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

PIECE = 4 << 20
_BOM = b"\xef\xbb\xbf"
_QUOTE, _LINE_FEED = ord('"'), ord("\n")
# What str.strip takes away, which is a little more than the white space of Unicode.
_BLANKS = "".join(char for char in map(chr, range(0x3001)) if char.isspace())


class Irregular(Exception):
    """Something in this file needs a closer look than whole columns get."""


def frames(path: Path, options: dict[str, Any], width: int) -> Iterator[pl.DataFrame]:
    """The rows below the header, some MB at a time, as columns of text that are called 0, 1 and so on.

    Raises Irregular, perhaps in the middle of the file: what was given out before is then to be forgotten.
    """
    separator = _separator(options, width)
    above: int = options["header_count"]
    for piece, ends in _pieces(path, separator, width):
        if ends.size < above:
            raise Irregular
        start = int(ends[above - 1]) + 1 if above else 0
        frame = _frame(piece[start:], chr(separator), width)
        if frame.height != ends.size - above:
            raise Irregular
        above = 0
        yield _values(frame, trim=options["trim_whitespace"], skip_empty=options["remove_empty_rows"])


def _separator(options: dict[str, Any], width: int) -> int:
    """The byte between two cells; raises Irregular for options that are seldom used."""
    separator, above = options["column_separator"], options["header_count"]
    usual = (
        str(options["encoding"]).lower() in ("utf-8", "utf8")
        and options["quote_char"] == '"'
        and separator in (",", ";", "\t", "|")
        and type(above) is int
        and above >= 0
    )
    # A line of one column without a value is no line.
    if not usual or width < 2:
        raise Irregular
    return ord(separator)


def _pieces(path: Path, separator: int, width: int) -> Iterator[tuple[bytes, np.ndarray]]:
    """Whole lines, some MB of them at a time, and where each of them ends."""
    with path.open("rb") as file:
        if file.read(len(_BOM)) != _BOM:
            file.seek(0)
        left = b""
        while read := file.read(PIECE):
            piece = left + read
            ends = _line_ends(piece, separator, width)
            whole = int(ends[-1]) + 1
            yield piece[:whole], ends
            left = piece[whole:]
    if left:
        piece = left + b"\n"
        ends = _line_ends(piece, separator, width)
        if ends[-1] + 1 != len(piece):
            raise Irregular
        yield piece, ends


def _line_ends(piece: bytes, separator: int, width: int) -> np.ndarray:
    """The places of the line feeds that end a line; raises Irregular unless every line up to the last is regular."""
    if b"\r" in piece or b"\0" in piece:
        raise Irregular
    text = np.frombuffer(piece, np.uint8)
    marks = np.flatnonzero((text == separator) | (text == _QUOTE) | (text == _LINE_FEED))
    kinds = text[marks]
    quotes = kinds == _QUOTE
    # Between an odd quote and the next even one lies the inside of a cell.
    outside = ~quotes & (np.cumsum(quotes) % 2 == 0)
    ends = marks[outside & (kinds == _LINE_FEED)]
    if not ends.size:
        raise Irregular
    known = marks <= ends[-1]
    lines = kinds[outside & known]
    if lines.size != ends.size * width or (lines[width - 1 :: width] != _LINE_FEED).any():
        raise Irregular
    _check_quotes(text, marks[quotes & known], separator)
    return ends


def _check_quotes(text: np.ndarray, quotes: np.ndarray, separator: int) -> None:
    """A cell begins before each odd quote and ends behind each even one, or the quote beside it is its double."""
    around = np.array([separator, _LINE_FEED, _QUOTE], np.uint8)
    opening, closing = quotes[0::2], quotes[1::2]
    before = text[opening[opening > 0] - 1]
    if not (np.isin(before, around).all() and np.isin(text[closing + 1], around).all()):
        raise Irregular


def _frame(piece: bytes, separator: str, width: int) -> pl.DataFrame:
    schema = {str(at): pl.String for at in range(width)}
    if not piece:
        return pl.DataFrame(schema=schema)
    try:
        return pl.read_csv(piece, has_header=False, schema=schema, separator=separator, quote_char='"')
    except pl.exceptions.PolarsError as error:
        raise Irregular from error


def _values(frame: pl.DataFrame, *, trim: bool, skip_empty: bool) -> pl.DataFrame:
    """An empty cell is null."""
    frame = frame.select(pl.when(pl.all().str.len_bytes() > 0).then(pl.all()))
    if skip_empty:
        frame = frame.filter(pl.any_horizontal(pl.all().is_not_null()))
    if trim:
        frame = frame.with_columns(pl.all().str.strip_chars(_BLANKS))
        frame = frame.select(pl.when(pl.all().str.len_bytes() > 0).then(pl.all()))
    return frame
