"""The columnar copy keeps everything; the profile tells much and shows no value."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from datafiles.fingerprint import frame_fingerprint
from datafiles.intake import take_blocks
from datafiles.profile import profile
from datafiles.table import Table, read_columnar, read_columns, write_columnar

FRAME = pl.DataFrame(
    {
        "zip": ["00501", "90012", "90012", None],
        "n": ["1", "2", "2", "3"],
        "when": ["2020-01-01", "2020-01-02", "2020-01-02", None],
        "kind": ["only"] * 4,
        "note": ["Secret Person", None, None, None],
    }
)


@pytest.fixture
def table() -> Table:
    return Table.of(FRAME)


def test_the_columnar_copy_reads_back_equal(table: Table, tmp_path: Path) -> None:
    write_columnar(table, tmp_path / "t.parquet")
    back = read_columnar(tmp_path / "t.parquet")
    assert back.columns == table.columns
    assert [column.forms for column in back.columns] == [column.forms for column in table.columns]
    assert back.frame.equals(table.frame)
    assert read_columns(tmp_path / "t.parquet") == table.columns


def test_some_columns_can_be_read_alone(table: Table, tmp_path: Path) -> None:
    write_columnar(table, tmp_path / "t.parquet")
    assert read_columnar(tmp_path / "t.parquet", ["n", "zip"]).names == ["zip", "n"]


def test_the_profile_counts(table: Table) -> None:
    found = profile(table)
    assert (found["rows"], found["duplicate_rows"], found["empty_rows"]) == (4, 1, 0)
    columns = {column["name"]: column for column in found["columns"]}
    assert columns["zip"] == {
        "name": "zip",
        "type": "text",
        "form": "text",
        "nulls": 1,
        "filled": 3,
        "filled_share": 0.75,
        "distinct": 2,
        "min_length": 5,
        "max_length": 5,
        "constant": False,
        "unique": False,
    }
    assert columns["kind"]["constant"]
    assert columns["note"]["unique"]


def test_the_profile_shows_no_value(table: Table) -> None:
    text = json.dumps(profile(table))
    values = {value for row in FRAME.rows() for value in row if value and len(value) > 1}
    assert not [value for value in values if value in text]


def test_an_empty_row_is_counted() -> None:
    table = Table.of(pl.DataFrame({"a": ["1", None], "b": ["2", None]}))
    assert profile(table)["empty_rows"] == 1


@pytest.mark.parametrize("size", [1, 2, 3, 700])
def test_a_file_taken_in_blocks_is_told_as_a_whole_one(tmp_path: Path, size: int) -> None:
    values = ["1", "2.5", "n/a", None, "2024-02-29", "yes", "x" * 40]
    frame = pl.DataFrame(
        {
            "n": [str(row % 300) for row in range(900)],
            "mostly": [values[2] if row in (7, 650) else str(row) for row in range(900)],
            "mixed": [values[row % 7] for row in range(900)],
            "empty": pl.Series([None] * 900, dtype=pl.String),
        }
    ).head(10 if size < 700 else 900)
    whole = Table.of(frame)
    blocks = (frame.slice(start, size) for start in range(0, frame.height, size))
    taken = take_blocks(blocks, tmp_path, tmp_path / "t.parquet")
    assert taken.profile == profile(whole)
    assert [column.forms for column in taken.columns] == [column.forms for column in whole.columns]
    assert taken.row_fingerprint == frame_fingerprint(frame)
    back = read_columnar(tmp_path / "t.parquet")
    assert (back.columns, back.frame.equals(frame)) == (whole.columns, True)
