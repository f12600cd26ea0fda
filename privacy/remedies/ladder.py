"""A hierarchy over the values of one coded column: for each level the new code of every code, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from privacy.remedies.hierarchy import ANY, Hierarchy
from privacy.risk.classes import ClassTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ladder:
    """`codes[l][c]` is the code at level l of what has code c at level 0; `shares[l][d]` the share of the domain
    that code d of level l stands for; `counts[c]` the rows that have code c. Code 0 is null at every level.
    `of_values[l, c]` is the share of what has code c at level 0.
    """

    name: str
    hierarchy: str
    codes: list[Ints]
    shares: list[Floats]
    counts: Ints
    domain: int
    of_values: Floats

    @classmethod
    def of(cls, table: ClassTable, name: str, hierarchy: Hierarchy) -> Ladder:
        """The ladder of a column of the class table."""
        values = table.values[name]
        counts = np.bincount(table.codes[name], table.sizes, len(values)).astype(np.int64)
        filled = values.slice(1).cast(pl.String)
        occurs = counts[1:] > 0
        listed = hierarchy.domain()
        domain_values = listed if listed is not None else filled.filter(pl.Series(occurs))
        has_null = int(counts[0] > 0)
        domain = len(domain_values) + has_null
        codes, shares = [], []
        for level in range(len(hierarchy.levels)):
            known, mapped = _coded(hierarchy.at(filled, level), hierarchy.at(domain_values, level))
            codes.append(np.concatenate([[0], mapped]))
            shares.append(np.concatenate([[1.0 / max(1, domain)], known / max(1, domain)]))
        of_values = np.array([share.take(code) for share, code in zip(shares, codes, strict=True)])
        return cls(name, hierarchy.name, codes, shares, counts, domain, of_values)

    @property
    def height(self) -> int:
        """How many levels there are, the value as it is included."""
        return len(self.codes)

    def losses(self, height: int, suppressed: Floats | None = None) -> Floats:
        """The loss at each level below `height`. `suppressed` are rows, by original code, that lose everything."""
        shares = self.of_values[:height]
        totals = shares @ self.counts
        if suppressed is not None:
            totals = totals + suppressed.sum() - shares @ suppressed
        return self._scaled(totals)

    def _scaled(self, total: Floats) -> Floats:
        """0 when every value stands for itself, 1 when each could be any."""
        rows = float(self.counts.sum())
        if self.domain <= 1 or rows == 0:
            return np.zeros_like(total)
        least = rows / self.domain
        return np.maximum(0.0, (total - least) / (rows - least))

    def least_loss(self, level: int, suppressed: Ints) -> Floats:
        """The least that the loss can be at a level when so many rows are suppressed: those that lost most already."""
        shares = self.of_values[level]
        order = np.argsort(1.0 - shares, kind="stable")
        rows = np.concatenate([[0.0], np.cumsum(self.counts[order])])
        more = np.concatenate([[0.0], np.cumsum((1.0 - shares[order]) * self.counts[order])])
        return self._scaled(float(shares @ self.counts) + np.interp(suppressed, rows, more))

    def between(self, low: int, high: int) -> Ints:
        """The code at level `high` of every code of level `low`."""
        table = np.zeros(len(self.shares[low]), np.int64)
        table[self.codes[low]] = self.codes[high]
        return table


def _coded(coarser: pl.Series, domain: pl.Series) -> tuple[Floats, Ints]:
    """Codes from 1 for the coarser values, and how much of the domain each stands for (at least one value)."""
    names = pl.concat([coarser.alias("v"), domain.alias("v")]).unique(maintain_order=True)
    place = pl.Series(range(1, len(names) + 1), dtype=pl.Int64)
    mapped = coarser.replace_strict(names, place, return_dtype=pl.Int64).to_numpy()
    held = domain.replace_strict(names, place, return_dtype=pl.Int64).to_numpy()
    sizes = np.maximum(np.bincount(held - 1, minlength=len(names)).astype(np.float64), 1.0)
    # A value of which nothing is left could be any, also where the hierarchy does not list that as a value.
    sizes[(names == ANY).to_numpy()] = max(1, len(domain))
    return sizes, mapped
