"""`manage.py profile_file` says what the product would find in a file, without values."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("id,name\n1,Zebulon\n2,Quentin\n")
    return path


def test_the_profile_is_printed_as_text(people: Path) -> None:
    out = io.StringIO()
    call_command("profile_file", str(people), stdout=out)
    assert "people.csv: 2 rows, 2 columns" in out.getvalue()
    assert "Zebulon" not in out.getvalue()


def test_the_profile_is_printed_as_json(people: Path) -> None:
    out = io.StringIO()
    call_command("profile_file", str(people), "--format", "json", stdout=out)
    found = json.loads(out.getvalue())
    assert found["ok"]
    assert [column["type"] for column in found["profile"]["columns"]] == ["integer", "text"]
    assert "Zebulon" not in out.getvalue()


def test_an_unreadable_file_ends_with_its_sentence_and_exit_code_2(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("a,a\n1,2\n")
    out = io.StringIO()
    with pytest.raises(CommandError, match='"a" stands more than once') as caught:
        call_command("profile_file", str(path), "--format", "json", stdout=out)
    assert caught.value.returncode == 2
    assert json.loads(out.getvalue())["error"]["code"] == "duplicate_header"


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file"):
        call_command("profile_file", str(tmp_path / "none.csv"))
