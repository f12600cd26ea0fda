"""One demo release on its way: every step goes through the services and the door, with the date it is said to be.

Background work is run in place (`run_pending`): the same handlers as the worker's, without waiting for one.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from dossier.models import FileRead
from dossier.services_files import file_read, file_receive
from work.models import WorkItem
from work.services import Beat, work_run
from workflow.context import context_of
from workflow.demo.holding import Holding
from workflow.demo.stations import STATION_WORK, answer_checklists, attest, decide_findings, weigh_benefit
from workflow.demo.world import World
from workflow.models import Refresh, Release, Review
from workflow.policies import SYSTEM
from workflow.services.datasets import columns_describe, dataset_register, release_open
from workflow.services.plans import plan_change
from workflow.services.refresh_run import refresh_run
from workflow.services.reviews import review_give
from workflow.services.settle import release_settle
from workflow.services.transitions import release_transition
from workflow.stages import ONWARD, Stage

Handler = Callable[[Any, Beat], None]


class Journey:
    """Drives one dataset. `now` is the demo's clock for it; steps move it on by some business days."""

    def __init__(self, world: World, holding: Holding, start: datetime, seed: int) -> None:
        self.world, self.holding, self.now = world, holding, start
        self.rng = random.Random(seed)  # noqa: S311 - made-up dates, not a secret
        self.seed = seed
        self.release_id = 0

    def holder(self, role: Role | str) -> User:
        return self.world.holder(role, self.holding.department)

    def wait(self, low: float, high: float) -> None:
        """Let between `low` and `high` business days pass: always onward, never beyond the present."""
        before = self.now
        days = self.rng.uniform(low, high)
        for _ in range(int(days)):
            self.now += timedelta(days=1)
            while self.now.weekday() >= 5:
                self.now += timedelta(days=1)
        hour, minute = self.rng.randrange(8, 17), self.rng.randrange(60)
        local = timezone.localtime(self.now)
        wanted = timezone.make_aware(datetime.combine(local.date(), time(hour, minute)))
        onward = max(wanted, before + timedelta(minutes=self.rng.randrange(5, 50)))
        self.now = min(onward, max(before, timezone.now() - timedelta(minutes=5)))

    def register(self) -> None:
        holding = self.holding
        dataset = dataset_register(
            department=self.world.departments[holding.department],
            actor=self.holder(Role.COORDINATOR),
            fields={
                "title": holding.title,
                "description": holding.description,
                "steward": self.holder(Role.STEWARD),
                "coordinator": self.holder(Role.COORDINATOR),
                "source_system": holding.source,
                "accrual_periodicity": holding.frequency,
                "classification": holding.classification,
                "classification_ground": ""
                if holding.classification == "public"
                else "The raw records name people; what is published does not.",
                "category": holding.category,
                "keywords": list(holding.keywords),
                "contact_email": f"{holding.department.lower()}.data@riverbend.example",
                "row_label": holding.row_label,
                "priority": self.rng.choice(["high", "medium", "low"]),
                "high_value": self.rng.sample("ABCDEFGH", 2),
                "geographic_coverage": "City of Riverbend",
                "geographic_granularity": "neighborhood",
                "quality_rating": "high",
                "collection_frequency": holding.frequency,
                "coverage_start": (self.now - timedelta(days=700)).date(),
                "source_rows": holding.rows,
                "source_rows_as_of": self.now.date(),
            },
            now=self.now,
        )
        self.release_id = Release.objects.get(dataset=dataset).pk
        answer_checklists(self.release_id, "INVENTORY", self.holder(Role.COORDINATOR), self.now)

    def refresh(self) -> None:
        """Open the next release of a dataset that is public."""
        self.release_id = release_open(
            dataset=Release.objects.get(pk=self.release_id).dataset,
            actor=self.holder(Role.COORDINATOR),
            now=self.now,
        ).pk
        self.seed += 1
        answer_checklists(self.release_id, "INVENTORY", self.holder(Role.COORDINATOR), self.now)

    def upload(self, content: bytes | None = None) -> None:
        name = self.holding.title.lower().replace(" ", "_") + ".csv"
        file_receive(
            release_id=self.release_id,
            upload=ContentFile(content or self.holding.file(seed=self.seed), name=name),  # type: ignore[arg-type]
            name=name,
            actor=self.holder(Role.STEWARD),
            now=self.now,
        )
        self.run_pending()

    def prepare(self, *, describe_all: bool = True) -> None:
        """What the steward does in READINESS, and the coordinator's attestation."""
        self.upload()
        rows = [{"name": name, "description": about} for name, about, _ in self.holding.columns]
        columns_describe(
            release_id=self.release_id,
            rows=rows if describe_all else rows[:-1],
            actor=self.holder(Role.STEWARD),
            now=self.now,
        )
        self.run_pending()
        answer_checklists(self.release_id, "READINESS", self.holder(Role.STEWARD), self.now)
        if describe_all:
            attest(self.release_id, self.holder(Role.COORDINATOR), self.now)

    def check_quality(self) -> None:
        self.run_pending()
        answer_checklists(self.release_id, "QUALITY", self.holder(Role.COORDINATOR), self.now)
        self.review("department", Role.DEPARTMENT_APPROVER)

    def decide_privacy(self) -> None:
        self.run_pending()
        decide_findings(self.release_id, self.holder(Role.PRIVACY_OFFICER), self.now)
        self.run_pending()
        weigh_benefit(self.release_id, self.holder(Role.PRIVACY_OFFICER), self.now)
        self.run_pending()
        self.review("security", Role.SECURITY_OFFICER)

    def plan(self, at: datetime) -> None:
        plan_change(
            release_id=self.release_id,
            actor=self.holder(Role.COORDINATOR),
            release_at=at,
            tactics=[self.rng.choice(["none", "social", "blog"])],
            now=self.now,
        )

    def review(self, kind: str, role: Role, verdict: str = "approved", words: str = "") -> None:
        """Give a review, if it is asked for."""
        if Review.objects.filter(release_id=self.release_id, kind=kind, verdict="").exists():
            review_give(
                release_id=self.release_id,
                kind=kind,
                verdict=verdict,
                conditions=words,
                actor=self.holder(role),
                now=self.now,
            )

    def move(self, name: str, role: Role | str, **words: Any) -> None:
        actor = SYSTEM if role == "system" else self.holder(role)
        release_transition(release_id=self.release_id, name=name, actor=actor, now=self.now, **words)

    def onward(self) -> None:
        """The move onward from where the release is, by whoever holds the stage."""
        context = context_of(self.release_id, now=self.now)
        stage = Stage(context.release.stage)
        self.move(ONWARD[stage], context.profile.stage_holders[stage])

    def publish(self) -> None:
        """Private copy, steward preview, public copy: the portal is asked for real."""
        self.run_pending()
        self.wait(1, 3)
        self.review("steward_preview", Role.STEWARD)
        self.run_pending()

    def stage(self) -> str:
        """Where the release is now, in words."""
        return Release.objects.get(pk=self.release_id).get_stage_display()

    def run_pending(self) -> None:
        """Let the conductor and the workers do what is due, until nothing is."""
        for _ in range(6):
            release_settle(release_id=self.release_id, now=self.now)
            ran = [self._run(model, handler) for model, handler in self._work()]
            if not any(ran):
                return

    def _work(self) -> list[tuple[type[WorkItem], Handler]]:
        return [
            (FileRead, partial(file_read, now=self.now)),
            (Refresh, partial(refresh_run, now=self.now)),
            *STATION_WORK,
        ]

    def _run(self, model: type[WorkItem], handler: Handler) -> bool:
        manager: Any = model._default_manager
        rows = manager.filter(release_id=self.release_id, status=WorkItem.Status.QUEUED)
        rows.filter(due_at__gt=timezone.now()).update(due_at=F("created_at"))
        ran = [work_run(model, pk, handler) for pk in rows.values_list("pk", flat=True)]
        return any(ran)
