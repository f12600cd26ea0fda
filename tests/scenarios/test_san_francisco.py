"""San Francisco: the page of the Open Data Release Toolkit, walked in its order.

"Open Data Release Toolkit" (DataSF, listed 2015-08-08) says who takes part (staff of the Office of the Chief Data
Officer, department management, Data Coordinators), which three classes there are and which four factors are
balanced; "the form" is the privacy checklist here. What stands before and after it is the publishing process
that the page points to, as DOMAIN.md reports it (SF-PT, publishing toolkit; SF-WEB, submission guidelines).
"""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from checklists.errors import AnswerRefused
from checklists.selectors import answers_of, submission_of
from privacy.errors import AssessmentRefused
from tests.scenarios.story import COLUMNS, Story, permits
from workflow.errors import GatesUnmet
from workflow.models import Dataset, Distribution, Review
from workflow.selectors.work import my_work_of
from workflow.services.datasets import dataset_change
from workflow.services.metadata import metadata_change
from workflow.services.outputs import output_classify
from workflow.services.priority import priority_score

LAW = "Raw, the table names the owners of sites, who are identified individuals."
TREATED = "The names of owners are taken out of the published form."
# "This requires a balancing of competing factors": the four of the toolkit page, and how the form shows each.
FACTORS = {
    "the value of publishing the data": {"PRV-12a": "high"},
    "an individual's expectation of privacy": {"PRV-13": "moderate"},
    "repercussions to an individual or the organization": {"PRV-14a": "low", "PRV-14b": "moderate"},
    "the likelihood of re-identification": {"PRV-15b": "very_high"},
}


JUDGED = {"value": "high", "expectation": "moderate", "harm_person": "low", "harm_organisation": "moderate"}


class SanFrancisco:
    """The three whom the toolkit is for, and who works with them."""

    def __init__(self) -> None:
        self.story = Story("san_francisco")
        self.planning = self.story.department("Planning", "CPC")
        person = self.story.person
        self.coordinator: User = person("Carmen Ruiz", Role.COORDINATOR, self.planning)
        self.steward: User = person("Stan Okafor", Role.STEWARD, self.planning)
        self.management: User = person("Mona Gill", Role.DEPARTMENT_APPROVER, self.planning)
        self.staff: User = person("Ada Quist", Role.OPEN_DATA_TEAM)
        self.cdo: User = person("Joy Bonner", Role.CDO)
        self.attorney: User = person("Leo Farr", Role.LEGAL)

    def designated(self, classification: str, *, ground: str = "") -> Dataset:
        """Publishing toolkit 0 to 2: the inventory record with its number, and the class that it is of."""
        dataset = self.story.register(
            "Building permits",
            by=self.coordinator,
            department=self.planning,
            steward=self.steward,
            coordinator=self.coordinator,
            category="Housing and Buildings",
            classification=classification,
            classification_ground=ground,
        )
        self.story.answer("inventory", by=self.coordinator)
        return dataset

    def prepared(self, *, names: bool = False) -> None:
        """Submission guidelines: the file, its field definitions, its metadata, and the answers about it."""
        story = self.story
        story.move("begin_readiness", by=self.coordinator)
        story.upload(permits(names=names), by=self.steward)
        words = COLUMNS if names else {name: said for name, said in COLUMNS.items() if name != "owner_name"}
        story.describe_columns(words, by=self.steward)
        metadata_change(
            release_id=story.release_id, values={"change_frequency": "daily"}, actor=self.coordinator
        )
        for checklist in ("readiness", "submission", "metadata"):
            story.answer(checklist, by=self.coordinator)
        story.attest(by=self.coordinator)
        story.move("submit_for_quality", by=self.coordinator)
        story.answer("quality", by=self.coordinator)

    def at_the_toolkit(self, classification: str = "protected") -> None:
        """A dataset with names in it, up to the desk where the toolkit is gone through."""
        self.designated(classification, ground=LAW)
        self.prepared(names=True)
        self.story.move("pass_quality", by=self.coordinator)

    def treated(self) -> None:
        """Toolkit steps 1 to 3: what identifies people is found and taken out; the form that is left is classed."""
        self.story.decide_findings(by=self.staff)
        output_classify(
            release_id=self.story.release_id,
            classification="public",
            ground=TREATED,
            actor=self.staff,
        )
        self.story.run()

    def form_drafted(self) -> None:
        """The coordinator drafts the form of the toolkit and rates the four factors; the office decides on them."""
        self.story.weigh(by=self.coordinator, decider=self.staff, **JUDGED)
        self.story.answer("privacy", by=self.coordinator)

    def published(self) -> None:
        """Publishing toolkit 7: staged, reviewed by the steward, made public."""
        story = self.story
        story.review("steward_preview", by=self.steward)
        story.plan(timezone.now(), by=self.coordinator)


@pytest.fixture
def sf() -> SanFrancisco:
    return SanFrancisco()


def test_sensitive_or_protected_data_goes_through_the_toolkit_to_the_portal(sf: SanFrancisco) -> None:
    story = sf.story

    # "Datasets published on the portal must be designated by departments as falling within one of three data
    # classifications": this one "identifies individuals", so it is protected.
    dataset = sf.designated("protected", ground=LAW)
    assert re.fullmatch(r"[A-Z]{3}\d{4}", dataset.inventory_id)
    sf.prepared(names=True)
    story.move("pass_quality", by=sf.coordinator)

    # "in conjunction with the form": the Data Coordinator drafts it, with the four competing factors.
    assert story.stage == "PRIVACY"
    sf.treated()
    sf.form_drafted()

    # "department management": signs the form.
    with pytest.raises(GatesUnmet, match="department management"):
        story.move("clear_privacy", by=sf.staff)
    story.review("department", by=sf.management)

    # "Office of the Chief Data Officer (OCDO) staff": review it.
    with pytest.raises(PermissionDenied):
        story.move("clear_privacy", by=sf.coordinator)
    story.move("clear_privacy", by=sf.staff)

    # The Chief Data Officer determines what is appropriate for disclosure (ordinance).
    story.answer("cdo", by=sf.cdo)
    story.move("approve", by=sf.cdo)

    # "to release sensitive or protected datasets on the SF Open Data portal": staged, previewed, public.
    assert story.stage == "STAGED"
    assert story.is_private_on_portal()
    sf.published()
    assert story.stage == "PUBLISHED"
    assert len(story.public_rows()) == 60
    assert all("owner_name" not in row for row in story.public_rows())
    # Publishing toolkit 7: linked to its inventory record.
    assert Distribution.objects.get(dataset=dataset).public_url

    # "We seek to publish data responsibly": raw protected, published public, each with its ground.
    dataset.refresh_from_db()
    assert (dataset.classification, dataset.classification_ground) == ("protected", LAW)
    assert (dataset.output_classification, dataset.output_ground) == ("public", TREATED)
    # The form stays as it was signed.
    form = submission_of(story.release_id, "privacy")
    assert form is not None
    kept = answers_of(form)
    for given in FACTORS.values():
        for item, value in given.items():
            assert kept[item] == value


@pytest.mark.parametrize("classification", ["sensitive", "protected"])
def test_both_classes_need_the_toolkit(sf: SanFrancisco, classification: str) -> None:
    sf.at_the_toolkit(classification)
    sf.treated()
    with pytest.raises(GatesUnmet, match="Privacy checklist"):
        sf.story.move("clear_privacy", by=sf.staff)


def test_the_coordinator_drafts_the_form_and_management_signs_once_it_is_there(sf: SanFrancisco) -> None:
    sf.at_the_toolkit()
    sf.treated()
    drafting = [line.turn.what for line in my_work_of(sf.coordinator).on_me]
    assert "weigh benefit and risk" in drafting
    assert not Review.objects.filter(release=sf.story.release_id, kind="department").exists()
    assert not my_work_of(sf.management).on_me

    sf.form_drafted()
    assert [line.turn.what for line in my_work_of(sf.management).on_me] == ["give the department approval"]


def test_public_data_is_not_asked_the_toolkit(sf: SanFrancisco) -> None:
    story = sf.story
    sf.designated("public")
    sf.prepared()

    # Publishing toolkit 7: never without the department's approval; of public data that is the review of what
    # it hands in, as there is no form to sign.
    with pytest.raises(GatesUnmet, match="Department approval"):
        story.move("pass_quality", by=sf.coordinator)
    story.review("department", by=sf.management)
    story.move("pass_quality", by=sf.coordinator)

    # Scanned all the same: nobody takes the department's word for what is in the file.
    story.decide_findings(by=sf.staff)
    story.weigh(by=sf.staff)
    story.move("clear_privacy", by=sf.staff)
    form = submission_of(story.release_id, "privacy")
    asked = {item for given in FACTORS.values() for item in given}
    assert form is None or not asked & set(answers_of(form))
    story.answer("cdo", by=sf.cdo)
    story.move("approve", by=sf.cdo)
    sf.published()
    assert story.stage == "PUBLISHED"
    assert len(story.public_rows()) == 60


def test_without_a_designation_nothing_begins(sf: SanFrancisco) -> None:
    sf.designated("")
    with pytest.raises(GatesUnmet) as refusal:
        sf.story.move("begin_readiness", by=sf.coordinator)
    assert any("class" in sentence for sentence in refusal.value.sentences)


def test_protected_data_says_which_law_or_concern_it_is(sf: SanFrancisco) -> None:
    sf.designated("protected")
    with pytest.raises(GatesUnmet) as refusal:
        sf.story.move("begin_readiness", by=sf.coordinator)
    assert any("Protected" in sentence for sentence in refusal.value.sentences)


def test_the_four_factors_are_balanced_before_the_office_can_clear(sf: SanFrancisco) -> None:
    story = sf.story
    sf.at_the_toolkit()
    sf.treated()
    story.answer("privacy", by=sf.coordinator)
    with pytest.raises(GatesUnmet, match="Benefit and risk are not weighed yet"):
        story.move("clear_privacy", by=sf.staff)
    # Each of them, or it is no rating.
    for factor in ("value", "expectation", "harm_person", "harm_organisation", "success"):
        with pytest.raises(AssessmentRefused, match="choose one of the five steps"):
            story.weigh(by=sf.coordinator, decider=sf.staff, **(JUDGED | {factor: ""}))


def test_what_is_changed_in_the_form_after_management_signed_is_signed_anew(sf: SanFrancisco) -> None:
    story = sf.story
    sf.at_the_toolkit()
    sf.treated()
    sf.form_drafted()
    story.review("department", by=sf.management)
    story.weigh(by=sf.coordinator, decider=sf.staff, **(JUDGED | {"value": "moderate"}))
    with pytest.raises(GatesUnmet, match="weighing of benefit and risk"):
        story.move("clear_privacy", by=sf.staff)
    story.review("department", by=sf.management)
    story.move("clear_privacy", by=sf.staff)
    assert story.stage == "CDO_REVIEW"


def test_raw_protected_data_is_not_published_as_it_is(sf: SanFrancisco) -> None:
    story = sf.story
    sf.at_the_toolkit()
    story.decide_findings(by=sf.staff)
    sf.form_drafted()
    story.review("department", by=sf.management)
    with pytest.raises(GatesUnmet, match="of which class"):
        story.move("clear_privacy", by=sf.staff)


def test_the_city_attorney_is_consulted_where_the_office_asks(sf: SanFrancisco) -> None:
    """Submission guidelines: privacy and legal staff and the City Attorney are consulted."""
    story = sf.story
    sf.at_the_toolkit()
    sf.treated()
    sf.form_drafted()
    story.review("department", by=sf.management)
    story.move("clear_privacy", by=sf.staff)
    story.answer("cdo", by=sf.cdo)
    story.ask("legal", by=sf.cdo, question="May the cost of a site be public?")
    with pytest.raises(GatesUnmet, match="Legal: asked for"):
        story.move("approve", by=sf.cdo)
    story.review("legal", by=sf.attorney)
    story.move("approve", by=sf.cdo)
    assert story.stage == "STAGED"


def test_the_staged_dataset_is_reviewed_until_no_changes_are_left(sf: SanFrancisco) -> None:
    """Publishing toolkit 7: the steward at least reviews what is staged."""
    story = sf.story
    sf.designated("public")
    sf.prepared()
    story.review("department", by=sf.management)
    story.move("pass_quality", by=sf.coordinator)
    story.decide_findings(by=sf.staff)
    story.weigh(by=sf.staff)
    story.move("clear_privacy", by=sf.staff)
    story.answer("cdo", by=sf.cdo)
    story.move("approve", by=sf.cdo)
    story.plan(timezone.now(), by=sf.coordinator)
    story.review(
        "steward_preview", Review.Verdict.REFUSED, by=sf.steward, words="The newest permits are missing."
    )
    assert story.stage == "STAGED"
    assert not story.public_rows()
    story.move(
        "return_for_changes", by=sf.cdo, reason="The newest permits are missing.", points=["Add September."]
    )
    assert story.stage == "READINESS"


def test_the_programs_metadata_standard_is_asked_before_the_data_is_handed_in(sf: SanFrancisco) -> None:
    """Custom fields of the portal, "Publishing Details": data change frequency is not publishing frequency."""
    story = sf.story
    sf.designated("public")
    story.move("begin_readiness", by=sf.coordinator)
    story.upload(permits(), by=sf.steward)
    story.describe_columns(COLUMNS, by=sf.steward)
    for checklist in ("readiness", "submission", "metadata"):
        story.answer(checklist, by=sf.coordinator)
    with pytest.raises(AnswerRefused):
        story.attest(by=sf.coordinator)
    with pytest.raises(GatesUnmet, match="Data change frequency"):
        story.move("submit_for_quality", by=sf.coordinator)
    metadata_change(release_id=story.release_id, values={"change_frequency": "weekly"}, actor=sf.coordinator)
    story.run()
    story.attest(by=sf.coordinator)
    story.move("submit_for_quality", by=sf.coordinator)
    assert story.stage == "QUALITY"


@pytest.mark.parametrize(
    ("classification", "bands"),
    [
        ("public", ["P2", "P2", "P1"]),
        ("sensitive", ["P3", "P2", "P2"]),
        ("protected", ["P4", "P3", "P2"]),
    ],
)
def test_the_prioritization_grid_of_classification_and_demand(
    sf: SanFrancisco, classification: str, bands: list[str]
) -> None:
    dataset = sf.designated(classification, ground=LAW)
    scores = [
        priority_score(dataset=dataset, answers={"demand": demand}, actor=sf.coordinator).code
        for demand in ("low", "medium", "high")
    ]
    assert scores == bands


def test_historical_data_that_is_easy_to_publish_rises_from_p3_to_p2(sf: SanFrancisco) -> None:
    dataset = sf.designated("sensitive", ground=LAW)
    answers = {"demand": "low", "historical_easy": "yes"}
    assert priority_score(dataset=dataset, answers=answers, actor=sf.coordinator).code == "P2"
    # The class is the record's: another designation, another priority.
    dataset_change(dataset=dataset, actor=sf.coordinator, fields={"classification": "protected"})
    dataset.refresh_from_db()
    assert priority_score(dataset=dataset, answers=answers, actor=sf.coordinator).code == "P4"
