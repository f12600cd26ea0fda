"""The Celery app of the product with pushes in small steps, so that a small table takes many requests."""

from __future__ import annotations

from opendata_portal.celery import app
from publishing import encode
from tests.faults.schedules.plan import CHUNK_ROWS

encode.CHUNK_ROWS = CHUNK_ROWS
# The clock only brings back what is due and unclaimed: other errands would stand in the queue before the push.
app.conf.beat_schedule = {
    name: entry for name, entry in app.conf.beat_schedule.items() if entry["task"] == "work.tasks.sweep"
}

__all__ = ["app"]
