from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datafiles.table import Table, write_columnar
from privacy.remedies.base import Context
from privacy.remedies.recipe import (
    RecipeError,
    apply_recipe,
    columns_left,
    columns_touched,
    recipe_faults,
    replay,
    steps_in_words,
)
from privacy.remedies.registry import REMEDIES
from privacy.remedies.what_if import what_if
from privacy.risk.classes import ClassTable
from privacy.risk.profile import risk_profile
from privacy.scanner import scan
from tests.privacy.samples import EMAIL, PHONE, SSN, as_table, column, permits

SECRET = b"a secret of the recipe"


def step(remedy: str, **params: Any) -> dict[str, Any]:
    return {"remedy": remedy, "params": params}


def treated(cells: list[str | None], remedy: str, **params: Any) -> list[str | None]:
    table = apply_recipe(column("v", cells), [step(remedy, column="v", **params)], secret=SECRET)
    return table.frame.get_column("v").to_list()


@pytest.mark.parametrize(
    ("remedy", "params", "before", "after"),
    [
        ("mask", {"keep": "none"}, ["Ann", None], ["***", None]),
        ("mask", {"keep": "last4"}, ["1234567890", "123"], ["***7890", "***"]),
        ("mask", {"keep": "domain"}, [EMAIL, "nobody"], ["***@mail.example", "***"]),
        ("generalise_date", {"to": "quarter"}, ["1961-04-12", "4/12/1961", "1961"], ["1961-Q2"] * 2 + [None]),
        ("generalise_date", {"to": "month"}, ["12 March 1961", "19610312"], ["1961-03"] * 2),
        ("generalise_date", {}, ["1961-04-12"], ["1961"]),
        ("age_bands", {"width": 5}, ["34", "89", "90", "103", "?"], ["30-34", "85-89", "90+", "90+", None]),
        ("age_bands", {"width": 7}, ["88"], ["84-89"]),
        ("bands", {"width": 10, "top": 100}, ["$25", "99.5", "250", "x"], ["20-29", "90-99", "100 or more", None]),
        ("bands", {"width": 10}, ["-3"], ["-10 to -1"]),
        ("bands", {"width": 0.5}, ["0.7"], ["0.5 to under 1.0"]),
        ("top_bottom", {"top": 100, "bottom": 0}, ["250", "-5", "1,200", "7", "x"], ["100", "0", "100", "7", None]),
        ("round_numbers", {"to": 10}, ["14", "15", "25", "-4"], ["10", "20", "30", "0"]),
        ("round_numbers", {"to": 0.25}, ["0.3", "1.13"], ["0.25", "1.25"]),
        ("truncate_text", {"characters": 2}, ["abc", " a ", None], ["ab", "a", None]),
        ("point_grid", {"decimals": 2}, ["34.05223", "-118.24368"], ["34.05", "-118.24"]),
        ("point_grid", {"how": "grid", "step": 0.5}, ["34.3, -118.2", "POINT (-118.2 34.3)"],
         ["34.0, -118.5", "POINT (-118.5 34.0)"]),
        ("hundred_block", {}, ["1234 Main St Apt 5", "PO Box 3", "99 1/2 Elm St, Springfield"],
         ["1200 block of Main St", None, "0 block of Elm St"]),
        ("suppress_cells", {"fewer_than": 2, "other": "Other"}, ["a", "a", "b"], ["a", "a", "Other"]),
        ("suppress_cells", {"which": "listed", "values": ["a"]}, ["a", "b"], [None, "b"]),
        ("generalise", {"hierarchy": "zip", "level": 3}, ["90012", "03601"], ["9", "000"]),
        ("generalise_zip", {}, ["900", "000"], ["900", "000"]),
    ],
)  # fmt: skip
def test_a_remedy_changes_values_as_it_says(
    remedy: str, params: dict[str, Any], before: list[str | None], after: list[str | None]
) -> None:
    assert treated(before, remedy, **params) == after


def test_rows_are_dropped_by_a_condition() -> None:
    table = as_table({"age": ["5", "17", "40", ""], "name": ["a", "b", "c", "d"]})

    def left(**params: Any) -> list[str]:
        return apply_recipe(table, [step("drop_rows", column="age", **params)]).frame["name"].to_list()

    assert left(test="less", number=18) == ["c", "d"]
    assert left(test="more", number=18) == ["a", "b", "d"]
    assert left(values=["5", "40"]) == ["b", "d"]
    assert left(test="not_equals", values=["5"]) == ["a"]
    assert left(test="empty") == ["a", "b", "c", "d"], "an empty text is no empty cell"


def test_what_is_found_in_a_text_is_replaced_and_the_rest_stays() -> None:
    notes = [
        f"Owner gave {SSN} at the counter, call {PHONE} before noon",
        "Nothing to see in this note at all",
    ]
    table = apply_recipe(
        column("notes", notes), [step("redact_text", column="notes", entities=["SSN", "PHONE"])]
    )
    first, second = table.frame["notes"].to_list()
    assert second == notes[1]
    assert "[redacted SSN]" in first and "[redacted PHONE]" in first and "before noon" in first
    assert SSN not in first and PHONE not in first
    assert scan(table).columns[0].hits == []


def test_dates_of_one_person_move_together() -> None:
    columns = {
        "person": ["a", "a", "b", "b"],
        "day": ["2020-01-01", "2020-01-11", "2020-01-01", "2020-01-31"],
    }
    recipe = [step("date_shift", column="day", per="person", days=300)]
    moved = apply_recipe(as_table(columns), recipe, secret=SECRET).frame["day"].str.to_date().to_list()
    assert (moved[1] - moved[0]).days == 10 and (moved[3] - moved[2]).days == 30
    assert all(str(day) != before for day, before in zip(moved, columns["day"], strict=True))


def test_dates_in_several_forms_move_alike() -> None:
    moved = treated(["2020-01-01", "1/1/2020", "?"], "date_shift", days=100)
    assert moved[0] == moved[1] and moved[2] is None


def test_small_cells_of_a_table_of_counts_are_hidden_with_a_partner() -> None:
    rows = [("A", "x")] * 30 + [("A", "y")] * 3 + [("A", "z")] * 12 + [("B", "x")] * 20 + [("B", "y")] * 25
    table = as_table({"area": [a for a, _ in rows], "kind": [k for _, k in rows], "cost": ["10"] * len(rows)})
    made = apply_recipe(table, [step("aggregate", columns=["area", "kind"], sums=["cost"])])
    cells = {(a, k): (n, total) for a, k, n, total in made.frame.iter_rows()}
    assert made.names == ["area", "kind", "count", "sum of cost"]
    # 3 is small; 12 would follow from the total of A, and 20 or 25 from that of y and B.
    assert cells[("A", "y")] == cells[("A", "z")] == cells[("B", "y")] == (None, None)
    assert cells[("B", "x")] == (None, None) or cells[("A", "x")] == ("30", "300")


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 30), st.sampled_from("FM")), min_size=1, max_size=60
    ),
    st.integers(2, 6),
    st.sampled_from(["drop", "star"]),
)
@settings(max_examples=25, deadline=None)
def test_k_is_reached_after_making_groups_of_k(rows: list[tuple[int, int, str]], k: int, rest: str) -> None:
    columns = {
        "zip": [f"9001{z}" for z, _, _ in rows],
        "age": [str(a) for _, a, _ in rows],
        "sex": [s for _, _, s in rows],
    }
    recipe = [
        step(
            "k_anonymise",
            columns=["zip", "age", "sex"],
            hierarchies=["zip", "age", "category"],
            levels=[1, 3, 0],
            k=k,
            rest=rest,
        )
    ]
    table = apply_recipe(as_table(columns), recipe)
    found = risk_profile(table.frame, ["zip", "age", "sex"])
    assert found.k >= k or found.rows == 0
    tried = what_if(ClassTable.of(pl.DataFrame(columns), list(columns)), recipe)
    assert (tried.after.k, tried.after.rows, tried.after.groups) == (found.k, found.rows, found.classes)


def test_a_surrogate_follows_the_value_and_nothing_of_it() -> None:
    first = treated(["Ann", "Bob", "Ann", None], "pseudonym", prefix="P-")
    assert first[0] == first[2] and first[0] != first[1] and first[3] is None
    assert all(value is None or (value.startswith("P-") and len(value) == 14) for value in first)
    # Given in order of appearance: another name in the same place gets the same surrogate.
    assert treated(["Zoe", "Bob"], "pseudonym", prefix="P-") == first[:2]


def test_another_secret_gives_other_surrogates() -> None:
    recipe = [step("pseudonym", column="v")]
    one, two = (apply_recipe(column("v", ["Ann"]), recipe, secret=key).frame["v"][0] for key in (b"1", b"2"))
    assert one != two
    with pytest.raises(RecipeError, match="needs a secret"):
        apply_recipe(column("v", ["Ann"]), recipe)


@given(
    st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=30),
    st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=30),
)
@settings(max_examples=25, deadline=None)
def test_a_refresh_gives_known_values_their_surrogates(first: list[str], second: list[str]) -> None:
    recipe, context = [step("pseudonym", column="v")], Context(secret=SECRET)
    before = replay(column("v", first), recipe, context).table.frame["v"].to_list()
    after = replay(column("v", second), recipe, context).table.frame["v"].to_list()
    given_to = dict(zip(first, before, strict=True))
    for value, surrogate in zip(second, after, strict=True):
        assert given_to.setdefault(value, surrogate) == surrogate
    assert len(set(given_to.values())) == len(given_to)
    assert not any(value in mark for value in first if len(value) > 2 for mark in context.known["v"])
    again = replay(column("v", first), recipe, context).table.frame["v"].to_list()
    assert again == before


WHOLE = [
    step("pseudonym", column="permit_no"),
    step("redact_text", column="remarks", entities=["SSN"]),
    step("generalise_zip", column="zip"),
    step("mask", column="contractor_phone", keep="last4", characters=2),
]


def test_the_same_bytes_recipe_and_secret_give_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        write_columnar(apply_recipe(as_table(permits()), WHOLE, secret=SECRET), tmp_path / name)
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]


@pytest.mark.parametrize(
    "one",
    [
        step("generalise_zip", column="zip"),
        step("redact_text", column="remarks", entities=["SSN"]),
        step("truncate_text", column="remarks", characters=5),
        step("mask", column="contractor_phone", keep="none"),
        step("suppress_cells", column="status", values=["open"], which="listed", other="Other"),
        step("drop_small_classes", columns=["zip", "sex", "status"], k=6),
    ],
)
def test_applying_a_step_twice_is_applying_it_once(one: dict[str, Any]) -> None:
    table = as_table(permits())
    assert apply_recipe(table, [one, one]).frame.equals(apply_recipe(table, [one]).frame)


def test_a_replay_tells_what_each_step_did() -> None:
    steps = [
        *WHOLE[1:],
        step("drop_rows", column="status", values=["open"]),
        step("drop_column", column="sex"),
    ]
    made = replay(as_table(permits()), steps, Context())
    assert [(one.cells_changed, one.rows_removed, one.columns_removed) for one in made.outcomes] == [
        (1, 0, 0),
        (60, 0, 0),
        (60, 0, 0),
        (0, 20, 0),
        (0, 0, 1),
    ]


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ("drop it", "A recipe is a list of steps."),
        (["drop"], "Step 1 of the recipe is not written as a remedy"),
        ([step("shred", column="a")], "a remedy that does not exist: shred"),
        ([step("drop_column", column="z")], "needs the column “z”, which the file has not"),
        ([step("drop_column", column="a"), step("mask", column="a")], "Step 2 of the recipe needs the column “a”"),
        ([step("drop_column")], "“Column” is missing. Choose a column of the file."),
        ([step("drop_column", column="a", force=True)], "has no parameter “force”"),
        ([step("bands", column="a")], "“Width of a band” is missing. Write a number."),
        ([step("bands", column="a", width="ten")], "“Width of a band” is not right. Write a number."),
        ([step("bands", column="a", width=0)], "“Width of a band” must be at least 1e-06."),
        ([step("age_bands", column="a", top=95)], "“Take together from” must be at most 90."),
        ([step("mask", column="a", keep="all")], "“Keep” cannot be “all”. Choose one of these"),
        ([step("drop_rows", column="a", test="empty", values=["x"])], "does not look at values"),
        ([step("top_bottom", column="a")], "Give a highest or a lowest number, or both."),
        ([step("generalise", column="a", hierarchy="age", level=9)], "has levels 1 to 5"),
        ([step("generalise", column="a", hierarchy="rank", level=1)], "There is no hierarchy “rank”."),
        ([step("generalise", column="a", hierarchy="0" * 64, level=1)], "The uploaded hierarchy of this step is not"),
        ([step("k_anonymise", columns=["a", "b"], hierarchies=["age"], levels=[1], k=5)], "one hierarchy and one"),
        ([step("aggregate", columns=["a", "a"])], "names a column twice"),
    ],
)  # fmt: skip
def test_a_faulty_recipe_says_which_step_and_what_to_do(steps: Any, sentence: str) -> None:
    faults = recipe_faults(steps, ["a", "b"])
    assert len(faults) == 1 and sentence in faults[0].sentence


def test_the_columns_of_a_recipe_are_known_without_the_file() -> None:
    steps = [step("drop_column", column="a"), step("mask", column="b"), step("aggregate", columns=["c"])]
    assert columns_left(steps, ["a", "b", "c", "d"]) == ["c", "count"]
    assert columns_touched(steps, ["a", "b", "c", "d"]) == {"a", "b", "d"}
    assert columns_touched(steps[:2], ["a", "b", "c"]) == {"a", "b"}


def test_every_step_is_said_in_a_sentence_without_the_values_that_were_typed() -> None:
    steps = [step("drop_rows", column="name", values=["Ann Planted"]), step("mask", column="name")]
    words = steps_in_words(steps)
    assert [one["number"] for one in words] == [1, 2]
    assert words[0]["says"] == "Rows in which “name” is the value given are left out."
    assert words[1]["says"] == "Each value of “name” becomes stars."


def test_every_remedy_declares_what_a_form_needs() -> None:
    for name, remedy in REMEDIES.items():
        assert remedy.name == name and remedy.label
        assert [bool(remedy.recode), bool(remedy.rewrite), bool(remedy.reshape)].count(True) == 1
        for param in remedy.params:
            assert param.label and (param.kind != "choice" or param.choices)


@given(st.lists(st.text(max_size=8), max_size=20))
@settings(max_examples=15, deadline=None)
def test_no_value_makes_a_remedy_fail(values: list[str]) -> None:
    table = Table.of(pl.DataFrame({"v": values}, schema={"v": pl.String}))
    for name, params in {
        "generalise_date": {},
        "generalise_zip": {},
        "age_bands": {},
        "bands": {"width": 0.1},
        "top_bottom": {"top": 3},
        "round_numbers": {},
        "point_grid": {},
        "hundred_block": {},
        "mask": {"keep": "domain"},
        "date_shift": {},
        "pseudonym": {},
    }.items():
        assert apply_recipe(table, [step(name, column="v", **params)], secret=SECRET).rows == len(values)
