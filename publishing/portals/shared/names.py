"""Addresses made of our external key: the mark by which a dataset is found again on a portal."""

from __future__ import annotations

import hashlib
import re

_HASH = 8


def slug(key: str, *, longest: int) -> str:
    """Lower-case letters, digits and hyphens; a key that is too long, or has none of them, ends in a hash."""
    plain = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")
    if 2 <= len(plain) <= longest:
        return plain
    tail = hashlib.sha256(key.encode()).hexdigest()[:_HASH]
    return f"{plain[: longest - _HASH - 1].strip('-') or 'dataset'}-{tail}"
