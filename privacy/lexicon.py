"""Names of people, from the lists of the U.S. Census that the package `names` carries (public domain)."""

from __future__ import annotations

from functools import lru_cache

import names
import polars as pl

# Also names on the Census lists, but words first of all: they prove nothing.
_WORDS_FIRST = frozenset(
    [
        "LAKE",
        "PARK",
        "CITY",
        "WEST",
        "EAST",
        "NORTH",
        "SOUTH",
        "GRAND",
        "LITTLE",
        "LONG",
        "GREEN",
        "RED",
        "BLUE",
        "GRAY",
        "SAN",
        "SANTA",
        "LOS",
        "LAS",
        "EL",
        "LA",
        "DE",
        "NEW",
        "OLD",
        "THE",
        "AND",
        "FOR",
        "SAINT",
        "ST",
        "FORT",
        "MOUNT",
        "LAND",
        "HILL",
        "BAY",
        "RIVER",
        "STREET",
        "ROAD",
        "COURT",
        "PLACE",
        "CENTER",
        "MAIN",
        "MONDAY",
        "FRIDAY",
        "APRIL",
        "MAY",
        "JUNE",
        "AUGUST",
        "SUMMER",
        "SEPTEMBER",
        "SPRING",
        "CHRISTMAS",
        "EASTER",
    ]
)


def _read(kind: str) -> set[str]:
    with open(names.FILES[kind], encoding="ascii") as lines:
        return {line.split(maxsplit=1)[0] for line in lines}


@lru_cache(maxsize=1)
def first_names() -> pl.Series:
    """Given names in capitals."""
    return pl.Series(sorted((_read("first:male") | _read("first:female")) - _WORDS_FIRST))


@lru_cache(maxsize=1)
def surnames() -> pl.Series:
    """Family names in capitals."""
    return pl.Series(sorted(_read("last") - _WORDS_FIRST))
