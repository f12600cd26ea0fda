"""The tables of NIST SP 800-30 and the model on them, by their printed cells and by what must always hold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.profiles.privacy import AFTER_REMEDIES, MATRIX
from accounts.profiles.words import PRIVACY_OUTCOMES, RISK_LEVELS
from privacy.assessment import (
    FACTORS,
    LEVELS,
    OUTCOMES,
    Evidence,
    Factors,
    Rating,
    impact_of,
    is_more_open,
    overall_likelihood,
    propose,
    rate,
    risk_level,
    suggested_success,
)
from privacy.words_assessment import DECISIONS, FACTOR_WORDS, LEVEL_WORDS, OUTCOME_HELP, OUTCOME_WORDS

VL, L, M, H, VH = LEVELS
levels = st.sampled_from(LEVELS)
factors = st.builds(Factors, **dict.fromkeys(FACTORS, levels))


def rank(level: str) -> int:
    return LEVELS.index(level)


def judged(**steps: str) -> Factors:
    return replace(Factors(H, H, L, L, L, L, L), **steps)


@pytest.mark.parametrize(
    ("attempt", "success", "likelihood"),
    [
        (VH, VL, L), (VH, L, M), (VH, M, H), (VH, H, VH), (H, VL, L), (H, H, H), (M, L, L), (M, VH, H),
        (L, VL, VL), (L, L, L), (L, VH, M), (VL, L, VL), (VL, M, L), (VL, VH, L),
    ],
)  # fmt: skip
def test_the_likelihood_of_harm_is_table_g_5(attempt: str, success: str, likelihood: str) -> None:
    assert overall_likelihood(attempt, success) == likelihood


@pytest.mark.parametrize(
    ("likelihood", "impact", "risk"),
    [
        (VH, VL, VL), (VH, M, M), (VH, VH, VH), (H, H, H), (M, H, M), (M, VH, H), (L, L, L), (L, M, L),
        (L, VH, M), (VL, M, VL), (VL, H, L), (VL, VH, L),
    ],
)  # fmt: skip
def test_risk_is_table_i_2(likelihood: str, impact: str, risk: str) -> None:
    assert risk_level(likelihood, impact) == risk


@given(levels, levels, levels)
def test_neither_table_falls_when_one_of_its_sides_rises(one: str, other: str, fixed: str) -> None:
    low, high = sorted((one, other), key=rank)
    for table in (overall_likelihood, risk_level):
        assert rank(table(low, fixed)) <= rank(table(high, fixed))
        assert rank(table(fixed, low)) <= rank(table(fixed, high))


@given(
    factors,
    st.sampled_from(["harm_person", "harm_organisation", "attempt", "success", "expectation"]),
    levels,
)
def test_more_harm_or_likelihood_never_lowers_the_risk(judged: Factors, name: str, level: str) -> None:
    other = replace(judged, **{name: level})
    low, high = sorted((judged, other), key=lambda one: rank(getattr(one, name)))
    if name != "expectation":
        assert rank(rate(low).risk) <= rank(rate(high).risk)
    assert rank(impact_of(judged)) >= max(rank(judged.harm_person), rank(judged.harm_organisation))


@pytest.mark.parametrize(
    ("expectation", "person", "organisation", "impact"),
    [
        (L, M, L, M),
        (M, L, VL, L),
        (H, L, VL, M),
        (VH, H, L, VH),
        (VH, VL, VL, L),
        (H, H, L, H),
        (VH, VH, L, VH),
    ],
)
def test_the_impact_is_the_worse_harm_raised_once_where_more_privacy_is_expected(
    expectation: str, person: str, organisation: str, impact: str
) -> None:
    steps = judged(expectation=expectation, harm_person=person, harm_organisation=organisation)
    assert impact_of(steps) == impact


@pytest.mark.parametrize(
    ("evidence", "level"),
    [
        (Evidence(direct=("owner",), k=100), VH),
        (Evidence(k=1), VH),
        (Evidence(k=0), VH),
        (Evidence(k=2), H),
        (Evidence(k=4), H),
        (Evidence(k=5), M),
        (Evidence(k=9), M),
        (Evidence(k=10), L),
        (Evidence(k=11, k_min=11), M),
        (Evidence(k=None), VL),
        (Evidence(k=100, free_text=("notes",)), H),
        (Evidence(k=1, free_text=("notes",)), VH),
        (Evidence(psc=12, small_cells=0), VL),
        (Evidence(psc=12, small_cells=3), H),
        (Evidence(psc=13), H),
        (Evidence(psc=13, small_cells=2), H),
        (Evidence(psc=13, small_cells=0), L),
        (Evidence(is_measured=False), ""),
        (Evidence(is_measured=False, free_text=("notes",)), H),
    ],
)
def test_what_was_measured_proposes_how_likely_an_attempt_succeeds(evidence: Evidence, level: str) -> None:
    assert suggested_success(evidence)[0] == level


@given(st.integers(0, 60), st.integers(0, 60), st.integers(2, 20))
def test_a_smaller_group_is_never_rated_safer(one: int, other: int, k_min: int) -> None:
    small, large = sorted((one, other))
    steps = [suggested_success(Evidence(k=k, k_min=k_min))[0] for k in (small, large)]
    assert rank(steps[0]) >= rank(steps[1])


@pytest.mark.parametrize(
    ("risk", "benefit", "before", "after"),
    [
        (VL, VL, "open", "open"),
        (L, VL, "screen", "screen"),
        (M, L, "screen", "screen"),
        (M, M, "deidentify", "limited"),
        (M, VH, "deidentify", "conditions"),
        (H, M, "screen", "screen"),
        (H, VH, "limited", "limited"),
        (VH, H, "do_not_publish", "do_not_publish"),
        (VH, VH, "screen_legal", "screen_legal"),
    ],
)
def test_the_matrix_proposes_and_its_starred_cells_mean_something_else_once_treated(
    risk: str, benefit: str, before: str, after: str
) -> None:
    rating = Rating(benefit=benefit, impact=M, likelihood=M, risk=risk)
    found = [propose(MATRIX, AFTER_REMEDIES, rating, is_residual=residual) for residual in (False, True)]
    assert found == [before, after]


def test_a_decision_more_open_than_proposed_overrides_and_what_people_are_to_decide_does_not() -> None:
    assert is_more_open("open", "limited") and is_more_open("conditions", "do_not_publish")
    assert not is_more_open("open", "open") and not is_more_open("limited", "open")
    assert not is_more_open("open", "screen") and not is_more_open("conditions", "screen_legal")


def test_words_and_profiles_name_the_same_things() -> None:
    assert LEVELS == RISK_LEVELS and OUTCOMES == PRIVACY_OUTCOMES
    assert set(LEVEL_WORDS) == set(LEVELS) and set(OUTCOME_WORDS) == set(OUTCOME_HELP) == set(OUTCOMES)
    assert set(DECISIONS) < set(OUTCOMES)
    assert set(FACTOR_WORDS) == set(FACTORS)
    for words in FACTOR_WORDS.values():
        assert list(words.anchors) == list(LEVELS)


@given(st.lists(st.text(max_size=5), max_size=4), st.none() | st.integers(0, 99), st.booleans())
def test_evidence_comes_back_as_it_was_kept(names: list[str], k: int | None, is_measured: bool) -> None:
    evidence = Evidence(direct=tuple(names), k=k, is_measured=is_measured)
    assert Evidence.of_dict(evidence.to_dict() | {"file": "f"}) == evidence
