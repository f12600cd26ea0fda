"""CSV in: every value arrives as text exactly as written, whatever the dialect."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datafiles.limits import Limits
from datafiles.readers import read_table

# Text that UTF-8 can hold and a CSV may: no NUL, no lone surrogates.
VALUES = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=12)
NAMES = st.lists(
    st.text(st.characters(categories=["Ll", "Lu", "Nd"]), min_size=1, max_size=6),
    min_size=1,
    max_size=5,
    unique=True,
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    names = draw(NAMES)
    rows = draw(st.lists(st.lists(VALUES, min_size=len(names), max_size=len(names)), min_size=1, max_size=8))
    return names, rows


def written(names: list[str], rows: list[list[str]], **dialect: str) -> str:
    target = io.StringIO(newline="")
    writer = csv.writer(target, **dialect)
    writer.writerow(names)
    writer.writerows(rows)
    return target.getvalue()


@given(tables(), st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["\n", "\r\n"]))
def test_any_table_written_as_csv_reads_back_equal(
    table: tuple[list[str], list[list[str]]], delimiter: str, line_end: str
) -> None:
    names, rows = table
    text = written(names, rows, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(text.encode())
        found, _ = read_table(path, name="a.csv", limits=Limits(), scratch=Path(folder))
    assert found.names == names
    assert found.frame.rows() == [tuple(value or None for value in row) for row in rows]


@given(tables())
def test_sparse_quotation_marks_read_back_equal_too(table: tuple[list[str], list[list[str]]]) -> None:
    names, rows = table
    # A lone \r counts as a line end for the writer only when it is quoted, and a blank line is no row.
    rows = [[value.replace("\r", "") for value in row] for row in rows]
    text = written(names, rows, lineterminator="\n")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(text.encode())
        found, _ = read_table(path, name="a.csv", limits=Limits(), scratch=Path(folder))
    assert found.frame.rows() == [tuple(value or None for value in row) for row in rows]


def test_leading_zeros_survive(read) -> None:
    assert read("zip,n\n00501,007\n").frame.rows() == [("00501", "007")]


def test_spaces_around_a_value_survive(read) -> None:
    assert read("a,b\n x , y\n").frame.rows() == [(" x ", " y")]


@pytest.mark.parametrize(
    "encoded",
    ["a,b\nJosé,1\n".encode(), "\ufeffa,b\nJosé,1\n".encode(), "a,b\nJosé,1\n".encode("utf-16")],
    ids=["utf-8", "utf-8 with mark", "utf-16 with mark"],
)
def test_unicode_encodings_are_read(read, encoded: bytes) -> None:
    table = read(encoded)
    assert table.names == ["a", "b"]
    assert table.frame.rows() == [("José", "1")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(read, delimiter: str) -> None:
    table = read(delimiter.join(["one", "two", "three"]) + "\n" + delimiter.join("123") + "\n")
    assert table.names == ["one", "two", "three"]


def test_a_comma_inside_semicolon_values_does_not_mislead(read) -> None:
    table = read("Name, first;Amount\nA, B;1,5\nC;2,5\n")
    assert table.names == ["Name, first", "Amount"]


def test_old_mac_line_ends_are_read(read) -> None:
    assert read(b"a,b\r1,2\r3,4\r").frame.rows() == [("1", "2"), ("3", "4")]


def test_blank_lines_are_no_rows(read) -> None:
    assert read("a,b\n1,2\n\n3,4\r\n\r\n\n").frame.rows() == [("1", "2"), ("3", "4")]


def test_in_one_column_a_blank_line_between_rows_is_an_empty_value(read) -> None:
    assert read("a\n1\n\n3\n\n").frame.rows() == [("1",), (None,), ("3",)]


def test_a_row_of_empty_cells_is_kept(read) -> None:
    assert read("a,b\n1,2\n,\n").frame.rows() == [("1", "2"), (None, None)]


def test_a_quoted_line_break_is_part_of_the_value(read) -> None:
    assert read('a,b\r\n1,"x\r\ny"\r\n').frame.rows() == [("1", "x\r\ny")]


def test_the_last_line_needs_no_line_end(read) -> None:
    assert read("a,b\n1,2").frame.rows() == [("1", "2")]


def test_a_header_that_looks_like_data_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_text("1,2\n3,4\n")
    _, notes = read_table(path, name="a.csv", limits=Limits(), scratch=tmp_path)
    assert [note["code"] for note in notes] == ["header_looks_like_data"]


def test_what_crosses_the_blocks_of_the_guard_is_read_whole(read, monkeypatch: pytest.MonkeyPatch) -> None:
    from datafiles.readers import structure

    monkeypatch.setattr(structure, "_BLOCK", 7)
    text = 'a,b\n"one ""two"" é\nthree",4\n5,"€,€"\n'
    assert read(text).frame.rows() == [('one "two" é\nthree', "4"), ("5", "€,€")]


def test_the_frame_holds_text_only(read) -> None:
    assert set(read("a,b\n1,2020-01-01\n").frame.dtypes) == {pl.String}
