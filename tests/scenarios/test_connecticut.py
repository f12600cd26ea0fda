"""Connecticut: the Open Data Publication Guidelines, walked in the order of their four steps.

“Short” is the newer version (Open Data Portal and Geo Data Portal), “long” the older one with the appendix. The
Agency Data Officer is called a coordinator elsewhere; questions go to the Data and Policy Analytics team (dapa).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from checklists.errors import AnswerRefused
from checklists.models import CheckRow
from privacy.models import Disposition
from privacy.services import findings_dispose
from tests.scenarios.story import COLUMNS, Story, permits, table
from workflow.errors import GatesUnmet
from workflow.language import hints_for
from workflow.models import Dataset, HighValueInventory, PublicationException
from workflow.selectors.high_value import rows_of
from workflow.selectors.schedule import row_of, scheduled
from workflow.selectors.similar import similar_to, year_in_title
from workflow.services.datasets import dataset_change, release_open
from workflow.services.exceptions import (
    exception_advise,
    exception_decide,
    exception_request,
    exception_revoke,
)
from workflow.services.high_value import inventory_draft, inventory_hand_in, inventory_sign
from workflow.services.metadata import metadata_change
from workflow.services.schedule import access_plan_upload, schedule_change
from workflow.services.withholding import withholding_record

NEXT_YEAR = timezone.localdate() + timedelta(days=365)
ROSTER_COLUMNS = {
    "credential_no": "Number of the credential as printed on it.",
    "full_name": "Name under which the credential was issued.",
    "credential": "Profession that the credential allows.",
    "town": "Town of the place of business.",
    "issued": "Day on which the credential was issued.",
}


def roster() -> bytes:
    """State licenses and credentials: of no use without the names."""
    names = ("Maria Lopez", "James Smith", "Linda Johnson", "Robert Brown", "Patricia Davis", "John Miller")
    work = ("Electrician", "Plumber", "Pharmacist", "Architect")
    towns = ("Hartford", "Stamford", "New Haven")
    rows = [
        f"E-{n:05d},{names[n % 6]},{work[n % 4]},{towns[n % 3]},2026-{n % 9 + 1:02d}-{n % 27 + 1:02d}"
        for n in range(1, 61)
    ]
    return table(",".join(ROSTER_COLUMNS), *rows)


class Connecticut:
    """An agency, the Data and Policy Analytics team and the Chief Data Officer at OPM."""

    def __init__(self) -> None:
        self.story = Story("connecticut")
        self.agency = self.story.department("Consumer Protection", "DCP")
        person = self.story.person
        self.officer: User = person("Alma Dorsey", Role.COORDINATOR, self.agency)
        self.publisher: User = person("Sean Whitley", Role.STEWARD, self.agency)
        self.head: User = person("Helena Brandt", Role.DEPARTMENT_APPROVER, self.agency)
        self.dapa: User = person("Omar Pell", Role.OPEN_DATA_TEAM)
        self.portal_admin: User = person("Pia Storm", Role.PORTAL_ADMIN)
        self.cdo: User = person("Cleo Danforth", Role.CDO)

    def found(self, title: str = "Building permits", **fields: Any) -> Dataset:
        """Step 1: a record in the inventory of the agency, with the criteria that it meets."""
        record = {
            "steward": self.publisher,
            "coordinator": self.officer,
            "category": "Business",
            "coverage_start": date(2026, 1, 1),
            "high_value": ["C", "F"],
        }
        return self.story.register(title, by=self.officer, department=self.agency, **(record | fields))

    def evaluated(self, **eligibility: Any) -> None:
        """Step 2: should it be published?"""
        self.story.answer("inventory", by=self.officer)
        self.story.answer("eligibility", by=self.officer, **eligibility)
        self.story.move("begin_readiness", by=self.officer)

    def prepared(self, content: bytes, columns: dict[str, str], **metadata: Any) -> None:
        """Step 3: structure, title, date field, metadata, and how it is updated."""
        story = self.story
        story.upload(content, by=self.publisher)
        story.describe_columns(columns, by=self.publisher)
        metadata_change(
            release_id=story.release_id,
            values={"update_method": "append"} | metadata,
            actor=self.publisher,
        )
        for checklist in ("submission", "metadata"):
            story.answer(checklist, by=self.publisher)
        story.attest(by=self.officer)
        story.move("submit_for_quality", by=self.officer)
        story.answer("quality", by=self.officer)
        story.move("pass_quality", by=self.officer)

    def considered(self) -> None:
        """Privacy considerations, of step 2: identifiers are found, and removed or modified."""
        story = self.story
        story.decide_findings(by=self.dapa)
        story.weigh(by=self.dapa)
        for checklist in ("legal", "privacy", "equity"):
            story.answer(checklist, by=self.dapa)
        story.move("clear_privacy", by=self.dapa)

    def published(self, *, by: User) -> None:
        """Step 4: publish."""
        self.story.answer("cdo", by=by)
        self.story.move("approve", by=by)
        self.story.plan(timezone.now(), by=self.officer)

    def roster_with_its_names(self) -> None:
        """A roster whose names are to stay, up to the clearance of privacy."""
        story = self.story
        self.found("State licenses and credentials", geographic_granularity="municipality")
        self.evaluated()
        self.prepared(roster(), ROSTER_COLUMNS)
        findings_dispose(
            release_id=story.release_id,
            columns=["full_name"],
            decision=Disposition.Decision.ACCEPT,
            reason="The public looks up by name who is licensed.",
            actor=self.dapa,
        )
        story.decide_findings(by=self.dapa)
        story.answer("legal", by=self.dapa, LEG_12="yes")
        story.weigh(by=self.dapa, success="very_high")
        story.answer("privacy", by=self.dapa, PRV_03="exception")
        story.answer("equity", by=self.dapa)

    def excepted(self, kind: str, *, reason: str, public_good: str) -> PublicationException:
        """The Agency Data Officer asks, the portal administrator advises, the Chief Data Officer decides."""
        release: dict[str, Any] = {"release_id": self.story.release_id}
        row = exception_request(
            kind=kind, reason=reason, public_good=public_good, actor=self.officer, **release
        )
        exception_advise(
            exception_id=row.pk, advice="It fits the guidelines.", actor=self.portal_admin, **release
        )
        row = exception_decide(
            exception_id=row.pk,
            decision="granted",
            reason="A clear public good.",
            until=NEXT_YEAR,
            actor=self.cdo,
            **release,
        )
        self.story.run()
        return row

    def inventory(self, year: int = 2026) -> HighValueInventory:
        """The high-value inventory of a year: drafted by the officer, signed by the head of the agency."""
        row = inventory_draft(department=self.agency, year=year, actor=self.officer)
        inventory_hand_in(inventory=row, actor=self.officer)
        return inventory_sign(inventory=row, actor=self.head)


@pytest.fixture
def ct() -> Connecticut:
    return Connecticut()


def test_the_four_steps_from_the_high_value_inventory_to_the_access_plan(ct: Connecticut) -> None:
    story = ct.story

    # Step 1. "All high-value data collected or possessed by a government agency can be considered."
    dataset = ct.found()
    assert [row["criteria"] for row in rows_of(ct.agency)] == [["C", "F"]]

    # Step 2. "Evaluate the data further to make sure they should be published."
    ct.evaluated()
    assert story.stage == "READINESS"

    # Step 3. "Prepare the data for publication."
    ct.prepared(permits(names=True), COLUMNS)

    # Step 2, privacy considerations: "removing the identifiers entirely before publication".
    assert story.stage == "PRIVACY"
    ct.considered()

    # Step 4. "You are ready to publish your data": the agency's own approver does, nobody at OPM is asked.
    assert story.stage == "CDO_REVIEW"
    with pytest.raises(PermissionDenied):
        story.move("approve", by=ct.cdo)
    ct.published(by=ct.head)
    assert story.stage == "PUBLISHED"
    assert len(story.public_rows()) == 60
    assert all("owner_name" not in row for row in story.public_rows())

    # "Update the plan for publication of open data": the row says since when, and where.
    row = row_of(scheduled(ct.officer, story.program).get(pk=dataset.pk))
    assert row.status == "published"
    assert row.address
    assert row.frequency == "Monthly"


# --- Step 1. Find eligible datasets ---
def test_step_1_the_yearly_high_value_inventory_goes_to_the_portal_through_the_same_door(
    ct: Connecticut,
) -> None:
    """“The annual high value data inventories are listed in the CT Data Catalog published on the Open Data Portal”
    (short, step 1); “data that the department head determines” (footnote 2): the head signs."""
    story = ct.story
    ct.found()
    signed = ct.inventory()
    assert signed.dataset is not None and signed.release is not None
    story.release_id = signed.release.pk
    dataset_change(
        dataset=signed.dataset,
        actor=ct.officer,
        fields={
            "category": "Government",
            "keywords": ["inventory"],
            "contact_email": "dapa@example.gov",
            "coverage_start": date(2026, 1, 1),
            "coverage_end": date(2026, 12, 31),
            "steward": ct.publisher,
            "source_rows": 1,
            "source_rows_as_of": timezone.localdate(),
        },
    )
    story.run()
    ct.evaluated()
    names = story.context.dataset.distributions.get().columns.values_list("name", flat=True)
    story.describe_columns(
        {name: f"What the inventory says: {name}, as signed." for name in names}, by=ct.officer
    )
    metadata_change(release_id=story.release_id, values={"update_method": "append"}, actor=ct.officer)
    for checklist in ("submission", "metadata"):
        story.answer(checklist, by=ct.officer)
    story.attest(by=ct.officer)
    story.move("submit_for_quality", by=ct.officer)
    story.answer("quality", by=ct.officer)
    story.move("pass_quality", by=ct.officer)
    ct.considered()
    ct.published(by=ct.head)
    assert story.stage == "PUBLISHED"
    assert len(story.public_rows()) == 1


def test_step_1_what_is_not_open_names_the_ground(ct: Connecticut) -> None:
    """“A presumption in favor of openness to the extent permitted by law and subject to privacy, confidentiality,
    security, or other valid restrictions” (short and long, step 1)."""
    dataset = ct.found("Complaints against licensees")
    with pytest.raises(ValidationError, match="Name the law"):
        withholding_record(
            dataset=dataset, kind="forbidden", ground="confidential", citation="", actor=ct.officer
        )
    withholding_record(
        dataset=dataset,
        kind="forbidden",
        ground="confidential",
        citation="C.G.S. 1-210(b)(3)",
        actor=ct.officer,
    )
    [row] = rows_of(ct.agency)
    assert row["status"] == "withheld"
    assert "1-210(b)(3)" in row["ground"]
    with pytest.raises(GatesUnmet, match="withheld"):
        ct.evaluated()


# --- Step 2. Evaluate datasets ---
@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("Belong to your agency", {"ELI_01": "no"}),
        ("Have no fee for access, use, adaptation", {"ELI_02": "no"}),
        ("Are free from legal, contract, or policy restrictions", {"ELI_03": "no"}),
        ("Have a plan for predictable or regular updates", {"ELI_04a": "no", "ELI_04b": None}),
        ("Do not violate the privacy of individuals represented in the data", {"ELI_05": "no"}),
    ],
)
def test_step_2_make_sure_that_the_data(ct: Connecticut, asked: str, answer: dict[str, Any]) -> None:
    ct.found()
    with pytest.raises(GatesUnmet) as refusal:
        ct.evaluated(**answer)
    assert refusal.value.sentences, asked
    assert ct.story.stage == "INVENTORY"


def test_step_2_data_that_is_not_in_its_finest_detail_says_why(ct: Connecticut) -> None:
    """Footnote 1 (D): “published with the finest possible level of detail that is practicable”."""
    ct.found()
    with pytest.raises(GatesUnmet, match="less detailed"):
        ct.evaluated(ELI_12a="no", ELI_12b=None)
    ct.evaluated(
        ELI_12a="no", ELI_12b="Addresses are cut to the district, so that nobody's home can be told."
    )
    assert ct.story.stage == "READINESS"


def test_step_2_the_same_data_of_another_year_is_consolidated(ct: Connecticut) -> None:
    """“Try to consolidate this new data with existing data rather than creating separate entries every year”
    (long, step 2)."""
    ct.found("Building permits")
    again = ct.found("Building permits 2026")
    [found] = similar_to(again)
    assert found.sentence == "Consolidate with “Building permits” (DCP0001), or plan a filtered view of it."
    assert "append each year" in year_in_title(again.title)
    # Advice, not a refusal.
    ct.evaluated(ELI_07="consolidate")
    assert ct.story.stage == "READINESS"


# --- Privacy considerations ---
def test_privacy_names_do_not_stay_without_the_exception(ct: Connecticut) -> None:
    """“Datasets that contain unique identifiers cannot be made public in their raw form” (short and long)."""
    story = ct.story
    ct.roster_with_its_names()
    story.move("clear_privacy", by=ct.dapa)
    story.answer("cdo", by=ct.head)
    with pytest.raises(GatesUnmet, match="full_name"):
        story.move("approve", by=ct.head)


def test_privacy_a_roster_of_licenses_keeps_its_names_by_an_exception(ct: Connecticut) -> None:
    """“This dataset would not be useful in a modified form, and it serves a clear public good”; “if you think your
    dataset qualifies for such an exception contact the Open Data Portal Administrators” (long)."""
    story = ct.story
    ct.roster_with_its_names()
    release: dict[str, Any] = {"release_id": story.release_id}
    row = exception_request(
        kind="identifiers",
        reason="A roster of licenses is of no use without the names.",
        public_good="Residents check who is licensed before they hire.",
        actor=ct.officer,
        **release,
    )
    assert story.letters("exception_requested") == {"Pia Storm"}
    story.move("clear_privacy", by=ct.dapa)

    # From here on it is no longer the agency's own approver who publishes.
    with pytest.raises(PermissionDenied):
        story.move("approve", by=ct.head)
    story.answer("cdo", by=ct.cdo)
    with pytest.raises(GatesUnmet, match="not advised on yet by the portal administrator"):
        story.move("approve", by=ct.cdo)
    exception_advise(exception_id=row.pk, advice="It serves the public.", actor=ct.portal_admin, **release)
    with pytest.raises(GatesUnmet, match="not decided yet by the Chief Data Officer"):
        story.move("approve", by=ct.cdo)
    exception_decide(
        exception_id=row.pk,
        decision="granted",
        reason="A clear public good.",
        until=NEXT_YEAR,
        actor=ct.cdo,
        **release,
    )
    assert {"Alma Dorsey", "Pia Storm"} <= story.letters("exception_decided")
    story.move("approve", by=ct.cdo)
    story.plan(timezone.now(), by=ct.officer)
    assert story.stage == "PUBLISHED"
    assert "Maria Lopez" in {row["full_name"] for row in story.public_rows()}


def test_privacy_an_exception_taken_back_before_the_date_keeps_the_names_private(ct: Connecticut) -> None:
    """The Chief Data Officer decides, also that the public good is no longer clear (guidelines, long)."""
    story = ct.story
    ct.roster_with_its_names()
    row = ct.excepted(
        "identifiers", reason="Of no use without the names.", public_good="Residents check who is licensed."
    )
    story.move("clear_privacy", by=ct.dapa)
    story.answer("cdo", by=ct.cdo)
    story.move("approve", by=ct.cdo)
    assert story.is_private_on_portal()
    exception_revoke(
        release_id=story.release_id, exception_id=row.pk, reason="A licensee was threatened.", actor=ct.cdo
    )
    story.plan(timezone.now(), by=ct.officer)
    assert story.stage == "STAGED"
    assert story.is_private_on_portal()


def test_privacy_where_the_risk_is_above_the_benefit_the_chief_data_officer_decides(ct: Connecticut) -> None:
    """Aggregation chart of the handbook: the benefits do not outweigh the risk, so contact the CDO."""
    story = ct.story
    ct.found()
    ct.evaluated()
    ct.prepared(permits(names=True), COLUMNS)
    ct.considered()
    ct.excepted("risk", reason="Few sites a year.", public_good="Neighbors see what is built.")
    with pytest.raises(PermissionDenied):
        story.move("approve", by=ct.head)
    ct.published(by=ct.cdo)
    assert story.stage == "PUBLISHED"


# --- Step 3. Prepare data for publication ---
def test_step_3_what_the_portal_describes_is_there_before_the_data_is_handed_in(ct: Connecticut) -> None:
    """“You should complete as much metadata as possible” (short and long, step 3); “you cannot click this button
    until you have uploaded data and filled out the required metadata” (long, appendix 7)."""
    story = ct.story
    ct.found(row_label="", coverage_start=None)
    ct.evaluated()
    with pytest.raises(AnswerRefused):
        ct.prepared(permits(), COLUMNS)
    with pytest.raises(GatesUnmet) as refusal:
        story.move("submit_for_quality", by=ct.officer)
    said = " ".join(refusal.value.sentences)
    assert "Row label" in said
    assert "Temporal coverage" in said


def test_step_3_titles_and_descriptions_are_plain_and_person_centered() -> None:
    """“Avoid acronyms”; “use person-centered language (e.g. ‘person who is incarcerated’ rather than ‘inmate’)”;
    “do not just copy and paste your column names into the description field” (long, step 3 and appendix)."""
    assert any("incarcerated" in hint.sentence for hint in hints_for("text", "Each row is one inmate."))
    assert [hint.found for hint in hints_for("title", "DMHAS admissions")] == ["DMHAS"]
    assert hints_for("column", "Issue date", name="issue_date")


def test_step_3_a_table_without_a_date_field_is_pointed_out(ct: Connecticut) -> None:
    """“It is generally recommended to include a date field in your data” (long, step 3)."""
    story = ct.story
    ct.found()
    ct.evaluated()
    content = table("town,permits", *(f"Town {n},{n * 7}" for n in range(1, 40)))
    words = {"town": "Town in which the sites lie.", "permits": "How many permits were issued there."}
    ct.prepared(content, words)
    # A warning: the release goes on, and whoever decides reads it.
    assert story.stage == "PRIVACY"
    found = CheckRow.objects.filter(run__release_id=story.release_id, check_name="date_field_present")
    assert {row.level for row in found} == {CheckRow.Level.WARN}
    assert story.context.data("quality_checks", "warnings") > 0


# --- Step 4. Publish, and update the data access plan ---
def test_step_4_another_license_only_after_the_chief_data_officer_was_asked(ct: Connecticut) -> None:
    """“You may have to apply for an Open Data license, but first contact the Chief Data Officer” (long, appendix)."""
    story = ct.story
    ct.found(licence="ODC_BY")
    ct.evaluated()
    ct.prepared(permits(names=True), COLUMNS)
    ct.considered()
    story.answer("cdo", by=ct.head)
    with pytest.raises(GatesUnmet, match="needs an exception"):
        story.move("approve", by=ct.head)
    ct.excepted(
        "licence",
        reason="The source is licensed to the agency with attribution.",
        public_good="The data is public at all.",
    )
    with pytest.raises(PermissionDenied):
        story.move("approve", by=ct.head)
    ct.published(by=ct.cdo)
    assert story.stage == "PUBLISHED"


def test_step_4_the_access_plan_holds_what_is_planned_and_what_is_published_elsewhere(
    ct: Connecticut,
) -> None:
    """“The plan should include datasets that you plan on publishing to the CT Data Portal and the CT Geo Data
    Portal, as well as datasets that are already published elsewhere as open data” (short, step 4)."""
    planned, away = ct.found("Permits by town"), ct.found("Boundaries of towns")
    schedule_change(dataset_id=planned.pk, actor=ct.officer, expected=NEXT_YEAR, portal="geo")
    schedule_change(
        dataset_id=away.pk,
        actor=ct.officer,
        expected=None,
        portal="elsewhere",
        elsewhere_url="https://maps.example.gov/towns",
    )
    plan = {row.title: row_of(row) for row in scheduled(ct.officer, ct.story.program)}
    assert plan["Permits by town"].status == "planned"
    assert plan["Permits by town"].portal == "Geographic data portal"
    assert plan["Boundaries of towns"].status == "elsewhere"
    assert plan["Boundaries of towns"].address == "https://maps.example.gov/towns"


def test_step_4_an_agency_may_bring_its_own_access_plan(ct: Connecticut) -> None:
    """“Using the Open Data Access Plan template or your agency's existing Data Access Plan”."""
    upload = SimpleUploadedFile("plan.pdf", b"%PDF-1.7 our plan", content_type="application/pdf")
    kept = access_plan_upload(department=ct.agency, actor=ct.officer, upload=upload)
    assert list(ct.agency.access_plan_files.all()) == [kept]


# --- Update existing assets ---
def test_an_update_appends_to_what_is_published_and_never_replaces_it(ct: Connecticut) -> None:
    """“Select ‘Append.’ ... Do not choose ‘Replace’” (long, update existing assets, 4)."""
    story = ct.story
    dataset = ct.found()
    ct.evaluated()
    ct.prepared(permits(names=True), COLUMNS)
    with pytest.raises(ValidationError, match="never replaces what is published"):
        metadata_change(release_id=story.release_id, values={"update_method": "replace"}, actor=ct.publisher)
    ct.considered()
    ct.published(by=ct.head)
    first = story.context.data("public_copy", "remote_id")

    # The next release of the same dataset: the same page on the portal, with more rows.
    story.release_id = release_open(dataset=dataset, actor=ct.officer).pk
    story.run()
    ct.evaluated()
    ct.prepared(permits(75, names=True), COLUMNS)
    ct.considered()
    ct.published(by=ct.head)
    assert story.stage == "PUBLISHED"
    assert story.context.data("public_copy", "remote_id") == first
    assert len(story.public_rows()) == 75
