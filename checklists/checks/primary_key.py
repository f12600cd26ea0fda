"""QUA-18: a column that tells every row from every other."""

from __future__ import annotations

from checklists.checks.base import CheckResult, ColumnResult, Subject, conclude

NAME, ITEM, VERSION = "primary_key", "QUA-18", 1


def check(subject: Subject) -> CheckResult:
    """Warns when no column is both always filled and always different."""
    rows = subject.table.rows
    keys = [
        series.name
        for series in subject.table.frame.iter_columns()
        if rows and not series.null_count() and series.hash().n_unique() == rows
    ]
    if keys:
        names = ", ".join(f"“{name}”" for name in keys[:3]) + (" and others" if len(keys) > 3 else "")
        return conclude(NAME, ITEM, f"Every row can be told from every other by {names}.")
    found = ColumnResult(
        "",
        "warn",
        "No column tells every row from every other. Add a row number or the number of the source, but none that "
        "identifies a person.",
    )
    return conclude(NAME, ITEM, "", [found])
