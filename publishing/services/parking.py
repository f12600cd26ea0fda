"""A refresh that is parked: nothing is fetched any more until a person looks, and its people are told once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from accounts.roles import Role, people_with_role
from audit.services import event_record
from notifications.services import message_queue
from publishing.models import EtlRecord, RefreshState

if TYPE_CHECKING:
    from accounts.models import User


def refresh_park(*, state: RefreshState, record: EtlRecord, because: str, now: datetime) -> None:
    """Park the refresh of a dataset, in the caller's transaction that holds `state`; nothing is done when it is."""
    if state.parked_at is not None:
        return
    dataset: Any = record.dataset
    state.parked_at, state.parked_because = now, because
    state.save(update_fields=["parked_at", "parked_because"])
    event_record(
        action="source.parked",
        actor=None,
        subject=record,
        data={"failures": state.failures, "version": record.version},
        program_id=dataset.program_id,
        dataset_id=dataset.pk,
        now=now,
    )
    message_queue(
        message_id="refresh_parked",
        recipients=[],
        asked=_owners(dataset),
        actor=None,
        context={"dataset": dataset.title, "problem": because},
        path=reverse("dataset_source", args=[dataset.pk]),
        dataset_id=dataset.pk,
        now=now,
    )


def _owners(dataset: Any) -> list[User]:
    """The steward and the coordinator by name; where there is neither, the coordinators of the department."""
    named = [person for person in (dataset.steward, dataset.coordinator) if person is not None]
    if named:
        return list(dict.fromkeys(named))
    rows = people_with_role(Role.COORDINATOR, program=dataset.program_id, department=dataset.department_id)
    return list(rows)
