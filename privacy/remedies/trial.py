"""A class table on which steps are tried: which value each class would have in each column, and which stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from privacy.remedies.base import Context, Params, Remedy, completed, named_columns
from privacy.remedies.conditions import meets
from privacy.remedies.hierarchy import ANY
from privacy.remedies.k_anonymise import generalised
from privacy.remedies.loss import column_loss, entropy_loss
from privacy.remedies.registry import REMEDIES
from privacy.risk.classes import ClassTable
from privacy.risk.packing import pack

Ints = NDArray[np.int64]
# Keys below this are counted in a table; above, by hashing.
_TABLE = 1 << 22
_OTHER_ROWS = (
    "it removes rows by a column that is not among the confirmed ones, so its effect shows in the copy only."
)
_NOT_HERE = "it cannot be tried on the groups, so its effect shows in the copy only."


class Trial:
    """`codes[name]` is the code in every class of the table, `values[name]` what the codes stand for (0: null).

    `origin[name]` keeps the present code of every original code; `alive` tells which classes stay, `starred`
    which lost everything and stay. `left` are the columns that are left.
    """

    def __init__(self, table: ClassTable) -> None:
        self.table = table
        self.codes: dict[str, Ints] = dict(table.codes)
        self.values: dict[str, pl.Series] = {
            name: series.cast(pl.String) for name, series in table.values.items()
        }
        self.origin: dict[str, Ints] = {
            name: np.arange(len(series), dtype=np.int64) for name, series in table.values.items()
        }
        self.alive = np.ones(len(table), bool)
        self.starred = np.zeros(len(table), bool)
        self.left = list(table.names)

    def take(self, step: Mapping[str, Any], context: Context) -> str | None:
        """Try one sound step. Returns a sentence when its effect cannot be shown here."""
        remedy = REMEDIES[step["remedy"]]
        params = completed(remedy, step["params"])
        named = named_columns(params)
        here = [name for name in named if name in self.left]
        if remedy.name == "drop_rows" and not here:
            return _OTHER_ROWS
        if not here:
            return (
                None if remedy.name not in ("aggregate", "drop_small_classes", "k_anonymise") else _NOT_HERE
            )
        if not remedy.on_classes or len(here) != len(named):
            return _NOT_HERE
        self._try(remedy, params, context)
        return None

    def _try(self, remedy: Remedy, params: Params, context: Context) -> None:
        if remedy.recode is not None:
            self._recode(params["column"], remedy, params, context)
        elif remedy.rewrite is not None:
            name = params["column"]
            self._put(name, remedy.rewrite(self.values[name].slice(1), params, context))
        elif remedy.name == "drop_column":
            self.left.remove(params["column"])
        elif remedy.name == "drop_rows":
            name = params["column"]
            hit = meets(self.values[name], params).to_numpy()
            self.alive &= ~hit.take(self.codes[name])
        elif remedy.name == "drop_small_classes":
            self.alive &= self._group_of(params["columns"]) >= params["k"]
        elif remedy.name == "k_anonymise":
            self._k_anonymise(params, context)

    def _recode(self, name: str, remedy: Remedy, params: Params, context: Context) -> None:
        counts = self.counts_after(name)
        filled = pl.Series(counts[1:], dtype=pl.Int64)
        if remedy.recode is not None:
            self._put(name, remedy.recode(self.values[name].slice(1), filled, params, context))

    def _put(self, name: str, after: pl.Series) -> None:
        """Give every value of a column (null left out) its new one."""
        names = after.drop_nulls().unique(maintain_order=True)
        place = pl.Series(range(1, len(names) + 1), dtype=pl.Int64)
        mapped = after.replace_strict(names, place, default=0, return_dtype=pl.Int64).fill_null(0).to_numpy()
        change = np.concatenate([[0], mapped]).astype(np.int64)
        self.codes[name] = change.take(self.codes[name])
        self.origin[name] = change.take(self.origin[name])
        self.values[name] = pl.concat([pl.Series([None], dtype=pl.String), names.cast(pl.String)])

    def _k_anonymise(self, params: Params, context: Context) -> None:
        chosen = zip(params["columns"], params["hierarchies"], params["levels"], strict=True)
        for name, hierarchy, level in chosen:
            if level:
                self._put(name, generalised(self.values[name].slice(1), hierarchy, level, context))
        small = self.alive & (self._group_of(params["columns"]) < params["k"])
        if params.get("rest") != "star" or int(self.table.sizes[small].sum()) < params["k"]:
            self.alive &= ~small
            return
        self.starred |= small
        for name in params["columns"]:
            self.values[name] = pl.concat([self.values[name], pl.Series([ANY], dtype=pl.String)])
            self.codes[name] = np.where(small, len(self.values[name]) - 1, self.codes[name])

    def _keys(self, names: list[str]) -> tuple[Ints, int]:
        keys, packing = pack([self.codes[name] for name in names], [len(self.values[name]) for name in names])
        return keys, packing.space

    def _group_of(self, names: list[str]) -> Ints:
        """For every class, how many rows of classes that stay share its present values in `names`."""
        keys, space = self._keys(list(names))
        sizes = np.where(self.alive, self.table.sizes, 0)
        if space <= _TABLE:
            return np.bincount(keys, sizes, space).astype(np.int64).take(keys)
        frame = pl.DataFrame({"k": keys, "n": sizes})
        return frame.select(pl.col("n").sum().over("k")).to_series().to_numpy()

    def group_sizes(self) -> Ints:
        """The sizes of the groups that the columns left would make; one group when none is left."""
        sizes = self.table.sizes
        if not self.left:
            whole = int(sizes[self.alive].sum())
            return np.array([whole] if whole else [], np.int64)
        keys, space = self._keys(self.left)
        if not self.alive.all():
            keys, sizes = keys[self.alive], sizes[self.alive]
        if space <= _TABLE:
            counts = np.bincount(keys, sizes, space)
            return counts[counts > 0].astype(np.int64)
        frame = pl.DataFrame({"k": keys, "n": sizes})
        return frame.group_by("k").agg(pl.col("n").sum()).get_column("n").to_numpy().astype(np.int64)

    def counts_before(self, name: str) -> Ints:
        """The rows of each original value."""
        values = self.table.values[name]
        return np.bincount(self.table.codes[name], self.table.sizes, len(values)).astype(np.int64)

    def counts_after(self, name: str) -> Ints:
        """The rows that stay, of each present value."""
        sizes = np.where(self.alive, self.table.sizes, 0)
        return np.bincount(self.codes[name], sizes, len(self.values[name])).astype(np.int64)

    def _changed(self, name: str) -> NDArray[np.bool_]:
        """The classes that stay and have another value than before in this column."""
        if name not in self.left:
            return self.alive
        before = self.table.values[name].cast(pl.String)
        known = before.slice(1)
        place = pl.Series(range(1, len(before)), dtype=pl.Int64)
        same = self.values[name].replace_strict(known, place, default=-1, return_dtype=pl.Int64)
        same = same.set(self.values[name].is_null(), 0).to_numpy()
        return self.alive & (same.take(self.codes[name]) != self.table.codes[name])

    def rows_changed(self, name: str) -> int:
        """In how many rows that stay the value of a column changes."""
        return int(self.table.sizes[self._changed(name)].sum())

    def changed_classes(self) -> NDArray[np.bool_]:
        """The classes that are removed or have another value in some column."""
        changed = ~self.alive
        for name in self.table.names:
            changed = changed | self._changed(name)
        return changed

    def loss(self, name: str) -> float:
        """What a column loses: how much of its domain its values could stand for."""
        if name not in self.left:
            return 1.0
        counts, suppressed = self._kept(name)
        occurring = self.counts_before(name) > 0
        domain = int(occurring.sum())
        held = np.bincount(self.origin[name][occurring], minlength=len(self.values[name]))
        shares = held.take(self.origin[name]) / max(1, domain)
        nothing = (self.values[name] == ANY).fill_null(value=True).to_numpy().take(self.origin[name])
        nothing[0] = False  # null was nothing before
        shares[nothing] = 1.0
        return column_loss(shares, counts, domain, suppressed)

    def entropy_loss(self, name: str) -> float:
        """The share of a column's information that is gone."""
        if name not in self.left:
            return 1.0
        counts = self._kept(name)[0]
        coarse = np.bincount(self.origin[name], counts, len(self.values[name])).take(self.origin[name])
        there = counts > 0
        return entropy_loss(counts[there], coarse[there].astype(np.int64))

    def _kept(self, name: str) -> tuple[Ints, float]:
        """The rows of each original value that keep something, and how many lose everything."""
        keeps = self.alive & ~self.starred
        sizes = np.where(keeps, self.table.sizes, 0)
        counts = np.bincount(self.table.codes[name], sizes, len(self.table.values[name])).astype(np.int64)
        return counts, float(self.table.rows - int(counts.sum()))
