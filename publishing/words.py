"""Counts and names as people say them."""

from __future__ import annotations

from collections.abc import Sequence

_NAMED = 5


def listed(names: Sequence[str], most: int = 10) -> str:
    """ "Fee", "Fee and Status", "Fee, Status and 3 more"."""
    shown = list(names[:most])
    if len(names) > most:
        return f"{', '.join(shown)} and {len(names) - most} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)


def differing_rows(missing: Sequence[int], other: Sequence[int], extra: int) -> str:
    """How many rows are missing, other or too many; those that were approved by their places, never by values."""
    told = []
    for places, words in ((missing, "missing"), (other, "other than approved")):
        if len(places):
            first = listed([f"{int(place) + 1:,}" for place in places[:_NAMED]])
            which = "row" if len(places) == 1 else "the first are rows" if len(places) > _NAMED else "rows"
            told.append(f"{_rows(len(places))} {words} ({which} {first} of the approved copy)")
    if extra:
        told.append(f"{_rows(extra)} too many")
    return ", ".join(told) or "the same rows, some of them twice"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
