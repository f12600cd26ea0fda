"""Los Angeles: the "how" text of the open data playbook, walked in its order.

The Open Data Coordinator and the Data Steward/Owner prepare; department leadership approves; the data stands on
the portal as private ("Stage 1"); the CDO reviews; Communications and Policy plan; the CDO publishes.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from tests.scenarios.story import COLUMNS, Story, permits
from workflow.errors import GatesUnmet
from workflow.models import PublicationPlan, Review, ReviewOrder
from workflow.services.orders import order_answer, order_close, order_make
from workflow.services.outputs import output_classify
from workflow.services.plans import plan_change, plan_item_done, plan_sign
from workflow.services.return_letter import point_answer, point_pass


class LosAngeles:
    """The departments, the Information Technology Agency and the Mayor's Office."""

    def __init__(self) -> None:
        self.story = Story("los_angeles")
        self.transportation = self.story.department("Transportation", "TRN")
        person = self.story.person
        self.coordinator: User = person("Cesar Ibarra", Role.COORDINATOR, self.transportation)
        self.steward: User = person("Sofia Marin", Role.STEWARD, self.transportation)
        self.leadership: User = person("Gerald Moss", Role.DEPARTMENT_APPROVER, self.transportation)
        self.staff: User = person("Tessa Lund", Role.OPEN_DATA_TEAM)
        self.cdo: User = person("Dean Archer", Role.CDO)
        self.ita: User = person("Ivy Tam", Role.IT)
        self.ciso: User = person("Lars Holm", Role.SECURITY_OFFICER)
        self.policy: User = person("Paula Sosa", Role.POLICY)
        self.communications: User = person("Corinne Webb", Role.COMMUNICATIONS)

    def prepared(self, rows: int = 60) -> None:
        """The steward gathers, cleans and drafts; the coordinator reviews checklist and data."""
        story = self.story
        story.upload(permits(rows, names=True), by=self.steward)
        story.describe_columns(COLUMNS, by=self.steward)
        story.answer("submission", by=self.steward)
        story.attest(by=self.coordinator)
        story.move("submit_for_quality", by=self.coordinator)

    def approved_by_the_department(self) -> None:
        self.story.answer("quality", by=self.coordinator)
        self.story.review("department", by=self.leadership)
        self.story.move("pass_quality", by=self.coordinator)

    def cleared(self, *, level: str = "one") -> None:
        """The CDO's staff: security and privacy, each with its checklist."""
        story = self.story
        story.decide_findings(by=self.staff)
        story.weigh(by=self.staff)
        output_classify(
            release_id=story.release_id,
            classification="public",
            ground="The names of owners are taken out.",
            security_level=level,
            security_level_reason="Nothing in it is restricted.",
            actor=self.staff,
        )
        story.run()
        for checklist in ("security", "privacy"):
            story.answer(checklist, by=self.staff)
        story.move("clear_privacy", by=self.staff)

    def at_stage_1(self) -> None:
        """Everything up to the private copy that waits for the CDO."""
        self.story.register(
            "Street closures",
            by=self.coordinator,
            department=self.transportation,
            steward=self.steward,
            coordinator=self.coordinator,
            category="Transportation",
        )
        self.story.answer("inventory", by=self.coordinator)
        self.story.move("begin_readiness", by=self.coordinator)
        self.prepared()
        self.approved_by_the_department()
        self.cleared()


@pytest.fixture
def la() -> LosAngeles:
    return LosAngeles()


def test_from_the_inventory_to_a_strategic_publication(la: LosAngeles) -> None:
    story = la.story

    # "a data inventory process developed by Departmental Open Data Coordinators"; the coordinator names a steward.
    story.register(
        "Street closures",
        by=la.coordinator,
        department=la.transportation,
        steward=la.steward,
        coordinator=la.coordinator,
        category="Transportation",
    )
    assert story.letters("dataset_registered") == {"Sofia Marin"}
    story.answer("inventory", by=la.coordinator)
    story.move("begin_readiness", by=la.coordinator)

    # "gathering the data, cleaning it up ... and drafting the Data Submission Checklist"; the coordinator reviews.
    la.prepared()

    # "submit to the Department Leadership (e.g. AGM) for approval".
    with pytest.raises(GatesUnmet, match="leadership"):
        story.answer("quality", by=la.coordinator)
        story.move("pass_quality", by=la.coordinator)
    la.approved_by_the_department()

    # "publish the data as private for Stage 1 review": the cleared, treated copy; entering Stage 1 tells the CDO.
    la.cleared()
    assert story.stage == "CDO_REVIEW"
    assert story.is_private_on_portal()
    assert "Dean Archer" in story.letters("private_copy_ready")

    # "The CDO will review the proposed release for security, quality, and privacy issues."
    story.answer("cdo", by=la.cdo)
    story.move("approve", by=la.cdo)

    # "If approved ..., the CDO will begin to develop a publication strategy with ... Communications and Policy".
    assert {"Corinne Webb", "Paula Sosa"} <= story.letters("plan_opened")
    plan = PublicationPlan.objects.get(release_id=story.release_id)
    assert plan.opened_at is not None
    plan_change(
        release_id=story.release_id,
        actor=la.communications,
        release_at=timezone.now() - timedelta(minutes=1),
        tactics=["blog", "social"],
        audience="Commuters and the press",
        message="See which streets are closed, and until when.",
    )
    for item in plan.items.filter(mandatory=True):
        plan_item_done(release_id=story.release_id, item_id=item.pk, actor=la.communications)
    story.run()
    assert story.stage == "STAGED"
    plan_sign(release_id=story.release_id, role=Role.COMMUNICATIONS, actor=la.communications)
    story.run()
    assert story.stage == "STAGED"
    plan_sign(release_id=story.release_id, role=Role.POLICY, actor=la.policy)
    story.run()

    # "Once the publication strategy is in place, the CDO will ... publish the data, notifying the department
    # stakeholders and ITA."
    assert story.stage == "PUBLISHED"
    assert {"Cesar Ibarra", "Sofia Marin", "Gerald Moss", "Ivy Tam", "Paula Sosa"} <= story.letters("publish")
    assert len(story.public_rows()) == 60


def test_issues_are_taken_to_ita_ciso_and_policy_for_audits_and_updates(la: LosAngeles) -> None:
    story = la.story
    la.at_stage_1()
    story.ask("security", by=la.cdo, question="Do the closures show the routes of motorcades?")
    review = Review.objects.get(release_id=story.release_id, kind="security", verdict="")
    order = order_make(
        release_id=story.release_id,
        review_id=review.pk,
        kind=ReviewOrder.Kind.AUDIT,
        text="Compare the closures of the last year with the motorcade log.",
        owner=la.coordinator,
        due=timezone.localdate() + timedelta(days=7),
        actor=la.ciso,
    )
    story.review("security", by=la.ciso)
    story.answer("cdo", by=la.cdo)
    with pytest.raises(GatesUnmet, match="Audit"):
        story.move("approve", by=la.cdo)
    order_answer(
        release_id=story.release_id,
        order_id=order.pk,
        answer="Compared: none is among them.",
        actor=la.coordinator,
    )
    order_close(release_id=story.release_id, order_id=order.pk, outcome="accept", actor=la.ciso)
    story.move("approve", by=la.cdo)
    assert story.stage == "STAGED"


def test_prohibitive_issues_go_back_to_the_coordinator_who_may_pass_points_on(la: LosAngeles) -> None:
    story = la.story
    la.at_stage_1()
    story.move(
        "return_for_changes",
        by=la.cdo,
        reason="Readers cannot tell planned closures from actual ones.",
        points=["Say which closures are planned.", "Explain the codes of the reasons."],
    )
    assert story.stage == "READINESS"
    assert not story.public_rows()
    assert {"Cesar Ibarra", "Sofia Marin", "Gerald Moss"} <= story.letters("return_for_changes")
    returned = story.context.release.returns.first()
    assert returned.answered_by_role == Role.COORDINATOR

    first, second = returned.point_rows.order_by("number")
    point_pass(release_id=story.release_id, point_id=second.pk, actor=la.coordinator)
    second.refresh_from_db()
    assert second.passed_to == la.steward
    point_answer(
        release_id=story.release_id,
        point_id=first.pk,
        answer="All are planned; the title says so.",
        actor=la.coordinator,
    )
    point_answer(
        release_id=story.release_id,
        point_id=second.pk,
        answer="The dictionary has them now.",
        actor=la.steward,
    )
    la.prepared(rows=75)
    la.approved_by_the_department()
    la.cleared()
    assert story.stage == "CDO_REVIEW"
    assert story.context.data("private_copy", "rows") == 75


def test_security_level_three_is_never_on_the_portal(la: LosAngeles) -> None:
    story = la.story
    story.register(
        "Traffic camera sites",
        by=la.coordinator,
        department=la.transportation,
        steward=la.steward,
        coordinator=la.coordinator,
        category="Transportation",
    )
    story.answer("inventory", by=la.coordinator)
    story.move("begin_readiness", by=la.coordinator)
    la.prepared()
    la.approved_by_the_department()
    with pytest.raises(GatesUnmet, match="Level Three"):
        la.cleared(level="three")
    assert not story.is_private_on_portal()


def test_the_decision_page_shows_the_five_criteria_with_what_answers_each(
    la: LosAngeles, client: Any
) -> None:
    la.at_stage_1()
    client.force_login(la.cdo)
    page = client.get(f"/admin/workflow/approvalrequest/{la.story.release_id}/decide/").content.decode()
    for criterion in ("High quality", "Respectful of privacy", "Well documented", "Up to date", "Permanent"):
        assert criterion in page
