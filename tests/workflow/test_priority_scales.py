"""The scales by which real programs rank datasets: exact tables, explanations, and what must always hold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.priority import SCALES, Question, Scale

ONES: dict[str, float] = {}


def answers_of(scale: Scale) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({one.code: _answers(one) for one in scale.questions})


def _answers(one: Question) -> st.SearchStrategy[Any]:
    if one.number:
        return st.integers(min_value=0, max_value=200)
    return st.sampled_from(["", *(code for code, _ in one.choices)])


def weights_of(scale: Scale) -> st.SearchStrategy[dict[str, float]]:
    numbers = st.integers(min_value=0, max_value=10).map(float)
    return st.fixed_dictionaries({code: numbers for code, _ in scale.weighted})


@pytest.mark.parametrize(
    ("held", "row"),
    [
        ("public", ("P2", "P2", "P1")),
        ("sensitive", ("P3", "P2", "P2")),
        ("protected", ("P4", "P3", "P2")),
    ],
)
def test_the_grid_of_datasf_is_the_published_one(held: str, row: tuple[str, str, str]) -> None:
    for demand, band in zip(("low", "medium", "high"), row, strict=True):
        answers = {"classification": held, "demand": demand}
        assert SCALES["grid"].score(answers, ONES).band.code == band


def test_historical_and_easy_lifts_p3_and_only_p3() -> None:
    grid = SCALES["grid"]
    lifted = {"classification": "sensitive", "demand": "low", "historical_easy": "yes"}
    assert grid.score(lifted, ONES).band.code == "P2"
    assert grid.score(lifted | {"classification": "protected"}, ONES).band.code == "P4"


def test_the_score_of_chhs_has_31_points_and_readiness_beside_them() -> None:
    scoring = SCALES["scoring"]
    best = {one.code: one.choices[-1][0] for one in scoring.questions}
    score = scoring.score(best, ONES)
    assert sum(factor.gives for factor in score.factors) == 31
    assert "31 of 31 points" in score.sentence
    assert "Readiness 5 of 5" in score.sentence


def test_the_tiers_of_los_angeles_follow_their_conditions() -> None:
    tiers = SCALES["tiers"]
    passive = {"public_already": "yes", "no_personal": "yes", "quick": "yes"}
    assert tiers.score({}, ONES).band.code == "none"
    assert tiers.score(passive, ONES).band.code == "passive"
    assert tiers.score(passive | {"quick": "no"}, ONES).band.code == "none"
    assert tiers.score(passive | {"requested": "yes"}, ONES).band.code == "active"
    assert tiers.score({"strategy": "yes"}, ONES).band.code == "strategic"


def test_durham_counts_records_requests_interest_and_public_demand() -> None:
    score = SCALES["demand"].score({"records_requests": 12, "interest": "2", "votes": 5}, ONES)
    assert [factor.points for factor in score.factors] == [4, 2, 2]
    assert "12 requests" in score.factors[0].sentence
    assert score.band.code == "high"


def test_a_weight_counts_a_factor_more_and_a_senseless_one_counts_once() -> None:
    demand = SCALES["demand"]
    answers = {"records_requests": 3}
    assert demand.score(answers, {"records_requests": 3}).factors[0].gives == 6
    assert demand.weights({"records_requests": "x", "votes": -1, "interest": float("nan")}) == {
        "records_requests": 1.0,
        "votes": 1.0,
        "interest": 1.0,
    }


@pytest.mark.parametrize("code", sorted(SCALES))
def test_more_in_one_factor_never_lowers_the_rank(code: str) -> None:
    scale = SCALES[code]

    @given(answers_of(scale), weights_of(scale), st.data())
    def holds(answers: dict[str, Any], weights: dict[str, float], data: Any) -> None:
        one = data.draw(st.sampled_from(scale.questions))
        if one.number:
            more = {**answers, one.code: answers[one.code] + data.draw(st.integers(1, 50))}
        else:
            codes = [choice for choice, _ in one.choices]
            place = codes.index(answers[one.code]) if answers[one.code] in codes else 0
            more = {**answers, one.code: data.draw(st.sampled_from(codes[place:]))}
        before, after = scale.score(answers, weights), scale.score(more, weights)
        rank = (scale.place(before.band.code), -before.value)
        assert (scale.place(after.band.code), -after.value) <= rank

    holds()


@pytest.mark.parametrize("code", sorted(SCALES))
def test_the_same_answers_give_the_same_score_and_every_factor_is_explained(code: str) -> None:
    scale = SCALES[code]

    @given(answers_of(scale), weights_of(scale))
    def holds(answers: dict[str, Any], weights: dict[str, float]) -> None:
        score = scale.score(answers, weights)
        assert score == scale.score(dict(answers), dict(weights))
        assert all(factor.sentence.endswith(".") for factor in score.factors)
        assert score.sentence.endswith(".")

    holds()
