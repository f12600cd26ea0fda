"""Whether a hidden count can be worked out: by whoever knows every sum of a line, and that no 0 is hidden.

`safe_cells` has the true counts and shows for a cell that it is safe by naming another table which looks the
same and differs in that cell. With two dimensions that settles the question (Gusfield, "A graph theoretic
approach to statistical data security", SIAM J. Comput. 17, 1988); with more it is asked for the stronger thing,
a box all of whose corners are hidden (Repsilber's hypercubes), so what it calls safe is safe.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, combinations

import numpy as np

from privacy.aggregates.cube import Cube, Flags, Ints, grouped
from privacy.aggregates.graphs import on_cycles

# A hidden count is at least that: 0 is always shown, and everybody knows it.
LEAST = 1
_PLANE = 2


def safe_cells(
    cube: Cube, values: Ints, hidden: Flags, *, totals_known: bool = True, known: Flags | None = None
) -> Flags:
    """For each cell whether it is hidden and cannot be worked out.

    `values` are the true counts. `known`: cells that were safe when less was hidden; they still are.
    """
    dimensions = cube.constrained(totals_known=totals_known)
    if not dimensions:
        return hidden.copy()
    if len(dimensions) == _PLANE:
        return _by_cycles(cube, values, hidden, dimensions)
    boxes = Boxes(cube, values, dimensions)
    safe = np.zeros(len(cube), bool) if known is None else known.copy()
    for cell in np.flatnonzero(hidden & ~safe):
        safe[cell] = boxes.is_held(int(cell), hidden)
    return safe


def _by_cycles(cube: Cube, values: Ints, hidden: Flags, dimensions: Sequence[int]) -> Flags:
    """Each line is a node, each hidden cell an edge that can go up, and down when it is above the least."""
    first, second = dimensions
    apart = grouped(cube.codes, [d for d in range(cube.depth) if d not in dimensions])
    at = np.flatnonzero(hidden)
    rows = grouped(np.column_stack([apart[at], cube.codes[at, first]]), [0, 1])
    columns = grouped(np.column_stack([apart[at], cube.codes[at, second]]), [0, 1])
    height = int(rows.max()) + 1 if len(at) else 0
    width = int(columns.max()) + 1 if len(at) else 0
    turned = cube.is_total[at, first] != cube.is_total[at, second]
    edges = []
    for row, column, is_turned, value in zip(rows, columns, turned, values[at], strict=True):
        ends = (int(row), height + int(column))
        start, end = ends[::-1] if is_turned else ends
        edges.append((start, end, bool(value > LEAST)))
    safe = np.zeros(len(cube), bool)
    safe[at] = on_cycles(height + width, edges)
    return safe


class Boxes:
    """Moves from one corner of a box to the next that leave every sum of a line as it is."""

    def __init__(self, cube: Cube, values: Ints, dimensions: Sequence[int]) -> None:
        self.cube, self.values, self.dimensions = cube, values, list(dimensions)
        self._slice = grouped(cube.codes, [d for d in range(cube.depth) if d not in self.dimensions])
        self._radices = [int(cube.codes[:, d].max()) + 1 if len(cube) else 1 for d in range(cube.depth)]
        keys = self._key(cube.codes)
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]
        self._subsets = list(
            chain.from_iterable(combinations(self.dimensions, size) for size in range(1, len(dimensions) + 1))
        )

    def _key(self, codes: Ints) -> Ints:
        keys = np.zeros(len(codes), np.int64)
        for at, radix in enumerate(self._radices):
            keys = keys * radix + codes[:, at]
        return keys

    def is_held(self, cell: int, hidden: Flags) -> bool:
        """Whether a box of hidden cells at this one can be moved."""
        return next(self._boxes(cell, np.flatnonzero(hidden), hidden), None) is not None

    def cheapest(self, cell: int, hidden: Flags, costs: Ints) -> Ints | None:
        """The corners of the box at this cell that hides the least more; ties go to the first in the table."""
        best: tuple[int, Ints] | None = None
        for corners in self._boxes(cell, np.flatnonzero(self.values >= LEAST), self.values >= LEAST):
            cost = int(costs[corners[~hidden[corners]]].sum())
            if best is None or cost < best[0]:
                best = cost, corners
        return best[1] if best else None

    def _boxes(self, cell: int, candidates: Ints, allowed: Flags) -> Iterator[Ints]:
        """The corners of every movable box between this cell and one of the candidates, all of them allowed."""
        codes = self.cube.codes
        here = codes[cell]
        differs = (codes[candidates][:, self.dimensions] != here[self.dimensions]).all(axis=1)
        far = candidates[differs & (self._slice[candidates] == self._slice[cell])]
        corners, signs = [np.full(len(far), cell)], [np.ones(len(far), np.int64)]
        fine = np.ones(len(far), bool)
        for subset in self._subsets:
            corner, sign = np.tile(here, (len(far), 1)), np.ones(len(far), np.int64)
            for d in subset:
                corner[:, d] = codes[far, d]
                total = self.cube.totals[d]
                sign *= np.where((codes[far, d] == total) | (here[d] == total), 1, -1)
            place = np.searchsorted(self._keys, keys := self._key(corner))
            place = np.minimum(place, len(self._keys) - 1)
            found = self._order[place]
            fine &= (self._keys[place] == keys) & allowed[found]
            corners.append(found)
            signs.append(sign)
        all_corners, all_signs = np.column_stack(corners), np.column_stack(signs)
        low = self.values[all_corners] <= LEAST
        up, down = ~(low & (all_signs < 0)).any(axis=1), ~(low & (all_signs > 0)).any(axis=1)
        for row in np.flatnonzero(fine & (up | down)):
            yield all_corners[row]
