"""A table read in blocks of any size gives what it gives as a whole, with nothing missed at their edges."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.accuracy.tables import tables
from datafiles import inference
from datafiles.errors import DataFileError
from datafiles.limits import Limits
from datafiles.readers.blocks import csv_blocks
from datafiles.readers.csv import read_csv
from datafiles.table import Column, Table, read_blocks, rows_per_block, write_columnar
from privacy.reading import ColumnReading
from privacy.scanner import Scanner, judged, scan

ROWS = 500


def mixed(seed: int) -> Table:
    """Columns of every kind: repeating, all different, sparse, numbers that are text, notes with finds."""
    dice = random.Random(seed)
    notes = [f"Visited plot {i} and spoke to the people there about the open work" for i in range(ROWS)]
    for row in dice.sample(range(ROWS), 9):
        notes[row] = dice.choice(
            ["Gave 123-45-6788 at the counter", "Write to ann.lee@mail.example", "Call (213) 556-0173 or 911"]
        )
    return Table.of(
        pl.DataFrame(
            {
                "record": [f"R{i:06d}" for i in range(ROWS)],
                "owner": [
                    f"{dice.choice(['Maria', 'John'])} {dice.choice(['Garcia', 'Smith'])}"
                    for _ in range(ROWS)
                ],
                "contact": [
                    dice.choice([f"p{i}@mail.example", f"(213) 556-{i:04d}", "N/A", None])
                    for i in range(ROWS)
                ],
                "status": [dice.choice(["open", "closed", "-", None]) for _ in range(ROWS)],
                "amount": [f"{dice.uniform(1, 9_000):.16f}" for _ in range(ROWS)],
                "paid": [
                    "123-45-6788" if i == 402 else dice.choice([f"{i / 4:.2f}", "N/A", "-"])
                    for i in range(ROWS)
                ],
                "held": [
                    "ann.lee@mail.example"
                    if i == 77
                    else f"20{dice.randrange(10, 25)}-02-{dice.randrange(1, 30):02}"
                    for i in range(ROWS)
                ],
                "code": [str(dice.randrange(10**8, 10**9)) for _ in range(ROWS)],
                "rare": ["123-45-6788" if i in (310, 450) else None for i in range(ROWS)],
                "card": [dice.choice(["4111111111111111", "4111111111111112", "none"]) for _ in range(ROWS)],
                "remarks": notes,
            }
        )
    )


TABLES = {seed: mixed(seed) for seed in (1, 2)}


def verdicts(table: Table, sizes: list[int], head: int, sample: int) -> list[dict[str, Any]]:
    readings = [
        ColumnReading(column.name, typed=True, key=b"a secret", head=head, judged=sample)
        for column in table.columns
    ]
    start, turn = 0, 0
    while start < table.rows:
        step = sizes[turn % len(sizes)]
        for reading in readings:
            reading.add(table.frame.get_column(reading.name).slice(start, step))
        start, turn = start + step, turn + 1
    found = []
    for index, (reading, column) in enumerate(zip(readings, table.columns, strict=True)):
        reading.end()
        assert inference.verdict_of(reading.forms).type == column.type
        verdict = judged(reading, column, index)
        found.append(verdict.to_dict() | {"evidence": verdict.evidence_digest})
    return found


@settings(max_examples=4, deadline=None)
@given(
    seed=st.sampled_from(sorted(TABLES)),
    sizes=st.lists(st.integers(1, 300), min_size=1, max_size=3).filter(lambda sizes: sum(sizes) > 250),
    head=st.sampled_from([40, 200]),
    sample=st.sampled_from([100, 10_000]),
)
def test_blocks_of_any_size_give_the_same_verdicts(
    seed: int, sizes: list[int], head: int, sample: int
) -> None:
    table = TABLES[seed]
    assert verdicts(table, sizes, head, sample) == verdicts(table, [ROWS], head, sample)


@settings(max_examples=8, deadline=None)
@given(place=st.integers(0, ROWS - 1), step=st.integers(40, 300))
def test_one_number_among_many_rows_is_found_wherever_blocks_end(place: int, step: int) -> None:
    cells = [f"no. {i}" for i in range(ROWS)]
    cells[place] = "123-45-6788"
    reading = ColumnReading("plot", head=20, judged=30)
    for start in range(0, ROWS, step):
        reading.add(pl.Series("plot", cells[start : start + step]))
    hits = {hit.entity: hit for hit in judged(reading, Column("plot", "text"), 0).hits}
    assert (hits["SSN"].count, hits["SSN"].rows) == (1, [place + 1])


def test_a_number_among_amounts_and_dates_that_are_passed_over_is_found() -> None:
    found = {
        one["name"]: {hit["entity"]: hit["rows"] for hit in one["hits"]}
        for one in verdicts(TABLES[1], [60], 40, 100)
    }
    assert (found["paid"], found["held"]) == ({"SSN": [403]}, {"EMAIL": [78]})


def test_a_long_column_is_judged_by_part_of_its_values_and_says_so() -> None:
    reading = ColumnReading("zip", head=20, judged=100)
    reading.add(pl.Series("zip", [str(90_000 + i) for i in range(ROWS)]))
    hit = judged(reading, Column("zip", "integer"), 0).hits[0]
    assert (hit.count, hit.note) == (ROWS, "counted on every 8th row")


def as_text(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


cells = st.text(st.sampled_from('ab1 ,;"\n\ré'), max_size=6)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=30),
    size=st.integers(8, 200),
)
def test_a_csv_read_in_blocks_holds_what_the_whole_file_holds(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], size: int
) -> None:
    folder = tmp_path_factory.mktemp("csv")
    path = folder / "table.csv"
    path.write_bytes(as_text([["one", "two", "three"], *rows]).encode())
    limits = Limits()
    try:
        whole, _ = read_csv(path, limits=limits, scratch=folder)
    except DataFileError as error:
        with pytest.raises(DataFileError) as again:
            list(csv_blocks(path, limits=limits, scratch=folder, size=size))
        assert again.value.sentence == error.sentence
        return
    assert pl.concat(csv_blocks(path, limits=limits, scratch=folder, size=size)).equals(whole.frame)


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\n1,2\n\n3,4\n",
        b"a\n1\n\n2\n",
        b"a,b\r1,2\r3,4\r",
        b"\xef\xbb\xbfa,b\n1,2\n",
        "a,b\n1,2\n3,4\n".encode("utf-16"),
        b"a;b\n1;2\n3;4",
        b'a,b\n"x\ny",2\n"",4\n',
    ],
)
def test_every_kind_of_file_that_can_be_read_whole_can_be_read_in_blocks(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    whole, _ = read_csv(path, limits=Limits(), scratch=tmp_path)
    for size in (5, 1 << 20):
        assert pl.concat(csv_blocks(path, limits=Limits(), scratch=tmp_path, size=size)).equals(whole.frame)


@pytest.mark.parametrize(("step", "workers"), [(17, 1), (17, 3), (300, 2)])
def test_any_number_of_threads_over_blocks_of_any_size_tells_the_same(step: int, workers: int) -> None:
    for table in [TABLES[2], *(one.table for one in tables("tuned", rounds=1, rows=40)[:2])]:
        with Scanner(table.names, typed=True, workers=workers) as scanner:
            for start in range(0, table.rows, step):
                scanner.add(table.frame.slice(start, step))
            columns = scanner.types()
            result = scanner.finish(columns)
        assert [one.to_dict() for one in result.columns] == [one.to_dict() for one in scan(table).columns]
        assert columns == list(table.columns)


def test_a_columnar_copy_is_scanned_in_blocks_as_the_table_is(tmp_path: Path) -> None:
    table = TABLES[1]
    path = tmp_path / "table.parquet"
    write_columnar(table, path)
    assert rows_per_block(9) > ROWS and pl.concat(read_blocks(path)).equals(table.frame)
    with Scanner(table.names) as scanner:
        for block in read_blocks(path):
            scanner.add(block)
        result = scanner.finish(table.columns)
    assert [one.to_dict() for one in result.columns] == [one.to_dict() for one in scan(table).columns]
