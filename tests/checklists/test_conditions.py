"""Conditions say when a question is asked; they are data and never raise on answers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.conditions import ConditionError, check, holds, is_answered, items_named

ITEMS = st.sampled_from(["A", "B", "C"])
WORDS = st.sampled_from(["yes", "no", "x", ""])
VALUES = st.one_of(st.none(), WORDS, st.integers(), st.lists(WORDS, max_size=3))
LEAVES = st.one_of(
    st.builds(lambda item, value: {"item": item, "is": value}, ITEMS, WORDS),
    st.builds(lambda item, value: {"item": item, "has": value}, ITEMS, WORDS),
    st.builds(lambda item, values: {"item": item, "in": values}, ITEMS, st.lists(WORDS)),
    st.builds(lambda item, value: {"item": item, "answered": value}, ITEMS, st.booleans()),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.builds(lambda some: {"all": some}, st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda some: {"any": some}, st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda one: {"not": one}, parts),
    ),
    max_leaves=6,
)
ANSWERS = st.dictionaries(ITEMS, VALUES, max_size=3)


@given(CONDITIONS, ANSWERS)
def test_a_condition_is_met_or_its_negation_is(condition: dict[str, Any], answers: dict[str, Any]) -> None:
    assert holds(condition, answers) is not holds({"not": condition}, answers)


@given(st.lists(CONDITIONS, min_size=1, max_size=3), ANSWERS)
def test_all_and_any_agree_with_their_parts(parts: list[dict[str, Any]], answers: dict[str, Any]) -> None:
    each = [holds(part, answers) for part in parts]
    assert holds({"all": parts}, answers) is all(each)
    assert holds({"any": parts}, answers) is any(each)


@given(CONDITIONS, ANSWERS)
def test_only_the_items_it_names_matter(condition: dict[str, Any], answers: dict[str, Any]) -> None:
    named = items_named(condition)
    kept = {item: value for item, value in answers.items() if item in named}
    assert holds(condition, answers) is holds(condition, kept)


@given(CONDITIONS)
def test_a_condition_that_can_be_tested_has_no_faults_unless_too_deep(condition: dict[str, Any]) -> None:
    assert check(condition) in ([], ["The condition is nested too deeply."])


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"item": "A"},
        {"is": "yes"},
        {"item": "A", "is": "yes", "in": ["no"]},
        {"item": "A", "in": "yes"},
        {"item": "A", "answered": "true"},
        {"all": []},
        {"all": [{"item": "A", "is": "x"}], "any": []},
        {"not": {}},
        "__import__('os')",
    ],
)
def test_a_condition_without_a_test_is_named_as_a_fault(condition: Any) -> None:
    assert check(condition)


def test_no_condition_always_holds_and_an_empty_one_never_passes_for_one() -> None:
    assert holds(None, {})
    with pytest.raises(ConditionError):
        holds({}, {})


@pytest.mark.parametrize(
    ("value", "answered"), [(None, False), ("", False), ("  ", False), ([], False), ("no", True), (0, True)]
)
def test_zero_and_no_are_answers(value: Any, answered: bool) -> None:
    assert is_answered(value) is answered
