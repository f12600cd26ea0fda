"""Four eyes hold between people, not titles: whoever prepared does not approve, and nobody holds two keys."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Delegation
from accounts.roles import Role
from accounts.services import role_assign
from dossier.services import contribution_record
from tests.cast import Cast
from tests.factories.workflow import release_at, review_all
from workflow import policies
from workflow.context import context_of
from workflow.models import Release, Review
from workflow.services.datasets import dataset_change
from workflow.services.reviews import review_give
from workflow.services.transitions import release_transition
from workflow.stages import Stage


def test_a_cdo_who_worked_on_the_release_may_not_approve_it(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    contribution_record(release_id=release.pk, user=cast.cdo, what="description")
    with pytest.raises(PermissionDenied, match="somebody else must approve it"):
        release_transition(release_id=release.pk, name="approve", actor=cast.cdo)
    assert release_transition(release_id=release.pk, name="approve", actor=cast.second_cdo).stage == "STAGED"


def test_one_person_with_two_titles_has_one_pair_of_eyes(cast: Cast) -> None:
    role_assign(user=cast.approver, role=Role.CDO, program=cast.program, actor=None)
    release = release_at(Stage.CDO_REVIEW, cast)
    with pytest.raises(PermissionDenied, match="You gave the department approval"):
        release_transition(release_id=release.pk, name="approve", actor=cast.approver)


def test_whoever_uploaded_the_file_may_not_give_the_department_approval(cast: Cast) -> None:
    role_assign(
        user=cast.steward,
        role=Role.DEPARTMENT_APPROVER,
        program=cast.program,
        department=cast.public_works,
        actor=None,
    )
    release = release_at(Stage.QUALITY, cast)
    with pytest.raises(PermissionDenied, match="You prepared this release"):
        review_give(release_id=release.pk, kind="department", verdict="approved", actor=cast.steward)


def test_whoever_prepared_it_may_not_clear_its_privacy(cast: Cast) -> None:
    role_assign(user=cast.steward, role=Role.PRIVACY_OFFICER, program=cast.program, actor=None)
    release = release_at(Stage.PRIVACY, cast)
    with pytest.raises(PermissionDenied, match="somebody else must clear its privacy"):
        release_transition(release_id=release.pk, name="clear_privacy", actor=cast.steward)


def test_the_privacy_officer_may_clear_after_deciding_the_findings(cast: Cast) -> None:
    release = release_at(Stage.PRIVACY, cast)
    contribution_record(release_id=release.pk, user=cast.privacy_officer, what="privacy decision")
    moved = release_transition(release_id=release.pk, name="clear_privacy", actor=cast.privacy_officer)
    assert moved.stage == Stage.CDO_REVIEW


def test_a_delegate_of_the_cdo_who_prepared_the_release_may_not_approve_it(cast: Cast) -> None:
    today = timezone.localdate()
    assignment = cast.cdo.role_assignments.get(role=Role.CDO)
    Delegation.objects.create(
        assignment=assignment, to_user=cast.steward, starts=today, ends=today + timedelta(days=7)
    )
    release = release_at(Stage.CDO_REVIEW, cast)
    with pytest.raises(PermissionDenied, match="You worked on this release"):
        release_transition(release_id=release.pk, name="approve", actor=cast.steward)


def test_a_refused_review_stands_in_the_way_until_it_is_given_anew(cast: Cast) -> None:
    from workflow.errors import GatesUnmet

    release = release_at(Stage.QUALITY, cast)
    review_give(
        release_id=release.pk,
        kind="department",
        verdict="refused",
        conditions="Not before July.",
        actor=cast.approver,
    )
    with pytest.raises(GatesUnmet, match="Grace Okafor did not approve"):
        release_transition(release_id=release.pk, name="pass_quality", actor=cast.coordinator)


@pytest.fixture
def waiting(cast: Cast) -> Release:
    """A release that waits for the CDO."""
    return release_at(Stage.CDO_REVIEW, cast)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_over_any_history_no_preparer_and_no_key_holder_may_approve(
    data: st.DataObject, cast: Cast, waiting: Release
) -> None:
    """Whoever did anything to a release, in whatever order and with whatever roles, cannot be its approver."""
    from django.db import transaction

    with transaction.atomic():
        people = list(cast.people.values())
        workers = data.draw(st.lists(st.sampled_from(people), max_size=4))
        for worker in workers:
            contribution_record(release_id=waiting.pk, user=worker, what="answers")
        for person in data.draw(st.lists(st.sampled_from(people), max_size=4, unique=True)):
            role_assign(user=person, role=Role.CDO, program=cast.program, actor=None)
        context = context_of(waiting.pk)
        touched = {row.user_id for row in context.contributions}
        keys = {r.reviewer_id for r in context.reviews if r.kind in ("department", "privacy") and r.verdict}
        may = {person.pk for person in people if policies.may_move(person, "approve", context)}
        assert not may & (touched | keys)
        transaction.set_rollback(True)


def test_every_release_that_is_approved_saw_at_least_two_people(cast: Cast) -> None:
    release = release_at(Stage.STAGED, cast)
    approver = Review.objects.get(release=release, kind="cdo").reviewer_id
    others = set(
        Review.objects.filter(release=release).exclude(kind="cdo").values_list("reviewer_id", flat=True)
    )
    assert approver not in others | {row.user_id for row in release.contributions.all()}


def test_reviews_of_a_stage_are_asked_for_by_themselves(cast: Cast) -> None:
    release = release_at(Stage.QUALITY, cast)
    assert list(release.reviews.filter(verdict="").values_list("kind", flat=True)) == ["department"]
    review_all(release, "pass_quality", cast)
    assert not release.reviews.filter(verdict="").exists()


@pytest.mark.parametrize("kind", ["department", "security"])
def test_whoever_gave_another_approval_may_not_clear_the_privacy(cast: Cast, kind: str) -> None:
    """No one may hold two keys, in whatever order they are turned."""
    role = {"department": Role.DEPARTMENT_APPROVER, "security": Role.SECURITY_OFFICER}[kind]
    role_assign(user=cast[role], role=Role.PRIVACY_OFFICER, program=cast.program, actor=None)
    release = release_at(Stage.PRIVACY, cast, classification="sensitive", classification_ground="Names.")
    review_all(release, "clear_privacy", cast)
    with pytest.raises(PermissionDenied, match=f"You gave the {kind} approval"):
        release_transition(release_id=release.pk, name="clear_privacy", actor=cast[role])


def test_whoever_gave_the_security_approval_may_not_approve(cast: Cast) -> None:
    role_assign(user=cast[Role.SECURITY_OFFICER], role=Role.CDO, program=cast.program, actor=None)
    release = release_at(Stage.CDO_REVIEW, cast, classification="sensitive", classification_ground="Names.")
    with pytest.raises(PermissionDenied, match="You gave the security approval"):
        release_transition(release_id=release.pk, name="approve", actor=cast[Role.SECURITY_OFFICER])


def test_a_cdo_who_lowered_the_classification_may_not_approve(cast: Cast) -> None:
    """The classification decides which reviews are asked for, so setting it is working on the release."""
    release = release_at(Stage.QUALITY, cast, classification="sensitive", classification_ground="Names.")
    dataset_change(dataset=release.dataset, actor=cast.cdo, fields={"classification": "public"})
    assert not policies.may_move(cast.cdo, "approve", context_of(release.pk))
    assert policies.may_move(cast.second_cdo, "approve", context_of(release.pk))
