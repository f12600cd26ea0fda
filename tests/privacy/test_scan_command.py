from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

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


@pytest.mark.parametrize(
    ("name", "content", "options", "sentence"),
    [
        ("none.csv", None, [], "There is no file"),
        ("empty.csv", "", [], "empty"),
        ("costs.csv", "permit_no,cost\nA-1,10\n", ["--quasi", "zip"], "The file has no column “zip”."),
    ],
)
def test_what_cannot_be_read_is_exit_code_two_with_the_sentence(
    tmp_path: Path, name: str, content: str | None, options: list[str], sentence: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("scan_file", str(path), *options, stdout=StringIO())
    assert refused.value.returncode == 2
