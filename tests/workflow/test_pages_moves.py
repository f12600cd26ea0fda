"""A move on its page: what it says beforehand, what it refuses and how, and that two clicks do one thing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from dossier.services import contribution_record, fact_forget
from tests.cast import Cast
from tests.factories.workflow import release_at
from workflow.models import Release
from workflow.stages import MOVES, Stage
from workflow.words import UNDO

pytestmark = pytest.mark.django_db


def url(release: Release, name: str) -> str:
    return reverse("release_move", args=[release.pk, name])


def page_of(response: Any) -> str:
    return str(response.content.decode())


def stage_of(release: Release) -> str:
    return str(Release.objects.get(pk=release.pk).stage)


def test_every_move_says_what_can_be_undone() -> None:
    assert set(UNDO) == set(MOVES)


def test_the_page_says_what_happens_and_who_is_told(cast: Cast, client: Client) -> None:
    release = release_at(Stage.READINESS, cast)
    client.force_login(cast.steward)
    page = page_of(client.get(url(release, "submit_for_quality")))
    assert "The open data coordinator checks the quality" in page
    assert "Dana Reed" in page
    assert "<li>Maria Lopez</li>" not in page


def test_the_move_is_made_and_leads_back_to_the_release(cast: Cast, client: Client) -> None:
    release = release_at(Stage.READINESS, cast)
    client.force_login(cast.steward)
    response = client.post(url(release, "submit_for_quality"), follow=True)
    assert stage_of(release) == Stage.QUALITY
    assert "Submit for quality: done for" in page_of(response)


def test_two_clicks_do_one_thing(cast: Cast, client: Client) -> None:
    release = release_at(Stage.READINESS, cast)
    client.force_login(cast.steward)
    client.post(url(release, "submit_for_quality"))
    second = client.post(url(release, "submit_for_quality"))
    assert second.headers["Location"] == reverse("release", args=[release.pk])
    assert AuditEvent.objects.filter(action="workflow.submitted_for_quality").count() == 1


def test_a_move_that_somebody_else_made_meanwhile_is_explained(cast: Cast, client: Client) -> None:
    release = release_at(Stage.QUALITY, cast)
    client.force_login(cast.coordinator)
    response = client.post(url(release, "submit_for_quality"))
    assert response.status_code == 409
    assert "is not possible now: the release is in Quality" in page_of(response)


def test_everything_in_the_way_is_said_with_the_tab_that_cures_it(cast: Cast, client: Client) -> None:
    release = release_at(Stage.READINESS, cast)
    fact_forget(release_id=release.pk, kind="file")
    fact_forget(release_id=release.pk, kind="attestation")
    client.force_login(cast.steward)
    overview = page_of(client.get(reverse("release", args=[release.pk])))
    assert "disabled" in overview
    response = client.post(url(release, "submit_for_quality"))
    assert response.status_code == 409
    page = page_of(response)
    for sentence in ("No data file has been uploaded", "The coordinator has not attested"):
        assert sentence in page
        assert sentence in overview
    assert reverse("release_data", args=[release.pk]) in page
    assert stage_of(release) == Stage.READINESS


def test_a_role_that_may_not_move_gets_a_refusal_with_the_reason_and_it_is_recorded(
    cast: Cast, client: Client
) -> None:
    release = release_at(Stage.QUALITY, cast)
    client.force_login(cast.steward)
    for response in (client.get(url(release, "pass_quality")), client.post(url(release, "pass_quality"))):
        assert response.status_code == 403
    assert AuditEvent.objects.filter(action="access.refused", actor=cast.steward).exists()
    assert "This is for the open data coordinator" in page_of(
        client.get(reverse("release", args=[release.pk]))
    )


def test_who_prepared_the_release_reads_why_they_may_not_clear_it(cast: Cast, client: Client) -> None:
    release = release_at(Stage.PRIVACY, cast)
    contribution_record(release_id=release.pk, user=cast.privacy_officer, what="upload")
    client.force_login(cast.privacy_officer)
    page = page_of(client.get(reverse("release", args=[release.pk])))
    assert "You prepared this release, so somebody else must clear its privacy." in page
    assert client.post(url(release, "clear_privacy")).status_code == 403


def test_a_return_begins_with_what_failed_and_is_shown_to_who_answers(cast: Cast, client: Client) -> None:
    release = release_at(Stage.QUALITY, cast)
    fact_forget(release_id=release.pk, kind="quality_checks")
    client.force_login(cast.coordinator)
    assert "The machine checks have not run on this file yet." in page_of(
        client.get(url(release, "return_for_changes"))
    )
    answers = {"to": "READINESS", "points": "1900 dates\nThe unit", "reason": "Please look again."}
    assert client.post(url(release, "return_for_changes"), answers).status_code == 302
    client.force_login(cast.steward)
    page = page_of(client.get(reverse("release", args=[release.pk])))
    for words in ("Returned by Dana Reed", "Please look again.", "2 points to answer", "1900 dates"):
        assert words in page


def test_a_return_goes_to_an_earlier_stage_only(cast: Cast, client: Client) -> None:
    release = release_at(Stage.QUALITY, cast)
    client.force_login(cast.coordinator)
    answers = {"to": "PRIVACY", "reason": "x"}
    assert client.post(url(release, "return_for_changes"), answers).status_code == 422
    assert stage_of(release) == Stage.QUALITY


@pytest.mark.parametrize("name", ["hold", "withdraw", "return_for_changes"])
def test_a_missing_reason_is_said_at_its_field(name: str, cast: Cast, client: Client) -> None:
    release = release_at(Stage.QUALITY, cast)
    client.force_login(cast.coordinator)
    response = client.post(url(release, name), {"to": "READINESS", "reason": ""})
    assert response.status_code == 422
    assert "needs a reason" in page_of(response)
    assert stage_of(release) == Stage.QUALITY


def test_a_release_is_held_and_resumed(cast: Cast, client: Client) -> None:
    release = release_at(Stage.QUALITY, cast)
    client.force_login(cast.coordinator)
    client.post(url(release, "hold"), {"reason": "The vendor changes the export."})
    page = page_of(client.get(reverse("release", args=[release.pk])))
    assert "The vendor changes the export." in page
    assert url(release, "resume") in page
    assert url(release, "hold") not in page
    client.post(url(release, "resume"))
    assert Release.objects.get(pk=release.pk).held_at is None


def test_a_release_of_another_program_cannot_be_moved(cast: Cast, client: Client) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    client.force_login(cast.foreign_cdo)
    assert client.post(url(release, "approve")).status_code == 404
    assert stage_of(release) == Stage.CDO_REVIEW


def test_a_move_needs_the_token_of_the_form(cast: Cast) -> None:
    release = release_at(Stage.READINESS, cast)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.steward)
    assert strict.post(url(release, "submit_for_quality")).status_code == 403
    assert stage_of(release) == Stage.READINESS


def test_there_is_no_page_for_a_move_that_does_not_exist(cast: Cast, client: Client) -> None:
    release = release_at(Stage.QUALITY, cast)
    client.force_login(cast.coordinator)
    assert client.get(url(release, "teleport")).status_code == 404
