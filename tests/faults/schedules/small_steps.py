"""The Celery app of the product with pushes in small steps, so that a small table takes many requests.

A table of some length counts as a large one here, and goes over as one file in several parts.
"""

from __future__ import annotations

from opendata_portal.celery import app
from publishing import encode, file_loads
from publishing.portals.socrata.portal import SocrataPortal
from tests.faults.schedules.plan import CHUNK_ROWS

# About 100 rows; a push has 200 at the most.
_LARGE = 6_000

encode.CHUNK_ROWS = CHUNK_ROWS
file_loads.PART_BYTES = 1_500
file_loads._STEP = 10
SocrataPortal.wants_file = lambda portal, size: size > _LARGE  # type: ignore[method-assign]
# The clock only brings back what is due and unclaimed: other errands would stand in the queue before the push.
app.conf.beat_schedule = {
    name: entry for name, entry in app.conf.beat_schedule.items() if entry["task"] == "work.tasks.sweep"
}

__all__ = ["app"]
