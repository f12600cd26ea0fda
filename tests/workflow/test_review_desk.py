"""Whose a review is: taken, given by name, given back, stepped aside from; and what people do by a lent role."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.services_delegation import delegation_begin
from audit.models import AuditEvent
from notifications.models import OutgoingMessage
from tests.cast import Cast
from tests.factories.reviews import colleague, row_of
from tests.factories.workflow import release_at
from workflow import policies
from workflow.context import context_of
from workflow.errors import MoveRefused, ReasonRequired
from workflow.models import Recusal, Release, Review
from workflow.selectors.work import my_work_of
from workflow.services.review_claims import (
    review_assign,
    review_claim,
    review_step_aside,
    review_unclaim,
    review_withdraw,
)
from workflow.services.reviews import review_give, review_request
from workflow.services.transitions import release_transition
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def gil(cast: Cast) -> User:
    return colleague(cast, "Gil Other", Role.DEPARTMENT_APPROVER, department=cast.public_works)


@pytest.fixture
def release(cast: Cast, gil: User) -> Release:
    """A release that waits for the department approval, which Grace or Gil may give."""
    return release_at(Stage.QUALITY, cast)


def waits_on(user: User, release: Release) -> bool:
    return any(line.release == release for line in my_work_of(user).on_me)


def lend(of: User, role: Role, to: User) -> None:
    today = timezone.localdate()
    delegation_begin(
        assignment=of.role_assignments.get(role=role),
        to_user=to,
        starts=today,
        ends=today + timedelta(days=3),
        reason="On leave.",
        actor=of,
    )


def test_who_takes_it_has_it_and_the_other_hears_who_in_words(
    cast: Cast, gil: User, release: Release
) -> None:
    assert waits_on(gil, release)
    where = {"release_id": release.pk, "review_id": row_of(release).pk}
    review_claim(**where, actor=cast.approver)
    assert waits_on(cast.approver, release)
    assert not waits_on(gil, release)
    for act in (
        lambda: review_claim(**where, actor=gil),
        lambda: review_give(**where, kind="department", verdict="approved", actor=gil),
    ):
        with pytest.raises(MoveRefused, match="Grace Okafor has taken this review"):
            act()
    review_unclaim(**where, actor=cast.approver)
    review_give(**where, kind="department", verdict="approved", actor=gil)


def test_it_is_given_by_name_and_again_with_a_reason(cast: Cast, gil: User, release: Release) -> None:
    where = {"release_id": release.pk, "review_id": row_of(release).pk}
    review_assign(**where, person=gil, actor=cast.cdo)
    letter = OutgoingMessage.objects.get(message_id="review_assigned", recipient=gil)
    assert letter.asked
    with pytest.raises(ReasonRequired, match="from Gil Other to Grace Okafor"):
        review_assign(**where, person=cast.approver, actor=cast.cdo)
    review_assign(**where, person=cast.approver, actor=cast.cdo, reason="Gil is ill.")
    assert row_of(release).claimed_by == cast.approver
    told = OutgoingMessage.objects.filter(message_id="review_assigned", asked=False)
    assert [row.recipient for row in told] == [gil]


def test_only_somebody_who_may_give_it_gets_it_and_only_some_may_assign(
    cast: Cast, gil: User, release: Release
) -> None:
    where = {"release_id": release.pk, "review_id": row_of(release).pk}
    with pytest.raises(MoveRefused, match="Maria Lopez cannot give this review"):
        review_assign(**where, person=cast.steward, actor=cast.cdo)
    for person in (cast.steward, cast.other_coordinator):
        with pytest.raises(PermissionDenied):
            review_assign(**where, person=gil, actor=person)


def test_who_has_a_stake_steps_aside_and_cannot_come_back(cast: Cast, gil: User, release: Release) -> None:
    where = {"release_id": release.pk, "review_id": row_of(release).pk}
    review_claim(**where, actor=gil)
    with pytest.raises(ReasonRequired, match="what stake"):
        review_step_aside(**where, actor=gil, reason=" ")
    review_step_aside(**where, actor=gil, reason="My brother builds there.")
    assert row_of(release).claimed_by is None
    assert Recusal.objects.get().person == gil
    assert not waits_on(gil, release)
    assert waits_on(cast.approver, release)
    for act in (
        lambda: review_claim(**where, actor=gil),
        lambda: review_give(**where, kind="department", verdict="approved", actor=gil),
    ):
        with pytest.raises(PermissionDenied, match="You stepped aside"):
            act()
    with pytest.raises(MoveRefused, match="cannot give this review"):
        review_assign(**where, person=gil, actor=cast.cdo)


def test_a_needless_request_is_taken_back_and_a_needed_one_is_not(cast: Cast, release: Release) -> None:
    where = {"release_id": release.pk, "actor": cast.coordinator}
    asked = review_request(kind="legal", question="May we?", **where)
    review_withdraw(review_id=asked.pk, reason="The law changed.", **where)
    assert not Review.objects.filter(kind="legal").exists()
    assert OutgoingMessage.objects.filter(message_id="review_withdrawn", recipient=cast[Role.LEGAL]).exists()
    with pytest.raises(MoveRefused, match="The program needs this review"):
        review_withdraw(review_id=row_of(release).pk, reason="No time.", **where)


def test_a_review_is_due_in_business_days(cast: Cast, release: Release) -> None:
    row = row_of(release)
    assert row.due is not None
    assert timezone.localtime(row.due).weekday() < 5
    assert row.due - row.requested_at > timedelta(days=5)


def test_a_delegate_acts_in_place_of_somebody_and_the_record_names_both(cast: Cast, release: Release) -> None:
    stand_in = cast[Role.POLICY]
    lend(cast.approver, Role.DEPARTMENT_APPROVER, stand_in)
    review = review_give(release_id=release.pk, kind="department", verdict="approved", actor=stand_in)
    assert review.on_behalf_of == cast.approver
    event = AuditEvent.objects.get(action="workflow.review_given", release_id=release.pk)
    assert (event.actor, event.on_behalf_of) == (stand_in, cast.approver)


def test_the_lender_of_a_key_cannot_turn_another_nor_can_their_delegate(cast: Cast, release: Release) -> None:
    stand_in = cast[Role.POLICY]
    lend(cast.approver, Role.DEPARTMENT_APPROVER, stand_in)
    review_give(release_id=release.pk, kind="department", verdict="approved", actor=stand_in)
    cast.approver.role_assignments.create(role=Role.PRIVACY_OFFICER, program=cast.program)
    release_transition(release_id=release.pk, name="pass_quality", actor=cast.coordinator)
    with pytest.raises(PermissionDenied, match="You gave the department approval"):
        release_transition(release_id=release.pk, name="clear_privacy", actor=cast.approver)
    lend(cast.approver, Role.PRIVACY_OFFICER, cast[Role.LEGAL])
    with pytest.raises(
        PermissionDenied, match=r"Grace Okafor gave the department approval .* you act in their"
    ):
        release_transition(release_id=release.pk, name="clear_privacy", actor=cast[Role.LEGAL])


def test_the_delegate_of_an_author_cannot_approve(cast: Cast) -> None:
    """FEATURES M05. The author lends a role of theirs; whoever stands in for them stands on their side."""
    release = release_at(Stage.CDO_REVIEW, cast)
    context = context_of(release.pk)
    assert policies.may_move(cast.cdo, "approve", context)
    lend(cast.steward, Role.STEWARD, cast.cdo)
    with pytest.raises(PermissionDenied, match="You stand in for Maria Lopez, who prepared this release"):
        policies.check_move(cast.cdo, "approve", context)
    cast.coordinator.role_assignments.create(role=Role.CDO, program=cast.program)
    lend(cast.coordinator, Role.CDO, cast[Role.LEGAL])
    with pytest.raises(PermissionDenied, match="You stand in for Dana Reed"):
        policies.check_move(cast[Role.LEGAL], "approve", context)


def test_what_a_delegate_prepared_is_the_lenders_work_too(cast: Cast, gil: User) -> None:
    from dossier.services import contribution_record

    release = release_at(Stage.QUALITY, cast)
    gil.role_assignments.create(role=Role.STEWARD, program=cast.program, department=cast.public_works)
    lend(gil, Role.STEWARD, cast[Role.IT])
    contribution_record(release_id=release.pk, user=cast[Role.IT], what="file")
    with pytest.raises(PermissionDenied, match="prepared in your place, by a delegate"):
        review_give(release_id=release.pk, kind="department", verdict="approved", actor=gil)
