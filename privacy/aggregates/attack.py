"""What a reader of a published table can work out of its hidden counts.

Here nothing is known but what the table shows: its counts, its totals, and that a hidden count is at least 1
(0 is always shown). Bounds are drawn tight line by line until nothing moves any more (the shuttle algorithm,
Buzzigoli and Giusti 1999), and a count that is the same in every solution of the sums is found in their null
space. What neither finds may still lie in a narrow range; `narrowest` says how narrow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from privacy.aggregates.audit import LEAST
from privacy.aggregates.cube import HIDDEN, Cube, Flags, Ints

_ROUNDS = 60
# Sums with more hidden counts that hang together than this are not solved; bounds are drawn all the same.
_SOLVED = 600
_TINY = 1e-9
_FAR = 1e15


@dataclass(frozen=True, slots=True)
class Attack:
    """`lowest` and `highest` for every cell; `exact` are hidden cells that can be worked out.

    `contradictions`: lines whose sums cannot be. `unsolved`: hidden cells whose sums were too many to solve.
    """

    lowest: NDArray[np.float64]
    highest: NDArray[np.float64]
    exact: Flags
    contradictions: int
    unsolved: int

    @property
    def narrowest(self) -> int | None:
        """The smallest number of values that a hidden count that is not worked out may have."""
        open_cells = (self.highest > self.lowest) & ~self.exact
        if not open_cells.any():
            return None
        width = float((self.highest - self.lowest)[open_cells].min()) + 1
        return None if width >= _FAR else int(width)


@dataclass(frozen=True, slots=True)
class _Sums:
    """The equations of the table that have a hidden count: signed, each with what is left for the hidden ones."""

    equation: Ints
    cell: Ints
    sign: Ints
    rest: NDArray[np.float64]


def attack(cube: Cube) -> Attack:
    """Work out what can be worked out from the totals that the table itself shows."""
    hidden = cube.values == HIDDEN
    lowest = np.where(hidden, LEAST, cube.values).astype(np.float64)
    highest = np.where(hidden, _FAR, cube.values).astype(np.float64)
    sums = _sums(cube, hidden)
    _shuttle(sums, lowest, highest)
    contradictions = int((lowest > highest).sum())
    exact = hidden & (lowest == highest)
    solved, unsolved = _solved(sums, len(cube))
    return Attack(lowest, highest, exact | (hidden & solved), contradictions, unsolved)


def _sums(cube: Cube, hidden: Flags) -> _Sums:
    equations, cells, signs, rests, begin = [], [], [], [], 0
    shown = np.where(hidden, 0, cube.values)
    for at in range(cube.depth):
        if cube.totals[at] < 0:
            continue
        line, is_total = cube.lines[at], cube.is_total[:, at]
        size = int(line.max()) + 1 if len(line) else 0
        sign = np.where(is_total, -1, 1)
        has_total = np.bincount(line, is_total, size) > 0
        rest = -np.bincount(line, sign * shown, size)
        take = hidden & has_total[line]
        number = np.full(size, -1)
        wanted = np.unique(line[take])
        number[wanted] = np.arange(len(wanted)) + begin
        equations.append(number[line[take]])
        cells.append(np.flatnonzero(take))
        signs.append(sign[take])
        rests.append(rest[wanted])
        begin += len(wanted)
    if not equations:
        nothing = np.zeros(0, np.int64)
        return _Sums(nothing, nothing, nothing, np.zeros(0))
    return _Sums(
        np.concatenate(equations), np.concatenate(cells), np.concatenate(signs), np.concatenate(rests)
    )


def _shuttle(sums: _Sums, lowest: NDArray[np.float64], highest: NDArray[np.float64]) -> None:
    """Draw the bounds tight, in place: in each sum a count is what the others leave over."""
    for _ in range(_ROUNDS):
        low, high = lowest[sums.cell], highest[sums.cell]
        least = np.where(sums.sign > 0, low, -high)
        most = np.where(sums.sign > 0, high, -low)
        all_least = np.bincount(sums.equation, least, len(sums.rest))
        all_most = np.bincount(sums.equation, most, len(sums.rest))
        room_most = sums.rest[sums.equation] - (all_least[sums.equation] - least)
        room_least = sums.rest[sums.equation] - (all_most[sums.equation] - most)
        before = lowest.sum(), highest.sum()
        up = np.where(sums.sign > 0, room_most, -room_least)
        down = np.where(sums.sign > 0, room_least, -room_most)
        np.minimum.at(highest, sums.cell, up)
        np.maximum.at(lowest, sums.cell, down)
        if (lowest.sum(), highest.sum()) == before:
            return


def _solved(sums: _Sums, cells: int) -> tuple[Flags, int]:
    """The cells that have one value in every solution of the sums, part by part of what hangs together."""
    solved, unsolved = np.zeros(cells, bool), 0
    for at in _parts(sums):
        inside, columns = np.unique(sums.cell[at], return_inverse=True)
        if len(inside) > _SOLVED:
            unsolved += len(inside)
            continue
        _, rows = np.unique(sums.equation[at], return_inverse=True)
        matrix = np.zeros((int(rows.max()) + 1, len(inside)))
        matrix[rows, columns] = sums.sign[at]
        _, singular, right = np.linalg.svd(matrix)
        free = right[int((singular > _TINY * max(matrix.shape)).sum()) :]
        solved[inside[(np.abs(free) < 1e-7).all(axis=0)]] = True
    return solved, unsolved


def _parts(sums: _Sums) -> list[Ints]:
    """The entries of the sums, by what hangs together through shared cells."""
    label = np.arange(len(sums.rest))
    while True:
        lowest = np.full(int(sums.cell.max()) + 1 if len(sums.cell) else 0, len(label))
        np.minimum.at(lowest, sums.cell, label[sums.equation])
        after = label.copy()
        np.minimum.at(after, sums.equation, lowest[sums.cell])
        after = np.minimum(after, label)
        if (after == label).all():
            break
        label = after
    return [np.flatnonzero(label[sums.equation] == part) for part in np.unique(label)]
