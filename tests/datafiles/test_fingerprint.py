"""The fingerprint of rows does not depend on their order, and changes when anything else does."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from datafiles.fingerprint import canonical_row, file_sha256, frame_fingerprint, row_hash_sum

CELLS = st.one_of(st.none(), st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=6))
ROWS = st.lists(st.fixed_dictionaries({"a": CELLS, "b": CELLS, 'q"\\': CELLS}), min_size=1, max_size=6)


def fingerprint(rows: list[dict[str, Any]]) -> str:
    return row_hash_sum(canonical_row(row) for row in rows)


@given(ROWS, st.randoms())
def test_the_order_of_rows_does_not_matter(rows: list[dict[str, Any]], random: Any) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert fingerprint(shuffled) == fingerprint(rows)


@given(ROWS, st.data())
def test_one_changed_cell_changes_it(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    key = data.draw(st.sampled_from(sorted(rows[0])))
    value = data.draw(CELLS)
    assume(value != rows[at][key])
    changed = [row | {key: value} if index == at else row for index, row in enumerate(rows)]
    assert fingerprint(changed) != fingerprint(rows)


@given(ROWS)
def test_a_row_more_or_less_changes_it(rows: list[dict[str, Any]]) -> None:
    assert fingerprint([*rows, rows[0]]) != fingerprint(rows)
    assert fingerprint(rows[1:]) != fingerprint(rows)


@given(ROWS)
def test_a_frame_has_the_fingerprint_of_its_rows(rows: list[dict[str, Any]]) -> None:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))
    assert frame_fingerprint(frame) == fingerprint(rows)


def test_two_equal_rows_do_not_cancel_each_other() -> None:
    row = {"a": "1"}
    assert fingerprint([row, row]) != fingerprint([{"a": "2"}, {"a": "2"}])


def test_a_null_and_an_absent_key_are_the_same() -> None:
    assert canonical_row({"b": None, "a": 1}) == canonical_row({"a": 1}) == b'{"a":1}'


def test_keys_are_sorted_and_text_is_utf8() -> None:
    assert canonical_row({"b": "é", "a": "x"}) == '{"a":"x","b":"é"}'.encode()


def test_a_file_is_known_by_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abc")
    assert file_sha256(tmp_path / "f") == hashlib.sha256(b"abc").hexdigest()


@pytest.mark.parametrize("rows", [0, 1, 3, 20_001])
def test_the_sum_is_that_of_the_numbers_that_sha256_makes(rows: int) -> None:
    texts = [f"row {number}".encode() for number in range(rows)]
    numbers = [int.from_bytes(hashlib.sha256(text).digest(), "big") for text in texts]
    assert row_hash_sum(iter(texts)) == f"{rows}:{sum(numbers) % (1 << 256):064x}"
