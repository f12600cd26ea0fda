"""How events are chained: the canonical text of an event, and the hash that binds it to the one before."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC

from audit.models import AuditEvent

GENESIS = "0" * 64


def canonical_text(event: AuditEvent) -> str:
    """The text that is hashed: every column of the event, in a form that does not depend on the database."""
    body = {
        "id": event.pk,
        "at": event.at.astimezone(UTC).isoformat(),
        "actor": event.actor_id,
        "on_behalf_of": event.on_behalf_of_id,
        "action": event.action,
        "subject": [event.subject_type, event.subject_id, event.subject_label],
        "program": event.program_id,
        "dataset": event.dataset_id,
        "release": event.release_id,
        "data": event.data,
        "request": event.request_id,
    }
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def link_hash(previous: str, event: AuditEvent) -> str:
    return hashlib.sha256(f"{previous}\n{canonical_text(event)}".encode()).hexdigest()
