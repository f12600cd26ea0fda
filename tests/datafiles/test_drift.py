"""What changed between two tables is said in words and figures, and never by a value."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from datafiles.drift import Drift, drift_between
from datafiles.drift_words import drift_sentence
from datafiles.table import Table, write_columnar

ROWS = 400


def frame(rows: int = ROWS, **changes: object) -> pl.DataFrame:
    columns: dict[str, object] = {
        "permit_no": [f"P-{n:05d}" for n in range(rows)],
        "issued": [f"2026-{n % 9 + 1:02d}-{n % 27 + 1:02d}" for n in range(rows)],
        "kind": [("new", "alteration", "demolition")[n % 3] for n in range(rows)],
        "cost": [str(n * 37 % 9001) for n in range(rows)],
    }
    return pl.DataFrame({**columns, **changes})


def compared(tmp_path: Path, before: pl.DataFrame, now: pl.DataFrame) -> Drift:
    paths = []
    for name, table in (("before", before), ("now", now)):
        paths.append(tmp_path / f"{name}.parquet")
        write_columnar(Table.of(table), paths[-1])
    return drift_between(*paths)


def test_the_same_table_has_no_drift(tmp_path: Path) -> None:
    drift = compared(tmp_path, frame(), frame())
    assert drift.has_same_columns
    assert "Nothing changed but the values" in drift_sentence(drift)
    assert {row.shift for row in drift.columns} == {0.0}


def test_a_rename_is_told_as_a_rename_in_one_sentence(tmp_path: Path) -> None:
    drift = compared(tmp_path, frame(), frame(int(ROWS * 1.04)).rename({"cost": "cost_usd"}))
    assert drift.renamed == [("cost", "cost_usd")]
    assert (drift.added, drift.vanished) == ([], [])
    assert drift_sentence(drift) == "One column was renamed, and 4 % more rows; nothing else stands out."


def test_a_column_that_went_and_another_that_came_are_no_rename(tmp_path: Path) -> None:
    now = frame().drop("cost").with_columns(pl.Series("storeys", [str(n % 12) for n in range(ROWS)]))
    drift = compared(tmp_path, frame(), now)
    assert (drift.renamed, drift.added, drift.vanished) == ([], ["storeys"], ["cost"])


def test_two_columns_of_yes_and_no_are_not_taken_for_one_another(tmp_path: Path) -> None:
    flags = [("Y", "N")[n % 2] for n in range(ROWS)]
    before = frame().with_columns(pl.Series("demolished", flags)).select("demolished", *frame().columns)
    drift = compared(tmp_path, before, frame().with_columns(pl.Series("inspected", flags)))
    assert (drift.renamed, drift.added, drift.vanished) == ([], ["inspected"], ["demolished"])


def test_a_new_column_with_empty_cells_is_told_from_a_full_one(tmp_path: Path) -> None:
    some = pl.Series("remark", [None if n % 3 else "seen on site" for n in range(ROWS)])
    full = pl.Series("zone", [f"Z{n % 4}" for n in range(ROWS)])
    drift = compared(tmp_path, frame(), frame().with_columns(some, full))
    assert (drift.added, drift.added_nullable) == (["remark", "zone"], ["remark"])


def test_another_type_and_another_order_are_told(tmp_path: Path) -> None:
    now = frame(cost=[f"about {n * 37 % 9001}" for n in range(ROWS)])
    drift = compared(tmp_path, frame(), now.select("kind", "permit_no", "issued", "cost"))
    assert drift.retyped == [("cost", "integer", "text")]
    assert drift.is_reordered


def test_values_that_moved_are_measured_and_named_without_their_values(tmp_path: Path) -> None:
    now = frame(kind=["demolition"] * ROWS, cost=[str(20_000 + n) for n in range(ROWS)])
    drift = compared(tmp_path, frame(), now)
    moved = {row.name: row for row in drift.columns}
    assert moved["kind"].measure == "tv"
    assert moved["kind"].shift == pytest.approx(2 / 3, abs=0.01)
    assert moved["cost"].shift > 1
    sentence = drift_sentence(drift)
    assert "“kind”, “cost” spread differently" in sentence
    assert "demolition" not in str(drift.to_dict())


def test_dates_and_keys_may_move_on(tmp_path: Path) -> None:
    later = frame(
        permit_no=[f"P-{n:05d}" for n in range(ROWS, 2 * ROWS)],
        issued=[f"2027-{n % 9 + 1:02d}-01" for n in range(ROWS)],
    )
    drift = compared(tmp_path, frame(), later)
    assert [row.name for row in drift.columns if row.counts and row.shift > 0.1] == []
    assert "Nothing changed but the values" in drift_sentence(drift)


def test_emptiness_is_told(tmp_path: Path) -> None:
    drift = compared(tmp_path, frame(), frame(kind=[None if n % 2 else "new" for n in range(ROWS)]))
    kind = next(row for row in drift.columns if row.name == "kind")
    assert (kind.empty_before, kind.empty_now) == (0.0, 0.5)
    assert "one column was emptier or fuller" in drift_sentence(drift).lower()


def test_a_table_without_rows_is_compared_too(tmp_path: Path) -> None:
    drift = compared(tmp_path, frame(), frame().head(0))
    assert drift.more_rows == -1.0
    assert "100 % fewer rows" in drift_sentence(drift)


def test_the_report_comes_back_from_json_as_it_was(tmp_path: Path) -> None:
    drift = compared(tmp_path, frame(), frame().rename({"cost": "price"}))
    assert Drift.of_dict(drift.to_dict()) == drift
