"""Reading a CSV under all limits, with types, profile and fingerprint, against polars reading it bare."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import polars as pl

from benchmarks.data import permits
from datafiles.reading import read_in_child

ROWS = 200_000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "permits.csv"
        permits(path, ROWS)
        began = time.perf_counter()
        pl.read_csv(path, infer_schema=False)
        peer = time.perf_counter() - began
        began = time.perf_counter()
        result = read_in_child(path, name=path.name, out_dir=Path(folder))
        ours = time.perf_counter() - began
    assert result.rows == ROWS
    print(f"{ROWS:,} rows: {ours:.2f} s; polars alone {peer:.2f} s; ratio {ours / peer:.1f}")


if __name__ == "__main__":
    main()
