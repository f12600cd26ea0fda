"""What two releases tell together."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from privacy.aggregates.cube import Shape
from privacy.aggregates.differencing import cell_differences, difference_sentences, row_differences

SHAPE = Shape(("zip", "sex"), ("n",))


def people(*counted: tuple[str, str, int]) -> pl.DataFrame:
    rows = [(zip_code, sex) for zip_code, sex, count in counted for _ in range(count)]
    return pl.DataFrame(rows, schema={"zip": pl.String, "sex": pl.String}, orient="row")


def cells(*counted: tuple[str, str, str | None]) -> pl.DataFrame:
    return pl.DataFrame(counted, schema={"zip": pl.String, "sex": pl.String, "n": pl.String}, orient="row")


def test_whoever_came_alone_since_the_last_release_is_told() -> None:
    before = people(("90012", "F", 20), ("90013", "M", 20))
    now = people(("90012", "F", 21), ("90013", "M", 30))
    found = row_differences(now, before, ["zip", "sex"], 5)
    assert found is not None and found.isolates
    assert (found.added, found.removed, found.alone_added, found.alone_removed) == (11, 0, 1, 0)
    assert "1 row that came or went since the last release shares zip, sex" in difference_sentences(found)[0]


def test_whoever_went_alone_is_told_too() -> None:
    found = row_differences(people(("a", "F", 19)), people(("a", "F", 20)), ["zip"], 5)
    assert found is not None and found.alone_removed == 1


def test_the_same_table_in_another_order_tells_nothing() -> None:
    before = people(("a", "F", 3), ("b", "M", 4))
    found = row_differences(before.reverse(), before, ["zip"], 5)
    assert found is not None and not found.isolates and found.added == found.removed == 0


def test_tables_that_share_no_quasi_identifier_are_not_compared() -> None:
    assert row_differences(people(("a", "F", 3)), pl.DataFrame({"year": ["2020"]}), ["zip"], 5) is None


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("FM")), max_size=12),
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("FM")), max_size=12),
)
def test_differences_are_those_of_two_bags_of_rows(
    first: list[tuple[str, str]], second: list[tuple[str, str]]
) -> None:
    schema = {"zip": pl.String, "sex": pl.String}
    now, before = (pl.DataFrame(rows, schema=schema, orient="row") for rows in (first, second))
    found = row_differences(now, before, ["zip", "sex"], 3)
    assert found is not None
    came = {row: n for row in set(first) if (n := first.count(row) - second.count(row)) > 0}
    went = {row: n for row in set(second) if (n := second.count(row) - first.count(row)) > 0}
    assert found.added == sum(came.values()) and found.removed == sum(went.values())
    assert found.alone_added == sum(n for n in came.values() if n < 3)


def test_a_cell_that_grew_by_a_few_tells_of_the_few() -> None:
    before = cells(("a", "F", "20"), ("a", "M", "30"))
    now = cells(("a", "F", "23"), ("a", "M", "60"))
    found = cell_differences(now, before, SHAPE, 11)
    assert found is not None and (found.small, found.laid_open, found.rows) == (1, 0, [1])


def test_a_cell_hidden_now_and_shown_before_is_laid_open() -> None:
    found = cell_differences(cells(("a", "F", None)), cells(("a", "F", "3")), SHAPE, 11)
    assert found is not None and found.laid_open == 1
    assert "hidden in one of the two releases" in difference_sentences(found)[0]


def test_a_finer_table_that_misses_the_coarser_count_by_a_few_tells_what_it_hides() -> None:
    coarse = pl.DataFrame({"zip": ["a", "b"], "n": ["44", "80"]})
    fine = cells(("a", "F", "40"), ("a", "M", None), ("b", "F", "40"), ("b", "M", "40"))
    found = cell_differences(fine, coarse, SHAPE, 11)
    assert found is not None and found.sums == 1 and found.isolates
    assert "do not add up" in difference_sentences(found)[0]


def test_tables_that_agree_tell_nothing() -> None:
    table = cells(("a", "F", "20"), ("a", "M", None))
    found = cell_differences(table, table, SHAPE, 11)
    assert found is not None and not found.isolates
