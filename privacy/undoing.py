"""Reads for taking the last decisions back: what was recorded at once, and what stood before it."""

from __future__ import annotations

from privacy.models import Disposition


def last_batch(release_id: int) -> list[Disposition]:
    """The decisions that were recorded last, all at once by one person; in the order in which they were."""
    newest_first = Disposition.objects.filter(release_id=release_id).select_related("by").order_by("-id")
    newest = newest_first.first()
    if newest is None:
        return []
    same = newest_first.filter(by_id=newest.by_id, at=newest.at)
    return list(reversed(same))


def before_batch(batch: list[Disposition]) -> list[tuple[Disposition, Disposition | None]]:
    """Each decision of a batch with the one that stood before it for its column; None where there was none."""
    columns = {row.column for row in batch}
    earlier = Disposition.objects.filter(
        release_id=batch[0].release_id, id__lt=batch[0].pk, column__in=columns
    ).order_by("id")
    stood = {row.column: row for row in earlier}
    return [(row, stood.get(row.column)) for row in batch]
