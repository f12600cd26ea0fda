"""The least harmful way to make groups of at least k: an exact search over the levels of several hierarchies.

Every choice of one level for each column is a node of a lattice; going up makes groups larger, so at a node at
least as many rows are in small groups as at any node above it. That is known of every node at once, from what
was looked at above it and from pairs of columns alone; with it a lower bound of the loss is known: what
generalising costs by itself, and what so many suppressed rows must lose on top. Nodes are looked at in the order
of that bound until none is left that could be better: what is returned is the optimum (tests try every node).

After Kohlmayer et al., Flash (2012), predictive tagging; the bound with suppression is our own. The loss is
Iyengar's, joined by the geometric mean, as ARX takes it by default.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from privacy.remedies.ladder import Ladder
from privacy.remedies.levelled import Groups, Known
from privacy.remedies.loss import joined
from privacy.risk.classes import ClassTable

Node = tuple[int, ...]
Floats = NDArray[np.float64]
# Results that differ by less are the same number, computed in another order.
_EPSILON = 1e-10


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best node: a level for each column, in the order of the ladders.

    `suppressed` rows are in groups under k and lose everything; `loss` lies between 0 and 1. `nodes` is the
    size of the lattice and `checked` how many of them had to be looked at.
    """

    levels: Node
    loss: float
    suppressed: int
    k: int
    groups: int
    nodes: int
    checked: int


def search(
    table: ClassTable, ladders: Sequence[Ladder], *, k: int, limit: float = 0.0, mean: str = "geometric"
) -> Optimum | None:
    """The node of least loss at which at most the share `limit` of the rows is in groups under `k`.

    Takes the class table over the columns of the ladders (at least one). None when even the top does not do:
    then suppressing more, or dropping a column, is what is left.
    """
    return _Search(table, ladders, k, limit, mean).run()


def nodes_of(ladders: Sequence[Ladder]) -> int:
    """How many nodes the lattice has."""
    return int(np.prod([ladder.height for ladder in ladders]))


class _Search:
    """`bound[node]`: the loss is no less there; without bound where too many rows are in small groups."""

    def __init__(self, table: ClassTable, ladders: Sequence[Ladder], k: int, limit: float, mean: str) -> None:
        self.ladders, self.k, self.mean = list(ladders), k, mean
        self.base = Groups.of(table, [ladder.name for ladder in ladders])
        self.weights = self.base.sizes.astype(np.float64)
        self.most = int(np.floor(limit * self.base.rows + 1e-9))
        self.known = Known(self.base)
        self.bound = self._first_bounds()
        self.done = np.zeros(self.bound.shape, bool)
        self.found: tuple[Node, float, Groups] | None = None
        self.checked = 0

    def run(self) -> Optimum | None:
        while (start := self._most_promising()) is not None:
            self._climb(start)
        return self._optimum()

    def _first_bounds(self) -> Floats:
        """What generalising costs, and what pairs of columns tell: groups over two are no smaller than over all."""
        shape = tuple(ladder.height for ladder in self.ladders)
        outside = np.zeros(shape, np.int64)
        for first in range(len(shape)):
            for second in range(first + 1, len(shape)):
                known = self.base.pair_outside(self.ladders, first, second, self.k)
                along = [1] * len(shape)
                along[first], along[second] = known.shape
                np.maximum(outside, known.reshape(along), out=outside)
        parts = []
        for at, ladder in enumerate(self.ladders):
            part = np.empty(shape)
            for level in range(ladder.height):
                plane: tuple[slice | int, ...] = (*[slice(None)] * at, level)
                part[plane] = ladder.least_loss(level, outside[plane])
            parts.append(part)
        bound: Floats = np.array(joined(parts, self.mean))
        bound[outside > self.most] = np.inf
        return bound

    @property
    def best(self) -> float:
        return self.found[1] if self.found else np.inf

    def _is_open(self, node: Node) -> bool:
        return not self.done[node] and bool(self.bound[node] < self.best - _EPSILON)

    def _most_promising(self) -> Node | None:
        """The node with the lowest bound, while it could still be the best."""
        bounds = np.where(self.done, np.inf, self.bound)
        at = int(bounds.argmin())
        node = tuple(int(level) for level in np.unravel_index(at, bounds.shape))
        return node if np.isfinite(bounds[node]) and self._is_open(node) else None

    def _climb(self, start: Node) -> None:
        """Look along one path up from `start`, by halving, for the highest node that rules `start` out.

        The higher it lies, the more nodes below it are ruled out with it.
        """
        path = self._path(start)
        low, high = 0, len(path) - 1
        while low <= high:
            middle = (low + high) // 2
            if not self.done[path[middle]]:
                self._look(path[middle])
            if self._is_open(start):
                high = middle - 1
            else:
                low = middle + 1

    def _path(self, start: Node) -> list[Node]:
        """From `start` upwards, each time by the step that costs least."""
        path = [start]
        while True:
            node = path[-1]
            above = [
                (*node[:at], level + 1, *node[at + 1 :])
                for at, level in enumerate(node)
                if level + 1 < self.bound.shape[at]
            ]
            above = [up for up in above if self._is_open(up)]
            if not above:
                return path
            path.append(min(above, key=lambda up: self.bound[up]))

    def _look(self, node: Node) -> None:
        """Group the rows at one node; learn of every node below it, and remember it when it is the best so far."""
        groups = self.known.at(self.ladders, node)
        self.checked += 1
        self.done[node] = True
        small = groups.sizes < self.k
        outside = int(groups.sizes[small].sum())
        box = tuple(slice(level + 1) for level in node)
        if outside > self.most:
            self.bound[box] = np.inf
            return
        parts = self._losses_below(node, groups, small if outside else None)
        below = np.asarray(joined(parts, self.mean))
        np.maximum(self.bound[box], below, out=self.bound[box])
        loss = float(below[node])
        if loss < self.best - _EPSILON:
            self.found = (node, loss, groups)

    def _losses_below(self, node: Node, groups: Groups, small: NDArray[np.bool_] | None) -> list[Floats]:
        """For each column the least loss at every level up to the node's, the suppressed rows being known.

        At the node itself it is the loss.
        """
        there = np.flatnonzero(small.take(groups.member)) if small is not None else None
        parts = []
        for at, ladder in enumerate(self.ladders):
            theirs = self._rows_of(there, at) if there is not None else None
            losses = ladder.losses(node[at] + 1, theirs)
            along = [1] * len(self.ladders)
            along[at] = len(losses)
            parts.append(losses.reshape(along))
        return parts

    def _rows_of(self, classes: NDArray[np.int64], at: int) -> Floats:
        """The rows of some classes by their original code in a column."""
        codes, ladder = self.base.codes[at].take(classes), self.ladders[at]
        rows = np.bincount(codes, self.weights.take(classes), len(ladder.counts))
        return rows.astype(np.float64, copy=False)

    def _optimum(self) -> Optimum | None:
        if self.found is None:
            return None
        node, loss, groups = self.found
        small = groups.sizes < self.k
        kept = groups.sizes[~small]
        return Optimum(
            levels=node,
            loss=loss,
            suppressed=int(groups.sizes[small].sum()),
            k=int(kept.min()) if len(kept) else 0,
            groups=len(kept),
            nodes=self.bound.size,
            checked=self.checked,
        )
