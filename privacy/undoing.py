"""Reads for taking decisions back: which of them stand, and what was recorded last, all at once.

A decision that is taken back is not written anew: a row says that it does not count, and what stood before it
stands again as it was, with its reason, its person and its day. That row can be taken back too.
"""

from __future__ import annotations

from collections.abc import Sequence

from privacy.models import Disposition


def counting(rows: Sequence[Disposition]) -> list[Disposition]:
    """The rows, oldest first as given, that nobody has taken back."""
    void: set[int] = set()
    for row in reversed(rows):
        if row.takes_back_id and row.pk not in void:
            void.add(row.takes_back_id)
    return [row for row in rows if row.pk not in void]


def standing(rows: Sequence[Disposition]) -> dict[str, Disposition]:
    """By column the decision that stands, out of all rows of a release, oldest first."""
    latest = {row.column: row for row in counting(rows) if not row.takes_back_id}
    return {column: row for column, row in latest.items() if row.decision != Disposition.Decision.TAKEN_BACK}


def last_batch(release_id: int) -> list[Disposition]:
    """What one person recorded last, all at once; in the order in which it was. Taking back is recorded too."""
    rows = Disposition.objects.filter(release_id=release_id).select_related("by").order_by("id")
    left = counting(list(rows))
    if not left:
        return []
    newest = left[-1]
    return [row for row in left if (row.by_id, row.at) == (newest.by_id, newest.at)]
