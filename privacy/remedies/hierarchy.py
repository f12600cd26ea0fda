"""A hierarchy: how the values of a column become coarser, level by level (0 is the value as it is)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

# The top of every hierarchy: nothing is left of the value.
ANY = "*"


class Hierarchy(Protocol):
    """What built-in and uploaded hierarchies have in common."""

    @property
    def name(self) -> str:
        """The key in a recipe: a built-in name, or the digest of an uploaded one."""

    @property
    def label(self) -> str:
        """Its name for people."""

    @property
    def levels(self) -> tuple[str, ...]:
        """What each level is, in words; the first is the value as it is."""

    def at(self, values: pl.Series, level: int) -> pl.Series:
        """`values` at `level`; ANY for a value that the hierarchy does not know, null stays null."""

    def domain(self) -> pl.Series | None:
        """Every value it lists; None when it is a rule and lists none."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A built-in hierarchy: a function of the value for each level above 0."""

    name: str
    label: str
    levels: tuple[str, ...]
    steps: tuple[Callable[[pl.Series], pl.Series], ...]

    def at(self, values: pl.Series, level: int) -> pl.Series:
        if level == 0:
            return values
        return _known_or_any(values, self.steps[level - 1](values))

    def domain(self) -> pl.Series | None:
        return None


@dataclass(frozen=True, slots=True)
class Listed:
    """An uploaded hierarchy: every value with its coarser ones. Its values are public categories, nobody's data."""

    name: str
    label: str
    levels: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    _tables: Mapping[int, pl.Series] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        columns = list(zip(*self.rows, strict=True)) if self.rows else [() for _ in self.levels]
        tables = {
            level: pl.Series("v", list(column), dtype=pl.String) for level, column in enumerate(columns)
        }
        object.__setattr__(self, "_tables", tables)

    def at(self, values: pl.Series, level: int) -> pl.Series:
        known = self._tables[0]
        trimmed = values.str.strip_chars()
        return _known_or_any(
            values, trimmed.replace_strict(known, self._tables[level], default=None, return_dtype=pl.String)
        )

    def domain(self) -> pl.Series | None:
        return self._tables[0]


def _known_or_any(values: pl.Series, coarser: pl.Series) -> pl.Series:
    """A value without a coarser one loses everything: kept, it would stand out; emptied, it would pass for null."""
    return coarser.set(coarser.is_null() & values.is_not_null(), ANY).alias(values.name)
