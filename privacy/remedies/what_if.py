"""What a recipe would do to the risk, measured on the class table: no row of the file is read.

A step about other columns changes nothing here; one that removes rows by another column cannot be tried and is
named in `untried`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, cast

import numpy as np
import polars as pl

from privacy.remedies.base import Context, named_columns
from privacy.remedies.hierarchy import Hierarchy
from privacy.remedies.loss import discernibility, joined
from privacy.remedies.recipe import Recipe, recipe_faults
from privacy.remedies.registry import REMEDIES
from privacy.remedies.trial import Baseline, Trial
from privacy.risk.classes import ClassTable

# Categories shown of a column; one that fewer rows have is counted with the others: it may be somebody's.
_SHOWN = 8
_SHOWN_FROM = 11


@dataclass(frozen=True, slots=True)
class Sizes:
    """What the sizes of the groups say. `rows_under` counts rows in groups under the program's threshold."""

    rows: int
    groups: int
    k: int
    unique_rows: int
    rows_under_5: int
    rows_under_11: int
    rows_under: int
    threshold: int
    discernibility: float


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """One column before and after: how many rows change, what is lost (0 to 1), and the largest categories.

    Categories are (value, rows) and empty unless the column may be shown; `others` are the rows not listed.
    """

    column: str
    is_left: bool
    rows_changed: int
    loss: float
    entropy_loss: float
    values_before: int
    values_after: int
    before: list[tuple[str, int]] = field(default_factory=list)
    after: list[tuple[str, int]] = field(default_factory=list)
    others_before: int = 0
    others_after: int = 0


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Before and after. `rows_changed` counts rows of which a quasi-identifier changes, removed ones included."""

    before: Sizes
    after: Sizes
    rows_removed: int
    rows_changed: int
    cells_changed: int
    information_loss: float
    columns: list[ColumnChange]
    untried: list[str]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def what_if(
    table: ClassTable | Baseline,
    steps: Recipe,
    *,
    columns: Sequence[str] = (),
    threshold: int = 5,
    show: Collection[str] = (),
    hierarchies: Mapping[str, Hierarchy] | None = None,
    secret: bytes = b"what-if",
) -> WhatIf:
    """Try `steps` on the class table.

    Takes the columns of the whole file (for the check of the steps), the program's k, the columns whose values
    may be shown, and uploaded hierarchies; a Baseline in place of the table when several trials follow. A faulty
    step is left out and named in `untried`, with its sentence.
    """
    context = Context(secret=secret, hierarchies=hierarchies or {})
    base = table if isinstance(table, Baseline) else Baseline.of(table)
    trial, table = Trial(base), base.table
    everything = list(dict.fromkeys([*columns, *table.names]))
    untried = []
    for number, step in enumerate(steps, start=1):
        if columns or set(named_columns(step.get("params", {}))) & set(table.names):
            faults = recipe_faults([step], everything, set(context.hierarchies))
            if faults:
                untried.append(faults[0].sentence.replace("Step 1", f"Step {number}", 1))
                continue
        said = trial.take(step, context)
        if said:
            untried.append(f"Step {number} ({REMEDIES[step['remedy']].label}): {said}")
    changes = [_change(trial, name, name in show) for name in table.names]
    rows = table.rows
    return WhatIf(
        before=_before(base, threshold),
        after=_sizes(trial.group_sizes(), rows, threshold),
        rows_removed=rows - trial.rows_left(),
        rows_changed=trial.rows_touched(),
        cells_changed=sum(change.rows_changed for change in changes),
        information_loss=float(joined([change.loss for change in changes])),
        columns=changes,
        untried=untried,
    )


def _before(base: Baseline, threshold: int) -> Sizes:
    """Measured once for each threshold."""
    if threshold not in base.measured:
        base.measured[threshold] = _sizes(base.table.sizes, base.table.rows, threshold)
    return cast("Sizes", base.measured[threshold])


def _sizes(sizes: np.ndarray, rows: int, threshold: int) -> Sizes:
    small = sizes[sizes < max(11, threshold)]

    def under(least: int) -> int:
        return int(small[small < least].sum())

    return Sizes(
        rows=int(sizes.sum()),
        groups=len(sizes),
        k=int(sizes.min()) if len(sizes) else 0,
        unique_rows=int((small == 1).sum()),
        rows_under_5=under(5),
        rows_under_11=under(11),
        rows_under=under(threshold),
        threshold=threshold,
        discernibility=discernibility(sizes, rows),
    )


def _change(trial: Trial, name: str, may_show: bool) -> ColumnChange:
    before, after = trial.base.counts[name], trial.counts(name)
    is_left = name in trial.left
    shown_before, others_before = _largest(trial.base.values[name], before) if may_show else ([], 0)
    shown_after: list[tuple[str, int]] = []
    others_after = 0
    if may_show and is_left:
        shown_after, others_after = _largest(trial.shown_values(name), after)
    loss, entropy = trial.losses(name)
    return ColumnChange(
        column=name,
        is_left=is_left,
        rows_changed=trial.rows_changed(name),
        loss=loss,
        entropy_loss=entropy,
        values_before=int((before[1:] > 0).sum()),
        values_after=int((after[1:] > 0).sum()) if is_left else 0,
        before=shown_before,
        after=shown_after,
        others_before=others_before,
        others_after=others_after,
    )


def _largest(values: pl.Series, counts: np.ndarray) -> tuple[list[tuple[str, int]], int]:
    order = np.argsort(-counts, kind="stable")[:_SHOWN]
    top = [(str(values[int(at)]) if at else "", int(counts[at])) for at in order if counts[at] >= _SHOWN_FROM]
    return top, int(counts.sum()) - sum(rows for _, rows in top)
