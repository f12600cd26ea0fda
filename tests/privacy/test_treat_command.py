from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.core.management import CommandError, call_command

from tests.privacy.samples import SSN, as_csv, permits

RECIPE = [
    {"remedy": "redact_text", "params": {"column": "remarks", "entities": ["SSN"]}},
    {"remedy": "pseudonym", "params": {"column": "contractor_phone"}},
    {"remedy": "generalise_zip", "params": {"column": "zip"}},
    {"remedy": "drop_column", "params": {"column": "sex"}},
]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "permits.csv").write_text(as_csv(permits()))
    monkeypatch.setenv("RECIPE_SECRET", "a secret")
    return tmp_path


def treat(folder: Path, recipe: Any, output: str = "copy.csv", *options: str) -> Path:
    (folder / "recipe.json").write_text(json.dumps(recipe))
    out = folder / output
    options = options or ("--secret-env", "RECIPE_SECRET")
    paths = ("--recipe", str(folder / "recipe.json"), "--output", str(out))
    call_command("treat_file", str(folder / "permits.csv"), *paths, *options)
    return out


def test_the_copy_is_treated_and_each_step_is_told(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = pl.read_csv(treat(files, RECIPE), infer_schema=False)
    assert copy.columns == ["permit_no", "status", "contractor_phone", "zip", "remarks"]
    assert set(copy["zip"]) == {"900"} and SSN not in "".join(copy["remarks"])
    told = capsys.readouterr().out
    assert "1. In the texts of “remarks”" in told and "(1 cells changed in 1 rows)" in told
    assert "(1 column left out)" in told and "Nothing is left to decide in the copy." in told
    assert SSN not in told


@pytest.mark.parametrize("name", ["copy.csv", "copy.parquet"])
def test_the_same_bytes_in_give_the_same_bytes_out(files: Path, name: str) -> None:
    first = treat(files, RECIPE, name).read_bytes()
    assert treat(files, RECIPE, name).read_bytes() == first


def test_it_ends_with_3_when_something_is_still_found(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        treat(files, RECIPE[1:])
    assert ended.value.code == 3
    assert "Still found in “remarks”" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("table", "recipe", "said"),
    [
        # One number under a name that tells nothing is to be decided by a person.
        ("permit_no\nP-1\n219-46-8813\nP-3\n", [], "To be decided: “permit_no”"),
        # A step that changes no cell is no remedy.
        (
            "dob\n" + "".join(f"{1950 + at}-03-0{1 + at % 9}\n" for at in range(40)),
            [{"remedy": "truncate_text", "params": {"column": "dob", "characters": 100}}],
            "“dob”",
        ),
    ],
)
def test_what_the_recipe_leaves_as_it_was_is_left_to_decide(
    files: Path, capsys: pytest.CaptureFixture[str], table: str, recipe: Any, said: str
) -> None:
    (files / "permits.csv").write_text(table)
    with pytest.raises(SystemExit) as ended:
        treat(files, recipe)
    assert ended.value.code == 3 and said in capsys.readouterr().out


def test_the_copy_never_takes_the_place_of_the_file(files: Path) -> None:
    before = (files / "permits.csv").read_bytes()
    with pytest.raises(CommandError, match="Name another file") as refused:
        treat(files, RECIPE, "permits.csv")
    assert refused.value.returncode == 2 and (files / "permits.csv").read_bytes() == before


def test_what_is_redacted_leaves_the_words_around_it(files: Path) -> None:
    notes = "".join(f"Lives at {number} Peachtree St with her kids\n" for number in range(1400, 1460, 2))
    (files / "permits.csv").write_text("remarks\n" + notes)
    recipe = [{"remedy": "redact_text", "params": {"column": "remarks", "entities": ["STREET_ADDRESS"]}}]
    copy = pl.read_csv(treat(files, recipe), infer_schema=False)
    assert set(copy["remarks"]) == {"Lives at [redacted STREET ADDRESS] with her kids"}


@pytest.mark.parametrize(
    ("recipe", "sentence"),
    [
        ([{"remedy": "shred", "params": {}}], "Step 1 of the recipe names a remedy that does not exist"),
        (
            [RECIPE[0], {"remedy": "mask", "params": {"column": "x"}}],
            "Step 2 of the recipe needs the column “x”",
        ),
        ({"steps": "all"}, "A recipe is a list of steps."),
        (
            {"steps": [], "hierarchies": {"areas": "90012"}},
            "The hierarchy “areas”: The hierarchy has no levels.",
        ),
    ],
)
def test_a_faulty_recipe_ends_with_2_and_its_sentence(files: Path, recipe: Any, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence) as refused:
        treat(files, recipe)
    assert refused.value.returncode == 2


def test_what_cannot_be_read_or_written_ends_with_2(files: Path) -> None:
    for recipe, output, options, sentence in (
        (RECIPE, "copy.xlsx", (), "Write the copy to a .csv or a .parquet file"),
        (RECIPE, "copy.csv", ("--secret-env", "NOBODY_SET_THIS"), "holds no secret"),
        (RECIPE, "copy.csv", ("--secret-env", ""), "needs a secret, and there is none"),
    ):
        with pytest.raises(CommandError, match=sentence) as refused:
            treat(files, recipe, output, *options)
        assert refused.value.returncode == 2


def test_a_recipe_brings_its_own_hierarchy(files: Path) -> None:
    step = {"remedy": "generalise", "params": {"column": "zip", "hierarchy": "areas", "level": 1}}
    text = "90012,Downtown,*\n90013,Uptown,*\n"
    copy = treat(files, {"steps": [*RECIPE[:2], RECIPE[3], step], "hierarchies": {"areas": text}})
    assert set(pl.read_csv(copy)["zip"]) == {"Downtown", "Uptown"}


def test_no_cell_of_the_copy_is_a_formula(files: Path) -> None:
    columns = {"what": ["=1+1", "@x", "plain"], "cost": ["-5", "12", "7"]}
    (files / "permits.csv").write_text(as_csv(columns))
    copy = pl.read_csv(treat(files, []), infer_schema=False)
    assert copy["what"].to_list() == ["'=1+1", "'@x", "plain"]
    assert copy["cost"].to_list() == ["-5", "12", "7"]
