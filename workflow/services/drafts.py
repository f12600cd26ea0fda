"""What a dataset begins with, not written yet: its first release and visit, and what the history says of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import ProgramProfile, User
from workflow.models import Dataset, Release, StageVisit
from workflow.stages import Stage


def registered_event(dataset: Dataset, actor: User | None, now: datetime) -> dict[str, Any]:
    """What the history says of a dataset that was entered, as audit.services.event_record takes it."""
    return {
        "action": "workflow.dataset_registered",
        "actor": actor,
        "subject": dataset,
        "data": {"inventory_id": dataset.inventory_id},
        "program_id": dataset.program_id,
        "dataset_id": dataset.pk,
        "now": now,
    }


def release_draft(
    dataset: Dataset,
    number: int,
    profile_row: ProgramProfile,
    actor: User | None,
    now: datetime,
    due_at: datetime | None,
) -> Release:
    """A release in INVENTORY, not written yet."""
    return Release(
        dataset=dataset,
        number=number,
        profile=profile_row,
        opened_by=actor,
        opened_at=now,
        stage_entered_at=now,
        due_at=due_at,
    )


def first_visit(release: Release, actor: User | None, now: datetime) -> StageVisit:
    """The stay of a new release in INVENTORY, not written yet."""
    return StageVisit(release=release, stage=Stage.INVENTORY, entered_at=now, entered_by=actor)


def opened_event(release: Release, actor: User | None, now: datetime) -> dict[str, Any]:
    """What the history says of a release that was opened."""
    return {
        "action": "workflow.release_opened",
        "actor": actor,
        "subject": release,
        "data": {"number": release.number},
        "program_id": release.dataset.program_id,
        "dataset_id": release.dataset_id,
        "release_id": release.pk,
        "now": now,
    }
