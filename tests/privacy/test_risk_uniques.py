"""Special uniques (SUDA), and the risk of columns and of their combinations."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.risk import suda
from privacy.risk.classes import ClassTable
from privacy.risk.profile import risk_profile
from privacy.risk.suda import special_uniques
from tests.privacy import naive_risk as naive

cell = st.one_of(st.none(), st.integers(0, 4))


@st.composite
def tables(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    width = draw(st.integers(1, 6))
    return draw(st.lists(st.tuples(*[cell] * width), min_size=1, max_size=25))


def framed(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={f"c{n}": pl.Int64 for n in range(len(rows[0]))}, orient="row")


@settings(max_examples=80)
@given(rows=tables(), largest=st.integers(1, 4))
def test_scores_are_those_of_looking_at_every_set_of_columns(
    rows: list[tuple[Any, ...]], largest: int
) -> None:
    frame = framed(rows)
    table = ClassTable.of(frame, frame.columns, keep_rows=True)
    assert table.row_class is not None
    found = special_uniques(table, largest=largest)
    assert found.scores.take(table.row_class).tolist() == naive.suda_scores(rows, largest)
    minimal = naive.minimal_uniques(rows, largest)
    sizes = [min((len(one) for one in mine), default=0) for mine in minimal]
    assert found.smallest.take(table.row_class).tolist() == sizes
    counted = Counter(len(one) for mine in minimal for one in mine)
    assert {size: sets for size, sets in found.sets.items() if sets} == dict(counted)
    for one in found.combinations:
        places = [frame.columns.index(name) for name in one.names]
        seen = Counter(tuple(row[place] for place in places) for row in rows)
        assert one.unique_rows == sum(n == 1 for n in seen.values())
        assert one.minimal_rows == sum(tuple(places) in mine for mine in minimal)


def test_the_score_is_that_of_the_literature() -> None:
    """Elliot: of 4 columns, one alone is worth 3! = 6 and a pair 2! = 2."""
    frame = pl.DataFrame({"a": [9, 1, 1, 2, 2], "b": [1, 1, 2, 1, 1], "c": [5] * 5, "d": [7] * 5})
    table = ClassTable.of(frame, frame.columns, keep_rows=True)
    scores = special_uniques(table).scores.take(table.row_class).tolist()
    # Row 1 by a alone; row 2 by a and b; row 3 by b alone; rows 4 and 5 are the same.
    assert scores == [6, 2, 6, 0, 0]


@pytest.mark.parametrize("seed", range(3))
def test_many_values_are_told_apart_where_their_buckets_are_shared(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pl.DataFrame(np.random.default_rng(seed).integers(0, 30, (400, 4)), orient="row")
    table = ClassTable.of(frame, frame.columns)
    expected = special_uniques(table)
    monkeypatch.setattr(suda, "_BUCKETS", 64)
    found = special_uniques(table)
    assert found.scores.tolist() == expected.scores.tolist()
    assert found.combinations == expected.combinations


def test_with_very_many_columns_the_largest_sets_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pl.DataFrame(np.arange(20).reshape(2, 10), orient="row")
    table = ClassTable.of(frame, frame.columns)
    monkeypatch.setattr(suda, "_WORK", 200)
    assert special_uniques(table).largest == 2
    monkeypatch.setattr(suda, "_WORK", 1)
    assert special_uniques(table).largest == 1


def test_the_profile_tells_the_columns_and_combinations_that_single_out_most() -> None:
    rows = [(zip_, sex, year) for zip_, sex, year in zip("aabbccdd", "FMFMFMFM", [1] * 7 + [2], strict=True)]
    frame = pl.DataFrame(rows, schema=["zip", "sex", "born"], orient="row")
    found = risk_profile(frame, ["zip", "sex", "born"])
    assert [(one.column, one.unique_rows, one.distinct) for one in found.columns] == [
        ("zip", 0, 4),
        ("sex", 0, 2),
        ("born", 1, 2),
    ]
    pairs = {tuple(one.columns): (one.unique_rows, one.minimal_rows) for one in found.combinations}
    # Row 8 has a year of its own, and so has row 7 its ZIP code with the other year.
    assert pairs[("zip", "sex")] == (8, 8)
    assert pairs[("zip", "born")] == (2, 1)
    assert found.combinations[0].columns == ["zip", "sex"]
    assert found.uniques is not None
    assert found.uniques.rows == 8
    assert [one["rows"] for one in found.uniques.sizes] == [1, 7, 0]
    assert found.uniques.highest[0]["row"] == 8
    assert sum(one.share for one in found.columns) >= 1


def test_every_set_up_to_the_largest_size_is_looked_at() -> None:
    frame = pl.DataFrame(np.random.default_rng(1).integers(0, 3, (50, 7)), orient="row")
    found = special_uniques(ClassTable.of(frame, frame.columns))
    assert {one.names for one in found.combinations} == {
        chosen for size in range(1, 5) for chosen in combinations(frame.columns, size)
    }
