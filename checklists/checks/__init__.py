"""The machine's part of the quality checklist: an explicit list of checks, one per file, and the score.

CHECKS_VERSION names the list and the version of each; results made under another one are stale.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType

from checklists.checks import (
    completeness,
    constant_columns,
    coordinates,
    date_field_present,
    dates_iso,
    duplicate_rows,
    headers,
    numbers_plain,
    primary_key,
    row_count_equals_source,
    schema_matches_dictionary,
    single_table,
    text_clean,
    timeliness,
    type_consistency,
    valid_ranges,
)
from checklists.checks.base import CheckResult, ColumnResult, Subject
from checklists.checks.score import DIMENSIONS, Dimension, Score, quality_score

# In the order of the items they answer.
CHECKS: tuple[ModuleType, ...] = (
    completeness,
    row_count_equals_source,
    schema_matches_dictionary,
    valid_ranges,
    type_consistency,
    single_table,
    date_field_present,
    headers,
    dates_iso,
    numbers_plain,
    text_clean,
    coordinates,
    duplicate_rows,
    primary_key,
    constant_columns,
    timeliness,
)


@dataclass(frozen=True)
class Check:
    """One check of the list, with the words people see."""

    name: str
    item: str
    version: int
    run: Callable[[Subject], CheckResult]


LIST: tuple[Check, ...] = tuple(Check(m.NAME, m.ITEM, m.VERSION, m.check) for m in CHECKS)
CHECKS_VERSION: str = (
    f"{len(LIST)}-"
    + hashlib.sha256(",".join(f"{one.name}:{one.version}" for one in LIST).encode()).hexdigest()[:8]
)


def run_all(subject: Subject, *, tick: Callable[[str], None] = lambda name: None) -> list[CheckResult]:
    """Run every check; `tick(name)` is called before each."""
    results = []
    for one in LIST:
        tick(one.name)
        results.append(one.run(subject))
    return results


def items_answered() -> Iterable[str]:
    """Ids of the quality items that the machine answers."""
    return [one.item for one in LIST]


__all__ = [
    "CHECKS_VERSION",
    "DIMENSIONS",
    "LIST",
    "Check",
    "CheckResult",
    "ColumnResult",
    "Dimension",
    "Score",
    "Subject",
    "items_answered",
    "quality_score",
    "run_all",
]
