"""One column as dense integers: code 0 is null, code i the i-th value that occurs.

Values are told apart by a 63-bit hash and never compared again: that two of d different values of a column
share a hash has a probability below d² / 2⁶⁴ (under one in two thousand million for 100,000 values, five in a
million for ten million), and it would only matter for rows that agree in every other column.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Codes = NDArray[np.unsignedinteger]

_STEP = 1 << 18
_PROBED = 1 << 16
_FEWEST_BITS, _MOST_BITS = 14, 23
_SEED = 2026
# A hash is never 0, which stands for an empty bucket.
_FILLED = np.uint64(1)
_WHOLE = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64, pl.Date)
# Whole numbers within a range of this size (or of the rows) are counted from the smallest, without hashing.
_NEAR = 1 << 20


@dataclass(frozen=True, slots=True)
class Coded:
    """A column as codes, with the value that each code stands for; `values[0]` is null."""

    codes: Codes
    values: pl.Series

    @property
    def radix(self) -> int:
        return len(self.values)


def code(series: pl.Series) -> Coded:
    """Code a column of any type; null keeps code 0 whether it occurs or not."""
    if series.null_count():
        filled = code(series.drop_nulls())
        codes = np.zeros(len(series), filled.codes.dtype)
        codes[series.is_not_null().to_numpy()] = filled.codes
        return Coded(codes, filled.values)
    if series.dtype in _WHOLE and (coded := _by_range(series)) is not None:
        return coded
    return _by_hash(series)


def _by_range(series: pl.Series) -> Coded | None:
    """Whole numbers, dates: the distance from the smallest. None when they lie too far apart. No nulls."""
    whole = series.to_physical()
    if not len(whole):
        return Coded(np.zeros(0, np.uint8), _with_null(series))
    low, high = int(whole.min()), int(whole.max())  # type: ignore[arg-type]
    reach = high - low + 1
    if reach > max(_NEAR, len(series)):
        return None
    numbers = whole.to_numpy()
    wide = np.uint64 if numbers.dtype == np.uint64 else np.int64

    def distances(start: int) -> NDArray[np.int64]:
        part = numbers[start : start + _STEP].astype(wide) - wide(low)
        return part.astype(np.int64, copy=False)

    there = np.zeros(reach, bool)
    for start in range(0, len(numbers), _STEP):
        there[distances(start)] = True
    values = _with_null(
        (pl.Series(np.flatnonzero(there).astype(wide)) + low).cast(whole.dtype).cast(series.dtype)
    )
    table = np.cumsum(there, dtype=np.uint32).astype(_narrowest(len(values)))
    codes = np.empty(len(numbers), _narrowest(len(values)))
    for start in range(0, len(numbers), _STEP):
        codes[start : start + _STEP] = table.take(distances(start))
    return Coded(codes, values)


def _by_hash(series: pl.Series) -> Coded:
    """Each hash falls into a bucket by its first bits; the few whose bucket is taken are sorted. No nulls."""
    bits = _bits(series)
    buckets = _Buckets(bits)
    codes = np.empty(len(series), np.uint32)
    shift = np.uint64(64 - bits)
    for start in range(0, len(series), _STEP):
        hashes = series.slice(start, _STEP).hash(_SEED).to_numpy() | _FILLED
        bucket = (hashes >> shift).view(np.int64)
        strange = np.flatnonzero(buckets.owner.take(bucket) != hashes)
        if strange.size:
            buckets.admit(strange + start, bucket.take(strange), hashes.take(strange))
        codes[start : start + len(bucket)] = buckets.codes.take(bucket)
    first = buckets.late(codes)
    values = _with_null(series.gather(pl.Series(first)))
    return Coded(codes.astype(_narrowest(len(values))), values)


class _Buckets:
    """Which hash owns a bucket, and the code it has; rows whose hash came late wait to be sorted."""

    def __init__(self, bits: int) -> None:
        self.owner = np.zeros(1 << bits, np.uint64)
        self.codes = np.zeros(1 << bits, np.uint32)
        self.first: list[NDArray[np.int64]] = []
        self.known = 0
        self.waiting: list[tuple[NDArray[np.int64], NDArray[np.uint64]]] = []

    def admit(self, rows: NDArray[np.int64], bucket: NDArray[np.int64], hashes: NDArray[np.uint64]) -> None:
        """Give free buckets to hashes not seen before; put the others on the waiting list."""
        free = np.flatnonzero(self.owner.take(bucket) == 0)
        self.owner[bucket.take(free)] = hashes.take(free)  # of several, one stays
        mine = self.owner.take(bucket) == hashes
        new, at = np.unique(bucket[mine], return_index=True)
        self.first.append(rows[mine].take(at))
        self.codes[new] = np.arange(self.known + 1, self.known + 1 + len(new))
        self.known += len(new)
        if not mine.all():
            self.waiting.append((rows[~mine], hashes[~mine]))

    def late(self, codes: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Code the rows that wait, in place. Returns the first row of each code."""
        if self.waiting:
            rows = np.concatenate([rows for rows, _ in self.waiting])
            hashes = np.concatenate([hashes for _, hashes in self.waiting])
            _, at, which = np.unique(hashes, return_index=True, return_inverse=True)
            codes[rows] = which + self.known + 1
            self.first.append(rows.take(at))
        return np.concatenate(self.first) if self.first else np.zeros(0, np.int64)


def _bits(series: pl.Series) -> int:
    """Few buckets where few values occur: they stay in the processor's cache."""
    stride = max(1, len(series) // _PROBED)
    probed = series.gather_every(stride).head(_PROBED)
    distinct = len(np.unique(probed.hash(_SEED).to_numpy()))
    if 2 * distinct > len(probed):
        distinct = len(series)
    return min(_MOST_BITS, max(_FEWEST_BITS, (64 * distinct).bit_length()))


def ranked(coded: Coded) -> Coded:
    """The column with codes that rise with the number a value stands for; what is no number counts as null."""
    numbers = coded.values.cast(pl.Float64, strict=False).fill_nan(None)
    known = numbers.drop_nulls().unique().sort()
    table = np.searchsorted(known.to_numpy(), numbers.fill_null(0).to_numpy()) + 1
    table[numbers.is_null().to_numpy()] = 0
    return Coded(table.astype(_narrowest(len(known) + 1)).take(coded.codes), _with_null(known))


def _with_null(values: pl.Series) -> pl.Series:
    return pl.concat([pl.Series(values.name, [None], dtype=values.dtype), values])


def _narrowest(radix: int) -> type[np.unsignedinteger]:
    return np.uint8 if radix <= 1 << 8 else np.uint16 if radix <= 1 << 16 else np.uint32
