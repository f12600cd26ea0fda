"""The reviews tab: taking, assigning, stepping aside, ordering; what is typed is never lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from audit.models import AuditEvent
from tests.cast import Cast
from tests.factories.reviews import colleague, row_of
from tests.factories.workflow import release_at
from workflow.models import Recusal, Release, Review, ReviewOrder
from workflow.services.reviews import review_give, review_request
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def gil(cast: Cast) -> User:
    return colleague(cast, "Gil Other", Role.DEPARTMENT_APPROVER, department=cast.public_works)


@pytest.fixture
def release(cast: Cast, gil: User) -> Release:
    return release_at(Stage.QUALITY, cast)


def page_of(response: Any) -> str:
    return str(response.content.decode())


def tab(client: Client, user: User, release: Release) -> str:
    client.force_login(user)
    return page_of(client.get(reverse("release_reviews", args=[release.pk])))


def post(client: Client, user: User, name: str, release: Release, pk: int, **answers: Any) -> Any:
    client.force_login(user)
    return client.post(reverse(name, args=[release.pk, pk]), answers, follow=True)


def test_taking_it_shows_the_others_who_has_it(
    cast: Cast, gil: User, release: Release, client: Client
) -> None:
    assert "it waits for Gil Other or Grace Okafor" in tab(client, gil, release)
    pk = row_of(release).pk
    assert "It is yours now" in page_of(post(client, cast.approver, "review_claim", release, pk))
    page = tab(client, gil, release)
    assert "<strong>Grace Okafor</strong> has it since" in page
    assert "your verdict is asked for" not in page
    assert "Grace Okafor has taken this review" in page_of(post(client, gil, "review_claim", release, pk))
    post(client, cast.approver, "review_unclaim", release, pk)
    assert row_of(release).claimed_by is None


def test_who_comes_second_gets_their_words_back(
    cast: Cast, gil: User, release: Release, client: Client
) -> None:
    pk = row_of(release).pk
    review_give(release_id=release.pk, kind="department", verdict="approved", actor=cast.approver)
    answers = {f"review-{pk}-verdict": "conditions", f"review-{pk}-conditions": "Only by district."}
    response = post(client, gil, "review_give", release, pk, **answers)
    assert response.status_code == 409
    page = page_of(response)
    assert "Grace Okafor gave this review on" in page
    assert "Only by district." in page
    assert not Review.objects.filter(reviewer=gil).exists()
    event = AuditEvent.objects.get(action="access.refused", actor=gil)
    assert "Grace Okafor gave this review" in event.data["reason"]


def test_the_cdo_assigns_it_and_others_do_not_see_the_form(
    cast: Cast, gil: User, release: Release, client: Client
) -> None:
    assert "Assign it" not in tab(client, cast.steward, release)
    assert "Assign it" in tab(client, cast.cdo, release)
    pk = row_of(release).pk
    post(client, cast.cdo, "review_assign", release, pk, **{f"assign-{pk}-person": gil.pk})
    assert row_of(release).claimed_by == gil
    moved = {f"assign-{pk}-person": cast.approver.pk}
    response = post(client, cast.cdo, "review_assign", release, pk, **moved)
    assert response.status_code == 422
    assert "Say why the review goes from Gil Other to Grace Okafor" in page_of(response)


def test_stepping_aside_needs_a_reason_and_takes_the_form_away(
    cast: Cast, gil: User, release: Release, client: Client
) -> None:
    pk = row_of(release).pk
    response = post(client, gil, "review_step_aside", release, pk)
    assert response.status_code == 422
    assert "Say what stake you have in it" in page_of(response)
    page = page_of(
        post(client, gil, "review_step_aside", release, pk, **{f"aside-{pk}-reason": "My brother builds."})
    )
    assert "You stepped aside" in page
    assert "your verdict is asked for" not in page
    assert "Stepped aside: Gil Other." in page
    assert Recusal.objects.get().person == gil


def test_an_order_is_made_answered_and_accepted(cast: Cast, client: Client) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    row = review_request(release_id=release.pk, kind="legal", actor=cast.cdo)
    lena, name = cast[Role.LEGAL], f"order-{row.pk}"
    answers = {f"{name}-kind": "audit", f"{name}-owner": cast.steward.pk}
    response = post(client, lena, "order_make", release, row.pk, **answers)
    assert response.status_code == 422
    assert "Say what is to be done" in page_of(response)
    due = (timezone.localdate() + timedelta(days=7)).isoformat()
    answers |= {f"{name}-text": "Compare 50 rows.", f"{name}-due": due}
    assert "It is ordered" in page_of(post(client, lena, "order_make", release, row.pk, **answers))
    order = ReviewOrder.objects.get()
    assert "It is done" in tab(client, cast.steward, release)
    post(client, cast.steward, "order_answer", release, order.pk, **{f"answer-{order.pk}-answer": "Equal."})
    assert "Equal." in tab(client, lena, release)
    post(client, lena, "order_close", release, order.pk, **{f"close-{order.pk}-outcome": "accept"})
    assert ReviewOrder.objects.get().state == "accepted"


def test_a_refusal_says_what_happens_next(cast: Cast, release: Release, client: Client) -> None:
    review_give(
        release_id=release.pk,
        kind="department",
        verdict="refused",
        conditions="Not before July.",
        actor=cast.approver,
    )
    page = tab(client, cast.steward, release)
    assert "What happens next: the release waits. The open data coordinator returns it" in page


def test_people_of_another_program_or_department_find_nothing(
    cast: Cast, release: Release, client: Client
) -> None:
    pk = row_of(release).pk
    for user in (cast.foreign_cdo, cast.other_steward):
        for name in ("review_claim", "review_unclaim", "review_assign", "review_step_aside", "order_make"):
            assert post(client, user, name, release, pk).status_code == 404
    for name in ("order_answer", "order_close"):
        assert post(client, cast.foreign_cdo, name, release, 1).status_code == 404
    assert post(client, cast.steward, "review_claim", release, pk).status_code == 403
    assert post(client, cast.steward, "review_withdraw", release, pk).status_code == 403
