"""What generalising costs in usefulness, as measures between 0 (nothing lost) and 1 (nothing left).

- Loss: the share of its domain that a value could stand for, after Iyengar (KDD 2002); a suppressed row has
  lost everything. Columns are joined by a mean of (1 + loss), as ARX's default quality model does.
- Non-uniform entropy: the information a value gave that its coarser one does not (Gionis and Tassa 2009).
- Discernibility: the sum of squared group sizes, suppressed rows counted against the whole table (Bayardo and
  Agrawal 2005), over the square of the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MEANS = ("geometric", "arithmetic", "largest")


def joined(parts: Sequence[Any], mean: str = "geometric") -> Any:
    """One loss out of one per column; works on numbers and on arrays alike. Raises ValueError."""
    if not parts:
        return 0.0
    if mean == "geometric":
        product = parts[0] + 1.0
        for part in parts[1:]:
            product = product * (part + 1.0)
        return product ** (1.0 / len(parts)) - 1.0
    if mean == "arithmetic":
        return sum(parts[1:], start=parts[0]) / len(parts)
    if mean == "largest":
        worst = parts[0]
        for part in parts[1:]:
            worst = np.maximum(worst, part)
        return worst
    raise ValueError(f"There is no mean {mean!r}. There are: {', '.join(MEANS)}.")


def column_loss(shares: Floats, counts: NDArray[np.int64], domain: int, suppressed: float = 0.0) -> float:
    """The loss of one column: `shares` of the domain that each value stands for, and how many rows have it.

    `suppressed` rows, not among the counts, have lost everything. 0 when every value stands for itself.
    """
    rows = float(counts.sum()) + suppressed
    if rows == 0 or domain <= 1:
        return 0.0
    least = rows / domain
    return max(0.0, (float(shares @ counts) + suppressed - least) / (rows - least))


def entropy_loss(fine: NDArray[np.int64], coarse: NDArray[np.int64]) -> float:
    """The share of a column's information that is gone.

    `fine` are the rows of each original value (or of each original value within a coarser one), `coarse` the
    rows of the coarser value it became, entry by entry.
    """
    rows = float(fine.sum())
    if rows == 0:
        return 0.0
    whole = float(-(fine * np.log2(fine / rows)).sum())
    return float(-(fine * np.log2(fine / coarse)).sum()) / whole if whole > 0 else 0.0


def discernibility(sizes: NDArray[np.int64], rows: int) -> float:
    """`sizes` of the groups that stay, out of `rows`: the rows that are missing were suppressed."""
    if rows == 0:
        return 0.0
    kept = sizes.astype(np.float64)
    return float((kept @ kept + (rows - kept.sum()) * rows) / (float(rows) * rows))
