"""Reads of the audit trail: what happened to a release or a dataset, and whether the chain is whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from audit.catalogue import ACTIONS
from audit.chain import GENESIS, link_hash
from audit.models import AuditEvent, AuditSeal


class _Known(dict):
    def __missing__(self, key: str) -> str:
        return "…"


def sentence_of(event: AuditEvent) -> str:
    """The event as a sentence for people."""
    words: dict[str, Any] = _Known(event.data)
    words["actor"] = str(event.actor) if event.actor else "The system"
    if event.on_behalf_of is not None:
        words["actor"] += f" (in place of {event.on_behalf_of})"
    words["subject"] = event.subject_label
    words["where"] = f" on {event.data.get('place') or 'the portal'}"
    return ACTIONS.get(event.action, event.action).format_map(words)


def events_of(
    *, release_id: int | None = None, dataset_id: int | None = None, release_ids: list[int] | None = None
) -> QuerySet[AuditEvent]:
    """Events about a release, or about a dataset with its releases, newest first, with actor and note."""
    about = Q()
    if release_id is not None:
        about |= Q(release_id=release_id)
    if dataset_id is not None:
        about |= Q(dataset_id=dataset_id)
    if release_ids:
        about |= Q(release_id__in=release_ids)
    return (
        AuditEvent.objects.filter(about)
        .select_related("actor", "on_behalf_of", "note")
        .order_by("-at", "-id")
    )


@dataclass
class ChainReport:
    """What audit_verify found. `faults` name the event at which the chain breaks."""

    sealed: int = 0
    unsealed: int = 0
    head: str = GENESIS
    faults: list[str] = field(default_factory=list)


def chain_verify() -> ChainReport:
    """Walk the whole chain and recompute every link. Reads only; the unsealed tail is counted, not a fault."""
    report = ChainReport()
    seals = AuditSeal.objects.select_related("event").order_by("id").iterator(chunk_size=2000)
    for seal in seals:
        if seal.previous != report.head:
            report.faults.append(f"The seal of event {seal.event_id} does not follow the one before it.")
        if seal.hash != link_hash(seal.previous, seal.event):
            report.faults.append(f"Event {seal.event_id} is not what was sealed: it was changed afterwards.")
        report.head = seal.hash
        report.sealed += 1
    report.unsealed = AuditEvent.objects.filter(seal=None).count()
    return report
