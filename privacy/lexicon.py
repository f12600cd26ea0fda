"""Names of people: the lists of the U.S. Census of 1990 that the package `names` carries (public domain), and those
of younger and immigrant families that it lacks (lists/given_names.txt, lists/family_names.txt: Census of 2010)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import names
import polars as pl

_LISTS = Path(__file__).parent / "lists"
# Names are looked up one by one below this, and by joining above it.
_FEW = 20_000
# Given names this short are words in too many languages; the Census list keeps its own ("Ed", "Jo").
_SHORTEST = 3


def _read(name: str) -> frozenset[str]:
    """The words of a list, in capitals."""
    lines = (_LISTS / name).read_text("utf-8").splitlines()
    return frozenset(word.upper() for line in lines if not line.startswith("#") for word in line.split())


@lru_cache(maxsize=1)
def _words_first() -> frozenset[str]:
    """Also names on the lists, but words first of all: they prove nothing."""
    return _read("words_first.txt")


def _census(kind: str) -> list[str]:
    with open(names.FILES[kind], encoding="ascii") as lines:
        return [line.split(maxsplit=1)[0] for line in lines]


@lru_cache(maxsize=1)
def given_set() -> frozenset[str]:
    """Given names in capitals, without accents."""
    others = _read("given_names.txt")
    more = {word.replace("-", "") for word in others if len(word) >= _SHORTEST and word.isascii()}
    return frozenset((set(_census("first:male")) | set(_census("first:female")) | more) - _words_first())


@lru_cache(maxsize=1)
def surname_set() -> frozenset[str]:
    """Family names in capitals."""
    return frozenset((set(_census("last")) | _read("family_names.txt")) - _words_first())


@lru_cache(maxsize=1)
def common_surname_set() -> frozenset[str]:
    """The family names that most people bear, and few places and things do."""
    return frozenset(set(_census("last")[:12_000]) - _words_first())


@lru_cache(maxsize=4)
def _column(known: frozenset[str]) -> pl.Series:
    return pl.Series(sorted(known)).implode()


def among(words: pl.Series, known: frozenset[str]) -> pl.Series:
    """Which of `words` (capitals, without accents) are in `known`; null is in none."""
    if len(words) <= _FEW:
        return pl.Series([word in known for word in words], dtype=pl.Boolean)
    return words.is_in(_column(known)).fill_null(value=False)
