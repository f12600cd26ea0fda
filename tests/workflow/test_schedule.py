"""Durham's implementation schedule and Connecticut's open data access plan, from the same rows."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import ProgramProfile
from accounts.profiles import digest_of
from accounts.roles import Role
from audit.models import AuditEvent
from tests.cast import Cast
from tests.factories.workflow import dataset_make, release_at
from workflow.context import context_of
from workflow.errors import MoveRefused, ReasonRequired
from workflow.forms.schedule import quarter_end, quarters_from
from workflow.gates.plan import schedule_complete
from workflow.models import AccessPlanFile, Dataset, Release, ScheduleEntry
from workflow.selectors.schedule import row_of, scheduled
from workflow.services.schedule import access_plan_upload, schedule_change, schedule_input
from workflow.stages import Stage

pytestmark = pytest.mark.django_db

DURHAM: dict[str, Any] = {
    "expected": date(2027, 3, 31),
    "by_quarter": True,
    "process": "The open data team extracts it every night; the steward looks at the row counts.",
    "posting_method": "Automated job over the portal's API",
}


@pytest.fixture
def dataset(cast: Cast) -> Dataset:
    return dataset_make(cast)


def text(response: Any) -> str:
    return str(response.content.decode())


def pdf(name: str = "plan.pdf", content: bytes = b"%PDF-1.7 our plan") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


# --- Estimates ---
def test_an_estimate_that_changes_keeps_the_first_one_and_the_reason(cast: Cast, dataset: Dataset) -> None:
    team = cast[Role.OPEN_DATA_TEAM]
    schedule_change(dataset_id=dataset.pk, actor=team, **DURHAM)
    later = DURHAM | {"expected": date(2027, 6, 30)}
    with pytest.raises(ReasonRequired, match="Say why the estimate changes"):
        schedule_change(dataset_id=dataset.pk, actor=team, **later)
    schedule_change(dataset_id=dataset.pk, actor=team, reason="The permit system moves.", **later)
    row = row_of(scheduled(team, cast.program).get(pk=dataset.pk))
    assert (row.expected, row.first_estimate) == ("Q2 2027", "Q1 2027")
    assert row.entry is not None
    assert row.entry.revised_reason == "The permit system moves."
    with pytest.raises(MoveRefused, match="not taken away"):
        schedule_change(dataset_id=dataset.pk, actor=team, **(DURHAM | {"expected": None}))


def test_saving_the_same_again_records_nothing(cast: Cast, dataset: Dataset) -> None:
    for _ in range(2):
        schedule_change(dataset_id=dataset.pk, actor=cast.coordinator, **DURHAM)
    events = AuditEvent.objects.filter(action="workflow.schedule_changed")
    assert [event.data for event in events] == [{"fields": "time frame, process, method of posting"}]


def test_the_department_gives_its_input_and_others_do_not_speak_for_it(cast: Cast, dataset: Dataset) -> None:
    schedule_input(dataset_id=dataset.pk, actor=cast.steward, text="After the audit in March.")
    entry = ScheduleEntry.objects.get(dataset=dataset)
    assert (entry.department_input, entry.input_by) == ("After the audit in March.", cast.steward)
    with pytest.raises(PermissionDenied):
        schedule_input(dataset_id=dataset.pk, actor=cast[Role.OPEN_DATA_TEAM], text="Sooner.")
    with pytest.raises(PermissionDenied):
        schedule_change(dataset_id=dataset.pk, actor=cast.steward, **DURHAM)
    with pytest.raises(ReasonRequired):
        schedule_input(dataset_id=dataset.pk, actor=cast.steward, text="  ")


def test_data_published_elsewhere_has_its_address(cast: Cast, dataset: Dataset) -> None:
    with pytest.raises(MoveRefused, match="give the address"):
        schedule_change(dataset_id=dataset.pk, actor=cast.coordinator, expected=None, portal="elsewhere")
    entry = schedule_change(
        dataset_id=dataset.pk,
        actor=cast.coordinator,
        expected=None,
        portal="elsewhere",
        elsewhere_url="https://maps.example.gov/permits",
    )
    assert row_of(scheduled(cast.cdo, cast.program).get(pk=dataset.pk)).status == "elsewhere"
    with pytest.raises(IntegrityError), transaction.atomic():
        ScheduleEntry.objects.filter(pk=entry.pk).update(elsewhere_url="")


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 6, 30), date(2026, 6, 30)),
        (date(2026, 11, 21), date(2026, 12, 31)),
    ],
)
def test_a_quarter_is_known_by_its_last_day(day: date, end: date) -> None:
    assert quarter_end(day) == end
    assert len(quarters_from(day)) == 12


# --- The gate ---
def test_where_the_program_keeps_a_schedule_approval_waits_for_all_four_things(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    assert schedule_complete(context_of(release.pk)).ok
    content = release.profile.content | {"plan": {"schedule": True}}
    profile = ProgramProfile.objects.create(
        program=cast.program, version=9, content=content, digest=digest_of(content)
    )
    Release.objects.filter(pk=release.pk).update(profile=profile)
    unmet = schedule_complete(context_of(release.pk)).unmet
    assert [item.text for item in unmet] == [
        "The implementation schedule does not say yet: an estimated time frame, a process for managing the "
        "data on the portal, a method of posting."
    ]
    schedule_change(dataset_id=release.dataset_id, actor=cast.coordinator, **DURHAM)
    assert schedule_complete(context_of(release.pk)).ok


# --- Pages ---
def test_the_schedule_lists_filters_and_downloads(cast: Cast, client: Client) -> None:
    first = dataset_make(cast, title="=Street trees")
    schedule_change(dataset_id=first.pk, actor=cast.coordinator, **DURHAM)
    release_at(Stage.PUBLISHED, cast, title="Potholes")
    client.force_login(cast.cdo)
    url = reverse("schedule_list")
    page = text(client.get(url))
    assert "Q1 2027" in page
    assert "Potholes" in page
    assert "Potholes" not in text(client.get(url, {"status": "planned"}))
    assert "Street trees" not in text(client.get(url, {"status": "published"}))
    assert "No dataset fits" in text(client.get(url, {"q": "nothing like it"}))
    response = client.get(url, {"status": "planned", "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [row["Dataset"] for row in rows] == ["'=Street trees"]
    assert rows[0]["Frequency of updates"] == "Monthly"
    assert "Download as CSV" not in text(client.get(url, {"print": "yes"}))


def test_withheld_and_resting_data_is_not_in_the_schedule(cast: Cast, dataset: Dataset) -> None:
    Dataset.objects.filter(pk=dataset.pk).update(not_for_release_reason="Personnel files.")
    assert not scheduled(cast.cdo, cast.program).exists()


def test_an_entry_is_edited_on_its_page_and_refused_with_the_words_kept(
    cast: Cast, dataset: Dataset, client: Client
) -> None:
    client.force_login(cast.coordinator)
    url = reverse("schedule_edit", args=[dataset.pk])
    answers = {"quarter": "", "day": "2027-02-01", "process": "Nightly job", "portal": "socrata"}
    assert "The schedule is saved." in text(client.post(url, answers, follow=True))
    response = client.post(url, answers | {"day": "2027-05-01"})
    assert response.status_code == 422
    assert "Say why the estimate changes" in text(response)
    assert "2027-05-01" in text(response)
    page = text(client.post(url, answers | {"day": "2027-05-01", "reason": "Audit."}, follow=True))
    assert "Sat 1 May 2027" in page
    assert "Audit." in page
    client.force_login(cast.steward)
    assert client.post(url, answers).status_code == 403
    page = text(
        client.post(reverse("schedule_input", args=[dataset.pk]), {"text": "Ready in March."}, follow=True)
    )
    assert "Ready in March." in page


def test_the_access_plan_shows_what_is_published_planned_and_elsewhere(cast: Cast, client: Client) -> None:
    release_at(Stage.PUBLISHED, cast, title="Potholes")
    dataset_make(cast, title="Street trees")
    dataset_make(cast, title="Zoning", existing_url="https://maps.example.gov/zoning")
    client.force_login(cast.coordinator)
    url = reverse("access_plan", args=[cast.public_works.pk])
    page = text(client.get(url))
    for words in (
        "Published (1)",
        "Planned (1)",
        "Published elsewhere (1)",
        "https://maps.example.gov/zoning",
    ):
        assert words in page
    rows = list(csv.DictReader(io.StringIO(client.get(url, {"format": "csv"}).content.decode("utf-8-sig"))))
    assert {row["Dataset"]: row["Status"] for row in rows} == {
        "Potholes": "Published",
        "Street trees": "Planned",
        "Zoning": "Published elsewhere",
    }


def test_an_agencys_own_plan_is_kept_once_privately_and_each_opening_is_recorded(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.coordinator)
    url = reverse("access_plan", args=[cast.public_works.pk])
    for _ in range(2):
        page = text(client.post(url, {"upload": pdf(), "note": "Fiscal year 2027"}, follow=True))
        assert "Fiscal year 2027" in page
    file = AccessPlanFile.objects.get()
    client.force_login(cast.steward)
    response = client.get(reverse("access_plan_file", args=[file.pk]))
    assert b"".join(response.streaming_content) == b"%PDF-1.7 our plan"  # type: ignore[attr-defined]
    assert response["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    event = AuditEvent.objects.get(action="workflow.access_plan_downloaded")
    assert event.actor == cast.steward
    assert AuditEvent.objects.filter(action="workflow.access_plan_uploaded").count() == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("plan.exe", b"MZ", "a PDF, an Excel workbook"),
        ("plan.pdf", b"MZ not a pdf", "is something else inside"),
        ("plan-123-45-6789.pdf", b"%PDF-1.7", "Rename the file"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_in_words(
    name: str, content: bytes, words: str, cast: Cast
) -> None:
    with pytest.raises(MoveRefused, match=words):
        access_plan_upload(department=cast.public_works, actor=cast.coordinator, upload=pdf(name, content))
    assert not AccessPlanFile.objects.exists()


def test_people_of_elsewhere_find_nothing_and_readers_hand_in_nothing(
    cast: Cast, dataset: Dataset, client: Client
) -> None:
    file = access_plan_upload(department=cast.public_works, actor=cast.coordinator, upload=pdf())
    for person in (cast.other_coordinator, cast.foreign_cdo):
        client.force_login(person)
        assert client.get(reverse("schedule_edit", args=[dataset.pk])).status_code == 404
        assert client.post(reverse("schedule_input", args=[dataset.pk]), {"text": "x"}).status_code == 404
        assert client.get(reverse("access_plan", args=[cast.public_works.pk])).status_code == 404
        assert client.get(reverse("access_plan_file", args=[file.pk])).status_code == 404
        assert "Building permits" not in text(client.get(reverse("schedule_list")))
    client.force_login(cast.steward)
    response = client.post(reverse("access_plan", args=[cast.public_works.pk]), {"upload": pdf()})
    assert response.status_code == 403
