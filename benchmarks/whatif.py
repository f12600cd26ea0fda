"""What one more remedy would do to the risk of a million rows: on the class table, against doing it to the rows.

The class table is in memory, as it is in a web process after the first what-if; reading it from storage is a
line of its own. The peer applies the same steps to the rows in polars and groups them again.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.lines import against, line, timing
from benchmarks.peers import in_own

ROWS = 1_000_000
QUASI = ["zip", "age", "sex", "race", "day"]
STEPS = [
    {"remedy": "generalise_zip", "params": {"column": "zip"}},
    {"remedy": "generalise_date", "params": {"column": "day", "to": "month"}},
]
ONE_MORE = {"remedy": "age_bands", "params": {"column": "age", "width": 10}}

OURS = """
from pathlib import Path
from privacy.class_file import class_table_read
from privacy.remedies.trial import Baseline
from privacy.remedies.what_if import what_if
base = Baseline.of(class_table_read(Path(given["table"])))
what_if(base, given["steps"])
with measured():
    found = what_if(base, [*given["steps"], given["more"]])
answer = [found.after.k, found.after.unique_rows, found.after.groups, found.before.groups]
"""
READ = """
from pathlib import Path
from privacy.class_file import class_table_read
from privacy.remedies.trial import Baseline
with measured():
    Baseline.of(class_table_read(Path(given["table"])))
"""
MAKE = """
from pathlib import Path
import polars as pl
from privacy.class_file import class_table_write
from privacy.risk.classes import ClassTable
frame = pl.read_parquet(given["path"])
with measured():
    class_table_write(ClassTable.of(frame, given["quasi"]), Path(given["table"]))
"""
ON_ROWS = """
import polars as pl
from datafiles.table import Column, Table
from privacy.remedies.recipe import apply_recipe
frame = pl.read_parquet(given["path"])
table = Table(tuple(Column(name, "text") for name in frame.columns), frame)
with measured():
    made = apply_recipe(table, [*given["steps"], given["more"]]).frame
    sizes = made.group_by(given["quasi"]).len()["len"]
    answer = [int(sizes.min()), int((sizes == 1).sum()), len(sizes)]
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, table = Path(folder) / "people.parquet", Path(folder) / "classes.zip"
        people().write_parquet(path)
        given = {"path": str(path), "table": str(table), "quasi": QUASI, "steps": STEPS, "more": ONE_MORE}
        timing("class table of 1M rows: counted and kept", in_own(MAKE, given))
        timing("class table read into memory", in_own(READ, given))
        ours = in_own(OURS, given)
        against("what-if after one more remedy, 1M rows", ours, "on the rows", lambda: in_own(ON_ROWS, given))
        k, unique, groups, before = ours.answer
        line("", f"k = {k}", f"{before:,} groups before, {groups:,} after", f"{unique:,}")


def people() -> pl.DataFrame:
    """A million invented people in some half a million groups."""
    dice = np.random.default_rng(3)
    spread = dice.geometric(0.05, ROWS) % 400
    return pl.DataFrame(
        {
            "zip": [str(90_001 + value) for value in dice.geometric(0.02, ROWS) % 100],
            "age": dice.integers(0, 95, ROWS).astype(str),
            "sex": dice.choice(["F", "M"], ROWS),
            "race": dice.choice(list("ABCDE"), ROWS, p=[0.5, 0.25, 0.15, 0.07, 0.03]),
            "day": [
                f"20{15 + value // 40}-{value // 10 % 4 * 3 + 1:02d}-{value % 10 + 1:02d}" for value in spread
            ],
        }
    )
