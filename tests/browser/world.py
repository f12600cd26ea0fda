"""A program in the middle of its work, so that every page has something on it; and which pages who opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.services_delegation import delegation_begin
from accounts.services_requests import role_request
from checklists.services.additions import addition_make
from notifications.models import OutgoingMessage
from tests.browser.private import private_make
from tests.cast import Cast, cast_create
from tests.factories.reviews import colleague, program_with
from tests.factories.workflow import release_at
from workflow.models import Release
from workflow.selectors.threads import WHOLE
from workflow.services.additions import review_add
from workflow.services.exceptions import exception_request
from workflow.services.guests import guest_ask
from workflow.services.inventory_export import csv_bytes
from workflow.services.inventory_import import inventory_receive
from workflow.services.plans import plan_item_save
from workflow.services.priority import priority_score
from workflow.services.proposals import proposal_make
from workflow.services.requests import request_ask, request_confirm
from workflow.services.review_claims import review_claim
from workflow.services.schedule import schedule_change
from workflow.services.threads import help_ask, thread_write
from workflow.services.transitions import release_transition
from workflow.stages import Stage

# What the programs ask for, all in one: seats, sides of a plan, exceptions, criteria.
REVIEW = {"move": "approve", "kind": "legal", "role": "legal", "people": 2, "when": "always"}
PARTS: dict[str, Any] = {
    "exceptions": [
        {"kind": "identifiers", "label": "Names in a roster", "advise": "portal_admin", "decide": "cdo"}
    ],
    "criteria": [
        {"code": "documented", "label": "Well documented", "answered_by": ["metadata", "review:legal"]}
    ],
    "plan": {"tactics": ["blog", "press"], "sign_off": ["communications"], "access_plan": True},
    "inventory": {"priority": "scoring", "yearly_high_value": True},
}
ABOUT = {"topic": "dataset", "key": WHOLE}


@dataclass(frozen=True)
class World:
    """What there is to look at. `waiting` waits for the decision, `returned` for answers to a return.

    `private` has a file that was scanned and measured, and a recipe.
    """

    cast: Cast
    waiting: Release
    returned: Release
    private: Release
    proposal: int
    asked: int
    imported: int
    wish: int
    guest: str

    def pages(self, who: str) -> tuple[User | None, list[str]]:
        """The person (None: nobody who has an account) and the addresses that they open."""
        return (self.cast[who] if who != "public" else None), getattr(self, f"_of_{who}")()

    def _of_public(self) -> list[str]:
        code = self.cast.program.code
        return [
            reverse("public_request_programs"),
            reverse("public_requests", args=[code]),
            reverse("public_request_ask", args=[code]),
            reverse("public_request_sent", args=[code]),
            reverse("public_request", args=[code, self.asked]),
            self.guest,
        ]

    def _of_coordinator(self) -> list[str]:
        department = self.cast.public_works.pk
        return [
            *self._tabs("plan", "deadline", "exceptions", "metadata", "checklists", "threads"),
            reverse("release_thread", args=[self.waiting.pk, *ABOUT.values()]),
            reverse("release", args=[self.returned.pk]),
            reverse("inventory"),
            reverse("inventory_import_preview", args=[self.imported]),
            reverse("priority_list"),
            reverse("dataset_priority", args=[self.waiting.dataset_id]),
            reverse("dataset_departments", args=[self.waiting.dataset_id]),
            reverse("dataset_talks", args=[self.waiting.dataset_id]),
            reverse("dataset_withhold", args=[self.waiting.dataset_id]),
            reverse("department_items", args=[department]),
            reverse("proposal", args=[self.proposal]),
            reverse("high_value_inventories"),
            reverse("schedule_list"),
            reverse("schedule_edit", args=[self.waiting.dataset_id]),
            reverse("access_plan", args=[department]),
            reverse("delegations"),
            reverse("my_role_requests"),
            reverse("role_request_new"),
        ]

    def _of_open_data_team(self) -> list[str]:
        return [
            reverse("request_queue"),
            reverse("request_triage", args=[self.asked]),
            reverse("proposal_list"),
            reverse("proposal_make"),
            reverse("my_work"),
        ]

    def _of_legal(self) -> list[str]:
        return [*self._tabs("reviews"), reverse("calendar_feed")]

    def _of_portal_admin(self) -> list[str]:
        code = self.cast.program.code
        return [
            reverse("program_list"),
            reverse("program_detail", args=[code]),
            reverse("program_check_upload", args=[code]),
            reverse("program_copy", args=[code]),
            reverse("people"),
            reverse("person", args=[self.cast.steward.pk]),
            reverse("role_requests"),
            reverse("role_request", args=[self.wish]),
            reverse("delegations_all"),
            *self._tabs("exceptions"),
        ]

    def _of_cdo(self) -> list[str]:
        return [
            *self._tabs("reviews", "exceptions"),
            reverse("admin:workflow_approvalrequest_decide", args=[self.waiting.pk]),
            reverse("release_move", args=[self.waiting.pk, "return_for_changes"]),
            reverse("priority_weights"),
        ]

    def _tabs(self, *names: str) -> list[str]:
        return [reverse(f"release_{name}", args=[self.waiting.pk]) for name in names]

    def _of_privacy_officer(self) -> list[str]:
        pages = [reverse(name, args=[self.private.pk]) for name in PRIVACY_PAGES]
        asked = ("add=suppress_cells", "add=k_anonymise", "edit=1", "k=20&limit=2")
        return [
            reverse("release_privacy", args=[self.private.pk]),
            *pages,
            *(f"{pages[1]}?{query}" for query in asked),
        ]


PRIVACY_PAGES = (
    "privacy_risk",
    "privacy_recipe",
    "privacy_aggregates",
    "privacy_mosaic",
    "privacy_assessment",
    "privacy_memo",
)
WHO = ("public", "coordinator", "open_data_team", "legal", "portal_admin", "cdo", "privacy_officer")


def world_make() -> World:
    cast = cast_create()
    program_with(cast, REVIEW, **PARTS)
    colleague(cast, "Liam Second", Role.LEGAL)
    waiting = release_at(Stage.CDO_REVIEW, cast)
    returned = release_at(Stage.CDO_REVIEW, cast, title="Street trees")
    private = private_make(cast)
    release_transition(
        release_id=returned.pk,
        name="return_for_changes",
        actor=cast.cdo,
        reason="Two things are missing.",
        points=["Say the unit.", "Fix the dates."],
    )
    _work_on(waiting, cast)
    team = cast[Role.OPEN_DATA_TEAM]
    proposal = proposal_make(
        department=cast.public_works, title="Pothole repairs", why="People ask.", high_value=["F"], actor=team
    )
    rows = [["Bridges", "Every bridge of the city."], ["", "It has no name."]]
    imported = inventory_receive(
        department=cast.public_works,
        upload=SimpleUploadedFile("inventory.csv", csv_bytes(["Dataset name", "Description"], rows)),
        name="inventory.csv",
        actor=cast.coordinator,
    )
    return World(
        cast=cast,
        waiting=waiting,
        returned=returned,
        private=private,
        proposal=proposal.pk,
        asked=_asked_by_the_public(cast),
        imported=imported.pk,
        wish=_people_arrange(cast),
        guest=OutgoingMessage.objects.filter(message_id="guest_asked").latest("pk").path,
    )


def _work_on(release: Release, cast: Cast) -> None:
    """What people said and did about the release that waits for the decision."""
    pk, dana = release.pk, cast.coordinator
    thread_write(release_id=pk, body="The unit of the third column is missing.", actor=cast.cdo, **ABOUT)
    help_ask(release_id=pk, of_role=Role.OPEN_DATA_TEAM, question="Which portal?", actor=dana, **ABOUT)
    exception_request(
        release_id=pk,
        kind="identifiers",
        reason="A roster is of no use without names.",
        public_good="Residents check who is licensed.",
        actor=dana,
    )
    row = release.reviews.filter(kind="legal", verdict="").first()
    assert row is not None
    review_claim(release_id=pk, review_id=row.pk, actor=cast[Role.LEGAL])
    guest_ask(
        release_id=pk,
        kind="legal",
        name="Lee Morgan",
        email="lee.morgan@university.example",
        question="Does the licence fit?",
        actor=cast.cdo,
    )
    plan_item_save(
        release_id=pk, actor=dana, title="Post on the blog", tactic="blog", owner=cast[Role.COMMUNICATIONS]
    )
    schedule_change(
        dataset_id=release.dataset_id,
        actor=dana,
        expected=date(2027, 3, 31),
        by_quarter=True,
        process="Every night.",
        posting_method="Automated job",
    )
    priority_score(dataset=release.dataset, answers={}, actor=dana)
    review_add(department=cast.public_works, move="pass_quality", kind="it", actor=dana)
    question = {
        "question": "Has the city engineer seen it?",
        "help": "The engineer signs what leaves the department.",
        "type": "yn",
        "severity": "blocks",
        "section": "department",
        "source": "added by Public Works",
        "blocks_on": ["no"],
        "sentence": "The city engineer has not seen the data. Show it first.",
    }
    addition_make(
        department=cast.public_works, checklist="eligibility", content={"item": question}, actor=dana
    )


def _asked_by_the_public(cast: Cast) -> int:
    request_ask(
        program=cast.program, title="Bicycle counts", purpose="To see where.", email="resident@example.net"
    )
    letter = OutgoingMessage.objects.filter(message_id="request_confirm").latest("pk")
    return request_confirm(secret=letter.path.rstrip("/").rsplit("/", 1)[-1]).pk


def _people_arrange(cast: Cast) -> int:
    """The coordinator lends their role; the outsider asks for one. Returns the number of that request."""
    today = timezone.localdate()
    delegation_begin(
        assignment=cast.coordinator.role_assignments.get(role=Role.COORDINATOR),
        to_user=cast[Role.POLICY],
        starts=today,
        ends=today + timedelta(days=5),
        reason="On leave.",
        actor=cast.coordinator,
    )
    return role_request(
        user=cast.outsider,
        program=cast.program,
        role=Role.STEWARD,
        department=cast.public_works,
        why="I look after the permits.",
    ).pk
