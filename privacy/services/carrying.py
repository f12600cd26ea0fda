"""What was decided about the last release, taken over by a refresh of it: decisions, recipe, quasi-identifiers.

Nothing is decided anew: each row speaks of the evidence it was made on, and counts only while the new scan says
the same of the column (privacy.selectors). What the new file changes is open and waits for a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from audit.services import event_record
from dossier.selectors import subject_of
from dossier.services import dossier_lock
from privacy.copy_inputs import shape_of
from privacy.models import AggregateShape, Disposition, QuasiIdentifiers, RecipeVersion
from privacy.selectors import recipe_in_force, state_of
from privacy.services.facts import facts_write
from privacy.services.treatments import treatment_request

REPLAYED = "Replayed from the release that is public."


@transaction.atomic
def decisions_carry(*, release_id: int, base_id: int, now: datetime | None = None) -> int:
    """Take over what was decided about release `base_id`, and have the treated copy made if that is enough.

    Returns how many decisions were taken over; none that the release has already (idempotent). Risks that were
    accepted are not: they were accepted for that copy. Under the names of those who decided, with their dates.
    """
    dossier_lock(release_id=release_id)
    carried = 0
    if not Disposition.objects.filter(release_id=release_id).exists():
        decided = state_of(base_id).decided.values()
        carried += _copied(sorted(decided, key=lambda row: row.pk), release_id)
    carried += _recipe(release_id, base_id)
    for model in (QuasiIdentifiers, AggregateShape):
        if not model._default_manager.filter(release_id=release_id).exists():
            last = shape_of(base_id) if model is AggregateShape else _last_quasi(base_id)
            carried += _copied([last] if last else [], release_id)
    event_record(
        action="privacy.decisions_carried",
        actor=None,
        subject=None,
        data={"decisions": carried},
        now=now,
        **subject_of(release_id),
    )
    facts_write(release_id=release_id, now=now)
    treatment_request(release_id=release_id, now=now)
    return carried


def _recipe(release_id: int, base_id: int) -> int:
    known = recipe_in_force(base_id)
    if known is None or RecipeVersion.objects.filter(release_id=release_id).exists():
        return 0
    RecipeVersion.objects.create(
        release_id=release_id,
        number=1,
        steps=known.steps,
        digest=known.digest,
        note=REPLAYED,
        by=known.by,
        at=known.at,
    )
    return 1


def _last_quasi(release_id: int) -> QuasiIdentifiers | None:
    return QuasiIdentifiers.objects.filter(release_id=release_id).last()


def _copied(rows: Iterable[Any], release_id: int) -> int:
    """The same rows for another release."""
    copies = []
    for row in rows:
        values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        values |= {"id": None, "release_id": release_id}
        if "takes_back_id" in values:
            values["takes_back_id"] = None
        copies.append(type(row)(**values))
    for copy in copies:
        _saved(copy)
    return len(copies)


def _saved(row: Model) -> None:
    row.save(force_insert=True)
