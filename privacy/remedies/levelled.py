"""Groups of rows at a node of the lattice, made from the smallest groups known that lie below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from privacy.remedies.ladder import Ladder
from privacy.risk.classes import ClassTable
from privacy.risk.packing import pack, regroup

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Groups:
    """At `node`: for each column the code of every group, and how many rows are in it."""

    node: tuple[int, ...]
    codes: list[Ints]
    sizes: Ints

    @classmethod
    def of(cls, table: ClassTable, names: Sequence[str]) -> Groups:
        """The groups at the bottom: the class table as it is."""
        return cls((0,) * len(names), [table.codes[name] for name in names], table.sizes)

    @property
    def rows(self) -> int:
        return int(self.sizes.sum())

    def pair_outside(
        self, ladders: Sequence[Ladder], first: int, second: int, k: int
    ) -> Iterator[tuple[tuple[int, int], int]]:
        """For every pair of levels of two columns, how many rows are in groups under `k` over these two alone."""
        one, two = ladders[first], ladders[second]
        width = len(two.shares[0])
        cells = np.bincount(
            self.codes[first] * width + self.codes[second], self.sizes, len(one.shares[0]) * width
        ).reshape(-1, width)
        for low in range(one.height):
            rows = np.zeros((len(one.shares[low]), width))
            np.add.at(rows, one.codes[low], cells)
            for high in range(two.height):
                merged = np.zeros((len(two.shares[high]), len(rows)))
                np.add.at(merged, two.codes[high], rows.T)
                yield (low, high), int(merged[merged < k].sum())


def grouped(known: Sequence[Groups], ladders: Sequence[Ladder], node: tuple[int, ...]) -> Groups:
    """The groups at `node`, merged from the fewest groups known at a node below it."""
    below = [one for one in known if all(low <= high for low, high in zip(one.node, node, strict=True))]
    source = min(below, key=lambda one: len(one.sizes))
    codes, radices = [], []
    for at, ladder in enumerate(ladders):
        low, high = source.node[at], node[at]
        old = source.codes[at]
        codes.append(old if low == high else ladder.between(low, high).take(old))
        radices.append(len(ladder.shares[high]))
    keys, packing = pack(codes, radices)
    there, which = regroup(keys, packing.space)
    sizes = np.bincount(which, source.sizes, len(there)).astype(np.int64)
    return Groups(node, packing.apart(there), sizes)
