"""The least harmful way to make groups of at least k: an exact search over the levels of several hierarchies.

Every choice of one level for each column is a node of a lattice; going up makes groups larger. Two facts spare
most nodes: when too many rows are in small groups at a node, so they are at every node below it (predictive
tagging, Kohlmayer et al., Flash, 2012); and what generalising alone costs is a lower bound that needs no group
at all, only how often each value occurs. The search looks at nodes by that bound and stops when none is left
that could be better, so what it returns is the optimum (tests compare it with trying every node).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from privacy.remedies.ladder import Ladder
from privacy.remedies.levelled import Groups, grouped
from privacy.remedies.loss import joined
from privacy.risk.classes import ClassTable

Node = tuple[int, ...]
# Results that differ by less are the same number, computed in another order.
_EPSILON = 1e-12


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


@dataclass(slots=True)
class _Search:
    ladders: Sequence[Ladder]
    k: int
    most: int
    mean: str
    base: Groups
    bound: np.ndarray
    done: np.ndarray
    known: list[Groups] = field(default_factory=list)
    best: Optimum | None = None
    checked: int = 0


def search(
    table: ClassTable, ladders: Sequence[Ladder], *, k: int, limit: float = 0.0, mean: str = "geometric"
) -> Optimum | None:
    """The node of least loss at which at most the share `limit` of the rows is in groups under `k`.

    Takes the class table over exactly the columns of the ladders. None when even the top does not do (then
    suppressing more, or dropping a column, is what is left).
    """
    base = Groups.of(table, [ladder.name for ladder in ladders])
    one = _Search(
        ladders=ladders,
        k=k,
        most=int(np.floor(limit * base.rows + 1e-9)),
        mean=mean,
        base=base,
        bound=_bounds(ladders, mean),
        done=np.zeros(tuple(ladder.height for ladder in ladders), bool),
        known=[base],
    )
    _tag_pairs(one)
    while (start := _next(one)) is not None:
        _climb(one, start)
    return one.best


def nodes_of(ladders: Sequence[Ladder]) -> int:
    """How many nodes the lattice has."""
    return int(np.prod([ladder.height for ladder in ladders]))


def _bounds(ladders: Sequence[Ladder], mean: str) -> np.ndarray:
    """For every node what generalising alone costs: nothing that suppression adds can make it less."""
    parts = []
    for at, ladder in enumerate(ladders):
        shape = [1] * len(ladders)
        shape[at] = ladder.height
        parts.append(np.array(ladder.losses()).reshape(shape))
    shape_all = tuple(ladder.height for ladder in ladders)
    return np.broadcast_to(joined(parts, mean), shape_all).copy()


def _tag_pairs(one: _Search) -> None:
    """Groups over two columns alone are no smaller than over all: where they fail, every node with them does."""
    for first in range(len(one.ladders)):
        for second in range(first + 1, len(one.ladders)):
            for levels, outside in one.base.pair_outside(one.ladders, first, second, one.k):
                if outside > one.most:
                    below: list[slice] = [slice(None)] * len(one.ladders)
                    below[first], below[second] = slice(levels[0] + 1), slice(levels[1] + 1)
                    one.done[tuple(below)] = True


def _next(one: _Search) -> Node | None:
    """The node with the lowest bound that could still be the best."""
    open_bounds = np.where(one.done, np.inf, one.bound)
    at = int(open_bounds.argmin())
    lowest = open_bounds.flat[at]
    if not np.isfinite(lowest) or (one.best is not None and lowest >= one.best.loss - _EPSILON):
        return None
    return tuple(int(level) for level in np.unravel_index(at, one.bound.shape))


def _climb(one: _Search, start: Node) -> None:
    """Look along one path up from `start`, by halving: where it turns from failing to enough, much is settled."""
    path = list(_path(one, start))
    low, high = 0, len(path) - 1
    while low <= high:
        middle = (low + high) // 2
        if one.done[path[middle]]:
            # Settled meanwhile by a node above: what is below it is settled too.
            low = middle + 1
        elif _enough(one, path[middle]):
            high = middle - 1
        else:
            low = middle + 1


def _path(one: _Search, start: Node) -> Iterator[Node]:
    """From `start` upwards, each time by the step that costs least, among nodes that are open."""
    node = start
    while True:
        yield node
        above = [
            (*node[:at], level + 1, *node[at + 1 :])
            for at, level in enumerate(node)
            if level + 1 < one.bound.shape[at]
        ]
        above = [up for up in above if not one.done[up]]
        if not above:
            return
        node = min(above, key=lambda up: one.bound[up])


def _enough(one: _Search, node: Node) -> bool:
    """Look at one node: settle it, and all below it when it fails; remember it when it is the best so far."""
    groups = grouped(one.known, one.ladders, node)
    one.checked += 1
    if len(groups.sizes) * 2 <= len(one.base.sizes):
        one.known.append(groups)
    small = groups.sizes < one.k
    suppressed = int(groups.sizes[small].sum())
    if suppressed > one.most:
        one.done[tuple(slice(level + 1) for level in node)] = True
        return False
    one.done[node] = True
    loss = float(joined([_loss(one, groups, small, suppressed, at) for at in range(len(node))], one.mean))
    if one.best is None or loss < one.best.loss - _EPSILON:
        kept = groups.sizes[~small]
        one.best = Optimum(
            levels=node,
            loss=loss,
            suppressed=suppressed,
            k=int(kept.min()) if len(kept) else 0,
            groups=len(kept),
            nodes=one.bound.size,
            checked=one.checked,
        )
    else:
        one.best = one.best
    return True


def _loss(one: _Search, groups: Groups, small: np.ndarray, suppressed: int, at: int) -> float:
    """The loss of one column at a node: its bound, plus what the suppressed rows lose on top."""
    ladder = one.ladders[at]
    level = groups.node[at]
    share_of_small = (
        ladder.shares[level][groups.codes[at][small]] @ groups.sizes[small] if suppressed else 0.0
    )
    return ladder.loss(level, suppressed=suppressed, their_share=float(share_of_small))
