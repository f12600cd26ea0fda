"""Groups when null may stand for any value: a row counts every row it could be taken for (as sdcMicro counts)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from privacy.risk.classes import ClassTable, Ints
from privacy.risk.columns import Frame
from privacy.risk.packing import pack
from privacy.risk.wildcard_tree import fitting_by_tree

# Ways to be null in some columns and not in others; a table with more of them has nulls all over.
_PATTERNS = 64
# Keys below this are looked up in a table.
_TABLE = 1 << 22


def k_null_wildcard(frame: Frame, quasi: Sequence[str]) -> int:
    """The smallest number of rows that any row could be taken for; 0 for a table without rows."""
    sizes = wildcard_sizes(ClassTable.of(frame, quasi))
    return int(sizes.min()) if len(sizes) else 0


def wildcard_sizes(table: ClassTable) -> Ints:
    """For each class of the table, in its order, the rows that agree with it wherever neither is null.

    Classes are taken together by the columns in which they are null. Those that ask and those that may fit are
    joined on the columns that are filled in both; what may fit is joined once for all patterns that leave the
    same columns.
    """
    null = np.zeros(len(table), np.int64)
    for bit, codes in enumerate(table.codes.values()):
        null |= (codes == 0).astype(np.int64) << bit
    order = np.argsort(null, kind="stable")
    known, begins = np.unique(null.take(order), return_index=True)
    if not known.any():
        return table.sizes
    patterns = dict(zip(known.tolist(), np.split(order, begins[1:]), strict=True))
    if len(patterns) > _PATTERNS:
        return fitting_by_tree(table)
    fitting = np.zeros(len(table), np.int64)
    for asking, rows in patterns.items():
        for union in {asking | other for other in patterns}:
            offered = [offers for other, offers in patterns.items() if asking | other == union]
            if union == asking and len(offered) == 1:
                fitting[rows] += table.sizes.take(rows)  # only themselves
            else:
                fitting[rows] += _join(table, rows, np.concatenate(offered), union)
    return fitting


def _join(table: ClassTable, asking: Ints, offered: Ints, union: int) -> Ints:
    """How many rows of the classes offered agree with each class that asks in the columns that are not empty."""
    filled = [name for bit, name in enumerate(table.names) if not union >> bit & 1]
    sizes = table.sizes.take(offered)
    if not filled:
        return np.full(len(asking), sizes.sum())
    both = np.concatenate([asking, offered])
    columns = [table.codes[name].take(both) for name in filled]
    keys, packing = pack(columns, [len(table.values[name]) for name in filled])
    wanted, known = keys[: len(asking)], keys[len(asking) :]
    if packing.space <= _TABLE:
        return np.bincount(known, sizes, packing.space).astype(np.int64).take(wanted)
    known, place = np.unique(known, return_inverse=True)
    summed = np.bincount(place, sizes, len(known)).astype(np.int64)
    # Most of those that ask find nothing: the last bits of their key tell so at once.
    there = np.zeros(_TABLE, bool)
    there[known & (_TABLE - 1)] = True
    likely = np.flatnonzero(there.take(wanted & (_TABLE - 1)))
    at = np.minimum(np.searchsorted(known, wanted.take(likely)), len(known) - 1)
    found = np.zeros(len(asking), np.int64)
    found[likely] = np.where(known.take(at) == wanted.take(likely), summed.take(at), 0)
    return found
