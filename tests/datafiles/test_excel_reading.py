"""XLSX in: values of the first visible sheet, as text that means the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from datafiles.limits import Limits
from datafiles.readers import read_table
from datafiles.table import Table

Reading = tuple[Table, list[str]]


@pytest.fixture
def excel(tmp_path: Path) -> Callable[[openpyxl.Workbook], Reading]:
    def reading(book: openpyxl.Workbook) -> Reading:
        path = tmp_path / "upload"
        book.save(path)
        table, notes = read_table(path, name="t.xlsx", limits=Limits(), scratch=tmp_path)
        return table, [note["code"] for note in notes]

    return reading


def book_of(*rows: list[Any]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return book


def test_values_keep_their_meaning(excel) -> None:
    table, notes = excel(
        book_of(
            ["zip", "n", "amount", "day", "at", "ok", "clock"],
            [
                "00501",
                3,
                0.1 + 0.2,
                dt.date(2020, 1, 2),
                dt.datetime.fromisoformat("2020-01-02 03:04:05"),
                True,
                dt.time(8, 5),
            ],
            [
                "90012",
                4.0,
                1234567.5,
                dt.date(2020, 1, 3),
                dt.datetime.fromisoformat("2020-01-03 00:00:00"),
                False,
                None,
            ],
        )
    )
    assert notes == []
    assert table.frame.rows() == [
        ("00501", "3", "0.3", "2020-01-02", "2020-01-02 03:04:05", "true", "08:05:00"),
        ("90012", "4", "1234567.5", "2020-01-03", "2020-01-03 00:00:00", "false", None),
    ]
    assert [column.type for column in table.columns] == [
        "text", "integer", "decimal", "date", "datetime", "boolean", "text",
    ]  # fmt: skip


def test_rows_above_the_header_that_are_empty_do_not_count(excel) -> None:
    book = openpyxl.Workbook()
    book.active["A4"], book.active["B4"], book.active["A5"], book.active["B5"] = "id", "x", 1, "a"
    table, _ = excel(book)
    assert (table.names, table.rows) == (["id", "x"], 1)


def test_empty_rows_between_are_left_out_and_noted(excel) -> None:
    table, notes = excel(book_of(["id"], [1], [None], [2], [None]))
    assert table.frame.rows() == [("1",), ("2",)]
    assert notes == ["blank_rows"]


def test_the_first_visible_sheet_is_read_and_the_others_are_noted(excel) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Secret"
    book.active.sheet_state = "hidden"
    shown = book.create_sheet("Data")
    shown.append(["id"])
    shown.append([7])
    book.create_sheet("Notes")
    book.active = 1
    table, notes = excel(book)
    assert table.frame.rows() == [("7",)]
    assert notes == ["extra_sheets", "hidden_sheets"]


def test_merged_cells_are_noted(excel) -> None:
    book = book_of(["id", "x"], [1, 2], [3, 4])
    book.active.merge_cells("A2:A3")
    assert excel(book)[1] == ["merged_cells"]


def test_more_rows_than_one_batch_are_read(excel, monkeypatch: pytest.MonkeyPatch) -> None:
    from datafiles.readers import excel as module

    monkeypatch.setattr(module, "_BATCH", 3)
    table, _ = excel(book_of(["id"], *[[i] for i in range(10)]))
    assert [row[0] for row in table.frame.rows()] == [str(i) for i in range(10)]
