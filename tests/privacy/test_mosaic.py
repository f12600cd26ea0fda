"""Sketches: how rows of two tables would join, from hashes alone."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from datafiles.table import Table
from privacy.mosaic import (
    SIZE,
    Sketch,
    SketchColumn,
    join,
    join_sentence,
    joins,
    kind_of,
    public_already,
    sketches_of,
)

SECRET = b"the secret of this site"
ZIP, SEX = SketchColumn("zip", "ZIP_CODE"), SketchColumn("sex", "SEX")


def table(**columns: list[str]) -> Table:
    return Table.of(pl.DataFrame(columns))


def sketched(made: Table, *columns: SketchColumn) -> list[Sketch]:
    return sketches_of(made, columns, SECRET)


def test_two_harmless_tables_that_join_to_uniqueness_are_flagged() -> None:
    """In each of them everybody has at least ninety-nine likes; the case number puts the two together."""
    cases = [f"C-{number}" for number in range(1_000)]
    ours = table(case_no=cases, zip=[f"9001{number % 10}" for number in range(1_000)])
    theirs = table(Case_No=[case.lower() for case in cases], sex=["F", "M"] * 500)
    key = SketchColumn("case_no", kind_of("case_no", "", "key"))
    their_key = SketchColumn("Case_No", kind_of("Case_No", "", "key"))
    found = joins(sketched(ours, key, ZIP), sketched(theirs, their_key, SEX))
    assert [(one.here, one.there, one.unique, one.is_exact) for one in found] == [
        (["case_no"], ["Case_No"], 1_000, True)
    ]
    assert join_sentence("Arrests", found[0]).startswith(
        "Joined with “Arrests” on case_no, 1,000 rows would meet exactly one row there"
    )


def test_columns_that_single_nobody_out_alone_do_so_together() -> None:
    rows = [(f"{zip_code}", f"{year}") for zip_code in range(30) for year in range(30)]
    ours = table(zip=[f"z{a}" for a, _ in rows], born=[f"19{int(b):02d}" for _, b in rows])
    theirs = table(postal=[f"z{a}" for a, _ in rows], birth_year=[f"19{int(b):02d}" for _, b in rows])
    found = joins(
        sketched(ours, ZIP, SketchColumn("born", "AGE")),
        sketched(theirs, SketchColumn("postal", "ZIP_CODE"), SketchColumn("birth_year", "AGE")),
    )
    assert [(sorted(one.here), one.unique) for one in found] == [(["born", "zip"], 900)]


def test_tables_that_share_only_what_many_have_are_not_flagged() -> None:
    made = table(zip=["a", "b"] * 50, sex=["F", "F", "M", "M"] * 25)
    other = table(zip=["a", "b"] * 80)
    assert joins(sketched(made, ZIP, SEX), sketched(other, ZIP)) == []
    assert public_already(sketched(made, ZIP, SEX), sketched(other, ZIP)) == ["zip"]


def test_running_numbers_link_nothing() -> None:
    made = table(id=[str(number) for number in range(1, 200)], zip=["a"] * 199)
    assert [one.columns for one in sketched(made, SketchColumn("id", "name:id"), ZIP)] == [("zip",)]


def test_the_same_value_written_otherwise_still_meets() -> None:
    ours, theirs = table(when=["2020-05-01"], n=["7"]), table(when=["05/01/2020"], n=["7.0"])
    columns = (SketchColumn("when", "EVENT_DATE"), SketchColumn("n", "AGE"))
    assert all(
        join(a, b).common == 1
        for a, b in zip(sketched(ours, *columns), sketched(theirs, *columns), strict=True)
    )


def test_another_secret_makes_other_hashes() -> None:
    made = table(zip=["90012"])
    (first,), (second,) = sketches_of(made, [ZIP], b"one"), sketches_of(made, [ZIP], b"two")
    assert first.hashes.tolist() != second.hashes.tolist()


def test_a_sketch_keeps_hashes_and_counts_and_no_value() -> None:
    (made,) = sketched(table(zip=["90012", "90012", "90013"]), ZIP)
    assert b"90012" not in made.hashes.tobytes() and sorted(made.counts.tolist()) == [1, 2]
    assert (made.rows, made.distinct) == (3, 2)


def test_rows_that_miss_a_value_join_nothing() -> None:
    made = Table.of(pl.DataFrame({"zip": ["a", None, ""], "sex": ["F", "M", "M"]}))
    assert {one.columns: one.rows for one in sketched(made, ZIP, SEX)}[("sex", "zip")] == 1


def test_an_estimate_of_many_is_near_the_truth() -> None:
    ours = table(zip=[f"v{number}" for number in range(20_000)])
    theirs = table(zip=[f"v{number}" for number in range(10_000, 40_000)])
    (first,), (second,) = sketched(ours, ZIP), sketched(theirs, ZIP)
    found = join(first, second)
    assert not found.is_exact and len(first.hashes) == SIZE
    assert 8_000 < found.unique < 12_000
    assert abs(first.distinct - 20_000) < 2_000


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=30),
    st.lists(st.sampled_from("efghij"), min_size=1, max_size=30),
)
def test_small_sketches_tell_the_join_exactly(ours: list[str], theirs: list[str]) -> None:
    (first,), (second,) = sketched(table(zip=ours), ZIP), sketched(table(zip=theirs), ZIP)
    found = join(first, second)
    both = set(ours) & set(theirs)
    assert found.is_exact and found.common == len(both)
    assert found.unique == sum(ours.count(value) == theirs.count(value) == 1 for value in both)
    assert found.joined_rows == sum(ours.count(value) * theirs.count(value) for value in both)
