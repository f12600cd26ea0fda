"""Taking a copy back that may go public again: its release stays approved, and its permit stands."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dossier.services import dossier_lock
from publishing.models import Publication
from publishing.services.requests import publication_event, publication_start_anew
from work.services import work_queue

Goal = Publication.Goal


@transaction.atomic
def publication_take_back(*, release_id: int, now: datetime | None = None) -> int:
    """Send every copy of a release that is public, or on its way there, back to private; the permits stay.

    For releases that were to go public together with one that failed. A worker that runs a copy now loses it at
    its next beat, and the next run hides what was exposed and checks the private copy anew. Returns how many
    copies it concerns; what is on its way back already is left alone.
    """
    now = now or timezone.now()
    dossier_lock(release_id=release_id)
    rows = list(Publication.objects.filter(release_id=release_id, goal=Goal.PUBLIC).select_related("asset"))
    for row in rows:
        Publication.objects.filter(pk=row.pk).update(goal=Goal.PRIVATE, failure="")
        row.refresh_from_db(fields=["goal", "failure"])
        publication_start_anew(row)
        publication_event("publishing.take_back_asked", row, now=now)
        work_queue(row)
    return len(rows)
