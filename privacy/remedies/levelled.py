"""Groups of rows at a node of the lattice, made from the smallest groups known that lie below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from privacy.remedies.ladder import Ladder
from privacy.risk.classes import ClassTable
from privacy.risk.packing import pack

Ints = NDArray[np.int64]
# Keys are counted in a table when it has no more than so many places for each; otherwise they are sorted.
_SPARSE = 16
_TABLE = 1 << 16
# Pairs of columns with more cells than this are left out.
_PAIRS = 1 << 20


@dataclass(frozen=True, slots=True)
class Groups:
    """At `node`: for each column the code of every group, how many rows are in it, and of each class its group."""

    node: tuple[int, ...]
    codes: list[Ints]
    sizes: Ints
    member: Ints

    @classmethod
    def of(cls, table: ClassTable, names: Sequence[str]) -> Groups:
        """The groups at the bottom: the class table as it is."""
        codes = [table.codes[name] for name in names]
        return cls((0,) * len(names), codes, table.sizes, np.arange(len(table)))

    @property
    def rows(self) -> int:
        return int(self.sizes.sum())

    def pair_outside(self, ladders: Sequence[Ladder], first: int, second: int, k: int) -> Ints:
        """For every pair of levels of two columns, how many rows are in groups under `k` over these two alone."""
        one, two = ladders[first], ladders[second]
        found = np.zeros((one.height, two.height), np.int64)
        width = len(two.counts)
        if width * len(one.counts) > _PAIRS:
            return found  # too many cells to be worth it: nothing is known, which is no mistake
        keys = self.codes[first] * width + self.codes[second]
        sums = np.bincount(keys, self.sizes.astype(np.float64), len(one.counts) * width)
        cells = sums.astype(np.float64, copy=False).reshape(-1, width)
        for high in range(two.height):
            columns = _merged(cells.T, two.codes[high], len(two.shares[high])).T
            for low in range(one.height):
                pair = _merged(columns, one.codes[low], len(one.shares[low]))
                found[low, high] = int(pair[pair < k].sum())
        return found


class Known:
    """The groups found so far, as long as they are small enough to be worth merging from."""

    def __init__(self, base: Groups) -> None:
        self.kept = [base]
        self.nodes = np.array([base.node])
        self.counts = np.array([len(base.sizes)])

    def at(self, ladders: Sequence[Ladder], node: tuple[int, ...]) -> Groups:
        """The groups at `node`, merged from the fewest known at a node below it."""
        below = (self.nodes <= np.array(node)).all(axis=1)
        source = self.kept[int(np.where(below, self.counts, np.iinfo(np.int64).max).argmin())]
        groups = _raised(source, ladders, node)
        if 3 * len(groups.sizes) < 2 * len(source.sizes):
            self.kept.append(groups)
            self.nodes = np.vstack([self.nodes, node])
            self.counts = np.append(self.counts, len(groups.sizes))
        return groups


def _raised(source: Groups, ladders: Sequence[Ladder], node: tuple[int, ...]) -> Groups:
    codes, radices = [], []
    for at, ladder in enumerate(ladders):
        low, high = source.node[at], node[at]
        old = source.codes[at]
        codes.append(old if low == high else ladder.between(low, high).take(old))
        radices.append(len(ladder.shares[high]))
    keys, packing = pack(codes, radices)
    first, which, count = _grouped(keys, packing.space)
    sizes = np.bincount(which, source.sizes, count).astype(np.int64)
    return Groups(node, [code.take(first) for code in codes], sizes, which.take(source.member))


def _grouped(keys: Ints, space: int) -> tuple[Ints, Ints, int]:
    """One place at which each key stands, for each place the number of its key, and how many keys there are."""
    if space <= max(_TABLE, _SPARSE * len(keys)):
        place = np.full(space, -1, np.int64)
        place[keys] = np.arange(len(keys))
        there = np.flatnonzero(place >= 0)
        first = place[there]
        place[there] = np.arange(len(there))
        return first, place.take(keys), len(there)
    order = keys.argsort()
    new = np.empty(len(keys), bool)
    new[:1] = True
    rising = keys.take(order)
    np.not_equal(rising[1:], rising[:-1], out=new[1:])
    which = np.empty(len(keys), np.int64)
    which[order] = np.cumsum(new) - 1
    return order[new], which, int(new.sum())


def _merged(cells: NDArray[np.float64], codes: Ints, height: int) -> NDArray[np.float64]:
    """Rows of a table that have the same code, added up."""
    merged = np.zeros((height, cells.shape[1]))
    order = codes.argsort(kind="stable")
    rising = codes[order]
    starts = np.flatnonzero(np.diff(rising, prepend=-1))
    merged[rising[starts]] = np.add.reduceat(cells[order], starts, axis=0)
    return merged
