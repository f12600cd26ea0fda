"""QUA-17: rows that stand more than once."""

from __future__ import annotations

from checklists.checks.base import (
    CheckResult,
    ColumnResult,
    Subject,
    conclude,
    counted,
    percent,
    positions,
    share_good,
)

NAME, ITEM, VERSION = "duplicate_rows", "QUA-17", 1


def check(subject: Subject) -> CheckResult:
    """Warns when a row is equal in every cell to one before it."""
    table = subject.table
    if not table.rows:
        return conclude(NAME, ITEM, "There are no rows.", dimension="uniqueness")
    repeats = ~table.frame.hash_rows().is_first_distinct()
    count = int(repeats.sum())
    found = []
    if count:
        found.append(
            ColumnResult(
                "",
                "warn",
                f"{counted(count, 'row')} ({percent(count / table.rows)}) {'is' if count == 1 else 'are'} equal to a "
                "row before. Take the repeats out, or say in the description why they are there.",
                count=count,
                of=table.rows,
                rows=positions(repeats),
            )
        )
    return conclude(
        NAME,
        ITEM,
        f"None of the {table.rows:,} rows stands twice.",
        found,
        dimension="uniqueness",
        score=share_good(count, table.rows),
    )
