from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from datafiles.table import write_columnar
from privacy.models import Disposition
from privacy.remedies.recipe import REMEDIES, RecipeError, apply_recipe, recipe_digest
from privacy.risk.diversity import diversity
from privacy.risk.profile import risk_profile
from privacy.risk.sentences import risk_sentences
from privacy.risk.wildcard import k_null_wildcard
from privacy.scanner import scan
from tests.privacy.samples import SSN, as_table, column, permits


def test_null_counts_as_a_value_of_its_own() -> None:
    frame = pl.DataFrame({"x": ["1", "1", "1", "1", None]})
    assert risk_profile(frame, ["x"]).k == 1


def test_null_may_also_stand_for_any_value() -> None:
    assert k_null_wildcard(pl.DataFrame({"x": ["1", "1", "1", "1", None]}), ["x"]) == 5


def test_t_of_the_salaries_in_the_literature() -> None:
    """Li, Li and Venkatasubramanian 2007, section 5: the first group is 0.375 from the whole table."""
    salaries = {
        "q": ["a"] * 3 + ["b"] * 3 + ["c"] * 3,
        "salary": ["3", "4", "5", "6", "11", "8", "7", "9", "10"],
    }
    found = diversity(pl.DataFrame(salaries), ["q"], "salary", ordered=True)
    assert found is not None and found.l == 3
    assert found.t == pytest.approx(0.375, abs=1e-8)


def test_nothing_can_be_measured_without_columns_or_over_unknown_ones() -> None:
    frame = pl.DataFrame({"x": ["1"]})
    with pytest.raises(ValueError, match="without a quasi-identifier"):
        risk_profile(frame, [])
    with pytest.raises(ValueError, match="no column 'y'"):
        risk_profile(frame, ["y"])


def test_a_table_without_rows_singles_nobody_out() -> None:
    measures = risk_profile(pl.DataFrame({"x": []}, schema={"x": pl.String}), ["x"])
    assert measures.k == 0
    assert risk_sentences(measures, k_min=5) == ["The table has no rows, so nobody can be singled out in it."]


def test_the_risk_is_said_in_words() -> None:
    alone = risk_profile(
        pl.DataFrame({"zip": ["1", "2", "2", "2"], "sex": ["F", "F", "F", "F"]}), ["zip", "sex"]
    )
    assert risk_sentences(alone, k_min=5)[0] == (
        "At least one person stands alone: 1 of 4 rows has a combination of zip and sex that nobody else has."
    )
    assert "or record why the risk is acceptable" in risk_sentences(alone, k_min=5)[1]
    group = risk_profile(pl.DataFrame({"zip": ["1"] * 5}), ["zip"])
    assert risk_sentences(group, k_min=5) == [
        "Nobody stands alone: each person shares their combination of zip with at least 4 others (k = 5).",
        "This program asks for groups of at least 5, so the copy may go on.",
    ]
    assert risk_sentences(group, k_min=5, named_by=["first"])[1:] == [
        "This program asks for groups of at least 5, and no group is smaller.",
        "But “first” identifies people directly and stays, by a decision with its reason: whoever is named there "
        "is found whatever the groups are.",
    ]


def step(remedy: str, name: str, **params: object) -> dict[str, object]:
    return {"remedy": remedy, "params": {"column": name, **params}}


def treated(name: str, values: list[str | None], remedy: str, **params: object) -> list[str | None]:
    table = apply_recipe(column(name, values), [step(remedy, name, **params)])
    return table.frame.get_column(name).to_list()


def test_dates_keep_their_year_and_what_has_none_is_emptied() -> None:
    dates = [
        "1961-04-12",
        "04/12/1961",
        "12 March 1961",
        "19611208",
        "1961-04-12T10:00:00",
        "4/12/61",
        "?",
        None,
    ]
    assert treated("dob", dates, "generalise_date") == ["1961"] * 5 + [None, None, None]


def test_zip_codes_keep_three_digits_and_small_areas_none() -> None:
    codes = ["90012", "90013-1234", "900131234", "2139", "03601", "82190", "London", None]
    assert treated("zip", codes, "generalise_zip") == ["900", "900", "900", "021", "000", "000", None, None]


def test_zip_codes_stay_text_after_cutting() -> None:
    table = apply_recipe(column("zip", ["90012", "90013"]), [step("generalise_zip", "zip")])
    assert table.columns[0].type == "text"


def test_redaction_empties_the_cells_that_were_found_and_no_other() -> None:
    columns = permits()
    table = apply_recipe(as_table(columns), [step("redact_matches", "remarks", entities=["SSN"])])
    after = table.frame.get_column("remarks")
    assert after.null_count() == 1
    assert SSN not in "".join(after.drop_nulls())
    assert scan(table).columns[5].hits == []


def test_a_dropped_column_is_gone_and_the_others_keep_their_types() -> None:
    table = apply_recipe(as_table(permits()), [step("drop_column", "remarks")])
    assert table.names == ["permit_no", "status", "contractor_phone", "zip", "sex"]
    assert [column.type for column in table.columns] == ["text", "text", "text", "integer", "text"]


def test_the_same_bytes_and_recipe_give_the_same_bytes(tmp_path: Path) -> None:
    recipe = [step("redact_matches", "remarks", entities=["SSN"]), step("generalise_zip", "zip")]
    written = []
    for name in ("one", "two"):
        path = tmp_path / name
        write_columnar(apply_recipe(as_table(permits()), recipe), path)
        written.append(path.read_bytes())
    assert written[0] == written[1]


def test_a_recipe_is_named_by_its_steps_in_order() -> None:
    one, two = step("drop_column", "a"), step("drop_column", "b")
    assert recipe_digest([one, two]) == recipe_digest([dict(reversed(one.items())), two])
    assert recipe_digest([one, two]) != recipe_digest([two, one])


def test_a_recipe_that_does_not_fit_says_which_step() -> None:
    with pytest.raises(RecipeError, match="Step 1 of the recipe needs the column “remarks”"):
        apply_recipe(column("zip", ["90012"]), [step("drop_column", "remarks")])
    with pytest.raises(RecipeError, match="a remedy that does not exist: shred"):
        apply_recipe(column("zip", ["90012"]), [step("shred", "zip")])


def test_every_remedy_that_can_be_chosen_exists() -> None:
    assert set(Disposition.Remedy.values) == set(REMEDIES)
