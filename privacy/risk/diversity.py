"""What a group gives away although nobody in it stands alone: l-diversity and t-closeness of one column.

Sources: Machanavajjhala et al. 2007 (distinct, entropy and recursive l), Li et al. 2007 (t, earth mover's
distance).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from privacy.risk.classes import Cells, ClassTable, Floats, Ints
from privacy.risk.columns import Frame
from privacy.risk.packing import lengths

# Recursive (c,l) is told for these l, as far as every group has so many values.
_RECURSIVE = (2, 3, 4)
_STEP = 1 << 17
_WORKERS = 2
# Of some classes: sizes, different values, and of their cells the codes and the counts.
_Cut = tuple[Ints, Ints, Ints, Ints]


@dataclass(frozen=True, slots=True)
class Diversity:
    """Over the groups that share a combination of the quasi-identifiers; null counts as a value.

    `l` is the smallest number of different sensitive values in a group; `entropy_l` the same weighted by how
    evenly they occur; `recursive_c` tells for each l above which c the table is recursively (c,l)-diverse. `t`
    is the largest distance of a group's values from those of the whole table: ordered for numbers, which are
    near or far from one another, otherwise categorical. `certain_rows` are in groups of one value only.
    """

    l: int  # noqa: E741 - its name in the literature
    entropy_l: float
    t: float
    certain_rows: int = 0
    t_categorical: float = 0.0
    t_ordered: float | None = None
    recursive_c: dict[int, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def diversity(frame: Frame, quasi: Sequence[str], sensitive: str, *, ordered: bool) -> Diversity | None:
    """Measure the column `sensitive`; `ordered` when its values are numbers.

    None for a table without rows. Raises ValueError when a column is missing.
    """
    table = ClassTable.of(frame, quasi, sensitive=[sensitive], ordered=[sensitive] if ordered else [])
    return diversity_of(table, sensitive)


def diversity_of(table: ClassTable, sensitive: str) -> Diversity | None:
    """The same from a class table that counted the column."""
    cells = table.cells[sensitive]
    if not len(table):
        return None
    distinct = lengths(cells.starts, len(cells.codes))
    fewest = int(distinct.min())
    whole = np.bincount(cells.codes, cells.counts, len(cells.values)) / table.rows

    def distances(cut: _Cut) -> tuple[float, float]:
        part = _Part.of(*cut)
        return part.categorical(whole), part.ordered(whole) if cells.ordered else 0.0

    with ThreadPoolExecutor(_WORKERS) as pool:
        measured = list(pool.map(distances, _cuts(table.sizes, distinct, cells)))
    categorical, farthest = (max(one) for one in zip(*measured, strict=True))
    ordered = farthest if cells.ordered else None
    return Diversity(
        l=fewest,
        certain_rows=int(table.sizes[distinct == 1].sum()),
        # Where somebody's value is certain, no evenness is left to weigh.
        entropy_l=1.0 if fewest == 1 else _entropy_l(table.sizes, cells),
        t=categorical if ordered is None else ordered,
        t_categorical=categorical,
        t_ordered=ordered,
        recursive_c=_recursive(table.sizes, cells, [l for l in _RECURSIVE if l <= fewest]),  # noqa: E741
    )


def _entropy_l(sizes: Ints, cells: Cells) -> float:
    """exp of the smallest entropy of a class: log n - (sum of c log c) / n."""
    counts = cells.counts.astype(np.float64)
    inside = np.add.reduceat(counts * np.log(counts), cells.starts)
    return math.exp(float((np.log(sizes) - inside / sizes).min()))


def _recursive(sizes: Ints, cells: Cells, wanted: list[int]) -> dict[int, float]:
    """For each l the largest r1 / (rl + ... + rm) of a class, its counts r falling."""
    if not wanted:
        return {}
    most = int(cells.counts.max())
    bits = most.bit_length()
    falling = most - (np.sort(cells.classes() << bits | (most - cells.counts)) & ((1 << bits) - 1))
    top = falling.take(cells.starts)
    rest, found = sizes - top, {}
    for l in range(2, max(wanted) + 1):  # noqa: E741
        found[l] = float((top / rest).max())
        rest = rest - falling.take(np.minimum(cells.starts + l - 1, len(falling) - 1))
        if l + 1 not in wanted:
            break
    return found


def _cuts(sizes: Ints, distinct: Ints, cells: Cells) -> Iterator[_Cut]:
    """The classes in parts whose cells stay in the processor's cache."""
    starts, first = cells.starts, 0
    while first < len(sizes):
        # The classes whose cells end within the next _STEP, and one at least. A class ends where the next begins.
        end = int(starts[first]) + _STEP
        within = len(sizes) if end >= len(cells.codes) else int(np.searchsorted(starts, end, "right")) - 1
        last = max(first + 1, within)
        inside = slice(int(starts[first]), int(starts[last]) if last < len(sizes) else len(cells.codes))
        yield sizes[first:last], distinct[first:last], cells.codes[inside], cells.counts[inside]
        first = last


@dataclass(frozen=True, slots=True)
class _Part:
    """Classes of one row, of which the value says all (`alone`), apart from the others (`sizes` is by cell)."""

    alone: Ints
    starts: Ints
    codes: Ints
    counts: Ints
    sizes: Ints

    @classmethod
    def of(cls, sizes: Ints, distinct: Ints, codes: Ints, counts: Ints) -> _Part:
        several = sizes > 1
        inside = np.repeat(several, distinct)
        alone = np.unique(codes[~inside])
        within = distinct[several]
        starts = np.cumsum(within) - within
        return cls(alone, starts, codes[inside], counts[inside], np.repeat(sizes[several], within))

    def categorical(self, whole: Floats) -> float:
        """Half the sum of |p - q|. A value that a class lacks adds its q, so the sum over those it has is enough."""
        largest = float((1 - whole[self.alone]).max()) if len(self.alone) else 0.0
        if not len(self.starts):
            return largest
        q = whole.take(self.codes)
        apart = np.add.reduceat(np.abs(self.counts / self.sizes - q) - q, self.starts)
        return max(largest, (float(apart.max()) + 1) / 2)

    def ordered(self, whole: Floats) -> float:
        """The sum over all m values of |cumulated q - p| / (m - 1), without looking at values a class lacks.

        Between two of its values the cumulated p of a class stays at c while that of the table, Q, rises: the
        range is cut where Q passes c, and each side is a difference of prefix sums of Q.
        """
        occurs = whole > 0
        rising = np.cumsum(whole[occurs])
        last = len(rising)
        if last < 2:
            return 0.0
        prefix = np.concatenate([[0.0], np.cumsum(rising)])
        rank = np.cumsum(occurs) - 1
        alone = rank[self.alone]
        moved = prefix[alone] + (last - alone) - (prefix[last] - prefix[alone])
        largest = float(moved.max()) if len(alone) else 0.0
        if len(self.starts):
            start = rank.take(self.codes)
            end = np.append(start[1:], last)
            end[self.starts[1:] - 1] = last
            total = np.cumsum(self.counts)
            before = np.zeros(len(total))
            begun = lengths(self.starts, len(total))
            base = np.repeat(total.take(self.starts) - self.counts.take(self.starts), begun)
            before[self.starts] = prefix.take(start.take(self.starts))
            c = (total - base) / self.sizes
            cut = np.clip(np.searchsorted(rising, c), start, end)
            below = c * (cut - start) - (prefix.take(cut) - prefix.take(start))
            above = prefix.take(end) - prefix.take(cut) - c * (end - cut)
            largest = max(largest, float(np.add.reduceat(below + above + before, self.starts).max()))
        return largest / (last - 1)
