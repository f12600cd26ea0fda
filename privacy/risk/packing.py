"""Several codes as one whole number: mixed radix, exact for any number of columns.

When the next column would not fit into 62 bits, the numbers made so far are numbered afresh from 0 by the
values that occur (there are never more of them than rows), and packing goes on from there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from privacy.risk.coding import Codes

Keys = NDArray[np.int64]
SPACE = 1 << 62
# So many possible keys for each that is there are counted in a table; beyond, keys are sorted.
_SPARSE = 4
_TABLE = 1 << 20
# Rows are packed in parts that stay in the processor's cache.
_STEP = 1 << 16


@dataclass(slots=True)
class Packing:
    """How keys were made, so that they can be taken apart again. `space`: every key is below it."""

    space: int = 1
    steps: list[int | Keys] = field(default_factory=list)

    def add(self, keys: Keys | None, codes: Codes | Keys, radix: int) -> Keys:
        """Put one more column under the keys (None: it is the first); works in place where it can."""
        if keys is None:
            self.steps.append(radix)
            self.space = radix
            return codes.astype(np.int64)
        if self.space * radix > SPACE:
            known, keys = np.unique(keys, return_inverse=True)
            self.steps.append(known)
            self.space = len(known)
        self.steps.append(radix)
        self.space *= radix
        keys *= radix
        keys += codes
        return keys

    @property
    def is_plain(self) -> bool:
        """Nothing was numbered afresh: the key is the sum of the codes times their places."""
        return all(isinstance(step, int) for step in self.steps)

    def without_last(self) -> Packing:
        """How keys are made without the column added last."""
        last = self.steps[-1]
        assert isinstance(last, int)  # noqa: S101 - a column ends the steps
        return Packing(self.space // last, self.steps[:-1])

    def apart(self, keys: Keys) -> list[NDArray[np.int64]]:
        """The codes that the keys were made of, in the order in which they were added."""
        found = []
        for step in reversed(self.steps):
            if isinstance(step, int):
                above = keys // step
                found.append(keys - above * step)
                keys = above
            else:
                keys = step.take(keys)
        return found[::-1]


def pack(codes: Sequence[Codes | Keys], radices: Sequence[int]) -> tuple[Keys, Packing]:
    """Pack columns of codes, each below its radix (at least one column)."""
    space = math.prod(radices)
    if space > SPACE:
        packing = Packing()
        keys: Keys | None = None
        for column, radix in zip(codes, radices, strict=True):
            keys = packing.add(keys, column, radix)
        assert keys is not None  # noqa: S101 - there is at least one column
        return keys, packing
    packed = np.empty(len(codes[0]), np.int64)
    for start in range(0, len(packed), _STEP):
        part = packed[start : start + _STEP]
        part[:] = codes[0][start : start + _STEP]
        for column, radix in zip(codes[1:], radices[1:], strict=True):
            part *= radix
            part += column[start : start + _STEP]
    return packed, Packing(space, list(radices))


def count(keys: Keys, space: int) -> tuple[Keys, NDArray[np.int64]]:
    """The keys that occur, rising, and how often. May sort `keys` in place."""
    if not keys.size:
        return keys, np.zeros(0, np.int64)
    if space <= max(_TABLE, _SPARSE * len(keys)):
        counts = np.bincount(keys, minlength=space)
        there = np.flatnonzero(counts)
        return there, counts.take(there)
    keys.sort()
    starts = runs(keys)
    return keys.take(starts), lengths(starts, len(keys))


def runs(rising: NDArray[np.int64], bits: int = 0) -> NDArray[np.int64]:
    """Where a new value begins in a sorted array; what differs in the last `bits` alone is the same value."""
    new = np.empty(len(rising), bool)
    new[:1] = True
    for start in range(1, len(rising), _STEP):
        part = rising[start - 1 : start + _STEP] >> bits
        np.not_equal(part[1:], part[:-1], out=new[start : start + _STEP])
    return np.flatnonzero(new)


def lengths(starts: NDArray[np.int64], end: int) -> NDArray[np.int64]:
    """How long each run is: the last one goes to `end`. (np.diff would copy the starts to append it.)"""
    found = np.empty_like(starts)
    np.subtract(starts[1:], starts[:-1], out=found[:-1])
    found[-1:] = end - starts[-1:]
    return found


def regroup(keys: Keys, space: int) -> tuple[Keys, NDArray[np.int64]]:
    """The keys that occur, rising, and for each key its place among them."""
    if space <= max(_TABLE, _SPARSE * len(keys)):
        there = np.zeros(space, bool)
        there[keys] = True
        return np.flatnonzero(there), (np.cumsum(there) - 1).take(keys)
    return np.unique(keys, return_inverse=True)
