"""Small cells hidden, and with them as many others as it takes that no hidden count can be worked out.

Primary: counts from 1 to the rule's limit; 0 is never hidden. Complementary: in a line with one hidden cell, or
whose hidden cells together are too small, the next-highest goes too, totals last (Connecticut Open Data Handbook;
CalHHS guidelines 4.4). Then `audit`, and for the totals of a table together `attack`, look for what can still be
worked out, and the cells that cost the least are hidden until nothing can. Ties go to the first in the table, so
the same table gives the same result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from privacy.aggregates.attack import attack
from privacy.aggregates.audit import LEAST, PLANE, Boxes, planes, safe_in
from privacy.aggregates.cube import HIDDEN, Cube, Flags, Ints, Shape, cubes_of
from privacy.aggregates.rules import Rule

# The column of annotations: one code for whatever is hidden, so that nobody learns which cell was small.
ANNOTATIONS = {
    "0": "Shown",
    "1": "Hidden: a small number",
    "2": "Hidden with a small number",
    "3": "No data",
    "4": "Unstable",
    "5": "Incomplete",
}
SHOWN, HIDDEN_CODE, NO_DATA = "0", "1", "3"
_PAIR = 2


@dataclass(frozen=True, slots=True)
class Suppression:
    """What was hidden of one cube. `exposed` are hidden cells that still follow from the sums: nothing is left
    to hide beside them."""

    cube: Cube
    primary: Flags
    hidden: Flags
    exposed: Ints


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A table after suppression. `exposed_rows` are positions from 1."""

    frame: pl.DataFrame
    hidden: int
    exposed_rows: list[int]


def suppress(
    frame: pl.DataFrame, shape: Shape, rule: Rule, *, totals_known: bool = True, annotation: str = ""
) -> Suppressed:
    """Hide the small cells of a table of text and what would give them away.

    Takes the table, what its columns are, the rule, whether sums of lines that the table does not show are known
    from elsewhere (the safe assumption), and the name of a column for annotations, if one is wanted. Other
    figures of a hidden cell are hidden with it. Raises ShapeError.
    """
    results = [suppression_of(cube, rule, totals_known=totals_known) for cube in cubes_of(frame, shape)]
    hide = np.zeros((frame.height, len(shape.counts)), bool)
    exposed: set[int] = set()
    for result in results:
        hide[result.cube.rows[result.hidden], result.cube.columns[result.hidden]] = True
        exposed.update(int(row) + 1 for row in result.cube.rows[result.exposed])
    columns = [
        pl.when(pl.Series(hide[:, at])).then(None).otherwise(pl.col(name)).alias(name)
        for at, name in enumerate(shape.counts)
    ]
    no_figures = hide.any(axis=1) | _too_few_for_rates(results, frame.height, rule)
    columns += [
        pl.when(pl.Series(no_figures)).then(None).otherwise(pl.col(name)).alias(name)
        for name in shape.statistics
    ]
    after = frame.with_columns(columns)
    if annotation:
        codes = np.where(hide.any(axis=1), HIDDEN_CODE, SHOWN).tolist()
        after = after.with_columns(pl.Series(annotation, codes, dtype=pl.String))
    return Suppressed(after, int(hide.sum()), sorted(exposed))


def suppression_of(cube: Cube, rule: Rule, *, totals_known: bool = True) -> Suppression:
    """Which cells of one cube are hidden. A cell that came hidden stays hidden and counts as small."""
    values = np.where(cube.values == HIDDEN, LEAST, cube.values)
    primary = primary_cells(cube, rule)
    hidden = primary.copy()
    work = _Work(cube, values, rule, planes(cube, totals_known=totals_known))
    while work.mend_lines(hidden) or work.mend_planes(hidden) or work.mend_sums(hidden):
        continue
    return Suppression(cube, primary, hidden, np.asarray(sorted(work.exposed), np.int64))


def primary_cells(cube: Cube, rule: Rule) -> Flags:
    """The cells that are hidden for their own sake."""
    people = cube.denominators
    few = (cube.values >= LEAST) & (cube.values < rule.fewer_than)
    nobody_near = (cube.values >= LEAST) & (people >= 0) & (people < rule.population_least)
    return np.asarray(few | nobody_near | (cube.values == HIDDEN), bool)


def _too_few_for_rates(results: list[Suppression], height: int, rule: Rule) -> Flags:
    """The rows in which a rate would rest on too few."""
    few = np.zeros(height, bool)
    for result in results:
        cube = result.cube
        small = (cube.values >= LEAST) & (cube.values < rule.rate_count_least)
        small |= (cube.denominators >= 0) & (cube.denominators < rule.rate_denominator_least)
        few[cube.rows[small]] = True
    return few


class _Work:
    """The search for complements in one cube."""

    def __init__(self, cube: Cube, values: Ints, rule: Rule, pairs: list[tuple[int, ...]]) -> None:
        self.cube, self.values, self.rule = cube, values, rule
        self.dimensions = sorted({at for pair in pairs for at in pair})
        self.planes = [(pair, Boxes(cube, values, pair)) for pair in pairs]
        self.exposed: set[int] = set()
        is_total = cube.is_total.any(axis=1)
        # A total costs more than everything else together: it goes last.
        self.costs = values + is_total * (int(values.sum()) + 1)
        # By cost, then by place in the table.
        self.by_cost = np.lexsort((np.arange(len(cube)), self.costs))

    def mend_lines(self, hidden: Flags) -> bool:
        """Hide one more cell in each line that asks for it. Returns whether any was found."""
        found = False
        for at in self.dimensions:
            line = self.cube.lines[at]
            wanting = self._wanting(line, self.cube.is_total[:, at], hidden)
            able = self.by_cost[(wanting[line] & ~hidden & (self.values >= LEAST))[self.by_cost]]
            _, first = np.unique(line[able], return_index=True)
            hidden[able[first]] = True
            found = found or bool(len(first))
        return found

    def _wanting(self, line: Ints, is_total: Flags, hidden: Flags) -> Flags:
        """The lines whose hidden cells are too few, or together too small."""
        size = int(line.max()) + 1 if len(line) else 0
        count = np.bincount(line, hidden, size)
        parts = hidden & ~is_total
        summed = np.bincount(line, np.where(parts, self.values, 0), size)
        largest = np.zeros(size, np.int64)
        np.maximum.at(largest, line[parts], self.values[parts])
        total_shown = np.bincount(line, hidden & is_total, size) == 0
        small = (summed < self.rule.hidden_sum_least) | (largest <= self.rule.all_hidden_above)
        return np.asarray((count > 0) & ((count < _PAIR) | (total_shown & small)), bool)

    def mend_planes(self, hidden: Flags) -> bool:
        """Hide more in each plane with a cell that can be worked out, for one cell of it. Returns whether any was."""
        found = False
        for pair, boxes in self.planes:
            unsafe = np.flatnonzero(hidden & ~safe_in(self.cube, self.values, hidden, pair))
            unsafe = unsafe[~np.isin(unsafe, sorted(self.exposed))]
            _, first = np.unique(boxes.slices[unsafe], return_index=True)
            for cell in unsafe[first]:
                found = self._hide_for(int(cell), boxes, hidden) or found
        return found

    def mend_sums(self, hidden: Flags) -> bool:
        """Hide more for what all the totals of the table tell together. Returns whether any was."""
        if self.cube.depth <= PLANE or max(self.cube.totals) < 0:
            return False
        told = attack(replace(self.cube, values=np.where(hidden, HIDDEN, self.values)))
        open_cells = [int(cell) for cell in np.flatnonzero(told.exact) if int(cell) not in self.exposed]
        return sum(self._hide_lines(cell, self.dimensions, hidden) for cell in open_cells) > 0

    def _hide_for(self, cell: int, boxes: Boxes, hidden: Flags) -> bool:
        """Hide the box at this cell that costs the least; where there is none, what is beside it."""
        corners = boxes.cheapest(cell, hidden, self.costs)
        if corners is not None and not hidden[corners].all():
            hidden[corners] = True
            return True
        return self._hide_lines(cell, boxes.dimensions, hidden)

    def _hide_lines(self, cell: int, dimensions: Sequence[int], hidden: Flags) -> bool:
        """Hide everything in the lines of this cell; when all of it is hidden already, it stays exposed."""
        beside = np.zeros(len(hidden), bool)
        for at in dimensions:
            beside |= self.cube.lines[at] == self.cube.lines[at][cell]
        more = beside & ~hidden & (self.values >= LEAST)
        hidden |= more
        if not more.any():
            self.exposed.add(cell)
        return bool(more.any())
