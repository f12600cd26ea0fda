"""Rows that fit when null may stand for any value, for tables with nulls in very many places.

Both sides, who asks and who may fit, walk down the tree of the values that occur, column by column, and only
pairs that agree so far go on: a value meets the same value and null, null meets every value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from privacy.risk.classes import ClassTable, Ints
from privacy.risk.packing import runs

# So many pairs of combinations are looked at at once: bounds the memory, whatever the table.
_PAIRS = 1 << 20


def fitting_by_tree(table: ClassTable) -> Ints:
    """For each class of the table, in its order, the rows that agree with it wherever neither is null."""
    if not len(table):
        return table.sizes
    nulls = {name: int((codes == 0).sum()) for name, codes in table.codes.items()}
    # The fewer nulls a column has, the more pairs it ends.
    order = sorted(table.names, key=lambda name: (nulls[name], -len(table.values[name])))
    place = np.lexsort([table.codes[name] for name in reversed(order)])
    levels = list(_levels([table.codes[name].take(place) for name in order]))
    sizes = table.sizes.take(place)
    counts = np.zeros(len(table))
    root = np.zeros(1, np.int64)
    stack = [(0, root, root)]
    while stack:
        depth, asking, offered = stack.pop()
        if depth == len(levels):
            counts += np.bincount(asking, sizes.take(offered), len(table))
            continue
        for one, other in levels[depth].split(asking, offered):
            stack.append((depth + 1, *levels[depth].meet(one, other)))
    found = np.empty(len(table), np.int64)
    found[place] = counts
    return found


@dataclass(frozen=True, slots=True)
class _Level:
    """The nodes of one column: for each node above, where its children begin; for each child its value's code.

    The children of a node stand together, rising by code, so null comes first.
    """

    begins: Ints
    counts: Ints
    codes: Ints
    keys: Ints
    radix: int

    def split(self, asking: Ints, offered: Ints) -> Iterator[tuple[Ints, Ints]]:
        """The pairs in parts that stay small when they meet."""
        null = self.codes.take(self.begins.take(asking)) == 0
        cost = np.cumsum(2 * self.counts.take(asking) + null * self.counts.take(offered))
        cuts = np.searchsorted(cost, np.arange(_PAIRS, int(cost[-1]) if len(cost) else 0, _PAIRS))
        for part in zip(np.split(asking, cuts), np.split(offered, cuts), strict=True):
            if len(part[0]):
                yield part

    def meet(self, asking: Ints, offered: Ints) -> tuple[Ints, Ints]:
        """The pairs of children that agree."""
        child, of = self._children(asking)
        under = offered.take(of)
        value = self.codes.take(child)
        first = self.begins.take(under)
        filled = value != 0
        # Null on both sides is among what null meets.
        with_null = filled & (self.codes.take(first) == 0)
        wanted = under * self.radix + value
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        same = filled & (self.keys.take(at) == wanted)
        every, of_null = self._children(under[~filled])
        return (
            np.concatenate([child[with_null], child[same], child[~filled].take(of_null)]),
            np.concatenate([first[with_null], at[same], every]),
        )

    def _children(self, nodes: Ints) -> tuple[Ints, NDArray[np.intp]]:
        """All children of the nodes, and for each the position of its node."""
        counts = self.counts.take(nodes)
        of = np.repeat(np.arange(len(nodes)), counts)
        before = np.cumsum(counts) - counts
        return np.arange(len(of)) - before.take(of) + self.begins.take(nodes).take(of), of


def _levels(columns: list[Ints]) -> Iterator[_Level]:
    """The tree of rows that are sorted by the columns."""
    above = np.zeros(len(columns[0]), np.int64)
    for codes in columns:
        radix = int(codes.max(initial=0)) + 1
        rows = above * radix + codes
        new = runs(rows)
        keys = rows.take(new)
        parents = keys // radix
        begins = runs(parents)
        yield _Level(begins, np.diff(begins, append=len(keys)), keys - parents * radix, keys, radix)
        above = np.repeat(np.arange(len(new)), np.diff(new, append=len(rows)))
