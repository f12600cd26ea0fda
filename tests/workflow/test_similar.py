"""Two entries for one thing: said with what to do about it, never refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Cast
from tests.factories.workflow import dataset_make
from workflow.models import ColumnDescription
from workflow.selectors.similar import Likeness, likeness, similar_to, year_in_title


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Building permits 2024", "Building permits 2025", True),
        ("Building Permits", "List of building permit data", True),
        ("Hydrant inspections", "Hydrant inspection", True),
        ("Street trees", "Street lights", False),
        ("Library visits", "Clinic hours", False),
    ],
)
def test_titles_are_compared_by_their_subject_not_by_year_or_small_words(
    one: str, other: str, alike: bool
) -> None:
    assert (likeness(Likeness(one), Likeness(other)) >= 0.6) is alike


def test_equal_columns_tell_even_under_another_title() -> None:
    columns = frozenset({"permit", "issued", "cost", "address"})
    assert likeness(Likeness("Permits", columns=columns), Likeness("Bouwvergunning", columns=columns)) >= 0.8


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_the_same_both_ways_and_between_0_and_1(a: str, b: str, c: str, d: str) -> None:
    one, other = Likeness(a, b), Likeness(c, d)
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1


def test_a_single_year_in_the_title_is_said_and_a_span_is_not() -> None:
    assert "append each year" in year_in_title("Crashes 2024")
    assert year_in_title("Building permits 2019-2026") == ""
    assert year_in_title("Route 20241 stops") == ""


@pytest.mark.django_db
def test_a_similar_dataset_is_named_with_its_number_within_the_program(cast: Cast) -> None:
    first = dataset_make(cast, title="Crashes 2024")
    second = dataset_make(cast, title="Crashes 2025")
    dataset_make(cast, title="Swimming pools", description="Water", source_system="Pools")
    found = similar_to(second)
    assert [one.dataset for one in found] == [first]
    assert found[0].sentence == "Consolidate with “Crashes 2024” (PUB0001), or plan a filtered view of it."


@pytest.mark.django_db
def test_the_columns_of_the_file_are_compared_too(cast: Cast) -> None:
    one = dataset_make(cast, title="Alpha", description="", source_system="")
    other = dataset_make(cast, title="Omega", description="", source_system="")
    for row in (one, other):
        for position, name in enumerate(("Permit", "Issued", "Cost"), start=1):
            ColumnDescription.objects.create(
                distribution=row.distributions.get(), name=name, position=position
            )
    assert [found.dataset for found in similar_to(one)] == [other]
