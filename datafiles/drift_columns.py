"""Which columns of two tables are the same: by name, and where a name is gone, by what is in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from datafiles.drift_values import Overlap
from datafiles.table import Column

# So much of the values must be the same for two columns to be one under another name...
_SAME = 0.8
# ...or so much, where the names are alike as well.
_HALF, _ALIKE = 0.5, 0.6
# "Y" and "N" are in many columns: few distinct values prove little by themselves.
_FEW = 10

Compare = Callable[[Column, Column], Overlap]


@dataclass(frozen=True, slots=True)
class ColumnPairs:
    """Columns in both tables (before, now), renamed ones, and those that only one has."""

    both: list[tuple[Column, Column]]
    renamed: list[tuple[Column, Column]]
    added: list[Column]
    vanished: list[Column]
    is_reordered: bool


def pair_columns(before: Sequence[Column], now: Sequence[Column], compare: Compare) -> ColumnPairs:
    """Pair the columns. `compare` says how much two columns have in common; it is asked only for strays."""
    known = {column.name: column for column in before}
    both = [(known[column.name], column) for column in now if column.name in known]
    names = {column.name for column in now}
    gone = [column for column in before if column.name not in names]
    new = [column for column in now if column.name not in known]
    renamed = _renamed(gone, new, before, now, compare)
    old_names, new_names = {one.name for one, _ in renamed}, {other.name for _, other in renamed}
    return ColumnPairs(
        both=both,
        renamed=renamed,
        added=[column for column in new if column.name not in new_names],
        vanished=[column for column in gone if column.name not in old_names],
        is_reordered=_is_reordered(before, both, renamed),
    )


def _renamed(
    gone: Sequence[Column],
    new: Sequence[Column],
    before: Sequence[Column],
    now: Sequence[Column],
    compare: Compare,
) -> list[tuple[Column, Column]]:
    """The best pairs first; each column is in one pair at most."""
    places = {column.name: place for place, column in enumerate(before)}
    places_now = {column.name: place for place, column in enumerate(now)}
    scored = []
    for one in gone:
        for other in new:
            if one.type != other.type:
                continue
            found, alike = compare(one, other), _alike(one.name, other.name)
            same_place = places[one.name] == places_now[other.name]
            if _is_one(found, alike, same_place):
                scored.append((found.share + alike + same_place, one, other))
    pairs: list[tuple[Column, Column]] = []
    for _, one, other in sorted(scored, key=lambda row: -row[0]):
        if all(one is not pair[0] and other is not pair[1] for pair in pairs):
            pairs.append((one, other))
    return sorted(pairs, key=lambda pair: places_now[pair[1].name])


def _is_one(found: Overlap, alike: float, same_place: bool) -> bool:
    if found.distinct < _FEW:
        return found.share >= _SAME and (same_place or alike >= _ALIKE)
    return found.share >= _SAME or (found.share >= _HALF and alike >= _ALIKE)


def _alike(one: str, other: str) -> float:
    """How alike two names are, between 0 and 1; capitals and separators count for nothing."""
    ours, theirs = (name.lower().replace("_", "").replace(" ", "").replace("-", "") for name in (one, other))
    return SequenceMatcher(None, ours, theirs).ratio()


def _is_reordered(
    before: Sequence[Column], both: Sequence[tuple[Column, Column]], renamed: Sequence[tuple[Column, Column]]
) -> bool:
    """Whether what both tables have stands in another order; new and vanished columns do not matter."""
    kept = {one.name for one, _ in both} | {one.name for one, _ in renamed}
    order = [column.name for column in before if column.name in kept]
    # `both` is in the order of the present table; a renamed column counts as staying where it is.
    return [name for name in order if name in {one.name for one, _ in both}] != [one.name for one, _ in both]
