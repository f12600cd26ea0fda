"""Small cells hidden, and with them as many others as it takes that no hidden count can be worked out.

Primary: counts from 1 to the rule's limit; 0 is never hidden. Complementary: in a line with one hidden cell, or
whose hidden cells together are too small, the next-highest goes too, totals last (Connecticut Open Data
Handbook; CalHHS guidelines 4.4). Then an audit (`audit.safe_cells`) looks for what can still be worked out, and
the cells that cost the least are hidden until nothing can. Ties go to the first in the table, so the same table
gives the same result.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from privacy.aggregates.audit import LEAST, Boxes, safe_cells
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
    work = _Work(cube, values, rule, cube.constrained(totals_known=totals_known))
    given_up: set[int] = set()
    safe = np.zeros(len(cube), bool)
    while True:
        if work.mend_lines(hidden):
            continue
        safe = safe_cells(cube, values, hidden, totals_known=totals_known, known=safe)
        open_cells = [int(cell) for cell in np.flatnonzero(hidden & ~safe) if int(cell) not in given_up]
        if not open_cells:
            return Suppression(cube, primary, hidden, np.asarray(sorted(given_up), np.int64))
        if not work.hide_for(open_cells[0], hidden):
            given_up.add(open_cells[0])


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

    def __init__(self, cube: Cube, values: Ints, rule: Rule, dimensions: list[int]) -> None:
        self.cube, self.values, self.rule, self.dimensions = cube, values, rule, dimensions
        self.boxes = Boxes(cube, values, dimensions)
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

    def hide_for(self, cell: int, hidden: Flags) -> bool:
        """Hide what keeps this cell from being worked out. Returns whether anything was hidden."""
        corners = self.boxes.cheapest(cell, hidden, self.costs)
        if corners is not None and not hidden[corners].all():
            hidden[corners] = True
            return True
        beside = np.zeros(len(hidden), bool)
        for at in self.dimensions:
            beside |= self.cube.lines[at] == self.cube.lines[at][cell]
        more = beside & ~hidden & (self.values >= LEAST)
        hidden |= more
        return bool(more.any())
