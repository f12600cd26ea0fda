from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datafiles.table import Table
from privacy.class_file import class_table_read, class_table_write
from privacy.remedies.recipe import apply_recipe
from privacy.remedies.trial import Baseline
from privacy.remedies.what_if import what_if
from privacy.risk.classes import ClassTable
from privacy.risk.profile import risk_profile

COLUMNS = ["zip", "age", "day"]


def step(remedy: str, **params: Any) -> dict[str, Any]:
    return {"remedy": remedy, "params": params}


def tables() -> st.SearchStrategy[dict[str, list[str | None]]]:
    """Few values, so that groups are large; some cells are empty."""
    cell = st.tuples(
        st.sampled_from(["90012", "90013", "03601", "x", None]),
        st.one_of(st.integers(0, 99).map(str), st.none()),
        st.sampled_from(["2020-01-05", "2020-02-05", "2021-01-05", "?"]),
    )
    return st.lists(cell, min_size=1, max_size=40).map(
        lambda rows: dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True))
    )


STEPS = st.lists(
    st.sampled_from(
        [
            step("generalise_zip", column="zip"),
            step("generalise", column="zip", hierarchy="zip", level=3),
            step("age_bands", column="age", width=10),
            step("bands", column="age", width=20, top=60),
            step("generalise_date", column="day", to="month"),
            step("suppress_cells", column="zip", fewer_than=3),
            step("suppress_cells", column="day", fewer_than=4, other="Other"),
            step("drop_rows", column="age", test="less", number=30),
            step("drop_rows", column="zip", test="empty"),
            step("drop_small_classes", columns=["zip", "day"], k=3),
            step(
                "k_anonymise",
                columns=["zip", "age"],
                hierarchies=["zip", "age"],
                levels=[1, 3],
                k=3,
                rest="star",
            ),
        ]
    ),
    max_size=4,
)


@given(tables(), STEPS)
@settings(max_examples=50, deadline=None)
def test_a_what_if_tells_what_the_copy_will_be(
    columns: dict[str, list[str | None]], steps: list[dict[str, Any]]
) -> None:
    frame = pl.DataFrame(columns, schema=dict.fromkeys(COLUMNS, pl.String))
    made = apply_recipe(Table.of(frame), steps).frame
    tried = what_if(ClassTable.of(frame, COLUMNS), steps)
    if tried.untried:
        # Nothing is said of a column whose small groups have become stars.
        assert any(step["params"].get("rest") == "star" for step in steps)
        return
    found = risk_profile(made, COLUMNS)
    assert (tried.after.rows, tried.after.groups, tried.after.k) == (found.rows, found.classes, found.k)
    assert (tried.after.unique_rows, tried.after.rows_under_11) == (found.unique_rows, found.rows_under_11)
    assert tried.rows_removed == frame.height - made.height
    assert 0 <= tried.information_loss <= 1
    if made.height == frame.height:
        differs = [frame[name].ne_missing(made[name]) for name in COLUMNS]
        assert tried.cells_changed == sum(int(one.sum()) for one in differs)
        assert tried.rows_changed == int((differs[0] | differs[1] | differs[2]).sum())


def people() -> pl.DataFrame:
    return pl.DataFrame({"zip": ["90012"] * 30 + ["90013"] * 20 + ["10001"] * 2, "age": ["34"] * 52})


def test_nothing_changes_without_steps() -> None:
    tried = what_if(ClassTable.of(people(), ["zip", "age"]), [])
    assert tried.before == tried.after and tried.rows_changed == 0 and tried.information_loss == 0


def test_what_a_column_loses_is_between_nothing_and_everything() -> None:
    table = ClassTable.of(people(), ["zip", "age"])
    cut = what_if(table, [step("generalise_zip", column="zip")]).columns[0]
    assert 0 < cut.loss < 1 and cut.rows_changed == 52 and (cut.values_before, cut.values_after) == (3, 2)
    gone = what_if(table, [step("drop_column", column="zip")])
    assert gone.columns[0].loss == 1 and not gone.columns[0].is_left
    assert gone.after.k == 52 and gone.after.groups == 1


def test_categories_are_shown_of_columns_that_may_be_and_only_common_ones() -> None:
    table = ClassTable.of(people(), ["zip", "age"])
    tried = what_if(table, [step("generalise_zip", column="zip")], show=["zip"])
    zips, ages = tried.columns
    assert zips.before == [("90012", 30), ("90013", 20)] and zips.others_before == 2
    assert zips.after == [("900", 50)] and zips.others_after == 2
    assert ages.before == ages.after == []


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (step("drop_rows", column="name", test="empty"), "removes rows by a column that is not among"),
        (step("aggregate", columns=["zip", "age"]), "cannot be tried on the groups"),
        (step("drop_small_classes", columns=["zip", "name"], k=3), "cannot be tried on the groups"),
        (step("bands", column="age"), "“Width of a band” is missing"),
    ],
)
def test_a_step_that_cannot_be_tried_is_named(one: dict[str, Any], sentence: str) -> None:
    table = ClassTable.of(people(), ["zip", "age"])
    tried = what_if(table, [step("mask", column="name"), one], columns=["zip", "age", "name"])
    assert len(tried.untried) == 1
    assert tried.untried[0].startswith("Step 2") and sentence in tried.untried[0]
    assert tried.after == tried.before


def test_what_every_trial_begins_with_is_made_once() -> None:
    base = Baseline.of(ClassTable.of(people(), ["zip", "age"]))
    first = what_if(base, [step("generalise_zip", column="zip")])
    assert what_if(base, []).after == first.before, "a trial leaves no trace"


def test_a_class_table_is_the_same_after_it_was_kept_and_gives_the_same_bytes(tmp_path: Path) -> None:
    frame = pl.DataFrame({"zip": ["90012", None, "90012"], "sex": ["F", "M", "F"]})
    table = ClassTable.of(frame, ["zip", "sex"])
    for name in ("one", "two"):
        class_table_write(table, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    kept = class_table_read(tmp_path / "one")
    assert kept.names == table.names and kept.sizes.tolist() == table.sizes.tolist()
    assert kept.frame().equals(table.frame())
