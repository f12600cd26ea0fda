"""Looks at values of the raw file other than as rows: each is recorded (M23)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from audit.services import event_record
from dossier.selectors import subject_of
from privacy.errors import RecipeRefused
from privacy.selectors import state_of

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def values_look(*, release_id: int, actor: User, now: datetime | None = None) -> None:
    """Record that a person has the largest values of the measured columns shown beside the recipe.

    Raises RecipeRefused while there is nothing to show.
    """
    state = state_of(release_id)
    if state.raw is None or state.quasi is None or not state.quasi.columns:
        raise RecipeRefused("There are no values to show until the columns to measure are confirmed.")
    event_record(
        action="privacy.values_seen",
        actor=actor,
        subject=state.raw,
        data={"columns": ", ".join(state.quasi.columns), "sha256": state.raw.sha256},
        now=now,
        **subject_of(release_id),
    )
