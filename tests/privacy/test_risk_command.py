from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.privacy.samples import as_csv, permits

SURVEY = """A,B,C,weight,diagnosis
2,3,1,18,flu
3,3,3,45.5,flu
2,3,1,39,asthma
2,3,2,17,flu
3,3,1,92,asthma
3,3,1,8,flu
1,4,1,123.5,asthma
2,3,1,51,flu
"""


def run(path: Path, *options: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("risk_file", str(path), *options, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    path = tmp_path / "survey.csv"
    path.write_text(SURVEY)
    return path


def test_every_measure_comes_as_json(survey: Path) -> None:
    code, text = run(
        survey, "--quasi", "A,B", "--quasi", "C", "--sensitive", "diagnosis", "--weights", "weight",
        *["--format", "json"],
    )  # fmt: skip
    report: dict[str, Any] = json.loads(text)
    assert code == 3
    assert report["file"]["rows"] == 8 and len(report["file"]["sha256"]) == 64
    risk = report["risk"]
    assert risk["quasi_identifiers"] == ["A", "B", "C"]
    assert (risk["k"], risk["k_null_wildcard"], risk["unique_rows"], risk["classes"]) == (1, 1, 3, 5)
    assert (risk["rows_under_5"], risk["rows_under_11"], risk["rows_under_threshold"]) == (8, 8, 8)
    assert (risk["l"], risk["null_policy"]) == (1, "value")
    assert risk["individual"]["max"] == pytest.approx(0.17707583, abs=1e-8)
    assert risk["individual"]["highest"][0]["row"] == 4
    assert risk["journalist_max"] == pytest.approx(1 / 17)
    assert risk["uniques"]["rows"] == 3
    assert {one["column"] for one in risk["columns"]} == {"A", "B", "C"}
    assert risk["combinations"][0]["unique_rows"] == 3
    assert report["sentences"][0].startswith("At least one person stands alone: 3 of 8 rows")


def test_text_is_for_people_and_shows_no_value(survey: Path) -> None:
    code, text = run(survey, "--quasi", "A,C", "--sensitive", "diagnosis")
    assert code == 3
    assert "survey.csv: 8 rows, measured over A and C" in text
    assert "Who finds a group may learn “diagnosis” for certain" in text
    assert "asthma" not in text


def test_the_exit_code_is_zero_when_groups_are_large_enough(survey: Path) -> None:
    assert run(survey, "--quasi", "B", "--k-min", "1")[0] == 0
    assert run(survey, "--quasi", "B", "--k-min", "2")[0] == 3


def test_a_register_of_everybody_tells_the_journalists_risk(survey: Path, tmp_path: Path) -> None:
    register = tmp_path / "register.csv"
    register.write_text("A\n" + "1\n2\n3\n" * 10)
    _, text = run(survey, "--quasi", "A", "--population", str(register), "--format", "json")
    risk = json.loads(text)["risk"]
    assert risk["population"]["source"] == "population"
    assert risk["journalist_max"] == pytest.approx(1 / 10)


def test_without_names_the_columns_that_the_scan_proposes_are_measured(tmp_path: Path) -> None:
    path = tmp_path / "permits.csv"
    path.write_text(as_csv(permits()))
    code, text = run(path, "--format", "json")
    report = json.loads(text)
    assert code == 0
    assert report["risk"]["quasi_identifiers"] == ["zip", "sex"]
    assert [one["column"] for one in report["proposed"]] == ["zip", "sex"]
    assert "zip is measured: A ZIP code" in run(path)[1]


@pytest.mark.parametrize(
    ("name", "content", "options", "sentence"),
    [
        ("none.csv", None, ["--quasi", "A"], "There is no file"),
        ("empty.csv", "", ["--quasi", "A"], "empty"),
        ("header.csv", "zip,sex\n", ["--quasi", "zip"], "a header but no rows"),
        ("survey.csv", SURVEY, ["--quasi", "zip"], "The file has no column “zip”."),
        ("survey.csv", SURVEY, ["--quasi", "A", "--sensitive", "x"], "The file has no column “x”."),
        ("survey.csv", SURVEY, ["--quasi", "A", "--weights", "diagnosis"], "must be numbers above 0"),
        ("costs.csv", "permit_no,cost\nA-1,10\n", [], "proposes no quasi-identifiers"),
    ],
)
def test_what_cannot_be_measured_is_exit_code_two_with_the_sentence(
    tmp_path: Path, name: str, content: str | None, options: list[str], sentence: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("risk_file", str(path), *options, stdout=StringIO())
    assert refused.value.returncode == 2


def test_a_column_whose_name_has_a_comma_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text('"city, state",sex\nLA,F\nLA,F\n')
    assert run(path, "--quasi", "city, state", "--k-min", "2")[0] == 0
