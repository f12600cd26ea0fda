"""Looks at values of the raw file other than as rows: each is recorded (M23)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from audit.services import event_record
from dossier.selectors import subject_of
from dossier.services import digest_of
from privacy.errors import RecipeRefused
from privacy.models import ColumnVerdict
from privacy.selectors import PrivacyState, state_of

if TYPE_CHECKING:
    from accounts.models import User


def columns_shown(state: PrivacyState) -> list[str]:
    """The measured columns of which values are shown: never those that identify people directly."""
    direct = {verdict.column for verdict in state.verdicts if verdict.group == ColumnVerdict.Group.DIRECT}
    return [name for name in state.quasi.columns if name not in direct] if state.quasi else []


def look_of(state: PrivacyState) -> str:
    """Names what a look shows: values of these columns of this file. Of anything else a new look is recorded."""
    return digest_of([state.release_id, state.file_sha256, sorted(columns_shown(state))])


@transaction.atomic
def values_look(*, release_id: int, actor: User, now: datetime | None = None) -> None:
    """Record that a person has the largest values of the measured columns shown beside the recipe.

    Raises RecipeRefused while there is nothing to show.
    """
    state = state_of(release_id)
    columns = columns_shown(state)
    if state.raw is None or not columns:
        raise RecipeRefused("There are no values to show until the columns to measure are confirmed.")
    event_record(
        action="privacy.values_seen",
        actor=actor,
        subject=state.raw,
        data={"columns": ", ".join(columns), "sha256": state.raw.sha256},
        now=now,
        **subject_of(release_id),
    )
