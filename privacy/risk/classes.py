"""The class table: every combination of the quasi-identifiers that occurs, and how many rows share it.

Made in one pass over the rows; every measure of disclosure risk, and every what-if, is computed from it alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from privacy.risk.coding import Coded, ranked
from privacy.risk.columns import Frame, coded_columns, require, weights_of
from privacy.risk.packing import Keys, Packing, count, lengths, pack, regroup, runs

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
NOTHING = "There is nothing to measure without a quasi-identifier."


@dataclass(frozen=True, slots=True)
class Cells:
    """How often each value of a sensitive column occurs in each class.

    The cells of class j begin at `starts[j]`; `codes` point into `values` (code 0 is null). In an `ordered`
    column the values are numbers, rising with their code; what is no number counts as null.
    """

    values: pl.Series
    starts: Ints
    codes: Ints
    counts: Ints
    ordered: bool = False

    def classes(self) -> Ints:
        """The class of each cell."""
        return np.repeat(np.arange(len(self.starts)), lengths(self.starts, len(self.codes)))


@dataclass(frozen=True)
class ClassTable:
    """Classes in the order of their keys. Null counts as a value of its own (code 0).

    `values[name]` are the values that the codes of a column stand for, `values[name][0]` is null. `weights` is
    the sum of the rows' sampling weights in each class; `row_class` the class of each row, if it was to be kept.
    """

    names: tuple[str, ...]
    values: dict[str, pl.Series]
    keys: Keys
    packing: Packing
    sizes: Ints
    cells: dict[str, Cells]
    weights: Floats | None = None
    row_class: Ints | None = None

    @classmethod
    def of(
        cls,
        frame: Frame,
        quasi: Sequence[str],
        *,
        sensitive: Sequence[str] = (),
        ordered: Collection[str] = (),
        weights: str | None = None,
        keep_rows: bool = False,
    ) -> ClassTable:
        """Make the table. A lazy frame is collected column by column, so that little is in memory at once.

        Takes the quasi-identifiers (at least one), sensitive columns to count within the classes, which of them
        are numbers, the column of sampling weights, and whether to keep the class of each row. Raises
        ValueError with a sentence for a missing column or weights that are not numbers above 0.
        """
        require(frame, [*quasi, *sensitive, *([weights] if weights else [])])
        if not quasi:
            raise ValueError(NOTHING)
        names = tuple(dict.fromkeys(quasi))
        coded = dict(zip([*names, *sensitive], coded_columns(frame, [*names, *sensitive]), strict=True))
        values = {name: coded[name].values for name in names}
        codes, radices = [coded[name].codes for name in names], [coded[name].radix for name in names]
        inside = {name: ranked(coded[name]) if name in ordered else coded[name] for name in sensitive}
        del coded
        if len(sensitive) == 1 and not weights and not keep_rows:
            one = inside[sensitive[0]]
            keys, packing = pack([*codes, one.codes], [*radices, 1 << _bits(one)])
            if packing.is_plain:
                del codes
                known, sizes, cells = _cells(keys, packing.space, one, ordered=sensitive[0] in ordered)
                return cls(names, values, known, packing.without_last(), sizes, {sensitive[0]: cells})
        keys, packing = pack(codes, radices)
        del codes
        if not sensitive and not weights and not keep_rows:
            known, sizes = count(keys, packing.space)
            return cls(names, values, known, packing, sizes, {})
        known, row_class = regroup(keys, packing.space)
        cells_of = {}
        for name, one in inside.items():
            both = row_class << _bits(one) | one.codes
            cells_of[name] = _cells(both, len(known) << _bits(one), one, ordered=name in ordered)[2]
        summed = _summed(row_class, weights_of(frame, weights), len(known)) if weights else None
        sizes = np.bincount(row_class, minlength=len(known))
        return cls(names, values, known, packing, sizes, cells_of, summed, row_class if keep_rows else None)

    @property
    def rows(self) -> int:
        return int(self.sizes.sum())

    def __len__(self) -> int:
        return len(self.sizes)

    @cached_property
    def codes(self) -> dict[str, Ints]:
        """For each column the code in every class."""
        return dict(zip(self.names, self.packing.apart(self.keys), strict=True))

    def frame(self) -> pl.DataFrame:
        """The values of every class in clear: for work in memory, never to be kept or shown."""
        return pl.DataFrame(
            [self.values[name].gather(pl.Series(self.codes[name])).alias(name) for name in self.names]
        )

    def recoded(self, changes: Mapping[str, tuple[NDArray[np.integer], pl.Series]]) -> ClassTable:
        """The table after the values of some columns were replaced.

        Takes for each column the new code of every old code, and the new values by code. Equal values must be
        given the same code; code 0 is null on both sides.
        """
        values = self.values | {name: new for name, (_, new) in changes.items()}
        codes = [
            np.asarray(changes[name][0], np.int64).take(old) if name in changes else old
            for name, old in self.codes.items()
        ]
        return self._regrouped(self.names, values, codes)

    def only(self, names: Sequence[str]) -> ClassTable:
        """The table over some of the columns, in the order given (at least one)."""
        if not names:
            raise ValueError(NOTHING)
        values = {name: self.values[name] for name in names}
        return self._regrouped(tuple(names), values, [self.codes[name] for name in names])

    def _regrouped(
        self, names: tuple[str, ...], values: dict[str, pl.Series], codes: Iterable[Ints]
    ) -> ClassTable:
        keys, packing = pack(list(codes), [len(values[name]) for name in names])
        known, which = regroup(keys, packing.space)
        weights = self.weights
        return ClassTable(
            names,
            values,
            known,
            packing,
            np.bincount(which, self.sizes, len(known)).astype(np.int64),
            {name: _merged(cells, which, len(known)) for name, cells in self.cells.items()},
            None if weights is None else _summed(which, weights, len(known)),
            None if self.row_class is None else which.take(self.row_class),
        )


def _summed(which: Ints, weights: Floats, classes: int) -> Floats:
    """The weights of each class together."""
    return np.bincount(which, weights, classes).astype(np.float64)


def _bits(coded: Coded) -> int:
    """How many bits the codes of a column take."""
    return (coded.radix - 1).bit_length()


def _cells(keys: Keys, space: int, coded: Coded, *, ordered: bool) -> tuple[Keys, Ints, Cells]:
    """The classes that occur, their sizes, and the cells of a column whose codes are the last bits of the keys."""
    bits = _bits(coded)
    known, counts = count(keys, space)
    starts = runs(known, bits)
    sizes = np.add.reduceat(counts, starts) if len(starts) else counts
    of_class = known.take(starts)
    of_class >>= bits
    known &= (1 << bits) - 1
    return of_class, sizes, Cells(coded.values, starts, known, counts, ordered)


def _merged(cells: Cells, which: Ints, classes: int) -> Cells:
    """The cells after the classes were merged: class j is now class which[j]."""
    bits = (len(cells.values) - 1).bit_length()
    keys = which.take(cells.classes())
    keys <<= bits
    keys |= cells.codes
    known, at = regroup(keys, classes << bits)
    counts = np.bincount(at, cells.counts, len(known)).astype(np.int64)
    return Cells(cells.values, runs(known, bits), known & ((1 << bits) - 1), counts, cells.ordered)
