"""The checklist pages as people meet them: with and without JavaScript, with and without the right."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from checklists.models import Answer, Waiver
from checklists.services import checks_request
from dossier.services import dossier_open
from tests.cast import Cast
from tests.checklists.conftest import DECLARED, file_give, fill, run_queued
from tests.factories.workflow import release_at
from workflow.models import Release
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(client: Client, cast: Cast) -> Client:
    client.force_login(cast.coordinator)
    return client


def url(name: str, release: Release, *args: object) -> str:
    return reverse(name, args=[release.pk, *args])


def answer(client: Client, release: Release, item: str, value: str) -> dict:
    response = client.post(url("checklist_answer", release, "eligibility"), {"item": item, item: value})
    return response.json() | {"status": response.status_code}


def test_the_tab_lists_every_checklist_in_the_order_of_the_stages(
    coordinator: Client, release: Release
) -> None:
    page = coordinator.get(url("release_checklists", release)).content.decode()
    titles = [
        f"{name} checklist</a>" for name in ("Inventory", "Eligibility", "Readiness", "Submission", "Quality")
    ]
    places = [page.index(title) for title in titles]
    assert places == sorted(places)


@pytest.mark.parametrize("checklist", ["inventory", "eligibility", "readiness", "submission", "quality"])
def test_every_checklist_opens(coordinator: Client, release: Release, checklist: str) -> None:
    response = coordinator.get(url("release_checklist", release, checklist))
    assert response.status_code == 200
    assert "Why we ask" in response.content.decode()


def test_an_answer_is_saved_by_itself_and_says_how_the_checklist_stands(
    coordinator: Client, release: Release
) -> None:
    fill(release)
    said = answer(coordinator, release, "ELI-01", "no")
    assert said["status"] == 200
    assert (said["answered"], said["total"], said["complete"]) == (1, 13, False)
    assert said["remarks"]["ELI-01"]["tone"] == "bad"
    assert said["saved"]
    assert "ELI-08b" not in said["visible"]


def test_an_answer_that_cannot_be_taken_says_why(coordinator: Client, release: Release) -> None:
    fill(release)
    said = answer(coordinator, release, "ELI-01", "perhaps")
    assert (said["status"], said["refused"]) == (
        422,
        "This is none of the answers offered. Choose one of them.",
    )


def test_an_answer_at_a_closed_stage_says_why(coordinator: Client, release: Release) -> None:
    fill(release)
    dossier_open(release_id=release.pk, parts=[])
    assert answer(coordinator, release, "ELI-01", "yes")["status"] == 409


def test_a_question_that_does_not_exist_is_not_found(coordinator: Client, release: Release) -> None:
    fill(release)
    response = coordinator.post(url("checklist_answer", release, "eligibility"), {"item": "ELI-99"})
    assert response.status_code == 404
    assert coordinator.get(url("release_checklist", release, "unknown")).status_code == 404


def test_the_whole_page_is_saved_without_javascript(coordinator: Client, release: Release) -> None:
    fill(release)
    response = coordinator.post(
        url("release_checklist", release, "eligibility"),
        {"ELI-01": "yes", "ELI-06": ["asked", "grants"], "ELI-04b": "Monthly."},
        follow=True,
    )
    assert "Your answers are saved." in response.content.decode()
    answers = dict(Answer.objects.filter(source="typed").values_list("item", "value"))
    assert answers == {"ELI-01": "yes", "ELI-06": ["grants", "asked"], "ELI-04b": "Monthly."}


def test_a_refused_answer_is_shown_again_with_what_was_wrong(coordinator: Client, release: Release) -> None:
    fill(release)
    response = coordinator.post(
        url("release_checklist", release, "readiness"), {"RDY-13a": "a few", "RDY-13b": "The press."}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "Not saved: This is not a whole number" in page
    assert 'value="a few"' in page
    assert Answer.objects.get(item="RDY-13b").value == "The press."


def test_a_file_can_be_added_and_each_opening_is_recorded(coordinator: Client, release: Release) -> None:
    fill(release)
    upload = SimpleUploadedFile("steps.pdf", b"%PDF-1.4 steps")
    response = coordinator.post(
        url("checklist_answer", release, "readiness"), {"item": "RDY-14a", "RDY-14a": upload}
    )
    assert response.status_code == 200
    opened = coordinator.get(url("checklist_evidence", release, "readiness", "RDY-14a"))
    assert b"".join(opened.streaming_content) == b"%PDF-1.4 steps"
    assert "attachment" in opened["Content-Disposition"]
    assert AuditEvent.objects.filter(action="checklists.evidence_opened").count() == 1


@pytest.mark.parametrize(("name", "content"), [("run.exe", b"MZ"), ("empty.pdf", b"")])
def test_a_file_that_is_no_evidence_is_refused(
    coordinator: Client, release: Release, name: str, content: bytes
) -> None:
    fill(release)
    response = coordinator.post(
        url("checklist_answer", release, "readiness"),
        {"item": "RDY-14a", "RDY-14a": SimpleUploadedFile(name, content)},
    )
    assert response.status_code == 422
    assert not Answer.objects.filter(item="RDY-14a").exists()


def test_who_may_only_read_sees_answers_and_no_fields(client: Client, cast: Cast, release: Release) -> None:
    fill(release)
    client.force_login(cast["legal"])
    page = client.get(url("release_checklist", release, "eligibility")).content.decode()
    assert "You may read this checklist" in page
    assert 'name="ELI-01"' not in page
    assert client.post(url("checklist_answer", release, "eligibility"), {"item": "ELI-01"}).status_code == 403


@pytest.mark.parametrize("name", ["release_checklists", "release_checks"])
def test_a_stranger_does_not_learn_that_the_release_exists(
    client: Client, cast: Cast, release: Release, name: str
) -> None:
    client.force_login(cast.foreign_cdo)
    assert client.get(url(name, release)).status_code == 404


def test_only_the_coordinator_attests(client: Client, cast: Cast, release: Release) -> None:
    fill(release)
    client.force_login(cast.steward)
    assert client.post(url("checklist_attest", release, "submission"), {"confirm": "yes"}).status_code == 403


def test_attesting_needs_the_tick_and_says_so(coordinator: Client, release: Release) -> None:
    response = coordinator.post(url("checklist_attest", release, "submission"), follow=True)
    assert "Tick that you have looked" in response.content.decode()


@pytest.fixture
def checked(release: Release) -> Release:
    file_give(release)
    checks_request(
        release_id=release.pk,
        source_rows=None,
        declared=DECLARED,
        accrual_periodicity="monthly",
        data_as_of=None,
    )
    run_queued()
    return release


def test_the_results_are_shown_to_author_and_reviewer_alike(
    client: Client, cast: Cast, checked: Release
) -> None:
    seen = []
    for person in (cast.steward, cast.cdo):
        client.force_login(person)
        page = client.get(url("release_checks", checked)).content.decode()
        assert "1 date in “issued” is before 1900." in page
        seen.append(page[page.index("<h3>Score</h3>") : page.index("</main>")])
    assert seen[0] == seen[1]


def test_progress_asks_for_the_page_anew_when_the_checks_have_ended(
    coordinator: Client, checked: Release
) -> None:
    assert coordinator.get(url("checks_progress", checked))["HX-Refresh"] == "true"


def test_an_error_is_waived_on_the_page_with_its_reason(
    coordinator: Client, cast: Cast, checked: Release
) -> None:
    release = release_at(Stage.QUALITY, cast, title="Trees", custodian=cast["custodian"])
    file_give(release, sha256="d" * 64)
    checks_request(
        release_id=release.pk, source_rows=9, declared=DECLARED, accrual_periodicity="daily", data_as_of=None
    )
    run_queued()
    sent = {"check": "row_count_equals_source", "column": "", "reason": ""}
    refused = coordinator.post(url("check_waive", release), sent)
    assert refused.status_code == 422
    assert "Say why this error may stand" in refused.content.decode()
    sent["reason"] = "Five cancelled rows are left out on purpose."
    page = coordinator.post(url("check_waive", release), sent, follow=True).content.decode()
    assert "Waived by Dana Reed" in page and "left out on purpose" in page
    waiver = Waiver.objects.get()
    taken_back = coordinator.post(url("waiver_withdraw", release, waiver.pk), follow=True).content.decode()
    assert "Waivers that no longer hold" in taken_back


def test_who_may_not_waive_is_refused(client: Client, cast: Cast, checked: Release) -> None:
    client.force_login(cast.steward)
    sent = {"check": "valid_ranges", "column": "issued", "reason": "Because I say so myself."}
    assert client.post(url("check_waive", checked), sent).status_code == 403


def test_checks_are_run_again_by_a_button(coordinator: Client, checked: Release) -> None:
    page = coordinator.post(url("checks_again", checked), follow=True).content.decode()
    assert "The checks are on their way" in page
