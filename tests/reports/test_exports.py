"""CSV files: a spreadsheet must read data, never run a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.exports import cell_safe, csv_text, table_csv
from reports.tables import Column, Table

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@pytest.mark.parametrize("start", DANGEROUS)
def test_text_that_looks_like_a_formula_gets_an_apostrophe(start):
    assert cell_safe(f"{start}HYPERLINK(1)").startswith("'")
    assert cell_safe(f"  {start}HYPERLINK(1)").startswith("'")
    assert cell_safe(f"\0{start}HYPERLINK(1)").startswith("'")


def test_numbers_stay_numbers():
    assert [cell_safe(value) for value in (-5, 2.5, 0, None)] == ["-5", "2.5", "0", ""]


@given(st.text())
def test_no_text_cell_can_begin_a_formula(text):
    assert not cell_safe(text).lstrip(" ").startswith(DANGEROUS)


# A lone carriage return or a null cannot survive a CSV file; everything else must.
@given(st.lists(st.lists(st.text(st.characters(exclude_characters="\0\r")), min_size=2, max_size=2)))
def test_file_reads_back_as_what_was_written(rows):
    text = csv_text(["a", "b"], rows).removeprefix("\ufeff")

    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["a", "b"],
        *([cell_safe(cell) for cell in row] for row in rows),
    ]


def test_table_becomes_a_file_with_its_headings():
    table = Table(
        "late",
        "Late",
        (Column("Dataset"), Column("Days", numeric=True)),
        (("=1+1", 4), ("Café", None)),
        empty="",
    )

    assert table_csv(table) == "\ufeffDataset,Days\r\n'=1+1,4\r\nCafé,\r\n"
