"""A class table on which steps are tried: which value each class would have in each column, and which stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
Mask = NDArray[np.bool_]
# Keys below this are counted in a table; above, by hashing.
_TABLE = 1 << 22
# Steps that need not know what the stars of a small group stand for.
_AFTER_STARS = ("drop_column", "drop_small_classes")
_STARRED = "some rows have lost their values in these columns, so its effect shows in the copy only."
_OTHER_ROWS = (
    "it removes rows by a column that is not among the confirmed ones, so its effect shows in the copy only."
)
_OF_GROUPS = ("aggregate", "drop_small_classes", "k_anonymise")
_NOT_HERE = "it cannot be tried on the groups, so its effect shows in the copy only."


@dataclass(frozen=True, slots=True)
class Baseline:
    """What every trial on a class table begins with: made once, used for each.

    `counts[name]` are the rows of each value, `weights` the sizes of the classes as numbers for sums. `measured`
    keeps what the sizes say, by the threshold asked for.
    """

    table: ClassTable
    values: dict[str, pl.Series]
    counts: dict[str, Ints]
    weights: NDArray[np.float64]
    measured: dict[int, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, table: ClassTable) -> Baseline:
        weights = table.sizes.astype(np.float64)
        counts = {
            name: np.bincount(table.codes[name], weights, len(table.values[name])).astype(np.int64)
            for name in table.names
        }
        values = {name: series.cast(pl.String) for name, series in table.values.items()}
        return cls(table, values, counts, weights)


class Trial:
    """`values[name]` is what the codes of a column stand for by now (0: null), `origin[name]` the present code of
    every original code. `gone` classes are removed, `starred` ones lost everything and stay (None: no class).
    `left` are the columns that are left.
    """

    def __init__(self, base: Baseline) -> None:
        self.base, self.table = base, base.table
        self.values: dict[str, pl.Series] = dict(base.values)
        self.origin: dict[str, Ints] = {}
        self.gone: Mask | None = None
        self.starred: Mask | None = None
        self.starred_columns: set[str] = set()
        self.left = list(base.table.names)

    def take(self, step: Mapping[str, Any], context: Context) -> str | None:
        """Try one sound step. Returns a sentence when its effect cannot be shown here."""
        remedy = REMEDIES[step["remedy"]]
        params = completed(remedy, step["params"])
        named = named_columns(params)
        here = [name for name in named if name in self.left]
        if remedy.name == "drop_rows" and not here:
            return _OTHER_ROWS
        if not here:
            return _NOT_HERE if remedy.name in _OF_GROUPS else None
        if not remedy.on_classes or len(here) != len(named):
            return _NOT_HERE
        if self.starred_columns & set(here) and remedy.name not in _AFTER_STARS:
            return _STARRED
        self._try(remedy, params, context)
        return None

    def _try(self, remedy: Remedy, params: Params, context: Context) -> None:
        name = params.get("column", "")
        if remedy.recode is not None:
            counts = pl.Series(self.counts(name)[1:], dtype=pl.Int64)
            self._put(name, remedy.recode(self.values[name].slice(1), counts, params, context))
        elif remedy.rewrite is not None:
            self._put(name, remedy.rewrite(self.values[name].slice(1), params, context))
        elif remedy.name == "drop_column":
            self.left.remove(name)
        elif remedy.name == "drop_rows":
            hit = meets(self.values[name], params).to_numpy()
            self._remove(hit.take(self._codes(name)))
        elif remedy.name == "drop_small_classes":
            self._remove(self._group_of(params["columns"]) < params["k"])
        elif remedy.name == "k_anonymise":
            self._k_anonymise(params, context)

    def _put(self, name: str, after: pl.Series) -> None:
        """Give every value of a column (null left out) its new one."""
        names = after.drop_nulls().unique(maintain_order=True).cast(pl.String)
        place = pl.Series(range(1, len(names) + 1), dtype=pl.Int64)
        mapped = after.replace_strict(names, place, default=0, return_dtype=pl.Int64).fill_null(0).to_numpy()
        change = np.concatenate([[0], mapped]).astype(np.int64)
        self.origin[name] = change.take(self.origin[name]) if name in self.origin else change
        self.values[name] = pl.concat([pl.Series([None], dtype=pl.String), names])

    def _k_anonymise(self, params: Params, context: Context) -> None:
        chosen = zip(params["columns"], params["hierarchies"], params["levels"], strict=True)
        for name, hierarchy, level in chosen:
            if level:
                self._put(name, generalised(self.values[name].slice(1), hierarchy, level, context))
        small = self._group_of(params["columns"]) < params["k"]
        if self.gone is not None:
            small &= ~self.gone
        if params.get("rest") != "star" or int(self.table.sizes[small].sum()) < params["k"]:
            self._remove(small)
            return
        self.starred = small if self.starred is None else self.starred | small
        self.starred_columns.update(params["columns"])

    def _remove(self, classes: Mask) -> None:
        self.gone = classes if self.gone is None else self.gone | classes

    def _codes(self, name: str) -> Ints:
        """The present code in every class; starred ones have a code of their own, the last."""
        codes = self.table.codes[name]
        if name in self.origin:
            codes = self.origin[name].take(codes)
        if self.starred is not None and name in self.starred_columns:
            codes = np.where(self.starred, len(self.values[name]), codes)
        return codes

    def _keys(self, names: Sequence[str]) -> tuple[Ints, int]:
        radices = [len(self.values[name]) + (name in self.starred_columns) for name in names]
        keys, packing = pack([self._codes(name) for name in names], radices)
        return keys, packing.space

    def _weights(self) -> NDArray[np.float64]:
        return self.base.weights if self.gone is None else np.where(self.gone, 0.0, self.base.weights)

    def _group_of(self, names: Sequence[str]) -> Ints:
        """For every class, how many rows that stay share its present values in `names`."""
        keys, space = self._keys(names)
        if space <= _TABLE:
            return np.bincount(keys, self._weights(), space).astype(np.int64).take(keys)
        frame = pl.DataFrame({"k": keys, "n": self._weights()})
        return frame.select(pl.col("n").sum().over("k").cast(pl.Int64)).to_series().to_numpy()

    def group_sizes(self) -> Ints:
        """The sizes of the groups that the columns left would make; one group when none is left."""
        if not self.left:
            whole = self.rows_left()
            return np.array([whole] if whole else [], np.int64)
        if (
            not self.origin
            and self.gone is None
            and self.starred is None
            and self.left == [*self.table.names]
        ):
            return self.table.sizes
        keys, space = self._keys(self.left)
        weights = self._weights()
        if space <= _TABLE:
            counts = np.bincount(keys, weights, space)
        else:
            frame = pl.DataFrame({"k": keys, "n": weights})
            counts = frame.group_by("k").agg(pl.col("n").sum()).get_column("n").to_numpy()
        return counts[counts > 0].astype(np.int64)

    def rows_left(self) -> int:
        return int(self._weights().sum())

    def counts(self, name: str) -> Ints:
        """The rows that stay, of each present value; what is starred stands at the end."""
        if self.gone is None and name not in self.starred_columns:
            before = self.base.counts[name]
            if name not in self.origin:
                return before
            return np.bincount(self.origin[name], before, len(self.values[name])).astype(np.int64)
        radix = len(self.values[name]) + (name in self.starred_columns)
        return np.bincount(self._codes(name), self._weights(), radix).astype(np.int64)

    def shown_values(self, name: str) -> pl.Series:
        """What the codes of `counts` stand for."""
        if name not in self.starred_columns:
            return self.values[name]
        return pl.concat([self.values[name], pl.Series([ANY], dtype=pl.String)])

    def _changed_codes(self, name: str) -> Mask:
        """The original codes of a column that have another value by now."""
        if name not in self.left:
            return np.ones(len(self.base.values[name]), bool)
        if name not in self.origin:
            return np.zeros(len(self.base.values[name]), bool)
        after = self.values[name].gather(pl.Series(self.origin[name]))
        return after.ne_missing(self.base.values[name]).to_numpy()

    def _changed(self, name: str) -> Mask | None:
        """The classes with another value than before in a column, removed ones included; None: no class."""
        changed = self._changed_codes(name)
        found = changed.take(self.table.codes[name]) if changed.any() else None
        if self.starred is not None and name in self.starred_columns:
            found = self.starred if found is None else found | self.starred
        return found

    def rows_changed(self, name: str) -> int:
        """In how many rows that stay the value of a column changes."""
        if self.gone is None and name not in self.starred_columns:
            return int(self.base.counts[name][self._changed_codes(name)].sum())
        changed = self._changed(name)
        return int(self._weights()[changed].sum()) if changed is not None else 0

    def rows_touched(self) -> int:
        """How many rows are removed or have another value in some column."""
        masks = [found for name in self.table.names if (found := self._changed(name)) is not None]
        if self.gone is not None:
            masks.append(self.gone)
        if not masks:
            return 0
        return int(self.base.weights[np.logical_or.reduce(masks)].sum())

    def losses(self, name: str) -> tuple[float, float]:
        """What a column loses: of its domain (Iyengar's loss), and of its information (entropy)."""
        if name not in self.left:
            return 1.0, 1.0
        counts = self._kept(name)
        before = self.base.counts[name]
        origin = self.origin.get(name, np.arange(len(before)))
        occurring = before > 0
        domain = int(occurring.sum())
        shares = np.bincount(origin[occurring], minlength=len(self.values[name])).take(origin) / max(
            1, domain
        )
        nothing = (self.values[name] == ANY).fill_null(value=True).to_numpy().take(origin)
        nothing[0] = False  # null was nothing before
        shares[nothing] = 1.0
        suppressed = float(before.sum() - counts.sum())
        coarse = np.bincount(origin, counts, len(self.values[name])).take(origin).astype(np.int64)
        there = counts > 0
        return column_loss(shares, counts, domain, suppressed), entropy_loss(counts[there], coarse[there])

    def _kept(self, name: str) -> Ints:
        """The rows of each original value that keep something of it."""
        starred = self.starred if name in self.starred_columns else None
        if self.gone is None and starred is None:
            return self.base.counts[name]
        weights = self._weights() if starred is None else np.where(starred, 0.0, self._weights())
        return np.bincount(self.table.codes[name], weights, len(self.base.values[name])).astype(np.int64)
