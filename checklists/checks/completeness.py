"""QUA-03: how full each column is."""

from __future__ import annotations

from checklists.checks.base import CheckResult, ColumnResult, Subject, conclude, counted, percent

NAME, ITEM, VERSION = "completeness", "QUA-03", 1
# Inferred, no source prescribes one (DOMAIN QUA-03).
THRESHOLD = 0.8


def check(subject: Subject) -> CheckResult:
    """Warns of columns in which fewer than 80 % of the cells hold a value."""
    table = subject.table
    cells, filled, thin = 0, 0, []
    for series in table.frame.iter_columns():
        full = len(series) - series.null_count()
        cells, filled = cells + len(series), filled + full
        if len(series) and full / len(series) < THRESHOLD:
            thin.append(
                ColumnResult(
                    series.name,
                    "warn",
                    f"“{series.name}” is {percent(full / len(series))} filled ({full:,} of {len(series):,} rows). "
                    "Say in its description when a cell stays empty.",
                    count=len(series) - full,
                    of=len(series),
                )
            )
    overall = filled / cells if cells else 1.0
    good = (
        f"{percent(overall)} of the cells hold a value, and every column at least {percent(THRESHOLD)} "
        f"({counted(table.rows, 'row')})."
    )
    score = round(overall, 4) if cells else None
    return conclude(NAME, ITEM, good, thin, dimension="completeness", score=score)
