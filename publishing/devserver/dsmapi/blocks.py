"""The rows of a source, read from its file once and kept beside it, by columns, in blocks of some MB."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from publishing.devserver.dsmapi import parsing, regular, uploads
from publishing.devserver.dsmapi.functions import Cell
from publishing.devserver.dsmapi.parsing import Line
from publishing.devserver.store import Store

# Of a file that is read row by row.
ROWS = 2000
_OFFSET = "offset"


class Block(NamedTuple):
    """Rows that fit the header: how many of them come before, their places among all rows, and their cells.

    The columns of `cells` are called 0, 1 and so on, and hold text.
    """

    start: int
    offsets: pl.Series
    cells: pl.DataFrame

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Each row with its place."""
        return zip(self.offsets, map(list, self.cells.iter_rows()), strict=True)


def of(store: Store, source: dict[str, Any], width: int, start: int = 0) -> Iterator[Block]:
    """The blocks from that on which holds the row `start` of those that fit. Raises Unreadable."""
    folder = _folder(store, source, width)
    if not folder.exists():
        keep(store, source, width, lambda line: None)
    files = sorted(folder.iterdir())
    skipped = sum(int(file.stem) <= start for file in files) - 1
    for file in files[max(0, skipped) :]:
        frame = pl.read_parquet(file)
        yield Block(int(file.stem), frame[_OFFSET], frame.drop(_OFFSET))


def keep(store: Store, source: dict[str, Any], width: int, misfit: Callable[[Line], None]) -> int:
    """Read the file. `misfit` is told the rows that do not fit the header. Returns how many rows fit.

    Raises Unreadable.
    """
    path, options = uploads.path_of(store, source), source["parse_options"]
    folder = _folder(store, source, width)
    made = folder.with_suffix(".part")
    try:
        rows = _write(made, _by_columns(path, options, width))
    except regular.Irregular:
        rows = _write(made, _by_rows(path, options, width, misfit))
    shutil.rmtree(folder, ignore_errors=True)
    made.rename(folder)
    return rows


def _folder(store: Store, source: dict[str, Any], width: int) -> Path:
    """A folder for each way in which the file was read."""
    way = json.dumps([source["parse_options"], width], sort_keys=True).encode()
    return uploads.blocks_of(store, source) / hashlib.sha256(way).hexdigest()[:16]


def _write(folder: Path, frames: Iterator[pl.DataFrame]) -> int:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rows = 0
    for frame in frames:
        frame.write_parquet(folder / f"{rows:012d}", compression="uncompressed", statistics=False)
        rows += frame.height
    return rows


def _by_columns(path: Path, options: dict[str, Any], width: int) -> Iterator[pl.DataFrame]:
    rows = 0
    for frame in regular.frames(path, options, width):
        if frame.height:
            yield frame.with_columns(pl.int_range(rows, rows + frame.height).alias(_OFFSET))
            rows += frame.height


def _by_rows(
    path: Path, options: dict[str, Any], width: int, misfit: Callable[[Line], None]
) -> Iterator[pl.DataFrame]:
    lines = parsing.lines(path, options, width)
    schema = {str(at): pl.String for at in range(width)}
    while some := list(islice(lines, ROWS)):
        fit = [line for line in some if line.error is None]
        for line in some:
            if line.error is not None:
                misfit(line)
        if fit:
            frame = pl.DataFrame([line.cells for line in fit], schema=schema, orient="row")
            yield frame.with_columns(pl.Series(_OFFSET, [line.offset for line in fit], dtype=pl.Int64))
