"""Special uniques: the fewest columns that already single a row out (SUDA, Elliot et al. 2002; Manning et al. 2008).

A minimal sample unique of a row is a set of columns in which no other row has its values, while without any one
of them some row has. The fewer columns it takes, and the more such sets a row has, the easier it is to find.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from privacy.risk.classes import ClassTable, Floats, Ints
from privacy.risk.packing import pack

Flags = NDArray[np.bool_]
LARGEST = 4
# Column sets times classes that are looked at before stopping at a smaller size of sets.
_WORK = 1_000_000_000
# Buckets for keys that are too many for a table of their own: so many for each class, up to a bound.
_ROOM = 8
_BUCKETS = 1 << 22
# 2**64 divided by the golden ratio spreads keys over the buckets.
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Combination:
    """A set of columns: how many rows it singles out, and how many of them no smaller part of it does."""

    names: tuple[str, ...]
    unique_rows: int
    minimal_rows: int


@dataclass(frozen=True, slots=True)
class SpecialUniques:
    """What SUDA found, by class of the table: `scores`, and the size of the smallest set (`smallest`, 0: none).

    `largest` is the largest size of sets looked at; `sets` the number of minimal sample uniques of each size;
    `share` of a column is the part of all score that lies on sets with it.
    """

    largest: int
    scores: Floats
    smallest: Ints
    sets: dict[int, int]
    combinations: list[Combination]
    share: dict[str, float]


def special_uniques(table: ClassTable, *, largest: int = LARGEST) -> SpecialUniques:
    """Find every minimal sample unique of up to `largest` columns; score them by the sum of (ATT - |MSU|)!.

    ATT is the number of quasi-identifiers. A set of columns needs to be looked at only for the classes that none
    of its parts singles out: who agrees with such a class in the whole set agrees with it in each part, so is not
    singled out by the part either. With very many columns the largest sets are left out (see `largest`).
    """
    names, total = table.names, len(table)
    largest = _affordable(len(names), total, largest)
    codes, radices = _narrow(table)
    once = table.sizes == 1
    scores = np.zeros(total)
    smallest = np.zeros(total, np.int64)
    sets, found = {}, []
    share = dict.fromkeys(names, 0.0)
    # For each set of columns of the size before: the classes it singles out, minimal or not.
    known: dict[tuple[int, ...], Flags] = {(): np.zeros(total, bool)}
    for size in range(1, largest + 1):
        worth = float(math.factorial(len(names) - size))
        now: dict[tuple[int, ...], Flags] = {}
        sets[size] = 0
        for chosen in combinations(range(len(names)), size):
            by_part = _by_parts(known, chosen)
            open_ = np.flatnonzero(~by_part) if by_part.any() else None
            minimal = _alone(
                [codes[c] if open_ is None else codes[c].take(open_) for c in chosen],
                [radices[c] for c in chosen],
                once if open_ is None else once.take(open_),
            )
            new = minimal if open_ is None else open_.take(minimal)
            scores[new] += worth
            smallest[new[smallest[new] == 0]] = size
            by_part[new] = True
            if size < largest:
                now[chosen] = by_part
            sets[size] += len(new)
            labels = tuple(names[c] for c in chosen)
            found.append(Combination(labels, int(by_part.sum()), len(new)))
            for name in labels:
                share[name] += worth * len(new)
        known = now
    whole = float(scores.sum())
    return SpecialUniques(
        largest,
        scores,
        smallest,
        sets,
        found,
        {name: part / whole if whole else 0.0 for name, part in share.items()},
    )


def _affordable(columns: int, classes: int, largest: int) -> int:
    """The largest size of sets that can be looked at in reasonable time; at least single columns."""
    work = 0
    for size in range(1, min(largest, columns) + 1):
        work += math.comb(columns, size) * max(1, classes)
        if work > _WORK and size > 1:
            return size - 1
    return min(largest, columns)


def _narrow(table: ClassTable) -> tuple[list[Ints], list[int]]:
    return [table.codes[name] for name in table.names], [len(table.values[name]) for name in table.names]


def _by_parts(known: dict[tuple[int, ...], Flags], chosen: tuple[int, ...]) -> Flags:
    """The classes that a part of the set, one column smaller, singles out already."""
    parts = _parts(chosen)
    singled = known[next(parts)].copy()
    for part in parts:
        singled |= known[part]
    return singled


def _parts(chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    return (chosen[:at] + chosen[at + 1 :] for at in range(len(chosen)))


def _alone(codes: list[Ints], radices: list[int], once: Flags) -> Ints:
    """The positions of classes of one row whose key no other class has."""
    keys, packing = pack(codes, radices)
    buckets = min(_BUCKETS, 1 << (_ROOM * len(keys)).bit_length())
    if packing.space <= buckets:
        return np.flatnonzero(once & (np.bincount(keys, minlength=packing.space) == 1).take(keys))
    # Alone in a bucket is alone; those who share one are told apart by sorting the keys.
    bucket = (keys.view(np.uint64) * _SPREAD >> np.uint64(65 - buckets.bit_length())).view(np.int64)
    shared = (np.bincount(bucket, minlength=buckets) > 1).take(bucket)
    sure = np.flatnonzero(once & ~shared)
    doubt = np.flatnonzero(shared)
    if not len(doubt):
        return sure
    order = doubt.take(np.argsort(keys.take(doubt)))
    rising = keys.take(order)
    same = rising[1:] == rising[:-1]
    alone = np.ones(len(order), bool)
    alone[1:] &= ~same
    alone[:-1] &= ~same
    rest = order[alone]
    return np.concatenate([sure, rest[once.take(rest)]])
