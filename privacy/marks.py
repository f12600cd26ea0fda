"""Keyed marks of what was found in cells: other finds, another mark; no value comes back from one.

A mark is a sum over cells, so neither the order of the rows nor the division into blocks changes it, and it takes
no memory however many cells there are. Of each find two 64-bit hashes are summed, drawn from the secret:
multilinear hashing (Lemire and Kaser 2014, two finds collide in 2^-66 of the keys), then the finaliser of SplitMix64,
without which digits swapped between two rows would give the same sum. What is kept is an HMAC of the sum.
Plain Python over numpy; no Django.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

Words = NDArray[np.uint64]
# The sums of both hashes over cells; cells are added by adding the sums.
Mark = tuple[int, int]

NOTHING: Mark = (0, 0)
_ALL = (1 << 64) - 1
# Finds longer than this, and those beyond ASCII, are hashed one by one.
_LONGEST = 256
_WORD = 4
# So many finds at once, so that the hashes take little memory.
_TOGETHER = 1 << 16


def mark_of(found: pl.Series, cells: pl.Series, key: bytes) -> Mark:
    """The mark of finds, each held by so many cells."""
    mark = NOTHING
    for start in range(0, len(found), _TOGETHER):
        part, held = found.slice(start, _TOGETHER), cells.slice(start, _TOGETHER).cast(pl.UInt64)
        plain = (part.str.len_bytes() <= _LONGEST) & (part.str.len_bytes() == part.str.len_chars())
        if plain.all():
            mark = added(mark, _summed(_hashed(part, key), held))
            continue
        mark = added(mark, _summed(_hashed(part.filter(plain), key), held.filter(plain)))
        mark = added(mark, _summed(_hashed_singly(part.filter(~plain), key), held.filter(~plain)))
    return mark


def added(one: Mark, other: Mark) -> Mark:
    """The mark of the cells of both."""
    return (one[0] + other[0]) & _ALL, (one[1] + other[1]) & _ALL


def sealed_mark(mark: Mark, key: bytes) -> str:
    """The mark as it may be kept: without the key it says nothing but whether it is the same."""
    return hmac.new(key, b"%016x%016x" % mark, hashlib.sha256).hexdigest()


def _summed(lanes: list[Words], cells: pl.Series) -> Mark:
    held = cells.to_numpy()
    one, two = (int((lane * held).sum(dtype=np.uint64)) for lane in lanes)
    return one, two


def _hashed(found: pl.Series, key: bytes) -> list[Words]:
    """Both hashes of short finds in ASCII. What is filled up with zeros counts for nothing but its length."""
    if found.is_empty():
        return [np.zeros(0, np.uint64)] * 2
    lengths = found.str.len_bytes()
    width = -(-max(_WORD, int(lengths.max())) // _WORD) * _WORD  # type: ignore[arg-type]
    text = found.str.pad_end(width, "\0").str.join("").item()
    words = np.frombuffer(text.encode("ascii"), "<u4").reshape(len(found), width // _WORD)
    return [_mixed(words, lengths.to_numpy(), lane) for lane in _lanes(key)]


def _mixed(words: NDArray[np.uint32], lengths: NDArray[np.integer], keys: Words) -> Words:
    total = keys[0] + keys[1] * lengths.astype(np.uint64)
    for place in range(words.shape[1]):
        total += keys[2 + place] * words[:, place]
    total = (total ^ (total >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    total = (total ^ (total >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return total ^ (total >> np.uint64(31))


def _hashed_singly(found: pl.Series, key: bytes) -> list[Words]:
    secret = hashlib.blake2b(key, digest_size=32, person=b"marks").digest()
    digests = b"".join(
        hashlib.blake2b(value.encode(), digest_size=16, key=secret).digest() for value in found
    )
    pairs = np.frombuffer(digests, "<u8").reshape(-1, 2)
    return [pairs[:, 0].copy(), pairs[:, 1].copy()]


@lru_cache(maxsize=8)
def _lanes(key: bytes) -> tuple[Words, Words]:
    """The keys of both hashes: one to begin with, one for the length, one for each word of the longest find."""
    count = 2 + _LONGEST // _WORD
    stream = hashlib.shake_256(hashlib.blake2b(key, digest_size=32, person=b"mark lanes").digest())
    keys = np.frombuffer(stream.digest(16 * count), "<u8").astype(np.uint64)
    return keys[:count], keys[count:]
