"""What the Data tab shows of a file: its reading, and its profile without values."""

from __future__ import annotations

from typing import Any

from datafiles.limits import human_bytes
from dossier.models import FileRead
from dossier.selectors import current_read, latest_read

TYPE_WORDS = {
    "text": "Text",
    "integer": "Whole number",
    "decimal": "Decimal number",
    "boolean": "Yes or no",
    "date": "Date",
    "datetime": "Date and time",
    "geometry": "Geometry",
}
# Faults that may lie with the machine, not the file: reading again can help.
_WORTH_ANOTHER_TRY = {"", "memory", "too_slow", "unreadable"}


def page_of(release_id: int) -> dict[str, Any]:
    """The current file, the latest reading when it is another matter, and the profile of the columns."""
    latest, current = latest_read(release_id), current_read(release_id)
    failed = latest if latest is not None and latest.has_failed else None
    return {
        "file": current.raw if current else None,
        "file_read": current,
        "file_size": human_bytes(current.raw.size) if current else "",
        "file_columns": profile_rows(current) if current else [],
        "reading": latest if latest is not None and latest.is_live else None,
        "failed": failed,
        "may_help_to_try_again": failed is not None and failed.failed_code in _WORTH_ANOTHER_TRY,
    }


def profile_rows(read: FileRead) -> list[dict[str, Any]]:
    """One row per column, in words a steward understands; counts and shapes, no values."""
    meta = read.columnar.meta if read.columnar else {}
    profile = meta.get("profile", {})
    odd = {one["column"]: one for one in profile.get("inconsistencies", [])}
    return [
        column
        | {
            "type_words": TYPE_WORDS[column["type"]],
            "filled_percent": _percent(column["filled"], profile["rows"]),
            "remarks": _remarks(column, odd.get(column["name"])),
        }
        for column in profile.get("columns", [])
    ]


def _percent(part: int, whole: int) -> str:
    """Never "100 %" while one is missing, never "0 %" while one is there."""
    share = 100 * part / whole if whole else 0.0
    if 0 < share < 0.1:
        return "< 0.1 %"
    if 99.9 < share < 100:
        return "> 99.9 %"
    return f"{share:.1f}".removesuffix(".0") + " %"


def _remarks(column: dict[str, Any], odd: dict[str, Any] | None) -> list[str]:
    remarks = []
    if not column["filled"]:
        remarks.append("Empty in every row")
    if column["constant"]:
        remarks.append("The same in every row")
    if column["unique"] and column["filled"] > 1:
        remarks.append("Different in every row that is filled")
    if odd is not None:
        rows = ", ".join(f"{row:,}" for row in odd["rows"][:5]) + (" and more" if odd["misfits"] > 5 else "")
        remarks.append(
            f"Mostly {TYPE_WORDS[odd['type']].lower()}s; {odd['misfits']:,} "
            f"{'value does' if odd['misfits'] == 1 else 'values do'} not fit (row {rows})"
        )
    return remarks
