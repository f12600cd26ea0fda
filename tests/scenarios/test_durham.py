"""City and County of Durham, Open Data Policy ITP-5 (revision 2, 2019), section IV.D, walked in its order.

Durham's Data Steward is the department's liaison to the Open Data Team (III): elsewhere called a coordinator.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Department, User
from accounts.roles import Role
from tests.scenarios.story import COLUMNS, Story, permits
from workflow.errors import GatesUnmet
from workflow.models import Dataset
from workflow.services.joint import contributor_add
from workflow.services.proposals import proposal_accept, proposal_make
from workflow.services.schedule import schedule_change, schedule_input
from workflow.services.talks import talk_record
from workflow.services.withholding import withholding_record


class Durham:
    """Everybody whom the policy names, and the two governments."""

    def __init__(self) -> None:
        self.story = Story("durham")
        self.planning: Department = self.story.department("City-County Planning", "CPL", side="city")
        self.health: Department = self.story.department("Public Health", "HLT", side="county")
        person = self.story.person
        self.data_steward: User = person("Oren Blake", Role.COORDINATOR, self.planning)
        self.expert: User = person("Simon Pratt", Role.STEWARD, self.planning)
        self.department: User = person("Gwen Tyler", Role.DEPARTMENT_APPROVER, self.planning)
        self.county_department: User = person("Greta Olsen", Role.DEPARTMENT_APPROVER, self.health)
        self.team_lead: User = person("Trent Maddox", Role.OPEN_DATA_TEAM)
        self.team_member: User = person("Jo Maddox", Role.OPEN_DATA_TEAM)
        self.city_cio: User = person("Dora Whitfield", Role.CDO, side="city")
        self.county_cio: User = person("Duncan Reeve", Role.CDO, side="county")

    def talk_before_inventory(self) -> Dataset:
        """IV.D.1 and 2: the talk about a dataset that is only proposed, and the record that it fills in."""
        proposal = proposal_make(
            department=self.planning,
            title="Development permits",
            why="Asked for in forty records requests last year.",
            actor=self.team_lead,
        )
        talk_record(
            proposal=proposal,
            held_on=timezone.localdate() - timedelta(days=3),
            with_whom="Oren Blake, Data Steward of Planning",
            led_by=self.team_lead,
            notes="Exported nightly from the land system; fit to be published in winter.",
            fills={"source_system": "Land system", "accrual_periodicity": Dataset.Frequency.DAILY},
            actor=self.team_lead,
        )
        dataset = proposal_accept(proposal=proposal, actor=self.data_steward)
        self.story.release_id = dataset.current_release.pk
        self.story.run()
        return dataset

    def prepared(self) -> None:
        """From the inventory to the quality assessment: what the department hands in."""
        story = self.story
        story.answer("inventory", by=self.data_steward)
        story.move("begin_readiness", by=self.data_steward)
        story.upload(permits(names=True), by=self.expert)
        story.describe_columns(COLUMNS, by=self.expert)
        story.answer("readiness", by=self.data_steward)
        story.answer("submission", by=self.data_steward)
        story.attest(by=self.data_steward)
        story.move("submit_for_quality", by=self.data_steward)

    def assessed(self) -> None:
        """IV.D.3: collection methods, accuracy, completeness, limits of the sample; IV.B.3: the department approves."""
        self.story.answer("quality", by=self.team_lead)
        self.story.review("department", by=self.department)
        self.story.move("pass_quality", by=self.team_lead)

    def staged(self) -> None:
        """IV.D.4: checked for personal information and against the restricted-data policy, and staged."""
        self.story.decide_findings(by=self.team_member)
        self.story.weigh(by=self.team_member)
        for checklist in ("legal", "privacy", "equity"):
            self.story.answer(checklist, by=self.team_member)
        self.story.move("clear_privacy", by=self.team_member)

    def scheduled(self, dataset: Dataset) -> None:
        """IV.C.2: time frame, process, method of posting and frequency, on the input of the department."""
        schedule_input(
            dataset_id=dataset.pk, actor=self.data_steward, text="Ready once the winter export is tested."
        )
        schedule_change(
            dataset_id=dataset.pk,
            actor=self.team_lead,
            expected=timezone.localdate() + timedelta(days=30),
            process="The Open Data Team watches the export and answers comments.",
            posting_method="Upload by the Open Data Team.",
        )

    def record_completed(self, dataset: Dataset) -> None:
        """What the talk did not know: the record as the liaison completes it."""
        from tests.scenarios.story import RECORD
        from workflow.services.datasets import dataset_change

        fields = {k: v for k, v in RECORD.items() if k not in ("source_system", "accrual_periodicity")}
        dataset_change(
            dataset=dataset,
            actor=self.data_steward,
            fields=fields | {"steward": self.expert, "coordinator": self.data_steward, "category": "Housing"},
        )
        self.story.run()


@pytest.fixture
def durham() -> Durham:
    return Durham()


def test_itp_5_iv_d_from_the_readiness_talk_to_the_release(durham: Durham) -> None:
    story = durham.story

    # 1. Data readiness assessment: "informal discussion between Open Data Team lead and Data Steward".
    # 2. Data inventory: the talk, held on a dataset that was only proposed, fills in the record.
    dataset = durham.talk_before_inventory()
    dataset.refresh_from_db()
    assert dataset.source_system == "Land system"
    assert dataset.accrual_periodicity == Dataset.Frequency.DAILY
    durham.record_completed(dataset)
    durham.prepared()

    # 3. Data quality assessment.
    assert story.stage == "QUALITY"
    durham.assessed()

    # 4. Data staging: "staged on the Data Portal as a restricted Dataset".
    assert story.stage == "PRIVACY"
    durham.staged()
    assert story.is_private_on_portal()

    # 5. "Data Steward is engaged to preview the Data and make any recommendations regarding the fitness".
    story.review("steward_preview", by=durham.data_steward)

    # IV.A.7: the CIOs or their designees "approve publishing of all Datasets to be released".
    durham.scheduled(dataset)
    story.answer("cdo", by=durham.city_cio)

    # 6. "Data is released to the public in accordance with the implementation schedule."
    story.plan(timezone.now(), by=durham.data_steward)
    story.move("approve", by=durham.city_cio)
    assert story.stage == "PUBLISHED"
    assert len(story.public_rows()) == 60
    assert all("owner_name" not in row for row in story.public_rows())


def test_iv_d_1_without_the_talk_nothing_begins(durham: Durham) -> None:
    durham.story.register(
        "Facility inspections",
        by=durham.data_steward,
        department=durham.planning,
        steward=durham.expert,
        coordinator=durham.data_steward,
    )
    durham.story.answer("inventory", by=durham.data_steward)
    with pytest.raises(GatesUnmet, match="readiness talk"):
        durham.story.move("begin_readiness", by=durham.data_steward)


def test_iv_a_joint_data_needs_the_cio_of_the_city_and_of_the_county(durham: Durham) -> None:
    story = durham.story
    dataset = durham.talk_before_inventory()
    durham.record_completed(dataset)
    contributor_add(dataset=dataset, department=durham.health, must_sign=True, actor=durham.data_steward)
    durham.prepared()
    story.answer("quality", by=durham.team_lead)

    # Both departments approve how their data is extracted and refreshed (IV.B.3, B.4).
    story.review("department", by=durham.department)
    with pytest.raises(GatesUnmet, match="Public Health"):
        story.move("pass_quality", by=durham.team_lead)
    story.review("department", by=durham.county_department)
    story.move("pass_quality", by=durham.team_lead)
    durham.staged()
    story.review("steward_preview", by=durham.data_steward)
    durham.scheduled(dataset)
    story.answer("cdo", by=durham.city_cio)
    story.plan(timezone.now(), by=durham.data_steward)

    with pytest.raises(GatesUnmet, match="City of Durham and Durham County"):
        story.move("approve", by=durham.city_cio)
    story.review("cdo", by=durham.city_cio)
    with pytest.raises(PermissionDenied):
        story.move("approve", by=durham.city_cio)
    story.move("approve", by=durham.county_cio)
    assert story.stage == "PUBLISHED"


def test_iv_e_2_restricted_data_is_blocked(durham: Durham) -> None:
    story = durham.story
    durham.record_completed(durham.talk_before_inventory())
    durham.prepared()
    durham.assessed()
    story.decide_findings(by=durham.team_member)
    story.weigh(by=durham.team_member)
    for checklist in ("privacy", "equity"):
        story.answer(checklist, by=durham.team_member)
    # IV.E.3.f: billing information of utility customers.
    story.answer("legal", by=durham.team_member, LEG_06="yes")
    with pytest.raises(GatesUnmet) as refusal:
        story.move("clear_privacy", by=durham.team_member)
    assert any("billing" in sentence.lower() for sentence in refusal.value.sentences)


def test_iii_what_the_government_elects_to_withhold_names_the_law_and_who_elected(durham: Durham) -> None:
    dataset = durham.talk_before_inventory()
    durham.record_completed(dataset)
    withholding_record(
        dataset=dataset,
        kind="elected",
        ground="security",
        citation="N.C.G.S. 132-6.1",
        details="Plans of pumping stations.",
        elected_by="City Manager",
        actor=durham.data_steward,
    )
    durham.story.answer("inventory", by=durham.data_steward)
    with pytest.raises(GatesUnmet, match="withheld"):
        durham.story.move("begin_readiness", by=durham.data_steward)
