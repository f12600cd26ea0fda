"""The reviews, plan and history tabs of a release."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.roles import Role
from dossier.services import contribution_record, fact_record
from tests.cast import Cast
from tests.factories.workflow import FILE, portal_facts, release_at
from workflow.models import PublicationPlan, Release, Review
from workflow.services.settle import release_settle
from workflow.services.transitions import release_transition
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


def page_of(response: Any) -> str:
    return str(response.content.decode())


def reviews_page(client: Client, release: Release) -> str:
    return page_of(client.get(reverse("release_reviews", args=[release.pk])))


def give(client: Client, release: Release, kind: str, **answers: str) -> Any:
    row = Review.objects.filter(release=release, kind=kind).order_by("verdict", "pk").first()
    pk = row.pk if row else 0
    url = reverse("review_give", args=[release.pk, pk])
    return client.post(url, {f"review-{pk}-{name}": value for name, value in answers.items()})


def test_the_approver_gives_the_approval_that_is_asked_for(cast: Cast, client: Client) -> None:
    release = release_at(Stage.QUALITY, cast)
    client.force_login(cast.approver)
    page = reviews_page(client, release)
    assert "Department approval: your verdict is asked for" in page
    assert f"the data file <code>{FILE[:12]}</code>" in page
    assert give(client, release, "department", verdict="approved", conditions="").status_code == 302
    page = reviews_page(client, release)
    assert "your verdict is asked for" not in page
    assert "by Grace Okafor on" in page


@pytest.mark.parametrize("verdict", ["refused", "conditions", ""])
def test_a_verdict_needs_its_words(verdict: str, cast: Cast, client: Client) -> None:
    release = release_at(Stage.QUALITY, cast)
    client.force_login(cast.approver)
    response = give(client, release, "department", verdict=verdict, conditions=" ")
    assert response.status_code == 422
    assert ("Choose a verdict." if not verdict else "Say what must change") in page_of(response)
    assert Review.objects.get(kind="department").is_pending


def test_other_roles_see_the_review_but_not_the_form(cast: Cast, client: Client) -> None:
    release = release_at(Stage.QUALITY, cast)
    for person in (cast.steward, cast.cdo, cast.coordinator):
        client.force_login(person)
        page = reviews_page(client, release)
        assert "Asked for" in page
        assert "Give the verdict" not in page
        assert give(client, release, "department", verdict="approved").status_code == 403
    assert Review.objects.get(kind="department").is_pending


def test_a_verdict_that_was_voided_says_by_what(cast: Cast, client: Client) -> None:
    release = release_at(Stage.PRIVACY, cast)
    fact_record(release_id=release.pk, kind="file", ok=True, about={"file": "0" * 64}, data={"rows": 1})
    client.force_login(cast.coordinator)
    page = reviews_page(client, release)
    assert "No longer counts: the data file changed after it." in page
    contribution_record(release_id=release.pk, user=cast.steward, what="file")
    day = date_format(timezone.localtime(), "j M")
    assert f"No longer counts: the data file changed on {day}, by Maria Lopez." in reviews_page(
        client, release
    )


def test_advice_is_asked_for_with_a_question_and_answered(cast: Cast, client: Client) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    client.force_login(cast.cdo)
    ask = reverse("review_request", args=[release.pk])
    response = client.post(ask, {"kind": "legal", "question": "May we?"}, follow=True)
    assert "Lena Fischer will get a letter." in page_of(response)
    client.force_login(cast[Role.LEGAL])
    assert "May we?" in reviews_page(client, release)
    give(client, release, "legal", verdict="conditions", conditions="Only by district.")
    assert "Only by district." in reviews_page(client, release)


def test_only_who_may_ask_for_a_review_sees_the_form(cast: Cast, client: Client) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    client.force_login(cast.steward)
    assert "Ask for a review" not in reviews_page(client, release)
    ask = reverse("review_request", args=[release.pk])
    assert client.post(ask, {"kind": "legal"}).status_code == 403
    client.force_login(cast.coordinator)
    assert "Ask for a review" in reviews_page(client, release)
    assert client.post(ask, {"kind": "astrology"}).status_code == 422


def test_a_review_that_is_not_asked_for_cannot_be_given(cast: Cast, client: Client) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    client.force_login(cast[Role.LEGAL])
    response = give(client, release, "legal", verdict="conditions", conditions="Only by district.")
    assert response.status_code == 409
    page = page_of(response)
    assert "This review is not asked for any more" in page
    assert "Only by district." in page


def test_the_steward_is_led_to_the_private_copy(cast: Cast, client: Client) -> None:
    release = release_at(Stage.STAGED, cast)
    portal_facts(release)
    release_settle(release_id=release.pk)
    client.force_login(cast.steward)
    page = reviews_page(client, release)
    assert 'href="http://portal/d/abcd-1234"' in page


def test_the_plan_is_made_in_the_time_zone_of_the_program(cast: Cast, client: Client) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    client.force_login(cast.coordinator)
    url = reverse("release_plan", args=[release.pk])
    assert "America/New York" in page_of(client.get(url))
    answers = {"release_at": "2026-12-04T09:00", "tactics": ["blog", "social"], "message": "Every permit."}
    assert client.post(url, answers).status_code == 302
    plan = PublicationPlan.objects.get(release=release)
    assert plan.release_at == datetime(2026, 12, 4, 14, 0, tzinfo=UTC)
    assert 'value="2026-12-04T09:00"' in page_of(client.get(url))


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"tactics": ["none", "blog"]}, "not both"),
        ({"release_at": "soon"}, "Give a date and a time"),
        ({"tactics": ["balloon"]}, "Select a valid choice"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_in_words(
    answers: dict[str, Any], sentence: str, cast: Cast, client: Client
) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    client.force_login(cast.coordinator)
    response = client.post(reverse("release_plan", args=[release.pk]), answers)
    assert response.status_code == 422
    assert sentence in page_of(response)


def test_the_plan_is_to_read_for_others_and_once_it_is_public(cast: Cast, client: Client) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    url = reverse("release_plan", args=[release.pk])
    client.force_login(cast.steward)
    assert "Save the plan" not in page_of(client.get(url))
    assert client.post(url, {"tactics": ["none"]}).status_code == 403
    public = release_at(Stage.PUBLISHED, cast, title="Another")
    client.force_login(cast.coordinator)
    url = reverse("release_plan", args=[public.pk])
    assert "The plan cannot be changed at this stage." in page_of(client.get(url))
    response = client.post(url, {"tactics": ["none"]}, follow=True)
    assert "The publication plan cannot be changed at this stage." in page_of(response)


def test_the_history_tells_what_happened_in_sentences(cast: Cast, client: Client) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    release_transition(
        release_id=release.pk,
        name="return_for_changes",
        actor=cast.cdo,
        reason="Two things.",
        points=["The unit"],
    )
    client.force_login(cast.steward)
    url = reverse("release_history", args=[release.pk])
    page = page_of(client.get(url))
    for words in (
        "Helen Park returned the release for changes, to Readiness.",
        "Two things.",
        "The unit",
        "Grace Okafor gave the department approval review: approved.",
        "Return for changes, by Helen Park",
        "is here now",
    ):
        assert words in page, words
    only_reviews = page_of(client.get(url, {"kind": "reviews"}))
    assert "Grace Okafor gave" in only_reviews
    assert "Dana Reed passed quality." not in only_reviews
    assert "Nothing of this kind has happened" in page_of(client.get(url, {"kind": "publication"}))


def test_a_long_history_is_shown_in_pages(cast: Cast, client: Client) -> None:
    from audit.services import event_record

    release = release_at(Stage.INVENTORY, cast)
    for number in range(40):
        event_record(
            action="workflow.record_changed",
            actor=cast.steward,
            subject=release,
            data={"fields": f"field {number}"},
            release_id=release.pk,
        )
    client.force_login(cast.steward)
    url = reverse("release_history", args=[release.pk])
    assert "field 39." in page_of(client.get(url))
    assert "field 1." in page_of(client.get(url, {"page": 2}))
