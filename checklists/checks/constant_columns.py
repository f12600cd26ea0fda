"""QUA-19: columns that hold the same value in every row. Worth knowing, nothing to stop for."""

from __future__ import annotations

from checklists.checks.base import CheckResult, ColumnResult, Subject, conclude

NAME, ITEM, VERSION = "constant_columns", "QUA-19", 1


def check(subject: Subject) -> CheckResult:
    """Names the columns that never vary, or are empty throughout."""
    rows = subject.table.rows
    found = []
    for series in subject.table.frame.iter_columns() if rows > 1 else ():
        if series.null_count() == rows:
            words = f"“{series.name}” is empty in every row. Leave the column out."
        elif not series.null_count() and series.hash().n_unique() == 1:
            words = f"“{series.name}” holds the same value in every row. Say it in the description instead."
        else:
            continue
        found.append(ColumnResult(series.name, "info", words, count=rows, of=rows))
    return conclude(NAME, ITEM, "Every column varies.", found)
