"""Small cells, their suppression and the audit of it, on tables whose answer is known or can be counted out."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datafiles.table import Table
from privacy.aggregates.attack import attack
from privacy.aggregates.audit import safe_cells
from privacy.aggregates.cube import HIDDEN, Shape, ShapeError, cubes_of
from privacy.aggregates.rules import HIGH_RISK_LEAST, RULES, Rule, stricter
from privacy.aggregates.small_cells import CellFindings, cell_sentences, small_cells
from privacy.aggregates.suppression import suppress
from privacy.remedies.recipe import RecipeError, apply_recipe

SHAPE = Shape(("zip", "sex"), ("n",))
CMS = RULES["cms"]


def grid(values: list[list[int | None]], *, totals: bool = False) -> pl.DataFrame:
    """A table by zip and sex; with totals of both where asked."""
    height, width = len(values), len(values[0])
    cells = {(f"z{i}", f"s{j}"): values[i][j] for i in range(height) for j in range(width)}
    if totals:
        known = [[value or 0 for value in row] for row in values]
        cells |= {(f"z{i}", "Total"): sum(known[i]) for i in range(height)}
        cells |= {("All", f"s{j}"): sum(row[j] for row in known) for j in range(width)}
        cells[("All", "Total")] = sum(map(sum, known))
    return pl.DataFrame(
        {
            "zip": [zip_code for zip_code, _ in cells],
            "sex": [sex for _, sex in cells],
            "n": [None if value is None else str(value) for value in cells.values()],
        },
        schema={"zip": pl.String, "sex": pl.String, "n": pl.String},
    )


def hidden_in(frame: pl.DataFrame) -> set[tuple[str, str]]:
    return {(zip_code, sex) for zip_code, sex, n in frame.select("zip", "sex", "n").iter_rows() if n is None}


# --- rules ---


def test_every_rule_set_of_the_catalogue_is_there_with_its_limit() -> None:
    limits = {code: rule.fewer_than for code, rule in RULES.items()}
    assert limits == {
        "calhhs": 11,
        "cms": 11,
        "ct_sde": 6,
        "cdc_wonder": 10,
        "nepht": 6,
        "sf_covid": 10,
        "survey": 30,
        "ferpa": 10,
    }
    assert RULES["nepht"].screen_denominator == 100_000 and RULES["calhhs"].screen_denominator == 20_000
    assert RULES["ct_sde"].rate_denominator_least == 20 and RULES["sf_covid"].population_least == 1_000
    assert all(rule.source and rule.says().endswith(".") for rule in RULES.values())


def test_people_at_high_risk_are_never_counted_below_eleven() -> None:
    assert stricter(RULES["ct_sde"], is_high_risk=True).fewer_than == HIGH_RISK_LEAST
    assert stricter(RULES["survey"], is_high_risk=True).fewer_than == 30
    assert stricter(RULES["ct_sde"], is_high_risk=False) == RULES["ct_sde"]


# --- suppression ---


def test_a_small_cell_takes_the_next_highest_of_its_row_and_column_with_it() -> None:
    frame = grid([[3, 40, 25], [50, 60, 20], [70, 15, 90]], totals=True)
    after = suppress(frame, SHAPE, CMS).frame
    hidden = hidden_in(after)
    assert ("z0", "s0") in hidden and ("z0", "s2") in hidden, "25 is the next-highest of the row"
    assert not any("Total" in cell or "All" in cell for cell in hidden), "totals are kept where possible"
    assert len(hidden) == 4


def test_a_count_of_nought_is_shown() -> None:
    after = suppress(grid([[0, 4, 30], [20, 30, 40], [0, 50, 60]]), SHAPE, CMS).frame
    shown = {(z, s): n for z, s, n in after.iter_rows()}
    assert shown["z0", "s0"] == "0" and shown["z2", "s0"] == "0"


def test_small_totals_are_hidden_too() -> None:
    """Connecticut: counts of 5 or fewer, including totals."""
    after = suppress(grid([[1, 2, 1], [30, 40, 50]], totals=True), SHAPE, RULES["ct_sde"]).frame
    assert ("z0", "Total") in hidden_in(after)


def test_hidden_cells_of_a_line_come_to_at_least_what_the_rule_asks() -> None:
    """CalHHS: 3 and 2 alone would come to 5, so a third goes with them."""
    after = suppress(grid([[3, 2, 20, 30], [40, 50, 60, 70]], totals=True), SHAPE, RULES["calhhs"]).frame
    row = {sex for zip_code, sex in hidden_in(after) if zip_code == "z0"}
    assert {"s0", "s1", "s2"} <= row


def test_other_figures_of_a_hidden_cell_go_with_it_and_one_code_marks_them_all() -> None:
    frame = grid([[3, 40], [50, 60]]).with_columns(pl.lit("7.5").alias("rate"))
    after = suppress(frame, Shape(("zip", "sex"), ("n",), statistics=("rate",)), CMS, annotation="note").frame
    assert after["note"].to_list() == ["1"] * 4 and after["rate"].null_count() == 4


def test_a_rate_out_of_too_few_is_not_shown() -> None:
    frame = grid([[30, 40], [50, 60]]).with_columns(
        pl.Series("people", ["19", "100", "100", "100"]), pl.lit("7.5").alias("rate")
    )
    shape = Shape(("zip", "sex"), ("n",), "people", ("rate",))
    after = suppress(frame, shape, RULES["ct_sde"]).frame
    assert after["rate"].to_list() == [None, "7.5", "7.5", "7.5"] and after["n"].null_count() == 0


def test_counts_of_areas_with_too_few_people_are_hidden() -> None:
    frame = grid([[30, 40, 50], [50, 60, 70], [80, 90, 20]]).with_columns(
        pl.Series("people", ["999", *["5000"] * 8])
    )
    after = suppress(frame, Shape(("zip", "sex"), ("n",), "people"), RULES["sf_covid"]).frame
    assert ("z0", "s0") in hidden_in(after)


def test_where_nothing_is_left_to_hide_beside_a_cell_the_row_is_told() -> None:
    done = suppress(grid([[4, 0, 0], [20, 30, 40]]), SHAPE, CMS)
    assert 1 in done.exposed_rows


def test_columns_of_counts_that_add_up_are_one_more_dimension() -> None:
    frame = pl.DataFrame(
        {
            "zip": ["a", "b", "c"],
            "women": ["4", "30", "20"],
            "men": ["26", "30", "40"],
            "all": ["30", "60", "60"],
        }
    )
    shape = Shape(("zip",), ("women", "men", "all"))
    assert cubes_of(frame, shape)[0].depth == 2
    after = suppress(frame, shape, CMS).frame
    assert after["women"][0] is None and after["men"][0] is None and after["all"].null_count() == 0
    assert after["women"].null_count() == 2, "or the sum of the column gives it away"


def test_the_same_table_gives_the_same_result() -> None:
    frame = grid([[3, 20, 20, 20], [20, 20, 20, 20], [20, 20, 20, 4]])
    assert suppress(frame, SHAPE, CMS).frame.equals(suppress(frame, SHAPE, CMS).frame)


# --- what can be worked out ---


def others(values: np.ndarray, hidden: np.ndarray) -> dict[tuple[int, int], set[int]]:
    """Every count that a hidden cell has in some table of the same shown cells and sums, hidden ones at least 1."""
    places = [tuple(map(int, place)) for place in np.argwhere(hidden)]
    most = [int(np.where(hidden, values, 0)[i].sum()) for i, _ in places]
    known: dict[tuple[int, int], set[int]] = {place: set() for place in places}
    for guess in itertools.product(*(range(1, top + 1) for top in most)):
        table = np.where(hidden, 0, values)
        for place, value in zip(places, guess, strict=True):
            table[place] = value
        if (table.sum(0) == values.sum(0)).all() and (table.sum(1) == values.sum(1)).all():
            for place, value in zip(places, guess, strict=True):
                known[place].add(value)
    return known


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=2, max_size=3), st.data())
def test_the_audit_agrees_with_counting_every_table_out(rows: list[list[int]], data: st.DataObject) -> None:
    values = np.array(rows)
    hidden = np.array([[data.draw(st.booleans()) and value > 0 for value in row] for row in rows])
    cube = cubes_of(grid(rows), SHAPE)[0]
    safe = safe_cells(cube, cube.values, hidden.reshape(-1)).reshape(values.shape)
    for place, found in others(values, hidden).items():
        assert safe[place] == (len(found) > 1)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 40), min_size=4, max_size=4), min_size=3, max_size=5),
    st.sampled_from(sorted(RULES)),
)
def test_nothing_small_stays_and_nothing_hidden_can_be_worked_out(rows: list[list[int]], code: str) -> None:
    frame, rule = grid(rows, totals=True), RULES[code]
    done = suppress(frame, SHAPE, rule)
    after = cubes_of(done.frame, SHAPE)[0]
    told = attack(after)
    exposed = {row - 1 for row in done.exposed_rows}
    assert not ((after.values >= 1) & (after.values < rule.fewer_than)).any()
    assert {int(row) for row in np.flatnonzero(told.exact)} <= exposed
    assert not (
        np.asarray([value == 0 for value in cubes_of(frame, SHAPE)[0].values]) & (after.values == HIDDEN)
    ).any()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=18, max_size=18))
def test_three_dimensions_with_totals_give_nothing_away(values: list[int]) -> None:
    places = list(itertools.product("abc", "de", "fgh"))
    counts = dict(zip(places, values, strict=True))
    sides = [[*"abc", "Total"], [*"de", "Total"], [*"fgh", "Total"]]
    rows = []
    for cell in itertools.product(*sides):
        fits = [p for p in places if all(c in ("Total", q) for c, q in zip(cell, p, strict=True))]
        rows.append([*cell, str(sum(counts[p] for p in fits))])
    frame = pl.DataFrame(rows, schema=["x", "y", "z", "n"], orient="row")
    shape = Shape(("x", "y", "z"), ("n",))
    done = suppress(frame, shape, CMS)
    told = attack(cubes_of(done.frame, shape)[0])
    assert {int(row) + 1 for row in np.flatnonzero(told.exact)} <= set(done.exposed_rows)


def test_a_single_hidden_cell_is_worked_out_from_the_total() -> None:
    frame = grid([[3, 40], [50, 60]], totals=True)
    frame = frame.with_columns(pl.when(pl.col("n") == "3").then(None).otherwise(pl.col("n")).alias("n"))
    told = attack(cubes_of(frame, SHAPE)[0])
    assert told.exact.sum() == 1 and told.lowest[np.flatnonzero(told.exact)[0]] == 3


def test_two_hidden_cells_that_come_to_two_are_one_each() -> None:
    """Everybody knows that no 0 is hidden."""
    frame = grid([[None, None, 30]]).vstack(
        pl.DataFrame([["z0", "Total", "32"]], schema=["zip", "sex", "n"], orient="row")
    )
    assert attack(cubes_of(frame, SHAPE)[0]).exact.sum() == 2


# --- findings ---


def test_what_a_table_shows_too_much_is_said_with_the_rows_and_no_count() -> None:
    found = small_cells(grid([[3, 40], [50, 60]], totals=True), SHAPE, CMS)
    assert cell_sentences(found) == [
        "1 of 9 cells show fewer than 11 (row 1). Suppress the table by its rule, or make a dimension coarser."
    ]
    assert found.has_totals == ["zip", "sex"] and found.smallest_count == 3
    assert CellFindings.of_dict(found.to_dict()) == found


def test_a_table_suppressed_by_its_rule_has_nothing_against_it() -> None:
    done = suppress(grid([[3, 40, 25], [50, 60, 20], [70, 15, 90]], totals=True), SHAPE, CMS)
    assert small_cells(done.frame, SHAPE, CMS).blocks == []


def test_one_hidden_cell_of_a_line_blocks_unless_nobody_knows_the_sum() -> None:
    frame = grid([[None, 40], [50, 60]])
    kinds = [row.kind for row in small_cells(frame, SHAPE, CMS).blocks]
    assert kinds == ["alone"]
    assert small_cells(frame, SHAPE, CMS, totals_known=False).blocks == []


def test_marks_for_hidden_counts_are_understood() -> None:
    frame = grid([[30, 40], [50, 60]]).with_columns(pl.Series("n", ["*", "<11", " suppressed ", "60"]))
    assert (cubes_of(frame, SHAPE)[0].values == HIDDEN).sum() == 3


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (
            pl.DataFrame({"zip": ["a", "a"], "sex": ["F", "F"], "n": ["1", "2"]}),
            "Rows 1, 2 have a combination",
        ),
        (pl.DataFrame({"zip": ["a"], "sex": ["F"], "n": ["1.5"]}), "Column “n” holds something in row 1"),
        (pl.DataFrame({"zip": ["a"], "sex": ["F"], "n": ["many"]}), "Column “n” holds something in row 1"),
        (pl.DataFrame({"zip": ["a"], "n": ["1"]}), "The table has no column “sex”"),
    ],
)
def test_a_table_that_is_none_is_refused_in_a_sentence(frame: pl.DataFrame, sentence: str) -> None:
    with pytest.raises(ShapeError) as refused:
        cubes_of(frame, SHAPE)
    assert refused.value.sentence.startswith(sentence)


def test_a_name_like_a_total_that_is_no_sum_is_an_ordinary_value() -> None:
    frame = pl.DataFrame({"zip": ["a", "b", "All"], "sex": ["F"] * 3, "n": ["20", "30", "7"]})
    cube = cubes_of(frame, SHAPE)[0]
    assert cube.totals[0] < 0 and cube.notes


def test_custom_rules_are_data() -> None:
    rule = Rule("own", "Own", "here", fewer_than=3)
    assert suppress(grid([[3, 40], [50, 60]]), SHAPE, rule).hidden == 0


# --- as steps of a recipe ---


def test_a_table_of_counts_is_suppressed_by_a_step_of_the_recipe() -> None:
    table = Table.of(grid([[3, 40, 25], [50, 60, 20], [70, 15, 90]], totals=True))
    step = {
        "remedy": "suppress_table",
        "params": {"columns": ["n"], "by": ["zip", "sex"], "rule": "cms", "mark": "note"},
    }
    after = apply_recipe(table, [step])
    assert after.names == ["zip", "sex", "n", "note"]
    assert small_cells(after.frame, SHAPE, CMS).blocks == []


def test_a_step_that_finds_no_table_says_why() -> None:
    table = Table.of(pl.DataFrame({"zip": ["a", "a"], "n": ["1", "2"]}))
    step = {"remedy": "suppress_table", "params": {"columns": ["n"], "by": ["zip"], "rule": "cms"}}
    with pytest.raises(RecipeError) as refused:
        apply_recipe(table, [step])
    assert refused.value.sentence.startswith("Step 1 of the recipe: Rows 1, 2 have a combination of zip")


def test_rows_made_a_table_hold_no_small_cell_and_none_that_can_be_worked_out() -> None:
    rows = [(f"z{i % 3}", "FM"[i % 7 % 2]) for i in range(210)] + [("z9", "F")] * 3 + [("z9", "M")] * 30
    table = Table.of(pl.DataFrame(rows, schema=["zip", "sex"], orient="row"))
    step = {"remedy": "aggregate", "params": {"columns": ["zip", "sex"], "fewer_than": 11}}
    after = apply_recipe(table, [step]).frame
    found = small_cells(after, Shape(("zip", "sex"), ("count",)), CMS)
    assert found.blocks == [] and found.hidden == 4
