"""Every CSV that the product writes holds, for whoever reads it, the cells that were put in and as many rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datafiles.limits import Limits as FileLimits
from datafiles.readers.csv import read_csv
from datafiles.table import Column, Table, write_columnar
from privacy.guarded_csv import csv_write
from publishing.copies import TreatedCopy
from publishing.devserver.dsmapi import parsing, regular
from publishing.file_loads import FileLoad
from publishing.portals.arcgis import shape
from publishing.portals.static import files
from publishing.records import TEXT, PortalColumn, PortalRecord
from publishing.sources.base import Clock, Limits
from publishing.sources.download import CsvWriter
from reports.exports import cell_safe, csv_text
from workflow.inventory_columns import cell_guard
from workflow.services.inventory_export import csv_bytes

Rows = list[list[str]]
NAMES = ["first", "second", "third"]
RECORD = PortalRecord(
    external_key="pub-1",
    name="Notes",
    description="",
    columns=tuple(PortalColumn(name, name, TEXT) for name in NAMES),
    row_identifier="first",
)

_ODD = st.sampled_from(
    ["\r", "\n", "\r\n", '"', ",", ";", " ", "\t", "\u2028", "\x85", "\x1c", "\ufeff", "a"]
)
_ANY = st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")
CELL = st.lists(_ODD | _ANY, max_size=5).map("".join)
TABLE = st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=6)


# who writes


def _large_table(rows: Rows, folder: Path) -> bytes:
    write_columnar(_table(rows), folder / "treated.parquet")
    load = FileLoad(TreatedCopy(folder / "treated.parquet", RECORD), folder, lambda done: None)
    return b"".join(load.body(part) for part in load.parts)


def _static_file(rows: Rows, folder: Path) -> bytes:
    files.write_rows(folder, RECORD, _named(rows))
    return (folder / files.DATA).read_bytes()


def _layer(rows: Rows, folder: Path) -> bytes:
    text = io.StringIO(newline="")
    shape.write_csv(text, shape.layer(RECORD), _named(rows))
    return text.getvalue().encode()


def _source(rows: Rows, folder: Path) -> bytes:
    target = io.BytesIO()
    writer = CsvWriter(target, Clock(Limits(), lambda done, said: None), NAMES)
    for row in rows:
        writer.row(row)
    assert writer.fetched("data.csv").size == len(target.getvalue())
    return target.getvalue()


def _kept_copy(rows: Rows, folder: Path) -> bytes:
    csv_write(_table(rows), folder / "table.csv")
    return (folder / "table.csv").read_bytes()


def _table(rows: Rows) -> Table:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(NAMES, pl.String), orient="row")
    return Table(tuple(Column(name, "text") for name in NAMES), frame)


def _named(rows: Rows) -> list[dict[str, str]]:
    return [dict(zip(NAMES, row, strict=True)) for row in rows]


def _as_it_is(cell: str) -> str:
    return cell


# Who writes, and how a cell is written there that a spreadsheet could take for a formula.
WRITERS: dict[str, tuple[Callable[[Rows, Path], bytes], Callable[[str], str]]] = {
    "a large table for Socrata": (_large_table, _as_it_is),
    "the catalogue of files": (_static_file, _as_it_is),
    "a layer for ArcGIS": (_layer, _as_it_is),
    "rows of a source": (_source, _as_it_is),
    "a copy that is kept": (_kept_copy, cell_safe),
    "a figure": (lambda rows, folder: csv_text(NAMES, rows).encode(), cell_safe),
    "an inventory": (lambda rows, folder: csv_bytes(NAMES, rows), cell_guard),
}


# who reads


def _by_python(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, strict=True))[1:]


def _by_polars(path: Path) -> Rows:
    return _texts(pl.read_csv(path, infer_schema=False, null_values=""))


def _by_the_stand_in(path: Path) -> Rows:
    """Row by row, and by columns where the file is regular: both the same."""
    options = parsing.DEFAULTS | {"trim_whitespace": False, "remove_empty_rows": False}
    lines = list(parsing.lines(path, options, len(NAMES)))
    assert not any(line.error for line in lines)
    rows = [[cell or "" for cell in line.cells] for line in lines]
    try:
        by_columns = [row for frame in regular.frames(path, options, len(NAMES)) for row in _texts(frame)]
    except regular.Irregular:
        return rows
    assert by_columns == rows
    return rows


def _by_ourselves(path: Path) -> Rows:
    """As a file that a department uploads, or that we fetched."""
    table, _ = read_csv(path, limits=FileLimits(), scratch=path.parent)
    return _texts(table.frame)


def _texts(frame: pl.DataFrame) -> Rows:
    return [[cell or "" for cell in row] for row in frame.iter_rows()]


READERS = [_by_python, _by_polars, _by_the_stand_in, _by_ourselves]


@pytest.mark.parametrize("written", WRITERS)
@settings(max_examples=150, deadline=None)
@given(cells=TABLE)
def test_every_reader_finds_the_cells_that_were_put_in(written: str, cells: Rows) -> None:
    write, guarded = WRITERS[written]
    rows = [[f"{number}{row[0]}", *row[1:]] for number, row in enumerate(cells)]
    with TemporaryDirectory() as name:
        path = Path(name) / "read.csv"
        path.write_bytes(write(rows, Path(name)))
        for read in READERS:
            assert read(path) == [list(map(guarded, row)) for row in rows], read.__name__
