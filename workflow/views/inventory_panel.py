"""What the overview of a release says about its place in the inventory."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.profiles import Profile
from accounts.selectors import profile_for
from workflow.classification import classification_notes
from workflow.models import Dataset
from workflow.selectors.inventory_io import inventory_rows, openness
from workflow.selectors.priority import scale_of
from workflow.selectors.similar import similar_to, year_in_title
from workflow.services.withholding import may_withhold
from workflow.stages import Stage


def panel_of(request: HttpRequest, dataset: Dataset, stage: str) -> dict[str, Any]:
    """Openness, ground, priority, and what to look at before going on, by the program's rules of today.

    Likeness to other datasets is judged while the release is being prepared, when it can still be heeded.
    """
    profile = profile_for(dataset.program)
    row: Any = inventory_rows(request.user, dataset.program).get(pk=dataset.pk)
    warnings: list[dict[str, str]] = []
    if stage in (Stage.INVENTORY, Stage.READINESS):
        warnings += [
            {"sentence": similar.sentence, "url": reverse("dataset", args=[similar.dataset.pk])}
            for similar in similar_to(dataset)
        ]
        notes = [
            year_in_title(dataset.title),
            *classification_notes(dataset, profile),
            _ground_missing(row, profile),
        ]
        warnings += [{"sentence": note} for note in notes if note]
    return {
        "openness": openness(row, profile, timezone.localdate()),
        "standing": next(iter(row.standing), None),
        "priority": row.shown_priority,
        "scale": scale_of(profile).name,
        "may_withhold": may_withhold(request.user, dataset),
        "warnings": warnings,
    }


def _ground_missing(row: Any, profile: Profile) -> str:
    """Where openness is presumed, a class that is never published asks for a ground or a treated form."""
    raw = profile.classification(row.classification)
    if not (raw and raw.never_publish and profile.inventory.presumption_of_openness) or row.standing:
        return ""
    return f"“{raw.label}” data is to be withheld on a recorded ground, or published in a treated form. Say which."
