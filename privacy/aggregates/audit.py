"""Whether a hidden count can be worked out: by whoever knows every sum of a line, and that no 0 is hidden.

A plane is what two dimensions span where the others stand still; a table of one dimension has lines only. In a
plane a hidden count is safe when another table looks the same and differs in that cell, which is so when the
cell lies on a cycle of hidden cells that can be moved (Gusfield, "A graph theoretic approach to statistical data
security", SIAM J. Comput. 17, 1988): that settles the question. In a table of three dimensions or more each
plane is asked by itself; what all sums together tell is for `attack`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, combinations

import numpy as np

from privacy.aggregates.cube import Cube, Flags, Ints, grouped
from privacy.aggregates.graphs import on_cycles

# A hidden count is at least that: 0 is always shown, and everybody knows it.
LEAST = 1
PLANE = 2
_AT_ONCE = 512


def planes(cube: Cube, *, totals_known: bool = True) -> list[tuple[int, ...]]:
    """The pairs of dimensions whose lines have a sum that somebody may know; one alone when there is only one."""
    dimensions = cube.constrained(totals_known=totals_known)
    return [tuple(dimensions)] if len(dimensions) == 1 else list(combinations(dimensions, PLANE))


def safe_cells(cube: Cube, values: Ints, hidden: Flags, *, totals_known: bool = True) -> Flags:
    """For each cell whether it is hidden and cannot be worked out in any plane. `values` are the true counts."""
    safe = hidden.copy()
    for plane in planes(cube, totals_known=totals_known):
        safe &= safe_in(cube, values, hidden, plane)
    return safe


def safe_in(cube: Cube, values: Ints, hidden: Flags, plane: Sequence[int]) -> Flags:
    """The same for one plane."""
    if len(plane) == PLANE:
        return _by_cycles(cube, values, hidden, plane)
    boxes = Boxes(cube, values, plane)
    safe = np.zeros(len(cube), bool)
    for cell in np.flatnonzero(hidden):
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
        self.slices = grouped(cube.codes, [d for d in range(cube.depth) if d not in self.dimensions])
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
        able = self.values >= LEAST
        candidates = np.flatnonzero(able)
        nearest = candidates[np.argsort(np.where(hidden, 0, costs)[candidates], kind="stable")]
        for corners in self._boxes(cell, nearest, able):
            cost = int(costs[corners[~hidden[corners]]].sum())
            if best is None or cost < best[0]:
                best = cost, corners
        return best[1] if best else None

    def _boxes(self, cell: int, candidates: Ints, allowed: Flags) -> Iterator[Ints]:
        """The corners of every movable box between this cell and one of the candidates, all of them allowed."""
        codes = self.cube.codes
        here = codes[cell]
        differs = (codes[candidates][:, self.dimensions] != here[self.dimensions]).all(axis=1)
        far = candidates[differs & (self.slices[candidates] == self.slices[cell])]
        for begin in range(0, len(far), _AT_ONCE):
            yield from self._moved(cell, far[begin : begin + _AT_ONCE], allowed)

    def _moved(self, cell: int, far: Ints, allowed: Flags) -> Iterator[Ints]:
        codes, here = self.cube.codes, self.cube.codes[cell]
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
