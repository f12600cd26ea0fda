"""The least harmful levels for k = 5 over nine hierarchies of a table of the shape of UCI Adult: 12,960 nodes.

The table is made up (the size of the domains and the heights of the hierarchies are those of Adult, people are
drawn with columns that hang together). The peer tries nodes one by one with a group-by over the rows in polars,
which is what remains without pruning; it is timed on a slice of the nodes and scaled. ARX itself is not run here.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.lines import against, line
from benchmarks.peers import Answer, in_own

ROWS = 30_162
# Column -> size of its domain and number of levels, the value as it is included.
SHAPE = {
    "age": (72, 5),
    "workclass": (7, 3),
    "education": (16, 4),
    "marital": (7, 3),
    "occupation": (14, 3),
    "race": (5, 2),
    "sex": (2, 2),
    "country": (41, 3),
    "salary": (2, 2),
}
TRIED = 60

SETUP = """
import polars as pl
from privacy.remedies.hierarchies import listed
from privacy.remedies.ladder import Ladder
from privacy.remedies.lattice import nodes_of, search
from privacy.risk.classes import ClassTable
frame = pl.read_parquet(given["path"])
trees = {name: listed(name, rows[0][1:], rows) for name, rows in given["trees"].items()}
"""
OURS = (
    SETUP
    + """
with measured():
    table = ClassTable.of(frame, frame.columns)
    found = search(table, [Ladder.of(table, name, trees[name]) for name in table.names], k=5, limit=given["limit"])
answer = [list(found.levels), round(found.loss, 9), found.checked, found.nodes]
"""
)
BRUTE = (
    SETUP
    + """
import itertools
nodes = list(itertools.product(*(range(len(tree.levels)) for tree in trees.values())))
step = len(nodes) // given["tried"]
some = nodes[::step]
with measured():
    for node in some:
        coarse = frame.with_columns(
            trees[name].at(frame[name], level).alias(name) for name, level in zip(frame.columns, node)
        )
        sizes = coarse.group_by(frame.columns).len()["len"]
        answer = int(sizes.filter(sizes < 5).sum())
answer = len(nodes) / len(some)
"""
)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "adult.parquet"
        people().write_parquet(path)
        given = {"path": str(path), "trees": {name: tree(*shape) for name, shape in SHAPE.items()}}
        for limit in (0.0, 0.05):
            ours = in_own(OURS, given | {"limit": limit})
            against(
                f"lattice, 12,960 nodes, k = 5, suppression {limit:.0%}",
                ours,
                "every node",
                lambda: brute(given),
            )
            levels, loss, checked, nodes = ours.answer
            line("", f"{checked} of {nodes} looked at", f"levels {levels}", f"{loss:.6f}")


def brute(given: dict[str, object]) -> Answer:
    """Every node by a group-by of its own, scaled from a slice."""
    found = in_own(BRUTE, given | {"tried": TRIED})
    return found.scaled(found.answer, f"{TRIED} nodes")


def people() -> pl.DataFrame:
    """Invented people: a latent kind moves most columns, so that combinations repeat as they do among people."""
    dice = np.random.default_rng(1)
    kind = dice.integers(0, 12, ROWS)
    columns = {}
    for name, (domain, _) in SHAPE.items():
        weights = 1 / np.arange(1, domain + 1) ** (0.4 if name == "age" else 1.6)
        drawn = dice.choice(domain, ROWS, p=weights / weights.sum())
        if name in ("country", "race"):
            drawn = np.where(dice.random(ROWS) < 0.85, 0, drawn)
        elif domain > 2:
            drawn = np.where(dice.random(ROWS) < 0.3, (drawn + kind * 7) % domain, drawn)
        columns[name] = [f"v{value:02d}" for value in drawn]
    return pl.DataFrame(columns)


def tree(domain: int, height: int) -> list[list[str]]:
    """A hierarchy of so many levels over a domain: each level joins about as many."""
    join = max(2, round(domain ** (1 / (height - 1))))
    return [
        [f"v{value:02d}", *(f"{level}-{value // join**level}" for level in range(1, height - 1)), "*"]
        for value in range(domain)
    ]
