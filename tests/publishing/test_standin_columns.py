"""What the stand-in does with whole columns at once is what it would do row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publishing.devserver import assets, queries, reading
from publishing.devserver.derived import table_of
from publishing.devserver.dsmapi import blocks, columnar, evaluation, notations, parsing, regular, uploads
from publishing.devserver.dsmapi.functions import Conversion
from publishing.devserver.dsmapi.notations import GUESSES, Guess
from publishing.devserver.dsmapi.transforms import compile_transform
from publishing.devserver.pagination import Pagination
from publishing.devserver.row_writer import RowWriter
from publishing.devserver.store import Asset, Store, cell
from publishing.devserver.values import READERS

AS_DRAWN = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
USER = {"id": "user-0001"}

# --- files

CELL = st.text(st.sampled_from('ab,;"\n \t\x1c\x85\u00e9'), max_size=4)
FILE = st.text(st.sampled_from('ab,,"\n\n \r\x1c'), min_size=1, max_size=40)
OPTIONS = st.fixed_dictionaries(
    {
        "trim_whitespace": st.booleans(),
        "remove_empty_rows": st.booleans(),
        "header_count": st.integers(0, 2),
        "column_separator": st.sampled_from([",", ";"]),
    }
)


def by_columns(path: Path, options: dict[str, Any], width: int) -> list[list[str | None]]:
    return [list(row) for frame in regular.frames(path, options, width) for row in frame.iter_rows()]


@AS_DRAWN
@given(rows=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=2, max_size=12), options=OPTIONS)
def test_a_file_that_a_program_wrote_is_read_by_columns_as_by_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[list[str]], options: dict[str, Any]
) -> None:
    monkeypatch.setattr(regular, "PIECE", 200)
    path, options = tmp_path / "file", parsing.DEFAULTS | options
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=options["column_separator"], lineterminator="\n").writerows(rows)
    path.write_bytes(text.getvalue().encode())
    assert by_columns(path, options, 3) == [line.cells for line in parsing.lines(path, options, 3)]


@AS_DRAWN
@given(text=FILE, options=OPTIONS, piece=st.integers(4, 60))
def test_whatever_else_a_file_holds_is_read_the_same_or_left_to_the_closer_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, options: dict[str, Any], piece: int
) -> None:
    monkeypatch.setattr(regular, "PIECE", piece)
    path, options = tmp_path / "file", parsing.DEFAULTS | options
    path.write_bytes(text.encode())
    for width in (2, 3):
        try:
            found = by_columns(path, options, width)
        except regular.Irregular:
            continue
        lines = list(parsing.lines(path, options, width))
        assert [(line.cells, line.error) for line in lines] == [(row, None) for row in found]


@pytest.mark.parametrize(
    "text",
    [
        *('a"b,c"d,x\n', '"a"b,c\n', '"a" ,c\n', 'a,"b\n', 'a, "b"\n', 'a,b"\n'),
        *("a,b\r\n", "a,b\n\nc,d\n", "a\nb,c\n", "a,b,c\nd,e\n", "a,b\0\n", "a,\udcff\n"),
    ],
)
def test_quotes_lines_and_signs_out_of_place_get_the_closer_look(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(text.encode(errors="surrogateescape"))
    options = parsing.DEFAULTS | {"header_count": 0}
    with pytest.raises(regular.Irregular):
        by_columns(path, options, 2)


# --- values

MOMENT = st.datetimes(datetime(1, 1, 1)).map(lambda moment: moment.isoformat(timespec="milliseconds"))  # noqa: DTZ001
# What looks like a number, a date or a mark, and is none, or is written otherwise than it is kept.
TRICKY = st.sampled_from(
    [
        *("0", "-0", "00", "007", "1.50", ".5", "5.", "-0.0", "-1.25", "+1", "1e3", "1E-2", "1e2000", "1_0"),
        *("\u0663", "NaN", "Infinity", "true", "TRUE", "False", "yes", " x", "\x85", "\x1c1"),
        *("2026-01-31", "2026-02-30", "2026-01-31T00:00:00.000", "2026-02-30T00:00:00.000"),
        *("2026-02-29T00:00:00.000", "2024-02-29T00:00:00.000", "2026-04-31T00:00:00.000"),
        *("2026-12-31T00:00:00.000", "2026-13-01T00:00:00.000", "2026-01-00T00:00:00.000"),
        *("0000-01-01T00:00:00.000", "2026-01-31T24:00:00.000", "2026-01-31T23:59:60.000"),
        *("2026-01-31T00:00:00.000Z", "2026-01-31T00:00:00.0001", "+2026-01-31T00:00:00.00"),
    ]
)
LONG = st.sampled_from(
    ["\0", "a\0b", "\u00e9" * 2048, "\u00e9" * 2049, "x" * 4097, "9" * 999, "9" * 1002, ""]
)
NUMBER = st.decimals(allow_nan=False, allow_infinity=False).map(str) | st.integers().map(str)
VALUE = st.none() | TRICKY | LONG | MOMENT | NUMBER | st.text(max_size=5)
EXPRESSIONS = [
    *(f"to_{kind}(`a`)" for kind in ("text", "number", "boolean", "checkbox", "floating_timestamp")),
    *(f"forgive(to_{kind}(`a`))" for kind in ("text", "number", "checkbox", "fixed_timestamp")),
    "to_floating_timestamp(`a`, '{YYYY}-{MM}-{DD}')",
    "to_text(upper(`a`))",
    "`a`",
    "`a` || '/' || `b`",
    "to_number(`b`) * 2 + to_number(`a`)",
    "make_point(to_number(`a`), to_number(`b`))",
    "to_text('fixed')",
    "to_number('never')",
    "null",
]
COLUMNS = [{"field_name": name, "soql_type": "text"} for name in "ab"]


def row_by_row(expression: str, rows: list[tuple[str | None, str | None]]) -> list[tuple[str | None, bool]]:
    node = compile_transform(expression, COLUMNS)
    found: list[tuple[str | None, bool]] = []
    for row in rows:
        try:
            found.append((node.make(row), False))
        except Conversion:
            found.append((None, True))
    return found


@AS_DRAWN
@given(rows=st.lists(st.tuples(VALUE, VALUE), max_size=12))
def test_every_expression_makes_of_a_block_what_it_makes_of_its_rows(
    rows: list[tuple[str | None, str | None]],
) -> None:
    cells = pl.DataFrame(rows, schema={"0": pl.String, "1": pl.String}, orient="row")
    before = cells.clone()
    for expression in EXPRESSIONS:
        made = columnar.make(compile_transform(expression, COLUMNS), cells)
        assert list(zip(made.values, made.wrong, strict=True)) == row_by_row(expression, rows), expression
    assert cells.equals(before)


@AS_DRAWN
@given(parts=st.lists(st.lists(st.none() | TRICKY | MOMENT | NUMBER, max_size=4), max_size=4))
def test_a_type_is_guessed_that_every_value_can_be_read_as(parts: list[list[str | None]]) -> None:
    guess = Guess()
    for part in parts:
        guess.look(pl.Series(part, dtype=pl.String))
    there = [value for part in parts for value in part if value is not None]
    fits = [kind for kind in GUESSES if there and all(_reads(kind, value) for value in there)]
    assert guess.kind == (fits[0] if fits else "text")


def _reads(kind: str, value: str) -> bool:
    try:
        READERS[kind](value)
    except ValueError:
        return False
    return True


def test_what_stays_as_it_is_is_not_made_again() -> None:
    """Otherwise the columns would be no quicker than the rows."""
    for kind, value in [
        ("text", "Å 1"),
        ("number", "-12.5"),
        ("checkbox", "false"),
        ("calendar_date", "2026-01-31T08:00:00.250"),
    ]:
        assert notations.stay(pl.Series([value, None]), kind).all(), kind


# --- a source


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "state")
    yield store
    store.close()


def source(store: Store, text: str, **options: Any) -> dict[str, Any]:
    about = {"id": 9, "parse_options": parsing.DEFAULTS | options}
    uploads.whole(store, about, io.BytesIO(text.encode()))
    return about


RAGGED = "a,b\n" + "".join(f"{at},x\n" if at % 3 else f"{at}\n" for at in range(20))
EVEN = "a,b\n" + "".join(f"{at},x\n" for at in range(20))


@pytest.mark.parametrize("text", [RAGGED, EVEN])
def test_a_page_of_a_draft_begins_at_its_row(
    store: Store, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(blocks, "ROWS", 4)
    monkeypatch.setattr(regular, "PIECE", 20)
    about = source(store, text)
    columns: evaluation.Columns = [({}, compile_transform("to_number(`a`)", COLUMNS))]
    schema = {"input_columns": COLUMNS}
    whole = list(evaluation.results(store, about, schema, columns, 0))
    assert len(whole) == sum(line.count(",") for line in text.splitlines()[1:])
    assert [int(str(row.cells[0])) for row in whole] == [row.offset for row in whole]
    for start in range(len(whole) + 2):
        assert list(evaluation.results(store, about, schema, columns, start)) == whole[start:]


def test_a_file_that_comes_again_is_read_again(store: Store) -> None:
    about = source(store, "a,b\n1,2\n")
    first = [block.cells.rows() for block in blocks.of(store, about, 2)]
    uploads.chunk(store, about, 0, 4, io.BytesIO(b"3,4\n"), 4)
    changed = [block.cells.rows() for block in blocks.of(store, about, 2)]
    about["parse_options"]["header_count"] = 0
    other = [block.cells.rows() for block in blocks.of(store, about, 2)]
    assert (first, changed, other) == ([[("1", "2")]], [[("3", "4")]], [[("a", "b"), ("3", "4")]])


def test_a_value_is_known_again_in_another_block() -> None:
    def each_once(*parts: list[str | None]) -> bool:
        return evaluation._each_once(lambda: (pl.Series(part, dtype=pl.String) for part in parts))

    assert each_once() and each_once(["a", "b"], [], ["c"])
    assert not each_once(["a", "b"], ["c", "a"])
    assert not each_once(["a", "a"])
    assert not each_once(["a"], [None])


# --- rows


def dataset(store: Store, names: list[str]) -> Asset:
    columns = [{"name": name} for name in names]
    return assets.create(store, {"name": "Rows", "columns": columns, "metadata": {}}, USER)


def keyed(store: Store) -> Asset:
    asset = dataset(store, ["key", "value"])
    asset.doc["metadata"]["rowIdentifier"] = "key"
    assets.set_row_identifier(store, asset)
    return asset


def test_rows_in_bulk_are_counted_and_the_last_of_a_key_holds(store: Store) -> None:
    asset = keyed(store)
    names = tuple(cell(column) for column in asset.columns)
    writer = RowWriter(store, asset)
    writer.put_rows(names, [("a", "1"), ("b", "1"), ("a", "2")])
    writer.put_rows(names, [("b", "3"), ("c", "3")])
    writer.put_rows(names, [("d", "4")])
    assert (writer.counters["Rows Created"], writer.counters["Rows Updated"]) == (4, 2)
    assert writer.counters["By RowIdentifier"] == 6
    rows = store.rows(f"SELECT {', '.join(names)} FROM {asset.truth} ORDER BY sid", [])
    assert rows == [("a", "2"), ("b", "3"), ("c", "3"), ("d", "4")]


@pytest.mark.parametrize("width", [1, 3, 230])
def test_a_line_of_csv_is_what_the_writer_of_csv_makes(store: Store, width: int) -> None:
    asset = dataset(store, [f"column {at}" for at in range(width)])
    names = tuple(cell(column) for column in asset.columns)
    tricky = ["", None, 'say "x"', '"', "a,b", "two\nlines", "%w %s '", "\u00e9 ", '""']
    rows = [tuple(tricky[(at + row) % len(tricky)] for at in range(width)) for row in range(2500)]
    RowWriter(store, asset).put_rows(names, rows)
    query = queries.compile_query({"$limit": "5000"}, asset, table_of(store, asset))
    assert query.lines is not None
    answer = reading.answer(store, query, "csv", {})
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow([name for name, _ in query.fields])
    writer.writerows(rows)
    assert b"".join(answer.stream or []) == text.getvalue().encode()


@AS_DRAWN
@given(
    gone=st.sets(st.integers(1, 30)),
    offsets=st.lists(st.integers(0, 35), max_size=12),
    later=st.sets(st.integers(1, 30)),
)
def test_a_page_begins_where_walking_to_it_would_end(
    tmp_path: Path, gone: set[int], offsets: list[int], later: set[int]
) -> None:
    store = Store(tmp_path / "paged")
    store.db.executescript("DROP TABLE IF EXISTS page; CREATE TABLE page (sid INTEGER PRIMARY KEY)")
    store.db.executemany("INSERT INTO page VALUES (?)", [(at,) for at in range(1, 31)])
    pages = Pagination(store.db)
    for version, left_out in enumerate((gone, gone | later)):
        store.db.executemany("DELETE FROM page WHERE sid = ?", [(at,) for at in left_out])
        there = [at for at in range(1, 31) if at not in left_out]
        for offset in offsets:
            wanted = there[offset] if offset < len(there) else None
            assert pages.row_at("page", version, offset) == wanted
    store.close()


def test_pages_of_a_dataset_follow_what_is_written_and_deleted(store: Store) -> None:
    asset = keyed(store)
    key = cell(asset.columns[0])
    RowWriter(store, asset).put_rows((key,), [(f"{at:03d}",) for at in range(50)])

    def page(offset: int, **more: str) -> list[str]:
        there = store.asset(asset.id)
        assert there is not None
        asked = {"$select": "key", "$order": ":id", "$limit": "3", "$offset": str(offset), **more}
        query = queries.compile_query(asked, there, table_of(store, there))
        return reading.answer(store, query, "csv", {}).body.decode().replace('"', "").split()[1:]

    assert page(20) == ["020", "021", "022"] and page(49) == ["049"] and page(50) == []
    store.before_write(asset)
    store.db.execute(f"DELETE FROM {asset.truth} WHERE {key} IN ('003', '020')")
    assert page(20) == ["022", "023", "024"] and page(19) == ["021", "022", "023"]
    assert page(1, **{"$where": "key > '030'"}) == ["032", "033", "034"]
    assert page(1, **{"$order": "key desc"}) == ["048", "047", "046"]
