"""Taking a file in: its columnar copy, and what is known of it without its values.

A delimited file is taken a block at a time, so that one of any size takes the memory of a few blocks; a workbook,
and a delimited file that only its own reader can tell apart, is read whole.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from datafiles.fingerprint import RowSum, frame_add
from datafiles.inference import infer, verdict_of
from datafiles.limits import Limits
from datafiles.profile import profile, profile_of
from datafiles.readers import IN_BLOCKS, read_table, size_check, suffix_check
from datafiles.readers.blocks import csv_blocks
from datafiles.readers.header import header_check
from datafiles.table import Column, read_blocks, write_columnar, write_columnar_parts


@dataclass(frozen=True, slots=True)
class Taken:
    """What was found in a file whose columnar copy is written."""

    columns: tuple[Column, ...]
    notes: list[dict[str, str]]
    profile: dict[str, Any]
    row_fingerprint: str


def take(path: Path, *, name: str, limits: Limits, scratch: Path, columnar: Path) -> Taken:
    """Read the file at `path`, named `name` by its owner, into a `columnar` copy. Raises DataFileError."""
    if suffix_check(name) in IN_BLOCKS:
        size_check(path.stat().st_size, limits)
        return take_blocks(csv_blocks(path, limits=limits, scratch=scratch), scratch, columnar)
    table, notes = read_table(path, name=name, limits=limits, scratch=scratch)
    write_columnar(table, columnar)
    return Taken(table.columns, notes, profile(table), frame_add(RowSum(), table.frame).text())


def take_blocks(blocks: Iterator[pl.DataFrame], scratch: Path, columnar: Path) -> Taken:
    """Keep each block as a part of the copy; join the parts when the types of all values are known."""
    rows, names = RowSum(), list[str]()
    forms: list[dict[str, int]] = []
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        parts = Path(folder)
        for number, block in enumerate(blocks):
            if not names:
                names, forms = block.columns, [{} for _ in block.columns]
            for known, series in zip(forms, block.iter_columns(), strict=True):
                for form, count in infer(series).forms.items():
                    known[form] = known.get(form, 0) + count
            frame_add(rows, block)
            block.write_parquet(parts / f"{number:06d}.parquet", compression="lz4", statistics=False)
        columns = tuple(
            Column(name, one.type, one.form, one.forms)
            for name, one in zip(names, map(verdict_of, forms), strict=True)
        )
        write_columnar_parts(columns, pl.scan_parquet(parts / "*.parquet"), columnar)

    def again(wanted: Sequence[str]) -> Iterator[pl.DataFrame]:
        return read_blocks(columnar, wanted)

    _, notes = header_check(names, line=1)
    return Taken(columns, notes, profile_of(columns, again), rows.text())
