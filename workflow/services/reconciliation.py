"""Signing that rows and columns are the same from the source to the portal."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import event_record
from dossier.services import dossier_lock
from privacy.personal_values import raw_values_in
from workflow import policies
from workflow.context import context_of
from workflow.errors import MoveRefused
from workflow.models import Reconciliation
from workflow.selectors.reconciliation import about_of, differences, note_of, way_of


@transaction.atomic
def reconciliation_sign(
    *,
    release_id: int,
    source_rows: int,
    source_columns: int,
    actor: User,
    note: str = "",
    now: datetime | None = None,
) -> Reconciliation:
    """Sign the note: `source_rows` and `source_columns` are what the source system itself counts.

    Returns the note; the one that stands where the same was signed already. Raises MoveRefused with a sentence for
    each difference, PermissionDenied. Source of the rule: FEATURES M31 (a mismatch blocks).
    """
    now = now or timezone.now()
    dossier_lock(release_id=release_id)
    context = context_of(release_id, now=now)
    policies.check_action(actor, "sign_reconciliation", context)
    if (standing := note_of(context)) is not None:
        return standing
    if sentence := raw_values_in(note):
        raise MoveRefused(sentence)
    way, note = way_of(context), note.strip()
    if found := differences(way, source_rows, source_columns, note):
        raise MoveRefused(*found)
    row = Reconciliation.objects.create(
        release=context.release,
        signed_by=actor,
        signed_at=now,
        about=about_of(context),
        source_rows=source_rows,
        source_columns=source_columns,
        lines=[count.to_dict() for count in way.counts],
        note=note,
    )
    event_record(
        action="workflow.reconciled",
        actor=actor,
        subject=context.release,
        data={"rows": source_rows, "columns": source_columns, "places": len(way.places)},
        note=note,
        program_id=context.dataset.program_id,
        dataset_id=context.dataset.pk,
        release_id=release_id,
        now=now,
    )
    return row
