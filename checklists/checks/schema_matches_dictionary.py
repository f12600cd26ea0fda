"""QUA-07: the file holds the columns that the data dictionary describes, of the types it says."""

from __future__ import annotations

from checklists.checks.base import (
    CheckResult,
    ColumnResult,
    Subject,
    conclude,
    left_open,
    share_good,
)

NAME, ITEM, VERSION = "schema_matches_dictionary", "QUA-07a", 1
# A column declared as one of these may also hold the narrower types beside it.
_WIDER = {
    "decimal": {"integer"},
    "datetime": {"date"},
    "text": {"integer", "decimal", "boolean", "date", "datetime"},
}


def check(subject: Subject) -> CheckResult:
    """Errors for columns without description, descriptions without column, and types that do not fit."""
    if not subject.declared:
        return left_open(
            NAME,
            ITEM,
            "There is no data dictionary yet, so the file cannot be compared with it. Describe the columns on the "
            "Data tab.",
            dimension="consistency",
        )
    wrong = [*_undescribed(subject), *_absent(subject), *_other_type(subject)]
    names = set(subject.table.names) | set(subject.declared)
    good = f"All {len(subject.table.columns)} columns are described, and of the type that is declared."
    return conclude(
        NAME, ITEM, good, wrong, dimension="consistency", score=share_good(len(wrong), len(names))
    )


def _undescribed(subject: Subject) -> list[ColumnResult]:
    return [
        _result(name, f"Column “{name}” is not described. Describe it on the Data tab.")
        for name in subject.table.names
        if not subject.declared.get(name, {}).get("description", "").strip()
    ]


def _absent(subject: Subject) -> list[ColumnResult]:
    return [
        _result(
            name,
            f"Column “{name}” is described, but the file does not have it. Add it to the file, or take the "
            "description away.",
        )
        for name in subject.declared
        if name not in subject.table.names
    ]


def _other_type(subject: Subject) -> list[ColumnResult]:
    found = []
    for column in subject.table.columns:
        line = subject.declared.get(column.name, {})
        wanted = line.get("type", "")
        if not wanted or not line.get("description", "").strip() or column.type == wanted:
            continue
        if column.type not in _WIDER.get(wanted, set()):
            found.append(
                _result(
                    column.name,
                    f"Column “{column.name}” is declared as {wanted}, but the file holds {column.type}. Correct the "
                    "values, or the declaration.",
                )
            )
    return found


def _result(name: str, sentence: str) -> ColumnResult:
    return ColumnResult(name, "error", sentence, count=1, of=1)
