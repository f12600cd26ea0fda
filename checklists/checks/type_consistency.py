"""QUA-08: every column holds one kind of value."""

from __future__ import annotations

from checklists.checks.base import CheckResult, ColumnResult, Subject, conclude, counted, share_good

NAME, ITEM, VERSION = "type_consistency", "QUA-08", 2
_LOOKED_AT = 0.5
# Below this share of one type a column is more likely text by nature, such as unit numbers "101", "102A".
_SURE = 0.9
_WORDS = {
    "integer": "whole numbers",
    "decimal": "numbers",
    "date": "dates",
    "datetime": "dates with a time",
    "boolean": "yes or no",
    "geometry": "shapes",
}


def check(subject: Subject) -> CheckResult:
    """An error where 90 % of the values share a type and the rest does not fit, a warning from 50 %."""
    table = subject.table
    filled = {column.name: sum(column.forms.values()) for column in table.columns}
    mixed = []
    for one in table.inconsistencies(at_least=_LOOKED_AT):
        mixed.append(
            ColumnResult(
                one.column,
                "error" if one.share >= _SURE else "warn",
                f"“{one.column}” holds {_WORDS.get(one.type, one.type)}, but "
                f"{counted(one.misfits, 'value does not fit', 'values do not fit')}. "
                "Correct them, or leave the cells empty.",
                count=one.misfits,
                of=filled[one.column],
                rows=tuple(one.rows),
            )
        )
    bad = sum(one.count for one in mixed)
    good = "Every column holds one kind of value."
    return conclude(
        NAME, ITEM, good, mixed, dimension="consistency", score=share_good(bad, sum(filled.values()))
    )
