"""Measures of disclosure risk: known answers of the literature, and the definitions row by row."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.risk import coding, packing, wildcard
from privacy.risk import diversity as diversity_module
from privacy.risk.classes import ClassTable
from privacy.risk.diversity import diversity, diversity_of
from privacy.risk.individual import individual_risks
from privacy.risk.profile import RiskProfile, profile_of, risk_profile
from privacy.risk.wildcard import k_null_wildcard, wildcard_sizes
from privacy.risk.wildcard_tree import fitting_by_tree
from tests.privacy import naive_risk as naive

# Machanavajjhala et al. 2007, figures 1 to 3: the 4-anonymous inpatient table and its 3-diverse version.
FOUR_ANONYMOUS = {
    "zip": ["130**"] * 4 + ["1485*"] * 4 + ["130**"] * 4,
    "age": ["<30"] * 4 + [">=40"] * 4 + ["3*"] * 4,
    "condition": ["Heart", "Heart", "Viral", "Viral", "Cancer", "Heart", "Viral", "Viral", *["Cancer"] * 4],
}
THREE_DIVERSE = {
    "zip": ["1305*"] * 4 + ["1485*"] * 4 + ["1306*"] * 4,
    "age": ["<=40"] * 4 + [">40"] * 4 + ["<=40"] * 4,
    "condition": [
        *["Heart", "Viral", "Cancer", "Cancer"],
        *["Cancer", "Heart", "Viral", "Viral"],
        *["Heart", "Viral", "Cancer", "Cancer"],
    ],
}
# Li et al. 2007, tables 3 and 5.
SALARIES = [3, 4, 5, 6, 11, 8, 7, 9, 10]
DISEASES = {
    "first": ["gastric ulcer", "gastritis", "stomach cancer"],
    "second": ["gastritis", "flu", "bronchitis"],
    "third": ["bronchitis", "pneumonia", "stomach cancer"],
}
# sdcMicro's example of individual risk (PRIVACY 3).
SAMPLE = pl.DataFrame(
    {
        "A": [2, 3, 2, 2, 3, 3, 1, 2],
        "B": [3, 3, 3, 3, 3, 3, 4, 3],
        "C": [1, 3, 1, 2, 1, 1, 1, 1],
        "weight": [18.0, 45.5, 39.0, 17.0, 92.0, 8.0, 123.5, 51.0],
    }
)
SDC_MICRO = [0.01355297, 0.08579129, 0.01355297, 0.17707583, 0.01877883, 0.01877883, 0.03931625, 0.01355297]


def test_diversity_of_the_inpatients_in_the_literature() -> None:
    """In the 4-anonymous table everybody in their thirties has cancer; the other is 3-diverse."""
    found = risk_profile(pl.DataFrame(FOUR_ANONYMOUS), ["zip", "age"], sensitive=["condition"])
    assert (found.k, found.sensitive[0].l, found.sensitive[0].entropy_l) == (4, 1, 1.0)
    assert found.sensitive[0].certain_rows == 4
    better = risk_profile(pl.DataFrame(THREE_DIVERSE), ["zip", "age"], sensitive=["condition"]).sensitive[0]
    assert better.l == 3
    # Shares of 1/4, 1/4 and 1/2: an entropy of 1.5 log 2.
    assert better.entropy_l == pytest.approx(2**1.5, abs=1e-12)
    # 2 of the most frequent; 2 others beside it; 1 of the third most frequent.
    assert better.recursive == [{"l": 2, "c": 1.0}, {"l": 3, "c": 2.0}]


@pytest.mark.parametrize(
    ("salaries", "distance"),
    [([3, 4, 5], 0.375), ([6, 8, 11], 1 / 6)],
)
def test_the_distance_of_salaries_in_the_literature(salaries: list[int], distance: float) -> None:
    """Li et al., section 5: {3k,4k,5k} is 0.375 from the nine salaries, {6k,8k,11k} is 0.167.

    The other rows are as the table as a whole, so that the group in question is the farthest.
    """
    frame = pl.DataFrame({"group": ["one"] * 3 + ["all"] * 900, "salary": salaries + SALARIES * 100})
    table = ClassTable.of(frame, ["group"], sensitive=["salary"], ordered=["salary"])
    found = diversity_of(table, "salary")
    assert found is not None and found.t_ordered is not None
    # Three rows of 903 pull the whole a little towards them.
    assert found.t_ordered == pytest.approx(distance * 900 / 903, abs=1e-12)


def test_t_of_the_table_of_the_literature_with_salaries() -> None:
    """Table 5: t is 0.167 with respect to salary for groups of 3k 5k 9k, 6k 11k 8k and 4k 7k 10k."""
    salaries = [3, 5, 9, 6, 11, 8, 4, 7, 10]
    frame = pl.DataFrame({"group": ["a"] * 3 + ["b"] * 3 + ["c"] * 3, "salary": salaries})
    found = diversity(frame, ["group"], "salary", ordered=True)
    assert found is not None
    assert found.t == pytest.approx(1 / 6, abs=1e-12)


def test_values_without_order_are_all_equally_far() -> None:
    frame = pl.DataFrame(
        {
            "group": [name for name, values in DISEASES.items() for _ in values],
            "disease": [value for values in DISEASES.values() for value in values],
        }
    )
    found = diversity(frame, ["group"], "disease", ordered=False)
    assert found is not None and found.t_ordered is None
    # "second" has flu, which is a ninth of all, and gastritis and bronchitis, two ninths each.
    assert found.t == pytest.approx(4 / 9, abs=1e-12)


def test_individual_risk_is_what_sdc_micro_says() -> None:
    table = ClassTable.of(SAMPLE, ["A", "B", "C"], weights="weight", keep_rows=True)
    assert table.weights is not None and table.row_class is not None
    risks = individual_risks(table.sizes, table.weights).take(table.row_class)
    assert [round(float(one), 8) for one in risks] == SDC_MICRO
    profile = risk_profile(SAMPLE, ["A", "B", "C"], weights="weight")
    assert profile.individual is not None
    by_row = {int(one["row"]): one["risk"] for one in profile.individual.highest}
    assert [round(by_row[row], 8) for row in range(1, 9)] == SDC_MICRO
    assert profile.individual.expected == pytest.approx(sum(SDC_MICRO), abs=1e-7)


@settings(max_examples=30)
@given(f=st.integers(1, 120), more=st.floats(0, 5000))
def test_individual_risk_is_the_expected_share(f: int, more: float) -> None:
    population = f + more
    found = float(individual_risks(np.array([f]), np.array([population]))[0])
    assert found == pytest.approx(naive.individual(f, population), rel=1e-7)


def test_individual_risk_of_small_groups_has_a_closed_form() -> None:
    for population in (2.5, 17.0, 1e6):
        p, q = 1 / population, 1 - 1 / population
        one = float(individual_risks(np.array([1]), np.array([population]))[0])
        assert one == pytest.approx(p / q * math.log(1 / p), abs=1e-12)
        p, q = 2 / population, 1 - 2 / population
        two = float(individual_risks(np.array([2]), np.array([population]))[0])
        assert two == pytest.approx(p / q - (p / q) ** 2 * math.log(1 / p), abs=1e-12)


def test_a_sample_that_is_everybody_has_the_risk_of_its_groups() -> None:
    sizes = np.array([1, 2, 3, 1000])
    assert individual_risks(sizes, sizes.astype(float)).tolist() == [1, 1 / 2, 1 / 3, 1 / 1000]
    # Weights under 1 do not make more of it than certain.
    assert individual_risks(np.array([1]), np.array([0.2])).tolist() == [1.0]


def test_prosecutor_journalist_and_marketer_of_the_literature() -> None:
    """El Emam: the prosecutor looks for a person in the sample, the journalist in the whole register."""
    sample = pl.DataFrame({"sex": ["F", "F", "M"], "born": [1960, 1960, 1975]})
    register = pl.DataFrame(
        {"sex": ["F"] * 4 + ["M"] * 3 + ["F"] * 9, "born": [1960] * 4 + [1975] * 3 + [1999] * 9}
    )
    found = risk_profile(sample, ["sex", "born"], population=register)
    assert (found.prosecutor_max, found.prosecutor_average) == (1.0, pytest.approx(2 / 3))
    assert found.population is not None and found.population.source == "population"
    assert found.population.journalist_max == pytest.approx(1 / 3)
    assert found.population.marketer == pytest.approx((2 / 4 + 1 / 3) / 3)
    assert (found.tau, found.rows_over_tau) == (0.2, 3)
    assert risk_profile(sample, ["sex"], tau=0.6).rows_over_tau == 1


def test_who_is_missing_in_the_register_is_one_of_the_rows_we_have() -> None:
    sample = pl.DataFrame({"sex": ["F", None, None]})
    found = risk_profile(sample, ["sex"], population=pl.DataFrame({"sex": [None, None, None, "M"]}))
    assert found.population is not None
    assert found.population.smallest == 1
    assert found.population.marketer == pytest.approx((1 / 1 + 2 / 3) / 3)


# --- null as any value --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "sizes"),
    [
        ([1, 1, 1, 1, None], [5, 5, 5, 5, 5]),
        ([1, 1, 2, None], [3, 3, 2, 4]),
        ([None, None], [2, 2]),
        ([1, 2], [1, 1]),
    ],
)
def test_null_may_stand_for_any_value(values: list[int | None], sizes: list[int]) -> None:
    frame = pl.DataFrame({"x": values}, schema={"x": pl.Int64})
    table = ClassTable.of(frame, ["x"], keep_rows=True)
    assert wildcard_sizes(table).take(table.row_class).tolist() == sizes
    assert k_null_wildcard(frame, ["x"]) == min(sizes)


cell = st.one_of(st.none(), st.integers(0, 3))


@st.composite
def tables(draw: st.DrawFn, most: int = 50) -> list[tuple[Any, ...]]:
    width = draw(st.integers(1, 6))
    return draw(st.lists(st.tuples(*[cell] * width), max_size=most))


def framed(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    names = [f"c{n}" for n in range(len(rows[0]) if rows else 1)]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Int64), orient="row")


@settings(max_examples=100)
@given(rows=tables())
def test_rows_that_fit_are_what_comparing_all_pairs_says(rows: list[tuple[Any, ...]]) -> None:
    frame = framed(rows)
    table = ClassTable.of(frame, frame.columns, keep_rows=True)
    assert table.row_class is not None
    expected = naive.fitting(rows)
    assert wildcard_sizes(table).take(table.row_class).tolist() == expected
    assert fitting_by_tree(table).take(table.row_class).tolist() == expected
    with pytest.MonkeyPatch.context() as few:
        few.setattr(wildcard, "_TABLE", 4)
        assert wildcard_sizes(table).take(table.row_class).tolist() == expected


def test_a_table_with_nulls_all_over_is_counted_too() -> None:
    dice = np.random.default_rng(3)
    values, empty = dice.integers(0, 3, (150, 8)), dice.random((150, 8)) < 0.4
    rows = [
        tuple(None if no else int(v) for v, no in zip(*row, strict=True))
        for row in zip(values, empty, strict=True)
    ]
    frame = framed(rows)
    table = ClassTable.of(frame, frame.columns, keep_rows=True)
    assert table.row_class is not None
    assert wildcard_sizes(table).take(table.row_class).tolist() == naive.fitting(rows)


# --- the whole profile --------------------------------------------------------------------------------


@settings(max_examples=60)
@given(rows=tables(), data=st.data())
def test_a_profile_is_what_the_definitions_say(rows: list[tuple[Any, ...]], data: st.DataObject) -> None:
    of_rows = st.lists(st.one_of(st.none(), st.integers(0, 5)), min_size=len(rows), max_size=len(rows))
    values = data.draw(of_rows)
    frame = framed(rows).with_columns(pl.Series("s", values, dtype=pl.Int64))
    quasi = frame.columns[:-1]
    found = risk_profile(frame, quasi, sensitive=["s"], threshold=3)
    sizes = naive.classes(rows)
    assert found.rows == len(rows)
    assert found.classes == len(sizes)
    assert found.k == min(sizes.values(), default=0)
    for limit, measured in (
        (2, found.unique_rows),
        (3, found.rows_under_threshold),
        (5, found.rows_under_5),
        (11, found.rows_under_11),
    ):
        assert measured == sum(n for n in sizes.values() if n < limit)
    assert found.rows_over_tau == sum(n for n in sizes.values() if 1 / n > 0.2)
    assert sum(band[2] for band in found.class_sizes) == len(rows)
    assert sum(band[3] for band in found.class_sizes) == len(sizes)
    if not rows:
        assert found.sensitive == [] and found.wildcard is None
        return
    assert found.prosecutor_average == pytest.approx(len(sizes) / len(rows))
    fitting = naive.fitting(rows)
    assert found.wildcard is not None
    assert found.wildcard.k == min(fitting)
    assert found.wildcard.rows_under_5 == sum(n < 5 for n in fitting)
    parts = naive.groups(rows, values)
    one = found.sensitive[0]
    assert one.l == naive.distinct_l(parts)
    assert one.entropy_l == pytest.approx(naive.entropy_l(parts), abs=1e-9)
    assert one.t_categorical == pytest.approx(naive.t(parts), abs=1e-9)
    assert one.t == one.t_ordered == pytest.approx(naive.t(parts, [None, *range(6)]), abs=1e-9)
    assert one.certain_rows == sum(part.total() for part in parts if len(part) == 1)
    for recursive in one.recursive:
        assert recursive["c"] == pytest.approx(naive.recursive_c(parts, int(recursive["l"])))


@settings(max_examples=30)
@given(rows=tables(), number=st.booleans())
def test_tables_that_take_many_parts_give_the_same(rows: list[tuple[Any, ...]], number: bool) -> None:
    frame = framed(rows)
    frame = frame if number else frame.select(pl.all().cast(pl.String))
    whole = risk_profile(frame, frame.columns, sensitive=["c0"], ordered=["c0"])
    with pytest.MonkeyPatch.context() as small:
        for module in (coding, diversity_module, packing):
            small.setattr(module, "_STEP", 3)
        found = risk_profile(frame, frame.columns, sensitive=["c0"], ordered=["c0"])
    assert (found.k, found.class_sizes, found.wildcard) == (whole.k, whole.class_sizes, whole.wildcard)
    assert found.combinations == whole.combinations and found.columns == whole.columns
    for one, other in zip(found.sensitive, whole.sensitive, strict=True):
        assert one.l == other.l and one.t_ordered == pytest.approx(other.t_ordered, abs=1e-12)
        assert one.t_categorical == pytest.approx(other.t_categorical, abs=1e-12)


@settings(max_examples=30)
@given(rows=tables())
def test_a_profile_is_kept_as_json_and_read_back(rows: list[tuple[Any, ...]]) -> None:
    frame = framed(rows).with_columns(weight=pl.lit(2.5))
    found = risk_profile(frame, frame.columns[:-1], sensitive=["c0"], weights="weight")
    assert RiskProfile.of_dict(json.loads(json.dumps(found.to_dict()))) == found


def test_a_profile_that_an_earlier_version_kept_is_read_too() -> None:
    old = {
        "quasi": ["zip"],
        "rows": 3,
        "k": 1,
        "classes": 2,
        "unique_rows": 1,
        "rows_under_5": 3,
        "rows_under_11": 3,
        "prosecutor_max": 1.0,
        "prosecutor_average": 2 / 3,
        "class_sizes": [[1, 1, 1, 1], [2, 4, 2, 1], [5, 10, 0, 0], [11, 50, 0, 0], [51, None, 0, 0]],
    }
    found = RiskProfile.of_dict(old)
    assert (found.k, found.unique_share, found.sensitive, found.uniques) == (1, 1 / 3, [], None)
    assert RiskProfile.of_dict(old | {"of_a_later_version": 1}) == found


def test_what_has_no_rows_or_no_values_is_measured_too() -> None:
    frame = pl.DataFrame({"x": [], "s": []}, schema={"x": pl.String, "s": pl.String})
    empty = risk_profile(frame, ["x"], sensitive=["s"])
    assert (empty.rows, empty.k, empty.classes, empty.sensitive) == (0, 0, 0, [])
    one = risk_profile(pl.DataFrame({"x": ["a"], "s": ["b"]}), ["x"], sensitive=["s"])
    assert (one.k, one.unique_rows, one.sensitive[0].l, one.sensitive[0].t) == (1, 1, 1, 0.0)
    null = risk_profile(pl.DataFrame({"x": [None] * 4, "y": [None] * 4}), ["x", "y"], sensitive=["y"])
    assert (null.k, null.classes, null.sensitive[0].l, null.unique_rows) == (4, 1, 1, 0)
    assert null.columns[0].null_rows == 4 and null.columns[0].distinct == 0


def test_numbers_written_in_two_ways_are_one_number_for_t() -> None:
    frame = pl.DataFrame({"x": ["a", "a", "b"], "cost": ["1", "1.0", "?"]})
    found = risk_profile(frame, ["x"], sensitive=["cost"], ordered=["cost"]).sensitive[0]
    assert (found.l, found.t) == (1, pytest.approx(2 / 3))


def test_a_what_if_leaves_out_what_takes_time() -> None:
    table = ClassTable.of(SAMPLE, ["A", "B", "C"])
    quick, whole = profile_of(table, deep=False), profile_of(table)
    assert quick.k == whole.k and quick.class_sizes == whole.class_sizes
    assert quick.uniques is None and quick.combinations == [] and quick.wildcard is None
