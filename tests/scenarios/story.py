"""What people do in a scenario: each method is one thing that somebody does, through the services and the door.

Background work is run in place by the handlers of the worker, and the portal is the real stand-in, so that a
test can read like the document that it walks.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import requests
from django.core.files.base import ContentFile
from django.db.models import F
from django.utils import timezone

from accounts.models import Department, Program, RoleAssignment, User
from accounts.roles import DEPARTMENT_ROLES, Role
from accounts.services import PROGRAMS_DIR, program_load, role_assign
from checklists.selectors import answers_of, submission_of
from checklists.services import answers_save, checklist_attest
from dossier.models import FileRead
from dossier.services_files import file_read, file_receive
from notifications.models import OutgoingMessage
from work.models import WorkItem
from work.services import work_run
from workflow.answering import check_checklist, judges_by, stage_is_open
from workflow.context import ReleaseContext, context_of
from workflow.demo.stations import STATION_WORK, decide_findings, weigh_benefit
from workflow.models import Dataset, Refresh, Release, Review
from workflow.policies import SYSTEM
from workflow.services.datasets import columns_describe, dataset_register
from workflow.services.plans import plan_change
from workflow.services.refresh import refresh_received
from workflow.services.refresh_run import refresh_run
from workflow.services.reviews import review_give, review_request
from workflow.services.settle import release_settle
from workflow.services.transitions import release_transition

RECORD: dict[str, Any] = {
    "description": "Permits issued for construction, with where, when and what they cost.",
    "source_system": "Permit system",
    "accrual_periodicity": Dataset.Frequency.MONTHLY,
    "collection_frequency": Dataset.Frequency.DAILY,
    "classification": "public",
    "keywords": ["permits", "housing"],
    "contact_email": "open.data@example.gov",
    "row_label": "Permit",
    "high_value": ["C", "F"],
    "priority": "high",
    "geographic_coverage": "The whole city",
    "geographic_granularity": "neighborhood",
    "quality_rating": "high",
}


class Story:
    """One program with its people, and one dataset on its way."""

    def __init__(self, program: str | Path) -> None:
        path = program if isinstance(program, Path) else PROGRAMS_DIR / f"{program}.toml"
        self.program: Program = program_load(path=path).program
        self.release_id = 0
        self._departments: dict[str, Department] = {}

    # People and places

    def department(self, name: str, code: str, *, side: str = "") -> Department:
        self._departments[code] = Department.objects.create(
            program=self.program, name=name, code=code, side=side
        )
        return self._departments[code]

    def person(
        self, name: str, role: Role | str, department: Department | None = None, *, side: str = ""
    ) -> User:
        """Somebody with one role, in a department where the role is held in one."""
        email = name.lower().replace(" ", ".") + "@example.gov"
        user = User.objects.filter(email=email).first() or User.objects.create_user(
            email=email, password="correct-horse-battery", full_name=name
        )
        place = department if Role(role) in DEPARTMENT_ROLES else None
        role_assign(user=user, role=role, program=self.program, department=place, actor=None)
        if side:
            RoleAssignment.objects.filter(user=user, role=role).update(side=side)
        return User.objects.get(pk=user.pk)

    # Inventory

    def register(self, title: str, *, by: User, department: Department, **fields: Any) -> Dataset:
        """Enter a dataset in the inventory; the story goes on with its first release."""
        dataset = dataset_register(
            department=department, actor=by, fields={"title": title, **RECORD, **fields}
        )
        self.release_id = dataset.current_release.pk
        self.run()
        return dataset

    # Preparation

    def upload(self, content: bytes, *, by: User, name: str = "data.csv") -> None:
        upload: Any = ContentFile(content, name=name)
        file_receive(release_id=self.release_id, upload=upload, name=name, actor=by)
        self.run()

    def refresh(self, content: bytes, *, by: User | None = None, **words: Any) -> Refresh:
        """A new file of the public dataset comes; the story goes on with the release that it opens."""
        upload: Any = ContentFile(content, name="data.csv")
        refresh = refresh_received(
            dataset_id=Release.objects.get(pk=self.release_id).dataset_id,
            upload=upload,
            name="data.csv",
            actor=by,
            method_changed=words.pop("method_changed", False),
            **words,
        )
        self.release_id = refresh.release_id
        self.run()
        return Refresh.objects.get(pk=refresh.pk)

    def describe_columns(self, words: Mapping[str, str], *, by: User) -> None:
        rows = [{"name": name, "description": about} for name, about in words.items()]
        columns_describe(release_id=self.release_id, rows=rows, actor=by)
        self.run()

    def answer(self, checklist: str, *, by: User, **answers: Any) -> None:
        """Answer what is open in a checklist: as given (`QUA_01="..."` for QUA-01), else in nobody's way."""
        self.run()
        context = self.context
        check_checklist(by, checklist, context)
        submission = submission_of(self.release_id, checklist)
        assert submission is not None, f"the {checklist} checklist has not been opened"
        known = answers_of(submission)
        values = {
            item.id: item.good_answer()
            for item in submission.version.catalogue.items
            if item.is_asked and item.id not in known
        }
        values |= {item.replace("_", "-"): value for item, value in answers.items()}
        wanted = {item: value for item, value in values.items() if value is not None}
        answers_save(
            release_id=self.release_id,
            checklist=checklist,
            values=wanted,
            actor=by,
            stage_open=stage_is_open(context, checklist),
            contributes=not judges_by(by, checklist, context),
        )
        self.run()

    def attest(self, *, by: User) -> None:
        checklist_attest(release_id=self.release_id, checklist="submission", actor=by)
        self.run()

    # Privacy

    def decide_findings(self, *, by: User) -> None:
        """Drop what identifies somebody, keep the rest with a reason; nobody is singled out by what is left."""
        self.run()
        decide_findings(self.release_id, by, timezone.now())
        self.run()

    def weigh(self, *, by: User, decider: User | None = None, **steps: str) -> None:
        """Rate benefit and risk before and after the remedies and decide to publish; `steps` judge otherwise."""
        self.run()
        weigh_benefit(self.release_id, by, timezone.now(), decider=decider, **steps)
        self.run()

    # Reviews and moves

    def ask(self, kind: str, *, by: User, question: str = "") -> Review:
        return review_request(release_id=self.release_id, kind=kind, actor=by, question=question)

    def review(self, kind: str, verdict: str = "approved", *, by: User, words: str = "") -> Review:
        review = review_give(
            release_id=self.release_id, kind=kind, verdict=verdict, conditions=words, actor=by
        )
        self.run()
        return review

    def plan(self, at: datetime, *, by: User, tactics: Sequence[str] = ("none",), **words: Any) -> None:
        plan_change(release_id=self.release_id, actor=by, release_at=at, tactics=tactics, **words)
        self.run()

    def move(self, name: str, *, by: User | None = None, **words: Any) -> None:
        """Make a move through the door; nobody named is the system."""
        release_transition(release_id=self.release_id, name=name, actor=by or SYSTEM, **words)
        self.run()

    # What is so now

    @property
    def context(self) -> ReleaseContext:
        return context_of(self.release_id)

    @property
    def stage(self) -> str:
        return str(Release.objects.get(pk=self.release_id).stage)

    def letters(self, message_id: str) -> set[str]:
        """Who got this letter about the release."""
        rows = OutgoingMessage.objects.filter(release_id=self.release_id, message_id=message_id)
        return {row.recipient.full_name for row in rows.select_related("recipient") if row.recipient}

    def public_rows(self) -> list[dict[str, Any]]:
        """What an anonymous reader gets from the portal; empty while nothing is public."""
        fact = self.context.facts.get("public_copy")
        return self._rows(fact.data["remote_id"]) if fact and fact.ok else []

    def is_private_on_portal(self) -> bool:
        """There is a copy on the portal, and an anonymous reader does not get it."""
        fact = self.context.facts.get("private_copy")
        return bool(fact and fact.ok) and not self._rows(fact.data["remote_id"])  # type: ignore[union-attr]

    def _rows(self, remote_id: str) -> list[dict[str, Any]]:
        from django.conf import settings

        url = f"{settings.SOCRATA_SCHEME}://{settings.SOCRATA_DOMAIN}/resource/{remote_id}.json"
        answer = requests.get(url, params={"$limit": 50_000}, timeout=10)
        return answer.json() if answer.status_code == 200 else []

    # Background work

    def run(self) -> None:
        """Let the conductor and the workers do what is due, until nothing is."""
        work: list[tuple[type[WorkItem], Any]] = [
            (FileRead, partial(file_read, now=None)),
            (Refresh, refresh_run),
            *STATION_WORK,
        ]
        for _ in range(12):
            release_settle(release_id=self.release_id)
            # Each in its turn, whether or not one before it had work.
            ran = [self._work(model, handler) for model, handler in work]
            if not any(ran):
                return

    def _work(self, model: type[WorkItem], handler: Any) -> bool:
        manager: Any = model._default_manager
        rows = manager.filter(release_id=self.release_id, status=WorkItem.Status.QUEUED)
        rows.filter(due_at__gt=timezone.now()).update(due_at=F("created_at"))
        ran = [work_run(model, pk, handler) for pk in rows.values_list("pk", flat=True)]
        return any(ran)


def table(header: str, *rows: str) -> bytes:
    """A small CSV file from words: `table("id,date", "1,2026-01-02")`."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for line in (header, *rows):
        writer.writerow(line.split(","))
    return text.getvalue().encode()


def permits(count: int = 60, *, names: bool = False) -> bytes:
    """Building permits as a department would export them; with `names`, the owner stands in the first lines."""
    header = "permit_no,issued,kind,district,cost" + (",owner_name" if names else "")
    rows = []
    for number in range(1, count + 1):
        kind = ("new building", "alteration", "demolition")[number % 3]
        district = ("North", "South", "East", "West")[number % 4]
        row = (
            f"P-{number:05d},2026-{number % 9 + 1:02d}-{number % 27 + 1:02d},{kind},{district},{number * 950}"
        )
        owner = ("Maria Lopez", "James Smith", "Linda Johnson", "Robert Brown")[number % 4]
        rows.append(f"{row},{owner}" if names else row)
    return table(header, *rows)


COLUMNS = {
    "permit_no": "Number of the permit as printed on it.",
    "issued": "Day on which the permit was issued.",
    "kind": "What the permit allows to build or change.",
    "district": "Planning district in which the site lies.",
    "cost": "Stated cost of the work in US dollars.",
    "owner_name": "Owner of the site when the permit was issued.",
}
