"""k, l, t, uniques and rows in groups under 11 over five quasi-identifiers, and special uniques (SUDA).

Peers are given the table in the form they like best, in memory, before the clock starts. "raw" has groups of one
or two rows for most people; "generalised" has bands of age and three digits of the ZIP code.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.lines import against, line, seconds
from benchmarks.peers import Answer, in_own, in_peer

QUASI = ["zip", "born", "sex", "race", "school"]
SIZES = (1_000_000, 10_000_000)
SLICE = 10_000
# pycanon compares every group with every row.
FEW = 2_000

OURS = """
import polars as pl
from privacy.risk.classes import ClassTable
from privacy.risk.profile import profile_of
frame = pl.scan_parquet(given["path"]) if given["lazy"] else pl.read_parquet(given["path"])
ClassTable.of(frame.head(1000), given["quasi"], sensitive=["diagnosis"])
with measured():
    table = ClassTable.of(frame, given["quasi"], sensitive=["diagnosis"])
    found = profile_of(table, deep=False)
    one = found.sensitive[0]
    answer = [found.k, found.unique_rows, found.rows_under_11, one.l, round(one.t, 9)]
"""
DUCKDB = """
import duckdb
duckdb.execute("SET threads TO 2")
duckdb.execute(f"CREATE TABLE people AS SELECT * FROM read_parquet('{given['path']}')")
quasi = ", ".join(given["quasi"])
with measured():
    answer = duckdb.sql(f'''
        WITH cells AS (SELECT {quasi}, diagnosis, count(*) AS n FROM people GROUP BY ALL),
        whole AS (SELECT diagnosis, sum(n) / (SELECT sum(n) FROM cells) AS q FROM cells GROUP BY ALL),
        sized AS (SELECT *, sum(n) OVER (PARTITION BY {quasi}) AS f FROM cells),
        classes AS (
            SELECT any_value(f) AS f, count(*) AS l, (sum(abs(n / f - q) - q) + 1) / 2 AS t
            FROM sized JOIN whole USING (diagnosis) GROUP BY {quasi}
        )
        SELECT min(f), coalesce(sum(f) FILTER (f = 1), 0), coalesce(sum(f) FILTER (f < 11), 0), min(l),
            round(max(t), 9)
        FROM classes''').fetchall()[0]
    answer = [int(part) for part in answer[:4]] + [float(answer[4])]
"""
PANDAS = """
import pandas
frame = pandas.read_parquet(given["path"])
quasi = given["quasi"]
with measured():
    cells = frame.groupby([*quasi, "diagnosis"], sort=False, observed=True).size().rename("n").reset_index()
    whole = frame["diagnosis"].value_counts(normalize=True)
    by = cells.groupby(quasi, sort=False, observed=True)["n"]
    sizes, l = by.sum(), int(by.size().min())
    q = cells["diagnosis"].map(whole)
    cells["apart"] = (cells["n"] / by.transform("sum") - q).abs() - q
    t = float((cells.groupby(quasi, sort=False, observed=True)["apart"].sum().max() + 1) / 2)
    answer = [int(sizes.min()), int((sizes == 1).sum()), int(sizes[sizes < 11].sum()), l, round(t, 9)]
"""
PYCANON = """
import pandas
from pycanon import anonymity
frame = pandas.read_csv(given["path"], dtype=str)
with measured():
    k = anonymity.k_anonymity(frame, given["quasi"])
    l = anonymity.l_diversity(frame, given["quasi"], ["diagnosis"])
    t = anonymity.t_closeness(frame, given["quasi"], ["diagnosis"])
    answer = [int(k), int(l), float(t)]
"""
SUDA = """
import polars as pl
from privacy.risk.classes import ClassTable
from privacy.risk.suda import special_uniques
frame = pl.read_parquet(given["path"])
special_uniques(ClassTable.of(frame.head(1000), given["quasi"]))
with measured():
    found = special_uniques(ClassTable.of(frame, given["quasi"]))
    answer = int((found.scores > 0).sum())
"""
SUDA_PEER = """
import pandas
from suda import suda
frame = pandas.read_csv(given["path"])
with measured():
    found = suda(frame, max_msu=4, columns=given["quasi"])
    answer = int((found["suda"] > 0).sum())
"""


def people(rows: int, *, seed: int = 11) -> pl.DataFrame:
    """Invented people, as numbers."""
    dice = np.random.default_rng(seed)

    def choice(values: int, *shares: float) -> pl.Series:
        return pl.Series(dice.choice(values, rows, p=shares or None).astype(np.int16))

    return pl.DataFrame(
        {
            "zip": pl.Series(dice.integers(90_001, 90_900, rows).astype(np.int32)),
            "born": choice(90) + 1935,
            "sex": choice(2),
            "race": choice(6, 0.6, 0.2, 0.1, 0.05, 0.04, 0.01),
            "school": choice(4, 0.7, 0.2, 0.07, 0.03),
            "diagnosis": choice(40),
        }
    )


def coarser(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col("zip") // 100, pl.col("born") // 10)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        _special_uniques(Path(folder))
        _from_ten_thousand(Path(folder))
        for rows in SIZES:
            _measures(Path(folder), rows)


def _measures(folder: Path, rows: int) -> None:
    raw = people(rows)
    for name, frame in (("raw", raw), ("generalised", coarser(raw))):
        what = f"k, l, t, uniques, under 11: {rows:,} rows, {name}"
        path = folder / "numbers.parquet"
        frame.write_parquet(path)
        ours = _ours(path)
        against(
            what,
            ours,
            "DuckDB",
            lambda path=path, ours=ours: _same(in_peer("duckdb", DUCKDB, _given(path)), ours),
        )
        if rows == SIZES[0]:
            against(what, ours, "pandas", lambda path=path, ours=ours: _same(_pandas(path), ours))
        text = folder / "text.parquet"
        frame.select(pl.all().cast(pl.String)).write_parquet(text, compression="zstd", compression_level=1)
        for label, lazy in (("as text", False), ("as text, read from Parquet meanwhile", True)):
            found = _same(_ours(text, lazy=lazy), ours)
            line(f"  {label}", seconds(found), memory=f"{found.peak_mb:,.0f} MB")


def _from_ten_thousand(folder: Path) -> None:
    """pycanon is timed on fewer rows and scaled by proportion, which flatters it: it is slower than that."""
    frame = people(SLICE)
    frame.write_parquet(folder / "slice.parquet")
    frame.head(FEW).write_csv(folder / "few.csv")
    ours = _ours(folder / "slice.parquet")

    def peer() -> Answer:
        found = in_peer("pycanon", PYCANON, _given(folder / "few.csv"))
        return found.scaled(SLICE / FEW, f"{FEW:,} rows")

    against(f"k, l, t: {SLICE:,} rows, raw", ours, "pycanon", peer)


def _special_uniques(folder: Path) -> None:
    frame = people(SLICE)
    frame.write_parquet(folder / "slice.parquet")
    frame.select(QUASI).write_csv(folder / "slice.csv")
    what = f"special uniques up to 4 columns: {SLICE:,} rows"
    ours = in_own(SUDA, _given(folder / "slice.parquet"))
    against(what, ours, "suda", lambda: _same(in_peer("suda", SUDA_PEER, _given(folder / "slice.csv")), ours))
    people(SIZES[0]).write_parquet(folder / "million.parquet")
    ours = in_own(SUDA, _given(folder / "million.parquet"))
    line(
        f"special uniques up to 4 columns: {SIZES[0]:,} rows", seconds(ours), memory=f"{ours.peak_mb:,.0f} MB"
    )


def _given(path: Path) -> dict[str, object]:
    return {"path": str(path), "quasi": QUASI}


def _ours(path: Path, *, lazy: bool = False) -> Answer:
    return in_own(OURS, _given(path) | {"lazy": lazy})


def _pandas(path: Path) -> Answer:
    return in_peer("pandas", PANDAS, _given(path))


def _same(found: Answer, ours: Answer) -> Answer:
    """A peer that finds something else was not asked the same."""
    assert found.answer == ours.answer, f"{found.answer} is not {ours.answer}"
    return found


if __name__ == "__main__":
    main()
