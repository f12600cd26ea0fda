"""The publication score of CalHHS: the points of the guideline, the screen, the highest of each variable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.aggregates.calhhs import BY_CODE, VARIABLES, choice_faults, score, score_sentences

# Read off DOMAIN d4, variable by variable, in the order in which the options are offered.
POINTS = {
    "age": [1, 2, 3, 5, 7],
    "race": [2, 3, 1, 2, 3, 5, 7],
    "ethnicity": [1, 1, 2, 3, 5, 7],
    "language": [1, 2, 3, 5, 7],
    "sex": [1],
    "orientation": [2],
    "gender_identity": [3, 5],
    "intersex": [2],
    "immigration": [1],
    "insurance": [-5, -3, -1, 0, 1, 3, 4, 5],
    "means_tested": [0, 1, 2, 3, 5, 7],
    "residence": [-5, -3, -1, 0, 1, 3, 4, 5, 7],
    "service": [-5, -4, -3, -1, 0, 1, 3, 5, 7],
    "period": [-5, -3, 0, 3, 4, 5],
    "interactions": [-5, -3, 0, 1, 2, 4],
    "other": [1, 2, 3, 5, 7],
}


def test_every_variable_has_the_points_of_the_guideline() -> None:
    assert {variable.code: [option.points for option in variable.options] for variable in VARIABLES} == POINTS


@pytest.mark.parametrize(
    ("smallest", "points"), [(None, 2), (5_000, 2), (1_000, 2), (999, 3), (100, 3), (99, 5), (11, 5), (10, 7)]
)
def test_the_smallest_count_gives_the_points_of_events(smallest: int | None, points: int) -> None:
    assert score(smallest_count=smallest, smallest_denominator=None, choices={}).total == points


def test_the_screen_wants_counts_of_eleven_and_twenty_thousand_people() -> None:
    assert score(smallest_count=11, smallest_denominator=20_000, choices={}).screened
    assert score(smallest_count=None, smallest_denominator=20_000, choices={}).screened, "0 is allowed"
    assert not score(smallest_count=10, smallest_denominator=20_000, choices={}).screened
    assert not score(smallest_count=11, smallest_denominator=19_999, choices={}).screened
    assert not score(smallest_count=11, smallest_denominator=None, choices={}).screened


def test_of_each_variable_the_highest_counts_and_the_sum_decides() -> None:
    choices = {"age": ["11_29", "1_2"], "race": ["main"], "sex": ["main"], "residence": ["1m_2m"]}
    result = score(smallest_count=20, smallest_denominator=None, choices=choices)
    assert [(row.variable, row.points) for row in result.scored] == [
        ("events", 5),
        ("age", 7),
        ("race", 2),
        ("sex", 1),
        ("residence", -3),
    ]
    assert result.total == 12 and result.may_be_shown
    worse = score(smallest_count=20, smallest_denominator=None, choices=choices | {"period": ["half"]})
    assert worse.total == 15 and not worse.may_be_shown
    assert score_sentences(worse)[0].startswith("The publication score is 15, more than 12.")


def test_a_screened_table_may_be_shown_whatever_its_points() -> None:
    choices = {"age": ["1_2"], "residence": ["under_4k"]}
    result = score(smallest_count=11, smallest_denominator=50_000, choices=choices)
    assert result.total == 19 and result.may_be_shown
    assert "passes the first screen" in score_sentences(result)[0]


def test_what_is_no_option_is_refused() -> None:
    assert choice_faults({"age": ["weekly"]}) and choice_faults({"colour": ["red"]})
    assert choice_faults({"age": ["1_2"]}) == []


@given(
    st.dictionaries(
        st.sampled_from(sorted(BY_CODE)), st.lists(st.integers(0, 9), min_size=1, max_size=3), max_size=6
    )
)
def test_more_detail_never_lowers_a_variable(picked: dict[str, list[int]]) -> None:
    choices = {
        code: [BY_CODE[code].options[number % len(BY_CODE[code].options)].code for number in numbers]
        for code, numbers in picked.items()
    }
    whole = {
        row.variable: row.points
        for row in score(smallest_count=5, smallest_denominator=None, choices=choices).scored
    }
    for code, options in choices.items():
        for option in options:
            found = BY_CODE[code].option(option)
            assert found is not None and found.points <= whole[code]
