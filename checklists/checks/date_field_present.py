"""QUA-11: a column that says when a row is from."""

from __future__ import annotations

import re

from checklists.checks.base import CheckResult, ColumnResult, Subject, conclude

NAME, ITEM, VERSION = "date_field_present", "QUA-11", 1
_PERIOD_NAME = re.compile(r"(?:^|[^a-z])(?:year|month|quarter|period|week|date|fy)(?:$|[^a-z])", re.I)


def check(subject: Subject) -> CheckResult:
    """Warns when there is neither a column of dates nor one named for a period."""
    dated = [column.name for column in subject.table.columns if column.type in ("date", "datetime")]
    named = [name for name in subject.table.names if _PERIOD_NAME.search(name)]
    if dated or named:
        return conclude(NAME, ITEM, f"“{(dated or named)[0]}” says when a row is from.")
    found = ColumnResult(
        "",
        "warn",
        "No column says when a row is from. Add the date of the event, or of the last update.",
    )
    return conclude(NAME, ITEM, "", [found])
