"""A consultation orders an audit or an update; until it is done, nobody approves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.roles import Role
from notifications.models import OutgoingMessage
from tests.cast import Cast
from tests.factories.workflow import release_at
from workflow.context import context_of
from workflow.errors import MoveRefused, ReasonRequired
from workflow.gates.orders import orders_done
from workflow.models import Release, ReviewOrder
from workflow.selectors.work import my_work_of
from workflow.services.orders import order_answer, order_close, order_make
from workflow.services.reviews import review_request
from workflow.services.transitions import release_transition
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def release(cast: Cast) -> Release:
    return release_at(Stage.CDO_REVIEW, cast)


def soon() -> date:
    return timezone.localdate() + timedelta(days=7)


def make(cast: Cast, release: Release, **changes: Any) -> ReviewOrder:
    review = release.reviews.filter(kind="security", verdict="").first() or review_request(
        release_id=release.pk, kind="security", actor=cast.cdo
    )
    words = {
        "release_id": release.pk,
        "review_id": review.pk,
        "kind": "audit",
        "text": "Compare 50 rows with the source.",
        "owner": cast.steward,
        "due": soon(),
        "actor": cast[Role.SECURITY_OFFICER],
    }
    return order_make(**words | changes)


def sentences(release: Release) -> list[str]:
    return [item.text for item in orders_done(context_of(release.pk)).unmet]


def test_it_stands_in_the_way_until_the_answer_is_accepted(cast: Cast, release: Release) -> None:
    order = make(cast, release)
    assert "Audit: ordered by Sven Larsson from Maria Lopez" in sentences(release)[0]
    assert OutgoingMessage.objects.get(message_id="order_made", recipient=cast.steward).asked
    assert [line.turn.what for line in my_work_of(cast.steward).on_me] == ["make the audit that was ordered"]
    where = {"release_id": release.pk, "order_id": order.pk}
    order_answer(**where, answer="50 of 50 are equal.", actor=cast.steward)
    assert "Maria Lopez has answered" in sentences(release)[0]
    words = [line.turn.what for line in my_work_of(cast[Role.SECURITY_OFFICER]).on_me]
    assert "accept the audit by Maria Lopez, or send it back" in words
    order_close(**where, outcome="accept", actor=cast[Role.SECURITY_OFFICER])
    assert sentences(release) == []


def test_an_answer_is_sent_back_with_a_reason_and_the_cdo_may_withdraw(cast: Cast, release: Release) -> None:
    order = make(cast, release)
    where = {"release_id": release.pk, "order_id": order.pk}
    order_answer(**where, answer="Done.", actor=cast.steward)
    with pytest.raises(ReasonRequired, match="Say why"):
        order_close(**where, outcome="reopen", actor=cast[Role.SECURITY_OFFICER])
    order_close(**where, outcome="reopen", words="Which rows?", actor=cast[Role.SECURITY_OFFICER])
    assert ReviewOrder.objects.get().state == ReviewOrder.State.OPEN
    order_close(**where, outcome="withdraw", words="Not needed now.", actor=cast.cdo)
    assert sentences(release) == []
    with pytest.raises(MoveRefused, match="closed: withdrawn, by Helen Park"):
        order_answer(**where, answer="Too late.", actor=cast.steward)


def test_who_may_order_answer_and_accept(cast: Cast, release: Release) -> None:
    with pytest.raises(PermissionDenied):
        make(cast, release, actor=cast.coordinator)
    order = make(cast, release)
    where = {"release_id": release.pk, "order_id": order.pk}
    with pytest.raises(MoveRefused, match="for Maria Lopez to answer"):
        order_answer(**where, answer="I did it.", actor=cast.coordinator)
    order_answer(**where, answer="I did it.", actor=cast.steward)
    with pytest.raises(PermissionDenied):
        order_close(**where, outcome="accept", actor=cast.coordinator)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": " "}, "Say what is to be done"),
        ({"due": date(2020, 1, 1)}, "is past"),
        ({"owner": "other_steward"}, "does not see this dataset"),
    ],
)
def test_an_order_that_reaches_nobody_is_refused(
    changes: dict[str, Any], words: str, cast: Cast, release: Release
) -> None:
    if "owner" in changes:
        changes = {"owner": getattr(cast, changes["owner"])}
    with pytest.raises(MoveRefused, match=words):
        make(cast, release, **changes)
    assert not ReviewOrder.objects.exists()


def test_it_outlives_a_return(cast: Cast, release: Release) -> None:
    make(cast, release)
    release_transition(
        release_id=release.pk, name="return_for_changes", actor=cast.cdo, reason="First the audit."
    )
    order = ReviewOrder.objects.get()
    assert order.review is None
    assert sentences(release) != []
