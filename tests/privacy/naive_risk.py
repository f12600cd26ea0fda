"""The measures of disclosure risk as their definitions say, row by row and slowly: what the fast ones must equal.

Rows are tuples; None is null. Null counts as a value of its own unless a function says otherwise.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, combinations
from typing import Any

Row = tuple[Any, ...]


def classes(rows: Sequence[Row]) -> Counter[Row]:
    return Counter(rows)


def fitting(rows: Sequence[Row]) -> list[int]:
    """For each row the rows it could be taken for when null may be anything."""

    def fits(one: Row, other: Row) -> bool:
        return all(a is None or b is None or a == b for a, b in zip(one, other, strict=True))

    return [sum(fits(one, other) for other in rows) for one in rows]


def groups(rows: Sequence[Row], values: Sequence[Any]) -> list[Counter[Any]]:
    """The sensitive values of each class."""
    found: dict[Row, Counter[Any]] = {}
    for row, value in zip(rows, values, strict=True):
        found.setdefault(row, Counter())[value] += 1
    return list(found.values())


def distinct_l(parts: list[Counter[Any]]) -> int:
    return min(len(part) for part in parts)


def entropy_l(parts: list[Counter[Any]]) -> float:
    return min(math.exp(-sum(n / c.total() * math.log(n / c.total()) for n in c.values())) for c in parts)


def recursive_c(parts: list[Counter[Any]], l: int) -> float:  # noqa: E741
    worst = 0.0
    for part in parts:
        counts = sorted(part.values(), reverse=True)
        worst = max(worst, counts[0] / sum(counts[l - 1 :]))
    return worst


def t(parts: list[Counter[Any]], order: Sequence[Any] | None = None) -> float:
    """The earth mover's distance: over the order of the values if there is one, otherwise categorical."""
    whole = sum(parts, Counter())
    values = [value for value in (order or list(whole)) if whole[value]]
    worst = 0.0
    for part in parts:
        apart = [part[value] / part.total() - whole[value] / whole.total() for value in values]
        if order is None:
            worst = max(worst, sum(abs(one) for one in apart) / 2)
        elif len(values) > 1:
            worst = max(worst, sum(abs(one) for one in accumulate(apart)) / (len(values) - 1))
    return worst


def individual(f: int, population: float) -> float:
    """Benedetti and Franconi: the expected 1/F is the integral of u^(f-1) / (1 + u q/p) from 0 to 1 (Simpson)."""
    p = f / population
    if p >= 1:
        return 1 / f
    odds, steps = (1 - p) / p, 20_000
    # In the logarithm of 1 + u q/p the integrand is smooth, however large q/p.
    top = math.log1p(odds)
    height = [(math.expm1(top * i / steps) / odds) ** (f - 1) for i in range(steps + 1)]
    inner = sum((4 if i % 2 else 2) * height[i] for i in range(1, steps))
    return (height[0] + inner + height[-1]) * top / steps / 3 / odds


def minimal_uniques(rows: Sequence[Row], largest: int) -> list[list[tuple[int, ...]]]:
    """For each row the smallest sets of columns that single it out."""
    columns = range(len(rows[0])) if rows else range(0)
    found = []
    for row in rows:
        mine: list[tuple[int, ...]] = []
        for size in range(1, min(largest, len(columns)) + 1):
            for chosen in combinations(columns, size):
                if any(set(part) <= set(chosen) for part in mine):
                    continue
                if sum(all(other[c] == row[c] for c in chosen) for other in rows) == 1:
                    mine.append(chosen)
        found.append(mine)
    return found


def suda_scores(rows: Sequence[Row], largest: int = 4) -> list[int]:
    attributes = len(rows[0]) if rows else 0
    return [
        sum(math.factorial(attributes - len(one)) for one in mine) for mine in minimal_uniques(rows, largest)
    ]
