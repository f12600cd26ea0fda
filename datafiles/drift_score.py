"""How much changed between two tables, in one number: from 0, nothing, to 100, everything.

Each part is a share between 0 and 1: of the columns that came, went or became others; of the rows; of the cells that
became empty or filled, and of the values that moved, in the column where that is most. They add up as independent
chances do, 1 - (1 - a)(1 - b)..., so a single great change shows, and many small ones do, too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from datafiles.drift import Drift, Shift


def drift_score(drift: Drift | None, described: float = 0.0) -> int:
    """The score of a comparison; `described` is the share of the description that reads otherwise."""
    parts = [*_parts(drift), described] if drift else [described]
    left = math.prod(1 - min(1.0, max(0.0, part)) for part in parts)
    score = round(100 * (1 - left))
    # What changed at all is never called nothing.
    return max(1, score) if any(part > 0 for part in parts) else 0


def _parts(drift: Drift) -> Iterable[float]:
    others = len(drift.renamed) + len(drift.retyped) + len(drift.added) + len(drift.vanished)
    columns = len(drift.columns) + len(drift.added) + len(drift.vanished)
    yield others / columns if columns else 0.0
    most = max(drift.rows_before, drift.rows_now)
    yield abs(drift.rows_now - drift.rows_before) / most if most else 0.0
    yield max((abs(row.empty_now - row.empty_before) for row in drift.columns), default=0.0)
    yield max((_moved(row) for row in drift.columns if row.counts), default=0.0)


def _moved(row: Shift) -> float:
    """Total variation is a share already; PSI has no upper end, so it is brought between 0 and 1."""
    return row.shift if row.measure == "tv" else 1 - math.exp(-row.shift)
