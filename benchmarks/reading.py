"""Reading a CSV under all limits, with types, profile, fingerprint and copy, against polars reading it bare."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.data import people
from benchmarks.lines import timing
from benchmarks.peers import in_own

ROWS = 200_000
_OURS = """
from pathlib import Path
from datafiles.reading import read_in_child
with measured():
    answer = read_in_child(Path(given["path"]), name="people.csv", out_dir=Path(given["folder"])).rows
"""
_BARE = """
import polars
with measured():
    answer = polars.read_csv(given["path"], infer_schema=False).height
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        people(path, ROWS)
        given = {"path": str(path), "folder": folder}
        ours, bare = in_own(_OURS, given), in_own(_BARE, given)
    assert ours.answer == bare.answer == ROWS
    timing(f"intake in a process of its own, {ROWS:,} x 12", ours, "polars, reading alone", bare)


if __name__ == "__main__":
    main()
