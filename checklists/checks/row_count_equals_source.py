"""QUA-06: as many rows as the source has, by a count that comes from the source and never from the file."""

from __future__ import annotations

from checklists.checks.base import CheckResult, ColumnResult, Subject, conclude, left_open

NAME, ITEM, VERSION = "row_count_equals_source", "QUA-06", 1


def check(subject: Subject) -> CheckResult:
    """Compares with the declared count; stays open when none is declared."""
    rows, source = subject.table.rows, subject.source_rows
    if source is None:
        return left_open(
            NAME,
            ITEM,
            f"The file has {rows:,} rows. What the source counts is not known, so they cannot be compared. "
            "Enter the count of the source system on the inventory record.",
        )
    wrong = []
    if rows != source:
        gap = f"{abs(rows - source):,} {'fewer' if rows < source else 'more'}"
        wrong.append(
            ColumnResult(
                "",
                "error",
                f"The file has {rows:,} rows, the source {source:,} ({gap}). "
                "Export the file again, or correct the count on the inventory record.",
                count=abs(rows - source),
                of=source,
            )
        )
    return conclude(NAME, ITEM, f"The file has {rows:,} rows, as many as the source.", wrong)
