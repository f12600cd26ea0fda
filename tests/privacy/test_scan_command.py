from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from tests.privacy.samples import PHONE, SSN, as_csv, permits


def run(path: Path, *options: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("scan_file", str(path), *options, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    path = tmp_path / "permits.csv"
    path.write_text(as_csv(permits()))
    return path


def test_findings_and_risk_come_as_json_without_a_value_in_clear(planted: Path) -> None:
    code, text = run(planted, "--format", "json", "--quasi", "zip,sex", "--sensitive", "status")
    report: dict[str, Any] = json.loads(text)
    assert code == 3
    assert report["file"]["rows"] == 60 and len(report["file"]["sha256"]) == 64
    remarks = next(column for column in report["columns"] if column["name"] == "remarks")
    assert (remarks["class"], remarks["decision"]) == ("free_text", "flag")
    assert [hit["entity"] for hit in remarks["hits"]] == ["SSN"]
    assert report["risk"]["k"] == report["risk"]["k_null_wildcard"] == 15
    assert (report["risk"]["l"], report["risk"]["null_policy"]) == (3, "value")
    assert SSN not in text and PHONE not in text


def test_text_is_for_people(planted: Path) -> None:
    code, text = run(planted, "--quasi", "zip,sex")
    assert code == 3
    assert "what is written like a Social Security number, in row 31" in text
    assert "Over zip and sex: k = 15, 0 of 60 rows stand alone" in text


def test_nothing_to_decide_is_exit_code_zero(tmp_path: Path) -> None:
    path = tmp_path / "costs.csv"
    path.write_text("permit_no,cost\nA-1,10\nA-2,20\n")
    assert run(path)[0] == 0


def test_the_report_says_what_it_took_and_names_the_file(planted: Path) -> None:
    report = json.loads(run(planted, "--format", "json")[1])
    assert set(report["file"]) == {"sha256", "rows", "columns", "bytes", "seconds", "peak_rss_mb"}
    assert report["file"]["bytes"] == planted.stat().st_size
    assert report["file"]["seconds"] > 0 and report["file"]["peak_rss_mb"] > 10
    assert report["engine"]["startup_seconds"] >= 0
    assert report["risk"] is None


def test_a_workbook_is_scanned_as_its_table_in_csv_is(planted: Path, tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    for row in csv.reader(planted.read_text().splitlines()):
        workbook.active.append(row)
    workbook.save(tmp_path / "permits.xlsx")
    of_csv, of_workbook = (
        json.loads(run(path, "--format", "json")[1]) for path in (planted, tmp_path / "permits.xlsx")
    )
    assert of_workbook["columns"] == of_csv["columns"]


def test_sheets_that_were_not_read_are_told_beside_the_report(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["kind"])
    workbook.active.append(["tree"])
    workbook.create_sheet("Owners").append(["219-46-8813"])
    workbook.save(tmp_path / "trees.xlsx")
    out, beside = StringIO(), StringIO()
    call_command("scan_file", str(tmp_path / "trees.xlsx"), "--format", "json", stdout=out, stderr=beside)
    assert json.loads(out.getvalue())["file"]["rows"] == 1
    assert 'Not read: "Owners".' in beside.getvalue()


def test_a_name_with_a_comma_is_one_column(tmp_path: Path) -> None:
    (tmp_path / "trees.csv").write_text('"Height, feet",kind\n' + "30,oak\n30,elm\n" * 3)
    report = json.loads(run(tmp_path / "trees.csv", "--format", "json", "--quasi", "Height, feet")[1])
    assert report["risk"]["quasi_identifiers"] == ["Height, feet"] and report["risk"]["k"] == 6


def test_columns_may_be_named_in_one_option_or_in_several(planted: Path) -> None:
    once = run(planted, "--format", "json", "--quasi", "zip,sex")[1]
    twice = run(planted, "--format", "json", "--quasi", "zip", "--quasi", "sex")[1]
    assert json.loads(once)["risk"] == json.loads(twice)["risk"]


UNREADABLE: list[tuple[str, bytes, list[str], str]] = [
    ("empty.csv", b"", [], "empty"),
    ("header.csv", b"permit_no,cost\n", [], "no rows"),
    ("costs.csv", b"permit_no,cost\nA-1,10\n", ["--quasi", "zip"], "The file has no column “zip”."),
    ("latin.csv", "name,city\nAña,X\n".encode("latin-1"), [], "Line 2 holds a character that is not UTF-8"),
    ("ragged.csv", b"a,b\n1,2\n1,2,3\n", [], "Line 3 has 3 fields, but the header has 2"),
    ("short.csv", b"a,b,c\n1,2,3\n1,2\n", [], "Line 3 has 2 fields, but the header has 3"),
    ("quote.csv", b'a,b\n1,2\n"1,2\n', [], "A quotation mark that opens on line 3 is never closed"),
    ("junk.csv", bytes(range(256)) * 40, [], "NUL|not a CSV|not UTF-8|holds"),
    ("cut.xlsx", b"PK\x03\x04" + b"\x00" * 200, [], "workbook|Excel|damaged"),
    ("long.csv", b"a,b\n1," + b"x" * 70_000 + b"\n", [], "Line 2 holds a value longer than"),
    ("notes.pdf", b"%PDF-1.7", [], "not accepted"),
]


@pytest.mark.parametrize(
    ("name", "content", "options", "sentence"), UNREADABLE, ids=[case[0] for case in UNREADABLE]
)
def test_what_cannot_be_read_is_exit_code_two_with_the_sentence(
    tmp_path: Path, name: str, content: bytes, options: list[str], sentence: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("scan_file", str(path), *options, stdout=StringIO())
    assert refused.value.returncode == 2


def test_a_file_over_the_limit_is_refused(planted: Path, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 100
    with pytest.raises(CommandError, match="larger than 100 bytes") as refused:
        call_command("scan_file", str(planted), stdout=StringIO())
    assert refused.value.returncode == 2


@pytest.mark.parametrize(("where", "sentence"), [("none.csv", "There is no file"), ("", "is a folder")])
def test_what_is_no_file_is_exit_code_two(tmp_path: Path, where: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("scan_file", str(tmp_path / where), stdout=StringIO())
    assert refused.value.returncode == 2
