"""Many datasets entered in the inventory of one department: the same rows as one by one, in few statements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Department, User
from accounts.profiles import profile_of
from accounts.selectors import profile_current
from audit.services import event_draft, events_record
from dossier.services import dossiers_open
from work.services import task_nudge
from workflow.calendar import due_for
from workflow.models import Dataset, Distribution, Release, StageVisit
from workflow.services.datasets import dataset_draft, inventory_id_words, inventory_number_last
from workflow.services.drafts import first_visit, opened_event, registered_event, release_draft
from workflow.services.facts import record_facts_open
from workflow.stages import OPEN_PARTS, Stage

# So many are written at once: a statement stays small, and memory too.
_AT_ONCE = 500
# Whom a row names has been looked up among the people of the program; the number is looked up below.
_LOOKED_UP = {"program", "department", "registered_by", "steward", "custodian", "coordinator"}


class Registry:
    """Enters datasets of a department, for a caller who holds its row and one transaction for all of them.

    What `dataset_register` asks for each dataset (profile, next number, due date) is asked once. It writes the
    same rows in the same order, and no letters: the caller writes to the people concerned.
    """

    def __init__(self, *, department: Department, actor: User | None, now: datetime) -> None:
        self.department, self.actor, self.now = department, actor, now
        self.profile_row = profile_current(department.program)
        self.profile = profile_of(self.profile_row)
        self.due_at = due_for(Stage.INVENTORY, self.profile, now)
        self.last = inventory_number_last(department)
        self.given = set(
            Dataset.objects.filter(program=department.program).values_list("inventory_id", flat=True)
        )
        self.waiting: list[Dataset] = []
        self.was_nudged = False

    def enter(self, *, fields: Mapping[str, Any], inventory_id: str = "") -> Dataset:
        """Take one dataset in, as `dataset_register` does; it is written with the next `write`.

        Raises ValidationError with a sentence per field.
        """
        dataset = dataset_draft(
            department=self.department,
            profile=self.profile,
            inventory_id=inventory_id or inventory_id_words(self.department, self.last + 1),
            actor=self.actor,
            fields=fields,
            now=self.now,
        )
        # The constraints of the table are these: a title, which clean_fields asks for, and a number of its own.
        dataset.clean_fields(exclude=_LOOKED_UP)
        if dataset.inventory_id in self.given:
            raise ValidationError(dataset.unique_error_message(Dataset, ("program", "inventory_id")))
        self.given.add(dataset.inventory_id)
        self.last = max(self.last, _number(dataset.inventory_id, self.department.code))
        self.waiting.append(dataset)
        if len(self.waiting) >= _AT_ONCE:
            self.write()
        return dataset

    def write(self) -> None:
        """Write what waits: records, first releases, dossiers, facts and events, in the order they came."""
        datasets, self.waiting = self.waiting, []
        if not datasets:
            return
        Dataset.objects.bulk_create(datasets)
        Distribution.objects.bulk_create(Distribution(dataset=row, title=row.title) for row in datasets)
        releases = [self._release(row) for row in datasets]
        StageVisit.objects.bulk_create(first_visit(release, self.actor, self.now) for release in releases)
        dossiers_open(release_ids=[release.pk for release in releases], parts=OPEN_PARTS[Stage.INVENTORY])
        events = []
        for dataset, release in zip(datasets, releases, strict=True):
            events.append(event_draft(**registered_event(dataset, self.actor, self.now)))
            events.append(event_draft(**opened_event(release, self.actor, self.now)))
        events_record(events)
        record_facts_open(releases=releases, profile=self.profile, now=self.now)
        if not self.was_nudged:
            self.was_nudged = True
            # One nudge for all: the conductor looks for what is due, instead of being told release by release.
            transaction.on_commit(lambda: task_nudge("workflow.tasks.settle_all"))

    def _release(self, dataset: Dataset) -> Release:
        release = release_draft(dataset, 1, self.profile_row, self.actor, self.now, self.due_at)
        release.save(force_insert=True)
        return release


def _number(inventory_id: str, code: str) -> int:
    """The number of an inventory ID under the letters of a department; 0 under other letters."""
    digits = inventory_id.removeprefix(code)
    return int(digits) if digits != inventory_id and digits.isdecimal() else 0
