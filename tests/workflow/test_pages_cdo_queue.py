"""The CDO's queue in the admin: who sees what, decisions one by one and several at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossier.services import contribution_record, fact_record
from tests.cast import Cast
from tests.factories.workflow import FILE, release_at
from workflow.models import Release, Review
from workflow.stages import Stage

pytestmark = pytest.mark.django_db
QUEUE = "/admin/workflow/approvalrequest/"


def decide_url(release: Release) -> str:
    return reverse("admin:workflow_approvalrequest_decide", args=[release.pk])


def stage_of(release: Release) -> str:
    return str(Release.objects.get(pk=release.pk).stage)


def page_of(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


@pytest.fixture
def waiting(cast: Cast) -> Release:
    return release_at(Stage.CDO_REVIEW, cast)


def test_the_cdo_finds_what_waits_for_the_decision(cast: Cast, client: Client, waiting: Release) -> None:
    release_at(Stage.QUALITY, cast, title="Street trees")
    client.force_login(cast.cdo)
    page = page_of(client.get(QUEUE))
    assert "Building permits" in page
    assert "Helen Park" in page
    assert "Street trees" not in page
    assert "Street trees" in page_of(client.get(QUEUE, {"stage": "open"}))


def test_the_queue_can_be_searched_and_filtered(cast: Cast, client: Client, waiting: Release) -> None:
    client.force_login(cast.cdo)
    assert "Building permits" in page_of(client.get(QUEUE, {"q": "permits"}))
    assert "Building permits" not in page_of(client.get(QUEUE, {"q": "hydrants"}))
    found = page_of(client.get(QUEUE, {"department": cast.health.pk, "age": "late"}))
    assert "Building permits" not in found


def test_the_queue_asks_no_more_questions_for_eight_releases_than_for_four(
    cast: Cast, client: Client, django_assert_max_num_queries: Any
) -> None:
    client.force_login(cast.cdo)
    for number in range(4):
        release_at(Stage.CDO_REVIEW, cast, title=f"Dataset {number}")
    client.get(QUEUE)
    with CaptureQueriesContext(connection) as few:
        client.get(QUEUE)
    for number in range(4, 8):
        release_at(Stage.CDO_REVIEW, cast, title=f"Dataset {number}")
    with django_assert_max_num_queries(len(few)):
        assert page_of(client.get(QUEUE)).count("Dataset ") >= 8
    assert len(few) <= 50


def test_a_cdo_of_another_program_finds_an_empty_queue(cast: Cast, client: Client, waiting: Release) -> None:
    client.force_login(cast.foreign_cdo)
    assert "Building permits" not in page_of(client.get(QUEUE))
    assert client.get(decide_url(waiting)).status_code == 404


def test_a_portal_admin_may_look_but_not_decide(cast: Cast, client: Client, waiting: Release) -> None:
    client.force_login(cast.portal_admin)
    page = page_of(client.get(decide_url(waiting)))
    assert "This is for the chief data officer" in page
    assert 'value="approve"' not in page
    assert client.post(decide_url(waiting), {"move": "approve"}).status_code == 403
    client.post(QUEUE, {"action": "approve_selected", "_selected_action": [waiting.pk], "confirmed": "yes"})
    assert stage_of(waiting) == Stage.CDO_REVIEW


@pytest.mark.parametrize("who", ["coordinator", "steward", "privacy_officer"])
def test_people_without_the_key_do_not_come_in(
    who: str, cast: Cast, client: Client, waiting: Release
) -> None:
    client.force_login(cast[who])
    assert client.get(decide_url(waiting)).status_code in (302, 403)
    assert client.get(QUEUE).status_code in (302, 403)


def test_the_decision_page_shows_the_evidence(cast: Cast, client: Client, waiting: Release) -> None:
    client.force_login(cast.cdo)
    page = page_of(client.get(decide_url(waiting)))
    for words in (
        "Approve the release of “Building permits 2019-2026”?",
        "You did not prepare this release: allowed.",
        "k = 14",
        "Grace Okafor",
        "Nothing. Every verdict speaks of what is here now.",
        "permits@example.gov",
        "What will happen",
    ):
        assert words in page, words


def test_the_cdo_approves_through_the_door(cast: Cast, client: Client, waiting: Release) -> None:
    client.force_login(cast.cdo)
    response = client.post(decide_url(waiting), {"move": "approve", "reason": "Good work."})
    assert response.status_code == 302
    assert stage_of(waiting) == Stage.STAGED
    assert Review.objects.get(release=waiting, kind="cdo").reviewer == cast.cdo


def test_approving_is_refused_with_every_sentence_when_something_is_in_the_way(
    cast: Cast, client: Client, waiting: Release
) -> None:
    fact_record(
        release_id=waiting.pk,
        kind="quality_checks",
        ok=False,
        sentences=["14 dates are before 1900."],
        about={"file": FILE, "checks": "1"},
    )
    client.force_login(cast.cdo)
    assert "14 dates are before 1900." in page_of(client.get(decide_url(waiting)))
    response = client.post(decide_url(waiting), {"move": "approve"})
    assert response.status_code == 409
    assert "14 dates are before 1900." in page_of(response)
    assert stage_of(waiting) == Stage.CDO_REVIEW


def test_somebody_who_worked_on_the_release_reads_why_they_may_not_approve(
    cast: Cast, client: Client, waiting: Release
) -> None:
    contribution_record(release_id=waiting.pk, user=cast.cdo, what="description")
    client.force_login(cast.cdo)
    page = page_of(client.get(decide_url(waiting)))
    assert "You worked on this release, so somebody else must approve it." in page
    assert client.post(decide_url(waiting), {"move": "approve"}).status_code == 403
    assert stage_of(waiting) == Stage.CDO_REVIEW


def test_a_return_carries_its_points_and_its_reason(cast: Cast, client: Client, waiting: Release) -> None:
    client.force_login(cast.cdo)
    answers = {"move": "return_for_changes", "to": "READINESS", "points": "- Say the unit\n\n- Fix dates"}
    assert client.post(decide_url(waiting), answers | {"reason": ""}).status_code == 422
    assert client.post(decide_url(waiting), answers | {"reason": "Two things."}).status_code == 302
    assert stage_of(waiting) == Stage.READINESS
    assert waiting.returns.get().points == ["Say the unit", "Fix dates"]


def test_a_rejection_needs_a_reason(cast: Cast, client: Client, waiting: Release) -> None:
    client.force_login(cast.cdo)
    assert client.post(decide_url(waiting), {"move": "reject", "reason": " "}).status_code == 422
    assert client.post(decide_url(waiting), {"move": "reject", "reason": "Not ours."}).status_code == 302
    assert stage_of(waiting) == Stage.REJECTED


def test_only_decisions_are_made_on_the_decision_page(cast: Cast, client: Client, waiting: Release) -> None:
    client.force_login(cast.cdo)
    assert client.post(decide_url(waiting), {"move": "withdraw", "reason": "x"}).status_code == 403
    assert stage_of(waiting) == Stage.CDO_REVIEW


def test_advice_is_asked_for_from_the_decision_page(cast: Cast, client: Client, waiting: Release) -> None:
    client.force_login(cast.cdo)
    client.post(decide_url(waiting), {"consult": "yes", "kind": "legal", "question": "May we?"})
    assert Review.objects.get(release=waiting, kind="legal").question == "May we?"
    assert "asked for, not given yet" in page_of(client.get(decide_url(waiting)))


def test_approving_several_gives_each_its_own_result(cast: Cast, client: Client, waiting: Release) -> None:
    bad = release_at(Stage.CDO_REVIEW, cast, title="Street trees")
    fact_record(
        release_id=bad.pk,
        kind="scan",
        ok=False,
        sentences=["The scan is not finished."],
        about={"file": FILE, "registry": "old"},
    )
    other = release_at(Stage.CDO_REVIEW, cast, title="Hydrants")
    client.force_login(cast.cdo)
    chosen = {"action": "approve_selected", "_selected_action": [waiting.pk, bad.pk, other.pk]}
    between = client.post(QUEUE, chosen)
    assert "Will be refused" in page_of(between)
    assert stage_of(waiting) == Stage.CDO_REVIEW
    result = page_of(client.post(QUEUE, chosen | {"confirmed": "yes", "reason": ""}))
    assert "2 of 3 done" in result
    assert "The scan is not finished." in result
    assert [stage_of(row) for row in (waiting, bad, other)] == [
        Stage.STAGED,
        Stage.CDO_REVIEW,
        Stage.STAGED,
    ]


def test_returning_several_needs_a_reason_once(cast: Cast, client: Client, waiting: Release) -> None:
    client.force_login(cast.cdo)
    chosen = {"action": "return_selected", "_selected_action": [waiting.pk], "confirmed": "yes"}
    answers = {"to": "READINESS", "points": "Say the unit"}
    client.post(QUEUE, chosen | answers | {"reason": ""})
    assert stage_of(waiting) == Stage.CDO_REVIEW
    client.post(QUEUE, chosen | answers | {"reason": "The unit is missing."})
    assert stage_of(waiting) == Stage.READINESS


def test_nothing_in_the_queue_can_be_added_changed_or_deleted(
    cast: Cast, client: Client, waiting: Release
) -> None:
    client.force_login(cast.cdo)
    assert client.get(QUEUE + "add/").status_code == 403
    assert client.post(f"{QUEUE}{waiting.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{QUEUE}{waiting.pk}/change/").headers["Location"] == decide_url(waiting)
    assert Release.objects.filter(pk=waiting.pk).exists()
