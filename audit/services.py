"""The only writers of the audit trail: event_record, and the sealer that chains committed events."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction
from django.utils import timezone

from audit.catalogue import ACTIONS
from audit.chain import GENESIS, link_hash
from audit.models import AuditEvent, AuditSeal, PersonalNote
from audit.request import request_id

if TYPE_CHECKING:
    from accounts.models import User

log = logging.getLogger(__name__)

# Any number; one sealer at a time per database holds it.
_SEALER_LOCK = 7_315_202


def event_record(
    *,
    action: str,
    actor: User | None,
    subject: models.Model | None = None,
    data: dict[str, Any] | None = None,
    note: str = "",
    program_id: int | None = None,
    dataset_id: int | None = None,
    release_id: int | None = None,
    on_behalf_of: User | None = None,
    now: datetime | None = None,
) -> AuditEvent:
    """Write one event, in the caller's transaction: it stands or falls with the change it tells of.

    `data` holds codes, counts and names of things, never values from a file; words a person typed go into
    `note`, which can be erased without breaking the chain. `actor` None is the system. Raises ValueError
    on an action that the catalogue does not have.
    """
    event = event_draft(
        action=action,
        actor=actor,
        subject=subject,
        data=data,
        program_id=program_id,
        dataset_id=dataset_id,
        release_id=release_id,
        on_behalf_of=on_behalf_of,
        now=now,
    )
    event.save(force_insert=True)
    if note:
        PersonalNote.objects.create(event=event, text=note)
    return event


def event_draft(
    *,
    action: str,
    actor: User | None,
    subject: models.Model | None = None,
    data: dict[str, Any] | None = None,
    program_id: int | None = None,
    dataset_id: int | None = None,
    release_id: int | None = None,
    on_behalf_of: User | None = None,
    now: datetime | None = None,
) -> AuditEvent:
    """An event as `event_record` writes it, not yet written: for `events_record`. Raises ValueError as it does."""
    if action not in ACTIONS:
        raise ValueError(
            f"There is no audit action {action!r}: add it to audit/catalogue.py with its sentence."
        )
    return AuditEvent(
        at=now or timezone.now(),
        actor=actor,
        on_behalf_of=on_behalf_of,
        action=action,
        subject_type=subject._meta.label if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        subject_label=str(subject)[:300] if subject is not None else "",
        program_id=program_id,
        dataset_id=dataset_id,
        release_id=release_id,
        data=data or {},
        request_id=request_id.get(),
    )


def events_record(drafts: Sequence[AuditEvent]) -> None:
    """Write many events at once, in their order, in the caller's transaction: one statement for hundreds of rows."""
    AuditEvent.objects.bulk_create(drafts)


def note_erase(*, event: AuditEvent, now: datetime | None = None) -> None:
    """Forget the words a person typed; the event and its seal stay."""
    PersonalNote.objects.filter(event=event).update(text="", erased_at=now or timezone.now())


@transaction.atomic
def events_seal(*, limit: int = 5000) -> int:
    """Chain up to `limit` committed, unsealed events onto the last seal. Returns how many were sealed."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEALER_LOCK])
    last = AuditSeal.objects.order_by("-id").first()
    previous = last.hash if last else GENESIS
    seals = []
    for event in AuditEvent.objects.filter(seal=None).order_by("id")[:limit]:
        digest = link_hash(previous, event)
        seals.append(AuditSeal(event=event, previous=previous, hash=digest))
        previous = digest
    AuditSeal.objects.bulk_create(seals)
    if seals:
        # The log leaves this machine in production: a chain cut short afterwards lacks a head that was noted.
        log.info("Audit chain sealed to event %s, head %s", seals[-1].event_id, previous)
    return len(seals)
