"""What the detectors found in the file of a release: names of columns and kinds, no values."""

from __future__ import annotations

from privacy.selectors import state_of


def entities_of(release_id: int) -> dict[str, list[str]]:
    """By column, what the newest scan found in it; columns in which nothing was found are left out."""
    found = {
        verdict.column: sorted({hit["entity"] for hit in verdict.hits} | set(filter(None, [verdict.entity])))
        for verdict in state_of(release_id).verdicts
    }
    return {column: entities for column, entities in found.items() if entities}
