"""Our rows beside the portal's: the quick way of counting them says what the slow way says."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datafiles.fingerprint import RowSum
from publishing import measures
from publishing.measures import Measures, SideBySide
from publishing.records import CALENDAR_DATE, NUMBER, TEXT, PortalColumn, PortalRecord

RECORD = PortalRecord(
    external_key="x",
    name="n",
    description="",
    columns=(
        PortalColumn("key", "Key", TEXT),
        PortalColumn("size", "Size", NUMBER),
        PortalColumn("at", "At", CALENDAR_DATE),
    ),
    row_identifier="key",
)
SCHEMA = dict.fromkeys(RECORD.fields, pl.String)

row = st.tuples(
    st.sampled_from("abcdefgh"),
    st.none() | st.integers(-3, 3).map(str),
    st.none() | st.integers(1, 9).map(lambda day: f"2026-01-0{day}T00:00:00.000"),
)
page = st.lists(row, max_size=4)


def frame(rows: list[tuple[str | None, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def measured(pages: list[pl.DataFrame]) -> Measures:
    counted = Measures(RECORD)
    for one in pages:
        counted.add(one)
    return counted


def told(counted: Measures) -> tuple[object, ...]:
    return counted.rows, counted.fingerprint, counted.columns


@given(st.lists(st.tuples(page, page | st.none()), max_size=5), st.booleans())
def test_pages_side_by_side_are_counted_as_each_side_alone(
    pages: list[tuple[list[tuple[str | None, ...]], list[tuple[str | None, ...]] | None]], known: bool
) -> None:
    ours = [frame(mine) for mine, _ in pages]
    theirs = [frame(mine if other is None else other) for mine, other in pages]
    both = SideBySide(RECORD, measured(ours) if known else None)
    for mine, other in zip(ours, theirs, strict=True):
        both.add(mine, other)
    assert told(both.expected) == told(measured(ours))
    assert told(both.found) == told(measured(theirs))
    assert both.expected.differing(both.found) == measured(ours).differing(measured(theirs))


def test_rows_in_another_order_over_the_pages_are_the_same_rows() -> None:
    one, two = frame([("a", "1", None)]), frame([("b", "2", None)])
    both = SideBySide(RECORD)
    both.add(one, two)
    both.add(two, one)
    assert both.expected.fingerprint == both.found.fingerprint
    assert both.expected.differing(both.found) == []


def test_a_page_that_is_the_same_is_hashed_once_and_not_again_when_ours_are_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashed: list[int] = []
    whole = measures.canonical_rows

    def counted(rows: pl.DataFrame) -> list[bytes]:
        hashed.append(rows.height)
        return whole(rows)

    monkeypatch.setattr(measures, "canonical_rows", counted)
    same = frame([("a", "1", None), ("b", "2", None)])
    first = SideBySide(RECORD)
    first.add(same, same.clone())
    assert hashed == [2]
    second = SideBySide(RECORD, first.expected)
    second.add(same, same.clone())
    assert hashed == [2] and second.found.fingerprint == first.found.fingerprint


@given(st.lists(st.binary(max_size=3), max_size=6), st.lists(st.binary(max_size=3), max_size=6))
def test_sums_of_rows_add_up_and_are_taken_away_again(some: list[bytes], more: list[bytes]) -> None:
    one, two = RowSum().add(some), RowSum().add(more)
    assert one.plus(two).text() == RowSum().add([*some, *more]).text()
    assert one.plus(two).minus(two).text() == one.text()
