"""Surrogates and shifts drawn from the recipe's secret; none of them derives from a person (45 CFR 164.514(c)).

The stream is SHAKE-256 over secret and purpose: without the secret nobody can continue it, with it everybody
draws the same. A value is remembered by its keyed fingerprint only, so that what links one refresh to the next
holds no value of the file.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

import numpy as np
import polars as pl

# Without letters and digits that people mix up.
_LETTERS = np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", dtype=np.uint8)
_LENGTH = 12
_BYTES = 8


def stream(secret: bytes, purpose: str, draws: int) -> np.ndarray:
    """`draws` numbers of 64 bits; a longer stream begins with the shorter one."""
    raw = hashlib.shake_256(_key(secret, f"stream:{purpose}")).digest(_BYTES * draws)
    return np.frombuffer(raw, dtype="<u8")


def fingerprints(values: pl.Series, secret: bytes, purpose: str) -> list[str]:
    """A keyed fingerprint of each value (HMAC-SHA256, first 128 bits)."""
    key = _key(secret, f"fingerprint:{purpose}")
    return [hmac.digest(key, value.encode(), "sha256")[:16].hex() for value in values]


def surrogates(values: pl.Series, *, secret: bytes, purpose: str, known: dict[str, str]) -> list[str]:
    """A surrogate for each of `values` (each once, in order of appearance).

    Values met before keep theirs; new ones are given the next of the stream and added to `known`.
    """
    marks = fingerprints(values, secret, purpose)
    new = [mark for mark in dict.fromkeys(marks) if mark not in known]
    given = set(known.values())
    for mark, surrogate in zip(new, _unused(secret, purpose, len(known), len(new), given), strict=True):
        known[mark] = surrogate
    return [known[mark] for mark in marks]


def _unused(secret: bytes, purpose: str, begin: int, wanted: int, given: set[str]) -> Iterator[str]:
    """The next `wanted` surrogates that nobody has. Two draws being equal is all but impossible, and skipped."""
    spare = 64
    drawn = _named(stream(secret, purpose, begin + wanted + spare)[begin:])
    left = wanted
    for name in drawn:
        if not left:
            return
        if name not in given:
            given.add(name)
            left -= 1
            yield name


def _named(numbers: np.ndarray) -> list[str]:
    shifts = np.arange(_LENGTH, dtype=np.uint64) * np.uint64(5)
    codes = (numbers[:, None] >> shifts[None, :]) & np.uint64(31)
    return [row.decode() for row in _LETTERS[codes].view(f"S{_LENGTH}").ravel()]


def shift_days(value: str, *, secret: bytes, purpose: str, most: int) -> int:
    """A number of days from -`most` to `most` but not 0, the same for the same value."""
    drawn = int.from_bytes(
        hmac.digest(_key(secret, f"shift:{purpose}"), value.encode(), "sha256")[:8], "little"
    )
    days = drawn % (2 * most) - most
    return days if days < 0 else days + 1


def _key(secret: bytes, purpose: str) -> bytes:
    return hmac.digest(secret, purpose.encode(), "sha256")
