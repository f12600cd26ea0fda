"""The machine's checks, each by cases and, where a rule can be said for all tables, by property."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.checks import (
    LIST,
    CheckResult,
    Subject,
    completeness,
    constant_columns,
    coordinates,
    date_field_present,
    dates_iso,
    duplicate_rows,
    headers,
    numbers_plain,
    primary_key,
    quality_score,
    row_count_equals_source,
    run_all,
    schema_matches_dictionary,
    single_table,
    text_clean,
    timeliness,
    type_consistency,
    valid_ranges,
)
from datafiles.table import Table

TODAY = date(2026, 11, 21)
CELLS = st.one_of(
    st.none(), st.text(max_size=8), st.sampled_from(["1", "2.5", "2026-01-02", "$3", "<b>", "yes"])
)
TABLES = st.integers(0, 6).flatmap(
    lambda rows: st.dictionaries(
        st.text(min_size=1, max_size=6), st.lists(CELLS, min_size=rows, max_size=rows), min_size=1, max_size=4
    )
)


def subject(columns: dict[str, list[Any]], **more: Any) -> Subject:
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return Subject(table=Table.of(frame), today=more.pop("today", TODAY), **more)


def by_column(result: CheckResult) -> dict[str, str]:
    return {part.column: part.level for part in result.columns}


# --- every check, on any table ---
@given(TABLES)
def test_every_check_answers_on_any_table_and_never_shows_a_value(columns: dict[str, list[Any]]) -> None:
    secret = {name: [cell and f"{cell}zqxj" for cell in cells] for name, cells in columns.items()}
    for result in run_all(subject(secret)):
        assert result.level in ("pass", "warn", "error", "open")
        assert result.sentence
        assert result.score is None or 0 <= result.score <= 1
        said = " ".join([result.sentence, *(part.sentence for part in result.columns)])
        assert "zqxj" not in said
        for part in result.columns:
            assert all(1 <= row <= len(next(iter(columns.values()))) for row in part.rows)


@given(TABLES)
def test_the_same_table_gets_the_same_results(columns: dict[str, list[Any]]) -> None:
    assert run_all(subject(columns)) == run_all(subject(columns))


def test_results_come_in_the_order_of_the_list() -> None:
    assert [result.check for result in run_all(subject({"a": ["1"]}))] == [check.name for check in LIST]


# --- completeness ---
@pytest.mark.parametrize(("filled", "level"), [(10, "pass"), (8, "pass"), (7, "warn"), (0, "warn")])
def test_a_column_less_than_four_fifths_filled_is_warned_of(filled: int, level: str) -> None:
    result = completeness.check(subject({"remarks": ["x"] * filled + [None] * (10 - filled)}))
    assert (result.level, result.score) == (level, filled / 10)


def test_the_sentence_about_a_thin_column_has_its_denominator() -> None:
    result = completeness.check(subject({"remarks": ["x"] + [None] * 3}))
    assert "25 % filled (1 of 4 rows)" in result.sentence


# --- row count ---
@given(TABLES)
def test_the_row_count_is_never_answered_from_the_file(columns: dict[str, list[Any]]) -> None:
    result = row_count_equals_source.check(subject(columns))
    assert (result.level, result.score) == ("open", None)


@given(TABLES, st.integers(0, 10))
def test_the_row_count_passes_only_when_it_equals_the_declared_one(
    columns: dict[str, list[Any]], declared: int
) -> None:
    given_ = subject(columns, source_rows=declared)
    assert (row_count_equals_source.check(given_).level == "pass") is (given_.table.rows == declared)


def test_a_differing_row_count_says_both_numbers_and_the_gap() -> None:
    result = row_count_equals_source.check(subject({"a": ["x"] * 9}, source_rows=12))
    assert result.level == "error"
    assert "9 rows, the source 12 (3 fewer)" in result.sentence


# --- schema ---
def test_without_a_dictionary_the_schema_is_left_open() -> None:
    assert schema_matches_dictionary.check(subject({"a": ["1"]})).level == "open"


def test_undescribed_missing_and_mistyped_columns_are_errors() -> None:
    declared = {
        "a": {"description": "A number.", "type": "integer"},
        "b": {"description": " ", "type": ""},
        "gone": {"description": "Was here.", "type": ""},
        "c": {"description": "A day.", "type": "date"},
    }
    result = schema_matches_dictionary.check(
        subject({"a": ["1"], "b": ["x"], "c": ["soon"], "new": ["y"]}, declared=declared)
    )
    assert by_column(result) == {"b": "error", "new": "error", "gone": "error", "c": "error"}
    assert "“gone” is described, but the file does not have it" in result.columns[2].sentence


def test_whole_numbers_fit_a_column_of_decimals() -> None:
    declared = {"a": {"description": "A cost.", "type": "decimal"}}
    assert schema_matches_dictionary.check(subject({"a": ["1"]}, declared=declared)).level == "pass"


# --- types ---
@pytest.mark.parametrize(
    ("values", "level"),
    [
        (["1"] * 10, "pass"),
        (["1"] * 19 + ["n/a"], "error"),
        (["101"] * 7 + ["102A"] * 3, "warn"),
        (["a", "b", "1"], "pass"),
        ([None, None], "pass"),
    ],
)
def test_stray_values_in_a_column_of_one_type(values: list[str | None], level: str) -> None:
    assert type_consistency.check(subject({"n": values})).level == level


def test_codes_are_one_kind_of_value_and_a_lost_zero_is_told() -> None:
    codes = [f"{n * 7 % 100:02d}" for n in range(1, 41)]
    assert type_consistency.check(subject({"district": codes})).level == "pass"
    lost = [code.lstrip("0") if n < 20 else code for n, code in enumerate(codes)]
    assert type_consistency.check(subject({"district": lost})).level == "error"


def test_stray_values_are_named_by_their_rows() -> None:
    result = type_consistency.check(subject({"n": ["1"] * 19 + ["n/a"]}))
    assert result.columns[0].rows == (20,)
    assert result.columns[0].count == 1


# --- one table ---
@pytest.mark.parametrize(
    ("code", "level"),
    [("merged_cells", "error"), ("extra_sheets", "warn"), ("blank_rows", "warn"), ("delimiter", "pass")],
)
def test_what_the_reader_noted_counts(code: str, level: str) -> None:
    notes = ({"code": code, "sentence": "Something about the sheet."},)
    assert single_table.check(subject({"a": ["1"]}, notes=notes)).level == level


def test_words_under_the_table_are_taken_for_footnotes() -> None:
    columns = {"a": ["x", "y", "Source: us"], "b": ["1", "2", None], "c": ["3", None, None]}
    result = single_table.check(subject(columns))
    assert (result.level, result.columns[0].rows) == ("error", (3,))


def test_a_sparse_table_has_no_footnotes() -> None:
    columns = {"a": ["x", "y"], "b": [None, None], "c": [None, None]}
    assert single_table.check(subject(columns)).level == "pass"


# --- headers ---
@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["permit_number", "issued.on", "cost-usd"], {}),
        (["Permit Number"], {"Permit Number": "warn"}),
        (["x" * 30], {"x" * 30: "warn"}),
        (["x" * 29], {}),
        (["Unnamed: 3", "col1", "7"], {"Unnamed: 3": "warn", "col1": "warn", "7": "warn"}),
        (["Status", "status"], {"Status": "error", "status": "error"}),
        (["Straße", "cost ($)"], {"Straße": "warn", "cost ($)": "warn"}),
    ],
)
def test_column_names(names: list[str], expected: dict[str, str]) -> None:
    assert by_column(headers.check(subject({name: ["1"] for name in names}))) == expected


# --- dates ---
@pytest.mark.parametrize(
    ("value", "level"),
    [
        ("2026-03-31", "pass"),
        ("2026-03", "pass"),
        ("2026-W12", "pass"),
        ("2026-Q1", "pass"),
        ("2026-03-31T10:00:00Z", "pass"),
        ("03/31/2026", "warn"),
        ("3/31/26", "warn"),
        ("31.03.2026", "warn"),
        ("Mar 31, 2026", "warn"),
        ("31-Mar-2026", "warn"),
        ("10-20", "pass"),
    ],
)
def test_dates_that_do_not_begin_with_the_year_are_warned_of(value: str, level: str) -> None:
    assert dates_iso.check(subject({"d": [value, None]})).level == level


def test_dates_before_1900_are_errors_in_the_words_of_the_drawing() -> None:
    result = valid_ranges.check(subject({"issued": ["1899-12-31"] * 14 + ["1900-01-01"]}))
    assert result.level == "error"
    assert result.columns[0].sentence.startswith("14 dates in “issued” are before 1900.")


@pytest.mark.parametrize(("day", "level"), [("2126-12-31", "pass"), ("9999-12-31", "error")])
def test_dates_of_the_far_future_are_errors(day: str, level: str) -> None:
    assert valid_ranges.check(subject({"d": [day]})).level == level


def test_a_column_of_dates_or_a_year_says_when_a_row_is_from() -> None:
    assert date_field_present.check(subject({"d": ["2026-01-01"]})).level == "pass"
    assert date_field_present.check(subject({"fiscal_year": ["2026"]})).level == "pass"
    assert date_field_present.check(subject({"a": ["x"]})).level == "warn"


# --- numbers ---
@pytest.mark.parametrize(
    ("values", "level"),
    [
        (["1200", "3.5", "-4"], "pass"),
        (["$1,200", "$5"], "warn"),
        (["1,200", "800"], "warn"),
        (["45%", "12 %"], "warn"),
        (["10 km", "12 km"], "warn"),
        (["(1,000)", "7"], "warn"),
        (["5 Main Street", "7 High Street", "$3"], "pass"),
        (["12A", "3B"], "pass"),
    ],
)
def test_decorated_numbers_are_warned_of(values: list[str], level: str) -> None:
    assert numbers_plain.check(subject({"n": values})).level == level


@given(st.integers(1_000, 10**12))
def test_a_number_with_commas_is_decorated_and_without_is_not(number: int) -> None:
    assert numbers_plain.check(subject({"n": [f"{number:,}"]})).level == "warn"
    assert numbers_plain.check(subject({"n": [str(number)]})).level == "pass"


# --- text ---
@pytest.mark.parametrize(
    ("value", "level"),
    [
        ("a plain sentence", "pass"),
        ("a < b and c > d", "pass"),
        ("R&D", "pass"),
        ("<script>alert(1)</script>", "error"),
        ("<br/>", "error"),
        ("<!-- note -->", "error"),
        ("Smith &amp; Sons", "error"),
        ("two\nlines", "warn"),
        ("bell\x07", "warn"),
        ("caf\ufffd", "warn"),
        ("cafÃ©", "warn"),
    ],
)
def test_unclean_text(value: str, level: str) -> None:
    assert text_clean.check(subject({"t": [value]})).level == level


def test_a_column_of_phrases_in_capitals_is_warned_of_and_codes_are_not() -> None:
    assert text_clean.check(subject({"t": ["BIG HOUSE"] * 10})).level == "warn"
    assert text_clean.check(subject({"t": ["CLOSED"] * 10})).level == "pass"
    assert text_clean.check(subject({"t": ["Big house"] * 10})).level == "pass"


def test_several_faults_of_one_column_make_one_result_of_the_worst_level() -> None:
    result = text_clean.check(subject({"t": ["<b>x</b>", "two\nlines"]}))
    assert by_column(result) == {"t": "error"}


# --- places ---
@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"latitude": ["41.2"], "longitude": ["-87.6"]}, {}),
        ({"lat": ["41.2"], "lon": ["-87.6"]}, {"lat": "warn", "lon": "warn"}),
        ({"latitude": ["412000"], "longitude": ["-87.6"]}, {"latitude": "warn"}),
        ({"latitude": ["0"], "longitude": ["-87.6"]}, {"latitude": "warn"}),
        ({"latitude": ["41.2"]}, {"latitude": "warn"}),
        ({"x": ["1"]}, {}),
        ({"name": ["a"]}, {}),
    ],
)
def test_coordinates(columns: dict[str, list[str]], expected: dict[str, str]) -> None:
    assert by_column(coordinates.check(subject(columns))) == expected


# --- rows ---
@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=8))
def test_repeats_are_counted_beyond_the_first(values: list[str]) -> None:
    result = duplicate_rows.check(subject({"v": values}))
    repeats = len(values) - len(set(values))
    assert sum(part.count for part in result.columns) == repeats
    assert result.score == pytest.approx(1 - repeats / len(values), abs=1e-4)


def test_a_row_key_is_always_filled_and_always_different() -> None:
    assert primary_key.check(subject({"id": ["1", "2"]})).level == "pass"
    assert primary_key.check(subject({"id": ["1", "1"]})).level == "warn"
    assert primary_key.check(subject({"id": ["1", None]})).level == "warn"


def test_columns_that_never_vary_are_told_but_stop_nothing() -> None:
    result = constant_columns.check(subject({"a": ["x", "x"], "b": [None, None], "c": ["1", "2"]}))
    assert result.level == "pass"
    assert by_column(result) == {"a": "info", "b": "info"}


# --- timeliness ---
@pytest.mark.parametrize(
    ("frequency", "newest", "level", "score"),
    [
        ("monthly", "2026-11-01", "pass", 1.0),
        ("monthly", "2026-10-01", "warn", 0.5),
        ("daily", "2026-11-01", "warn", 0.0),
        ("annually", "2026-01-01", "pass", 1.0),
        ("bimonthly", "2026-10-01", "pass", 1.0),
        ("hourly", "2026-11-01", "warn", 0.0),
        ("other", "2026-11-01", "open", None),
        ("not_updated", "1990-01-01", "pass", 1.0),
        ("", "2026-11-01", "open", None),
    ],
)
def test_the_newest_date_against_the_promise(
    frequency: str, newest: str, level: str, score: float | None
) -> None:
    result = timeliness.check(subject({"d": [newest, "2980-01-01"]}, accrual_periodicity=frequency))
    assert (result.level, result.score) == (level, score)


def test_what_is_updated_on_weekdays_is_not_late_after_a_weekend() -> None:
    friday, monday = date(2026, 11, 20), date(2026, 11, 23)
    given_ = subject({"d": [friday.isoformat()]}, accrual_periodicity="weekdays")
    assert timeliness.check(replace(given_, today=monday)).level == "pass"
    late = timeliness.check(replace(given_, today=monday + timedelta(days=1)))
    assert late.level == "warn" and "promised every weekday" in late.columns[0].sentence


def test_the_declared_end_of_the_data_goes_before_its_dates() -> None:
    given_ = subject({"d": ["2026-11-20"]}, accrual_periodicity="daily", data_as_of=date(2026, 1, 1))
    assert timeliness.check(given_).level == "warn"


@pytest.mark.parametrize("newest", ["2026-11-03", "2026-09-30", "2001-05-17"])
def test_the_newest_date_itself_is_never_quoted(newest: str) -> None:
    """A column of dates may be about people, and nobody has looked at it yet."""
    result = timeliness.check(subject({"born": [newest, "1990-02-03"]}, accrual_periodicity="monthly"))
    said = " ".join([result.sentence, *(part.sentence for part in result.columns)])
    days = (TODAY - date.fromisoformat(newest)).days
    assert newest not in said and f"{days:,} day" not in said


# --- score ---
def test_the_score_is_the_mean_of_what_could_be_judged() -> None:
    score = quality_score(run_all(subject({"id": ["1", "2"], "note": ["x", None]})))
    values = {one.name: one.value for one in score.dimensions}
    assert values["completeness"] == 0.75
    assert values["timeliness"] is None
    known = [value for value in values.values() if value is not None]
    assert score.value == round(sum(known) / len(known), 2)
    said = {one.name: one.explanation for one in score.dimensions}
    assert said["completeness"] == "From: cells that are filled 0.75."
    assert all(said.values()) and not any("schema matches" in words for words in said.values())
