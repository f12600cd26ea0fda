"""The class table: coding, packing, merging."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.risk.classes import ClassTable
from privacy.risk.coding import code
from privacy.risk.packing import pack

texts = st.one_of(st.none(), st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20))
kinds = st.sampled_from(
    [
        (pl.String, texts),
        (pl.Int64, st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))),
        (pl.Int64, st.one_of(st.none(), st.integers(-3, 3))),
        (pl.UInt64, st.one_of(st.none(), st.integers(2**64 - 5, 2**64 - 1))),
        (pl.Int8, st.one_of(st.none(), st.integers(-128, 127))),
        (pl.Float64, st.one_of(st.none(), st.floats(allow_nan=False))),
        (pl.Boolean, st.one_of(st.none(), st.booleans())),
        (pl.Date, st.one_of(st.none(), st.dates(date(1, 1, 1), date(9999, 12, 31)))),
    ]
)


def values_of(series: pl.Series) -> list[Any]:
    coded = code(series)
    assert coded.values[0] is None
    return [coded.values[int(one)] for one in coded.codes]


@given(data=st.data(), kind=kinds)
def test_codes_stand_for_the_values_of_any_type(data: st.DataObject, kind: tuple[Any, Any]) -> None:
    dtype, values = kind
    given_values = data.draw(st.lists(values, max_size=50))
    series = pl.Series("x", given_values, dtype=dtype)
    coded = code(series)
    assert values_of(series) == given_values
    assert coded.radix == len(set(given_values) - {None}) + 1
    assert [int(one) == 0 for one in coded.codes] == [value is None for value in given_values]


def test_not_a_number_is_one_value() -> None:
    coded = code(pl.Series([float("nan"), 1.0, float("nan"), None]))
    assert coded.codes[0] == coded.codes[2] != coded.codes[1]
    assert coded.codes[3] == 0


def test_more_values_than_buckets_are_all_told_apart() -> None:
    numbers = np.random.default_rng(5).permutation(400_000)
    coded = code(pl.Series(np.concatenate([numbers, numbers])).cast(pl.String))
    assert coded.radix == 400_001
    assert (coded.codes[:400_000] == coded.codes[400_000:]).all()
    assert (
        coded.values.gather(pl.Series(coded.codes[:1000])).cast(pl.Int64).to_list() == numbers[:1000].tolist()
    )


@given(
    rows=st.lists(st.lists(st.integers(0, 2**40), min_size=5, max_size=5), min_size=1, max_size=30),
    repeated=st.integers(1, 4),
)
def test_keys_come_apart_into_the_codes_they_were_made_of(rows: list[list[int]], repeated: int) -> None:
    columns = [np.array(column) for column in zip(*(rows * repeated), strict=True)]
    keys, packing = pack(columns, [2**40 + 1] * 5)
    assert [part.tolist() for part in packing.apart(keys)] == [column.tolist() for column in columns]
    assert len(np.unique(keys)) == len({tuple(row) for row in rows})
    assert keys.max() < packing.space


cell = st.one_of(st.none(), st.sampled_from(["a", "b", "c"]))
three = st.lists(st.tuples(cell, cell, cell), max_size=60)


def framed(rows: list[tuple[Any, ...]], names: str) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def counted(table: ClassTable) -> Counter[Any]:
    return Counter(dict(zip(table.frame().rows(), table.sizes.tolist(), strict=True)))


@settings(max_examples=50)
@given(rows=three)
def test_classes_are_what_counting_says(rows: list[tuple[Any, ...]]) -> None:
    table = ClassTable.of(framed(rows, "xyz"), ["x", "y", "z"])
    assert counted(table) == Counter(rows)
    assert table.rows == len(rows)
    assert ClassTable.of(framed(rows, "xyz").lazy(), ["x", "y", "z"]).sizes.tolist() == table.sizes.tolist()


@settings(max_examples=50)
@given(rows=three, wide=st.booleans())
def test_a_table_over_fewer_columns_is_that_of_the_rows(rows: list[tuple[Any, ...]], wide: bool) -> None:
    frame = framed(rows, "xyz").with_columns(w=pl.lit(1.5), s=pl.col("z"))
    table = ClassTable.of(
        frame, ["x", "y", "z"], sensitive=["s"], weights="w" if wide else None, keep_rows=wide
    )
    fewer = table.only(["z", "x"])
    direct = ClassTable.of(frame, ["z", "x"], sensitive=["s"])
    assert counted(fewer) == counted(direct)
    cells, other = fewer.cells["s"], direct.cells["s"]
    assert cells_of(fewer) == cells_of(direct)
    assert len(cells.starts) == len(other.starts) == len(fewer)
    if wide:
        assert fewer.weights is not None and fewer.row_class is not None
        assert fewer.weights.tolist() == [1.5 * n for n in fewer.sizes]
        assert [fewer.frame().row(int(one)) for one in fewer.row_class] == [(z, x) for x, _, z in rows]


def cells_of(table: ClassTable) -> Counter[Any]:
    cells, frame = table.cells["s"], table.frame().rows()
    found: Counter[Any] = Counter()
    for place, value, n in zip(cells.classes(), cells.codes, cells.counts, strict=True):
        found[(*frame[place], cells.values[int(value)])] += int(n)
    return found


@settings(max_examples=50)
@given(rows=three)
def test_a_table_is_measured_again_after_values_became_coarser(rows: list[tuple[Any, ...]]) -> None:
    table = ClassTable.of(framed(rows, "xyz"), ["x", "y", "z"])
    # a and b become "ab", c stays, null stays.
    new = pl.Series("x", [None, "ab", "c"])
    codes = np.array([{None: 0, "a": 1, "b": 1, "c": 2}[value] for value in table.values["x"]])
    coarser = table.recoded({"x": (codes, new)})
    assert counted(coarser) == Counter(({"a": "ab", "b": "ab"}.get(x, x), y, z) for x, y, z in rows)
    assert counted(table) == Counter(rows)


@settings(max_examples=20)
@given(seed=st.integers(0, 1000))
def test_twenty_columns_whose_values_would_not_fit_one_number(seed: int) -> None:
    """500 values in each of 20 columns: their product has 54 digits."""
    dice = np.random.default_rng(seed)
    half = dice.integers(0, 500, (250, 20))
    rows = np.concatenate([half, half[:100]])
    names = [f"c{n}" for n in range(20)]
    frame = pl.DataFrame(rows, schema=names, orient="row")
    table = ClassTable.of(frame, names, sensitive=["c0"])
    assert counted(table) == Counter(frame.rows())
    assert counted(table.only(names[:18])) == Counter(frame.select(names[:18]).rows())


def test_a_column_named_twice_counts_once() -> None:
    assert ClassTable.of(pl.DataFrame({"x": [1, 2]}), ["x", "x"]).names == ("x",)


def test_what_cannot_be_measured_is_said() -> None:
    frame = pl.DataFrame({"x": [1, 2], "w": ["1.5", "none"]})
    with pytest.raises(ValueError, match="without a quasi-identifier"):
        ClassTable.of(frame, [])
    with pytest.raises(ValueError, match="no column 'y'"):
        ClassTable.of(frame, ["x"], sensitive=["y"])
    with pytest.raises(ValueError, match="column “w” must be numbers above 0; 1 cell is not"):
        ClassTable.of(frame, ["x"], weights="w")
    with pytest.raises(ValueError, match="without a quasi-identifier"):
        ClassTable.of(frame, ["x"]).only([])
