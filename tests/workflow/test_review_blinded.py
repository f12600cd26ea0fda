"""Independent reviews: nobody sees a verdict before every seat has its own (FEATURES M16)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from notifications.models import OutgoingMessage
from tests.cast import Cast
from tests.factories.reviews import colleague, program_with, rate_risk
from tests.factories.workflow import release_at
from workflow import approvals
from workflow.context import context_of
from workflow.errors import MoveRefused
from workflow.models import Release, Review
from workflow.selectors.work import my_work_of
from workflow.services.orders import order_make
from workflow.services.reviews import review_give
from workflow.stages import Stage

pytestmark = pytest.mark.django_db

SECRET = "Street names give three people away."
BLINDED = {
    "move": "clear_privacy",
    "kind": "security",
    "role": "security_officer",
    "people": 2,
    "when": "risk",
    "risks": ["very_high"],
    "blinded": True,
}


@pytest.fixture
def second(cast: Cast) -> User:
    program_with(cast, BLINDED)
    return colleague(cast, "Sid Second", Role.SECURITY_OFFICER)


@pytest.fixture
def release(cast: Cast, second: User) -> Release:
    """A release with a very high risk, of which the first of two independent reviews is in."""
    release = release_at(Stage.PRIVACY, cast)
    rate_risk(release, "very_high")
    review_give(
        release_id=release.pk,
        kind="security",
        verdict="conditions",
        conditions=SECRET,
        actor=cast[Role.SECURITY_OFFICER],
    )
    return release


def page(client: Client, user: User, name: str, release: Release) -> str:
    client.force_login(user)
    return client.get(reverse(name, args=[release.pk])).content.decode()


def test_the_risk_switches_it_on(cast: Cast, release: Release) -> None:
    assert set(Review.objects.filter(release=release).values_list("kind", "seat", "blinded")) >= {
        ("security", 1, True),
        ("security", 2, True),
    }


@pytest.mark.parametrize("name", ["release_reviews", "release_history", "release"])
def test_the_second_reviewer_sees_nothing_of_the_first_verdict(
    name: str, cast: Cast, release: Release, second: User, client: Client
) -> None:
    for person in (second, cast.cdo, cast.steward):
        text = page(client, person, name, release)
        assert SECRET not in text
        assert "with conditions" not in text.replace("Approved with conditions</label>", "")


def test_who_gave_it_sees_their_own_words(cast: Cast, release: Release, client: Client) -> None:
    assert SECRET in page(client, cast[Role.SECURITY_OFFICER], "release_reviews", release)


def test_it_does_not_count_before_all_are_in(cast: Cast, release: Release) -> None:
    assert approvals.approvals_of(context_of(release.pk), "security") == []


def test_letters_say_only_that_one_of_two_is_in(cast: Cast, release: Release, second: User) -> None:
    letters = OutgoingMessage.objects.filter(release_id=release.pk, recipient=second)
    assert SECRET not in str(list(letters.values_list("context", flat=True)))
    letter = letters.get(message_id="review_in")
    assert (letter.context["count"], letter.context["total"]) == (1, 2)
    assert not OutgoingMessage.objects.filter(release_id=release.pk, message_id="review_given").filter(
        context__kind="Security"
    )


def test_when_the_last_is_in_everybody_reads_them(
    cast: Cast, release: Release, second: User, client: Client
) -> None:
    review_give(release_id=release.pk, kind="security", verdict="approved", actor=second)
    for name in ("release_reviews", "release_history"):
        assert SECRET in page(client, cast.steward, name, release)
    letter = OutgoingMessage.objects.filter(message_id="reviews_opened", recipient=cast.steward).get()
    assert letter.context["verdicts"] == "Sven Larsson: approved with conditions; Sid Second: approved"
    assert len(approvals.approvals_of(context_of(release.pk), "security")) == 2


def test_what_a_reviewer_orders_meanwhile_is_not_read_by_the_other(
    cast: Cast, release: Release, second: User, client: Client
) -> None:
    first, words = cast[Role.SECURITY_OFFICER], "Show that nobody is found by street and age."
    due = timezone.localdate() + timedelta(days=7)
    about = {"release_id": release.pk, "kind": "audit", "text": words, "due": due, "actor": first}
    given = Review.objects.get(release=release, reviewer=first)
    with pytest.raises(MoveRefused, match="gives this review too"):
        order_make(**about, review_id=given.pk, owner=second)
    order_make(**about, review_id=given.pk, owner=cast.steward)
    for name in ("release_reviews", "release_history", "release"):
        text = page(client, second, name, release)
        assert words not in text
        assert f"ordered by {first}" not in text
        assert f"{first} ordered" not in text
    assert not OutgoingMessage.objects.filter(message_id="order_made", recipient=second).exists()
    # Who has to do it reads it; so do the colleagues who look after the release.
    assert words in page(client, cast.steward, "release_reviews", release)
    review_give(release_id=release.pk, kind="security", verdict="approved", actor=second)
    assert words in page(client, second, "release_reviews", release)


def test_verdicts_that_differ_stand_side_by_side(
    cast: Cast, release: Release, second: User, client: Client
) -> None:
    refusal = "Leave the street out."
    review_give(release_id=release.pk, kind="security", verdict="refused", conditions=refusal, actor=second)
    text = page(client, cast.steward, "release_reviews", release)
    assert "They do not agree." in text
    assert SECRET in text
    assert refusal in text
    assert "earlier verdict" not in text


def test_who_has_given_a_seat_is_not_named_for_the_open_one(
    cast: Cast, release: Release, second: User, client: Client
) -> None:
    text = page(client, cast.steward, "release", release)
    assert f"{second} (security officer (CISO)): give the security review" in " ".join(text.split())
    line = next(line for line in my_work_of(second).on_me if line.turn.review)
    assert line.people == (second,)
