"""Names are shown, stored and published in clear, so none may be about a person."""

from __future__ import annotations

import pytest

from datafiles.errors import DataFileError
from datafiles.names import is_personal
from datafiles.readers.header import header_check


@pytest.mark.parametrize(
    "name",
    ["219-09-9981", "jane 219-09-9983.csv", "jane.doe@mail.test", "(213) 555-0142", "tel 213.555.0142"],
)
def test_a_name_that_is_written_like_personal_data_is_known(name: str) -> None:
    assert is_personal(name)


@pytest.mark.parametrize(
    "name", ["permits_2019-2026.csv", "2026-11-21", "ssn", "e-mail", "1234-56-78901", "a@b", "12.50", "id"]
)
def test_ordinary_names_are_not(name: str) -> None:
    assert not is_personal(name)


@pytest.mark.parametrize("twice", [False, True])
def test_a_file_without_a_header_is_refused_and_its_first_row_not_quoted(twice: bool) -> None:
    header = ["Jane Doe", "219-09-9981", "219-09-9981" if twice else "jane@mail.test"]
    with pytest.raises(DataFileError) as refusal:
        header_check(header, line=1, sheet="SSN 219-09-9996")
    error = refusal.value
    assert (error.code, error.sheet) == ("personal_header", None)
    assert "columns 2, 3" in error.sentence
    assert "219" not in error.sentence
    assert "jane" not in error.sentence.lower()


def test_the_name_of_a_sheet_that_is_about_a_person_is_not_repeated(tmp_path) -> None:
    from openpyxl import Workbook

    from datafiles.limits import Limits
    from datafiles.readers import read_table

    book = Workbook()
    book.active.title = "SSN 219-09-9996"
    book.active.append(["permit"])
    book.active.append(["A-1"])
    book.create_sheet("Notes")
    book.save(tmp_path / "book.xlsx")
    _, notes = read_table(tmp_path / "book.xlsx", name="book.xlsx", limits=Limits(), scratch=tmp_path)
    said = " ".join(str(note) for note in notes)
    assert "219-09-9996" not in said
    assert "Notes" in said
