"""Types are judged from every value, and only given where casting loses nothing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datafiles.inference import TYPES, forms_of, infer, may_have_form, surely
from datafiles.table import Table


def table_of(*values: str | None, name: str = "v") -> Table:
    return Table.of(pl.DataFrame({name: pl.Series(values, dtype=pl.String)}))


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (["1", "-20", "0"], "integer"),
        (["123456789012345678"], "integer"),
        (["1", "2.5", "-.5", "1e-5"], "decimal"),
        (["2020-02-29", "1999-12-31"], "date"),
        (["2/29/2020", "12/31/1999"], "date"),
        (["2020-01-02T03:04:05", "2020-01-02 03:04"], "datetime"),
        (["2020-01-02T03:04:05Z", "2020-01-02T03:04:05+02:00"], "datetime"),
        (["1/2/2020 3:04 PM", "11/12/2020 03:04:05 am"], "datetime"),
        (["1/2/2020 15:04"], "datetime"),
        (["true", "FALSE"], "boolean"),
        (["Yes", "no"], "boolean"),
        (["POINT (-118.2 34.0)", "MULTIPOLYGON (((0 0, 1 1, 1 0, 0 0)))"], "geometry"),
        (["00501", "90012"], "text"),
        (["-0"], "text"),
        (["1234567890123456789"], "text"),
        (["0.1234567890123456"], "text"),
        (["123456789012345678", "1.5"], "text"),
        (["2021-02-29"], "text"),
        (["13/13/2020"], "text"),
        (["2020-01-01", "1/1/2020"], "text"),
        (["1", "n/a"], "text"),
        (["yes", "true"], "text"),
        (["1,234"], "text"),
        ([" 1"], "text"),
        (["NaN"], "text"),
        ([None, None], "text"),
        ([None, "7"], "integer"),
    ],
)
def test_the_type_of_a_column(values: list[str | None], wanted: str) -> None:
    assert table_of(*values).columns[0].type == wanted


@pytest.mark.parametrize(
    ("values", "form"),
    [
        (["POINT (-118.2 34.0)", "POINT(180 -90)"], "geometry_point"),
        (["LINESTRING (1 2, 3 4)", "MULTILINESTRING ((1 2, 3 4), (5 6,7 8))"], "geometry_line"),
        (["POLYGON ((0 0, 1 1, 1 0, 0 0))", "MULTIPOLYGON (((0 0, 1 1, 1 0, 0 0)))"], "geometry_polygon"),
        (["POINT (-118.2 34.0)", "POLYGON ((0 0, 1 1, 1 0, 0 0))"], "geometry"),
        (["POINT (987654.3 212345.6)"], "geometry"),
        (["POINT (34.0 -118.2)"], "geometry"),
        (["POINT Z (1 2 3)"], "geometry"),
        (["POLYGON ((0 0, 1 1, 0 0))"], "geometry"),
    ],
)
def test_shapes_are_told_apart_where_a_map_of_the_world_can_show_them(values: list[str], form: str) -> None:
    column = table_of(*values).columns[0]
    assert (column.type, column.form) == ("geometry", form)


def test_one_misfit_among_many_makes_a_column_text() -> None:
    assert table_of(*["1"] * 60_000, "x").columns[0].type == "text"
    assert table_of(*(str(i) for i in range(60_000)), "x").columns[0].type == "text"


TEXTS = st.one_of(
    st.integers(-(10**19), 10**19).map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.from_regex(r"\A-?[0-9]{1,4}(\.[0-9]{1,16})?([eE]-?[0-9]{1,2})?\Z"),
    st.dates().map(lambda day: day.isoformat()),
    st.dates().map(lambda day: f"{day.month}/{day.day}/{day.year:04}"),
    st.datetimes().map(lambda at: at.isoformat()),
    st.sampled_from(["yes", "No", "true", "FALSE", "", "00501", "-0"]),
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=8),
)


@given(st.lists(TEXTS.map(lambda text: text or None), max_size=6))
def test_a_type_is_one_of_the_list_and_keeps_every_value(values: list[str | None]) -> None:
    table = table_of(*values)
    column = table.columns[0]
    assert column.type in TYPES
    assert table.frame.get_column("v").to_list() == values
    assert [value is None for value in table.typed().get_column("v")] == [value is None for value in values]


@given(st.lists(st.one_of(TEXTS.filter(bool)), min_size=1, max_size=6))
def test_numbers_and_dates_mean_the_same_after_the_cast(values: list[str]) -> None:
    table = table_of(*values)
    column, typed = table.columns[0], table.typed().get_column("v").to_list()
    for text, value in zip(values, typed, strict=True):
        if column.type == "integer":
            assert str(value) == text
        elif column.type == "decimal":
            assert Decimal(repr(value)) == Decimal(text)
        elif column.form == "date_iso":
            assert value.isoformat() == text
        elif column.type == "text":
            assert value == text


def test_times_with_an_offset_are_moved_to_one_clock() -> None:
    table = table_of("2020-01-02T03:04:05Z", "2020-01-02T03:04:05+02:00", "2020-01-02T03:04:05-05:30")
    assert table.typed().get_column("v").to_list() == [
        dt.datetime.fromisoformat("2020-01-02 03:04:05"),
        dt.datetime.fromisoformat("2020-01-02 01:04:05"),
        dt.datetime.fromisoformat("2020-01-02 08:34:05"),
    ]


def test_twelve_hour_times_are_understood() -> None:
    table = table_of("1/2/2020 12:05 AM", "1/2/2020 12:05 pm", "1/2/2020 3:04:05 PM")
    assert [at.hour for at in table.typed().get_column("v")] == [0, 12, 15]


def test_the_forms_of_values_are_counted() -> None:
    verdict = infer(pl.Series("n", ["1", "1", "2.5", "x", None]))
    assert verdict.forms == {"decimal": 1, "integer": 2, "text": 1}
    assert verdict.dominant == ("decimal", 3)


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("date_iso", "{y}-{m:02}-{d:02}"),
        ("date_us", "{m:02}/{d:02}/{y}"),
        ("datetime_iso", "{y}-{m:02}-{d:02} 08:15:00"),
    ],
)
def test_a_single_look_tells_every_day_but_the_29th_of_february(form: str, written: str) -> None:
    days = [(y, m, d) for y in (2023, 2024) for m in range(14) for d in range(33)]
    values = pl.Series([written.format(y=y, m=m, d=d) for y, m, d in days])
    sure = surely(values, form)
    assert sure is not None
    leap = pl.Series([(m, d) == (2, 29) for _, m, d in days])
    assert (sure | (leap & (forms_of(values) == form))).to_list() == (forms_of(values) == form).to_list()
    assert not (sure & leap).any()


def test_a_look_spares_long_words_only() -> None:
    shaped = [
        "1.5e3",
        "-0.1234567890123456",
        "12/31/2024 10:00:00 PM",
        "MULTIPOINT ((1 2), (3 4))",
        "False",
        "no",
    ]
    words = ["Some words about it, long enough", "élan vital, et cetera", "n/a"]
    values = pl.Series([*shaped, *words, None])
    found = may_have_form(values, beside="^n/a$", longest=3)
    assert found.to_list() == [True] * len(shaped) + [False, False, True, False]


def test_rows_that_do_not_fit_are_named_by_position() -> None:
    (found,) = table_of("1", "2", "unknown", None, "4", "n/a").inconsistencies()
    assert (found.column, found.type, found.misfits, found.rows) == ("v", "integer", 2, [3, 6])
    assert found.share == 0.6


def test_the_rarer_way_of_writing_dates_does_not_fit() -> None:
    (found,) = table_of("1/2/2020", "1/3/2020", "2020-01-04").inconsistencies()
    assert (found.type, found.rows) == ("date", [3])


def test_a_column_of_words_is_not_inconsistent() -> None:
    assert table_of("a", "b", "1").inconsistencies() == []
