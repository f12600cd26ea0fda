"""What is sent and what comes back compare equal, whatever the table; and what cannot be sent is refused."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datafiles.fingerprint import row_hash_sum
from datafiles.table import Column, Table
from publishing.encode import (
    EncodingError,
    canonical_portal_row,
    encode_rows,
    encode_table,
    plain_number,
    plan_chunks,
    rows_fingerprint,
    table_fingerprint,
)
from publishing.portals.socrata import SocrataPortal
from publishing.records import PortalColumn, PortalRecord, field_name, field_names, record_of
from tests.publishing import samples

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
cells = {
    "text": texts,
    "number": st.one_of(
        st.integers(-(10**17), 10**17).map(str),
        st.decimals(-(10**6), 10**6, allow_nan=False, places=3).map(str),
    ),
    "day": st.dates().map(str),
    "moment": st.datetimes(timezones=st.none()).map(
        lambda at: at.isoformat(sep=" ", timespec="milliseconds")
    ),
    "flag": st.sampled_from(["true", "false"]),
    "answer": st.sampled_from(["Yes", "no"]),
}


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Any number of columns of any kind, with gaps, under any names."""
    names = draw(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=5, unique=True))
    names = [name for name in names if name.encode("utf-8", "ignore").decode() == name] or ["a"]
    height = draw(st.integers(1, 8))
    columns: dict[str, list[str | None]] = {}
    for name in names:
        values = st.one_of(st.none(), cells[draw(st.sampled_from(sorted(cells)))])
        columns[name] = draw(st.lists(values, min_size=height, max_size=height))
    return Table.of(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)))


@given(tables())
@settings(max_examples=60)
def test_rows_as_sent_have_the_fingerprint_of_the_table(table: Table) -> None:
    record = samples.record(table)
    expected = table_fingerprint(encode_table(table, record))
    assert rows_fingerprint(encode_rows(table, record), record) == expected


@given(tables())
@settings(max_examples=15)
def test_rows_that_went_over_the_portal_have_the_fingerprint_of_the_table(config: Any, table: Table) -> None:
    record = samples.record(table)
    with SocrataPortal(config) as portal:
        remote_id = portal.create(record).remote_id
        portal.push_chunk(remote_id, samples.rows(table, record))
        back = list(portal.read_back(remote_id, record.fields))
    assert rows_fingerprint(reversed(back), record) == table_fingerprint(encode_table(table, record))


@pytest.fixture(scope="module")
def config(standin_process: Any) -> Any:
    from tests.publishing.conftest import Orders

    return Orders(standin_process).config()


def test_a_column_named_like_a_pattern_is_a_column() -> None:
    names = ["0", "*", "^.*$", "^a"]
    table = Table.of(pl.DataFrame({name: [f"in {name}"] for name in names}))
    record = samples.record(table)
    assert list(samples.rows(table, record)[0].values()) == ["1", "in 0", "in *", "in ^.*$", "in ^a"]


@given(st.lists(st.text(), max_size=20))
def test_field_names_are_valid_unique_and_never_reserved(names: list[str]) -> None:
    found = field_names(names)
    assert len(set(found)) == len(names)
    for name in found:
        assert name.isascii() and name.replace("_", "").isalnum() and name == name.lower()
        assert (
            not name[0].isdigit() and len(name) <= 63 and name not in ("select", "where", "row_key", "null")
        )


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Permit #", "permit"),
        ("2019 total", "c_2019_total"),
        ("Select", "c_select"),
        ("ÄÖ", "column"),
        ("ID", "id"),
        ("a" * 80, "a" * 63),
    ],
)
def test_field_names_are_made_like_this(name: str, field: str) -> None:
    assert field_name(name) == field


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20))
def test_a_number_keeps_its_value_and_loses_its_notation(number: Decimal) -> None:
    plain = plain_number(str(number))
    assert Decimal(plain) == number and "e" not in plain.lower()
    assert plain_number(plain + ("0" if "." in plain else ".00")) == plain


@pytest.mark.parametrize("text", ["NaN", "Infinity", "", "x", "1 2"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        plain_number(text)


def small(**columns: tuple[str, list[str | None]]) -> tuple[Table, PortalRecord]:
    frame = pl.DataFrame({name: values for name, (_, values) in columns.items()}, schema_overrides={})
    table = Table(tuple(Column(name, kind, _form(kind)) for name, (kind, _) in columns.items()), frame)
    return table, samples.record(table)


def _form(kind: str) -> str:
    return {"date": "date_us", "datetime": "datetime_zoned", "boolean": "yes_no"}.get(kind, kind)


def test_values_are_sent_in_the_notation_of_the_portal() -> None:
    table, record = small(
        day=("date", ["1/2/2026", None]),
        at=("datetime", ["2026-01-02T10:00:00+02:00", None]),
        flag=("boolean", ["YES", None]),
        n=("decimal", ["1.50", None]),
        t=("text", ["", "é"]),
    )
    assert list(encode_rows(table, record)) == [
        {
            "row_key": "1",
            "day": "2026-01-02T00:00:00.000",
            "at": "2026-01-02T08:00:00.000",
            "flag": True,
            "n": "1.5",
            "t": None,
        },
        {"row_key": "2", "day": None, "at": None, "flag": None, "n": None, "t": "é"},
    ]
    assert next(c for c in record.columns if c.field_name == "at").description.endswith("Times are in UTC.")


def moments(timezone: str, row_identifier: str | None = None) -> tuple[list[dict[str, Any]], PortalColumn]:
    """Two moments in summer and in winter, with one that names no zone, as the portal of a program gets them."""
    frame = pl.DataFrame(
        {
            "at": ["2026-07-01T23:30:00-04:00", "2026-01-02T03:15:00Z"],
            "on": ["2026-07-01", "2026-01-01"],
            "seen": ["2026-07-01T23:30", "2026-01-01T22:15"],
        }
    )
    table = Table.of(frame)
    record = samples.record(table, timezone=timezone, row_identifier=row_identifier)
    return list(encode_rows(table, record)), next(c for c in record.columns if c.field_name == "at")


def test_moments_go_out_in_the_time_zone_of_the_program_and_say_so() -> None:
    """Portals show timestamps as they stand there: an evening in July must not be the next morning."""
    rows, at = moments("America/New_York")
    assert [row["at"] for row in rows] == ["2026-07-01T23:30:00.000", "2026-01-01T22:15:00.000"]
    assert [row["seen"] for row in rows] == ["2026-07-01T23:30:00.000", "2026-01-01T22:15:00.000"]
    assert [row["on"] for row in rows] == ["2026-07-01T00:00:00.000", "2026-01-01T00:00:00.000"]
    assert at.description == "What at holds Times are local: time zone America/New_York."


def test_moments_that_identify_rows_stay_in_utc() -> None:
    """On a local clock an hour of autumn comes twice, and two rows would become one."""
    rows, at = moments("America/New_York", row_identifier="at")
    assert [row["at"] for row in rows] == ["2026-07-02T03:30:00.000", "2026-01-02T03:15:00.000"]
    assert at.description.endswith("Times are in UTC.")


def test_a_record_that_was_kept_before_zones_means_utc_and_keeps_its_digest() -> None:
    table, record = small(at=("datetime", ["2026-01-02T10:00:00+02:00"]))
    assert all("timezone" not in column for column in record.as_json()["columns"])
    kept = PortalRecord.from_json(record.as_json())
    assert (kept, kept.digest) == (record, record.digest)
    zoned = samples.record(table, timezone="America/Denver", external_key=record.external_key)
    assert PortalRecord.from_json(zoned.as_json()) == zoned
    assert zoned.digest != record.digest


def test_a_portal_may_write_values_its_own_way_and_leave_nulls_out() -> None:
    table, record = small(
        n=("integer", ["7"]), flag=("boolean", ["no"]), day=("date", ["1/2/2026"]), t=("text", [None])
    )
    ours = next(encode_rows(table, record))
    theirs = {"row_key": 1, "n": "7.00", "flag": "false", "day": "2026-01-02T00:00:00", ":id": "row-1"}
    assert canonical_portal_row(theirs, record) == canonical_portal_row(ours, record)


@pytest.mark.parametrize(
    "change",
    [{"n": "8"}, {"n": "x"}, {"flag": True}, {"day": "2026-01-02T00:00:00Z"}, {"t": " "}, {"row_key": "2"}],
)
def test_any_other_value_makes_a_difference(change: dict[str, Any]) -> None:
    table, record = small(
        n=("integer", ["7"]), flag=("boolean", ["no"]), day=("date", ["1/2/2026"]), t=("text", [None])
    )
    ours = next(encode_rows(table, record))
    assert canonical_portal_row(ours | change, record) != canonical_portal_row(ours, record)


def test_the_order_of_rows_does_not_matter_and_a_row_twice_does() -> None:
    rows = [b"a", b"b", b"c"]
    assert row_hash_sum(rows) == row_hash_sum(reversed(rows))
    assert row_hash_sum([*rows, b"a", b"a"]) != row_hash_sum(rows)


@given(st.integers(1, 60), st.integers(1, 20), st.integers(200, 3000))
@settings(max_examples=40)
def test_chunks_cover_every_row_once_within_their_bounds(rows: int, most: int, size: int) -> None:
    table = samples.table(rows)
    frame = encode_table(table, samples.record(table))
    plan = plan_chunks(frame, max_rows=most, max_bytes=size)
    assert plan == plan_chunks(frame, max_rows=most, max_bytes=size)
    assert [chunk.number for chunk in plan] == list(range(1, len(plan) + 1))
    assert sum(chunk.rows for chunk in plan) == rows
    assert all(one.start + one.rows == two.start for one, two in pairwise(plan))
    assert max(chunk.rows for chunk in plan) <= most


@pytest.mark.parametrize(
    ("value", "what"), [("ü" * 2049, "more than 4,096 bytes"), ("a\x00b", "a NUL character")]
)
def test_a_text_the_portal_cannot_hold_is_refused_with_its_row(value: str, what: str) -> None:
    table, record = small(t=("text", ["a", value]))
    with pytest.raises(EncodingError) as caught:
        encode_table(table, record)
    assert (
        what in caught.value.sentence
        and "row 2" in caught.value.sentence
        and value not in caught.value.sentence
    )


def test_a_row_identifier_of_the_data_must_be_unique_and_filled() -> None:
    for values in (["a", "a"], ["a", None]):
        table = Table.of(pl.DataFrame({"k": values}, schema={"k": pl.String}))
        record = record_of(
            external_key="x",
            name="n",
            description="",
            columns=table.columns,
            descriptions={},
            row_identifier="k",
        )
        assert record.row_identifier == "k" and not record.has_own_key
        with pytest.raises(EncodingError, match="is to identify the rows"):
            encode_table(table, record)


def test_a_column_without_a_readable_name_is_shown_under_its_field_name() -> None:
    table = Table.of(pl.DataFrame({" ": ["a"], " two\n words ": ["b"]}))
    assert [column.name for column in samples.record(table).data_columns] == ["column", "two words"]


def test_a_record_survives_json_and_its_digest_names_every_word() -> None:
    record = samples.record(samples.table(), external_key="pub-1")
    assert PortalRecord.from_json(record.as_json()) == record
    other = samples.record(samples.table(), external_key="pub-1", name="Other name")
    assert other.digest != record.digest
