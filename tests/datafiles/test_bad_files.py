"""What bad input gets: one sentence with the problem, the line or sheet, and the next step."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datafiles.errors import DataFileError
from datafiles.limits import Limits
from datafiles.readers import read_table

Refusal = Callable[..., DataFileError]

CSV_FAULTS = [
    ("an empty file", b"", "empty", None, "0 bytes"),
    ("a header only", b"a,b\n", "no_rows", 1, "no rows"),
    ("no header", b"\n\n", "no_header", 1, "Line 1 is empty"),
    ("Windows-1252", "a,b\n1,2\nJos\xe9,1\n".encode("cp1252"), "encoding", 3, "Line 3"),
    ("a cut UTF-8 character", b"a,b\n1,\xc3", "encoding", 2, "CSV UTF-8"),
    ("half a UTF-16 character", "a,b\n1,2".encode("utf-16") + b"x", "encoding", 2, "UTF-16"),
    ("a NUL byte", b"a,b\n1,\x00\n", "nul_byte", 2, "Line 2"),
    ("a name twice", b"a,b,a\n1,2,3\n", "duplicate_header", 1, '"a"'),
    ("a name missing", b"a,,c\n1,2,3\n", "empty_header", 1, "column 2"),
    ("a row too long", b"a,b\n1,2\n1,2,3\n", "ragged_row", 3, "has 3 fields, but the header has 2"),
    ("a row too short", b"a,b\n1,2\n\n1\n", "ragged_row", 4, "has 1 field,"),
    ("a title above the header", b"Report\n\na,b\n1,2\n", "ragged_row", 3, "titles"),
    ("an unclosed quotation mark", b'a,b\n1,"2\n3,4\n', "unclosed_quote", 2, "line 2"),
    ("a mark that swallows lines", b'a,b\n1,"2\n3,"x"\n', "unclosed_quote", 2, "line 3"),
    ("a mark inside a field", b'a,b\n1,5" pipe\n', "stray_quote", 2, "Line 2"),
    ("text after a closing mark", b'a,b\n1,"x" y\n', "stray_quote", 2, "Line 2"),
    ("a web page", b"<!DOCTYPE html><html>", "not_csv", 1, "web page"),
    ("JSON", b'[{"a": 1}]', "not_csv", 1, "JSON"),
    ("a workbook renamed", b"PK\x03\x04....", "not_csv", 1, ".xlsx"),
    ("a PDF", b"%PDF-1.7", "not_csv", 1, "PDF"),
]


@pytest.mark.parametrize(
    ("content", "code", "line", "words"), [fault[1:] for fault in CSV_FAULTS], ids=[f[0] for f in CSV_FAULTS]
)
def test_a_bad_csv_gets_its_sentence_and_line(
    refusal: Refusal, content: bytes, code: str, line: int | None, words: str
) -> None:
    error = refusal(content)
    assert (error.code, error.line) == (code, line)
    assert words in error.sentence


def test_line_numbers_are_those_of_an_editor(refusal: Refusal) -> None:
    """A value with line breaks counts for as many lines as it has."""
    assert refusal('a,b\n"1\n2\n3",4\n5\n').line == 5


def test_an_error_far_into_a_file_names_its_line(refusal: Refusal, monkeypatch: pytest.MonkeyPatch) -> None:
    from datafiles.readers import structure

    monkeypatch.setattr(structure, "_BLOCK", 64)
    assert refusal("a,b\n" + "1,2\n" * 1000 + "1\n").line == 1002
    assert refusal(b"a,b\n" + b"1,2\n" * 1000 + b"1,\xff\n").line == 1002


def test_a_hundred_thousand_columns_are_refused_at_the_header(refusal: Refusal) -> None:
    assert refusal(",".join(f"c{i}" for i in range(100_000)) + "\n1\n").code == "too_many_columns"


def test_one_huge_field_is_refused(refusal: Refusal) -> None:
    error = refusal("a,b\n1," + "x" * 70_000 + "\n")
    assert (error.code, error.line) == ("long_field", 2)


def test_one_huge_field_in_quotation_marks_is_refused(refusal: Refusal) -> None:
    assert refusal('a,b\n1,"' + "x\n" * 70_000 + '"\n').code == "long_field"


def test_limits_of_size_and_rows_hold(refusal: Refusal) -> None:
    assert refusal("a\n1\n2\n3\n", max_rows=2).code == "too_many_rows"
    assert refusal("a\n1\n2\n3\n", max_bytes=5).code == "too_large"


@pytest.mark.parametrize("name", ["table.xls", "table.xlsm", "table.pdf", "table", "table.csv.exe"])
def test_other_extensions_are_refused_with_what_to_do(refusal: Refusal, name: str) -> None:
    error = refusal("a\n1\n", name)
    assert error.code == "format_not_accepted"
    assert ".csv, .tsv and .xlsx" in error.sentence


def workbook(**cells: object) -> bytes:
    book = openpyxl.Workbook()
    for where, value in cells.items():
        book.active[where] = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def with_entry(content: bytes, name: str, data: bytes) -> bytes:
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return target.getvalue()


GOOD = workbook(A1="id", B1="name", A2=1, B2="x")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
EXCEL_FAULTS = [
    ("an empty file", b"", "empty", "0 bytes"),
    ("a CSV renamed", b"a,b\n1,2\n", "not_excel", ".csv"),
    ("a password", OLE + "EncryptedPackage".encode("utf-16-le"), "password", "password"),
    ("an old workbook renamed", OLE, "old_excel", ".xls"),
    ("macros", with_entry(GOOD, "xl/vbaProject.bin", b"x"), "macros", "macros"),
    ("another archive", with_entry(b"", "readme.txt", b"x"), "not_excel", "ZIP archive"),
    ("a bomb", with_entry(GOOD, "xl/bomb.xml", b"\0" * 30_000_000), "zip_bomb", "unpacks"),
    ("a cut workbook", GOOD[:-40], "cut_off", "Upload it again"),
    ("half a workbook", GOOD[: len(GOOD) // 2], "cut_off", "the file ends before its end"),
    ("a header only", workbook(A1="id", B1="name"), "no_rows", 'Sheet "Sheet"'),
    ("an empty sheet", workbook(), "empty", 'Sheet "Sheet"'),
    ("a name twice", workbook(A1="id", B1="id", A2=1), "duplicate_header", 'Sheet "Sheet", row 1'),
    ("a name missing", workbook(A1="id", C1="x", A2=1), "empty_header", "column 2"),
    ("a title", workbook(A1="Report", A2="id", B2="x"), "title_row", "row 1"),
    ("values beside the table", workbook(A1="id", B1="x", A2=1, D3=4), "ragged_row", "row 3"),
]


@pytest.mark.parametrize(
    ("content", "code", "words"), [fault[1:] for fault in EXCEL_FAULTS], ids=[f[0] for f in EXCEL_FAULTS]
)
def test_a_bad_workbook_gets_its_sentence(refusal: Refusal, content: bytes, code: str, words: str) -> None:
    error = refusal(content, "table.xlsx")
    assert error.code == code
    assert words in error.sentence


def test_a_damaged_part_of_a_workbook_gets_a_sentence(refusal: Refusal) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as source, zipfile.ZipFile(target, "w") as copy:
        for entry in source.infolist():
            data = source.read(entry)
            copy.writestr(entry.filename, data[:20] if "sheet1" in entry.filename else data)
    assert refusal(target.getvalue(), "table.xlsx").code in ("damaged_workbook", "empty")


def _reading_refuses_or_reads(content: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(content)
        try:
            table, _ = read_table(path, name=name, limits=Limits(), scratch=Path(folder))
        except DataFileError as error:
            assert error.sentence.endswith(".")
            assert error.code
        else:
            assert table.rows > 0


@given(st.binary(max_size=300))
def test_random_bytes_as_csv_raise_nothing_but_a_sentence(content: bytes) -> None:
    _reading_refuses_or_reads(content, "a.csv")


@given(st.text(st.sampled_from('ab1",;\t|\n\r é'), max_size=60))
def test_random_punctuation_as_csv_raises_nothing_but_a_sentence(text: str) -> None:
    _reading_refuses_or_reads(text.encode(), "a.csv")


@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=8))
def test_a_workbook_with_overwritten_bytes_raises_nothing_but_a_sentence(at: int, junk: bytes) -> None:
    _reading_refuses_or_reads(GOOD[:at] + junk + GOOD[at + len(junk) :], "a.xlsx")
