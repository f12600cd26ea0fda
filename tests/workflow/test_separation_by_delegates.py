"""What a delegate does is also the hand of whoever lent them the role: no way past four eyes leads over a loan."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Delegation, Department, User
from accounts.roles import Role
from accounts.services import role_assign
from accounts.services_delegation import delegation_begin, delegation_end
from dossier.services import contribution_record
from tests.cast import Cast
from tests.factories.reviews import colleague, program_with
from tests.factories.workflow import release_at
from workflow import policies
from workflow.context import context_of
from workflow.models import ContributingDepartment, Recusal, Review
from workflow.services.reviews import review_give
from workflow.services.transitions import release_transition
from workflow.stages import Stage


def lend(owner: User, role: Role, to: User, department: Department | None = None) -> Delegation:
    """`owner` lends `role` for a week, by the service that people use."""
    return delegation_begin(
        assignment=owner.role_assignments.get(role=role, department=department),
        to_user=to,
        starts=timezone.localdate(),
        ends=timezone.localdate() + timedelta(days=7),
        reason="On leave.",
        actor=owner,
    )


def test_a_contributing_department_is_not_signed_for_in_the_place_of_who_prepared(cast: Cast) -> None:
    """The owner's steward heads the contributing department too, and lends that signature to a colleague."""
    role_assign(
        user=cast.steward,
        role=Role.DEPARTMENT_APPROVER,
        program=cast.program,
        department=cast.health,
        actor=None,
    )
    lend(cast.steward, Role.DEPARTMENT_APPROVER, cast.other_steward, cast.health)
    release = release_at(Stage.READINESS, cast)
    ContributingDepartment.objects.create(
        dataset=release.dataset, department=cast.health, must_sign=True, added_by=cast.coordinator
    )
    release_transition(release_id=release.pk, name="submit_for_quality", actor=cast.steward)
    row = Review.objects.get(release=release, kind="department", department=cast.health)
    with pytest.raises(PermissionDenied, match="You stand in for Maria Lopez, who prepared this release"):
        review_give(
            release_id=release.pk,
            kind="department",
            review_id=row.pk,
            verdict="approved",
            actor=cast.other_steward,
        )


def test_who_stepped_aside_cannot_make_the_move_instead(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    Recusal.objects.create(release=release, kind="cdo", person=cast.cdo, reason="My house is in it.")
    with pytest.raises(PermissionDenied, match="You stepped aside"):
        release_transition(release_id=release.pk, name="approve", actor=cast.cdo)
    assert release_transition(release_id=release.pk, name="approve", actor=cast.second_cdo).stage == "STAGED"


def test_who_stepped_aside_cannot_clear_privacy_nor_lend_the_role_for_it(cast: Cast) -> None:
    release = release_at(Stage.PRIVACY, cast)
    officer = cast.privacy_officer
    Recusal.objects.create(release=release, kind="privacy", person=officer, reason="My sister is in it.")
    with pytest.raises(PermissionDenied, match="You stepped aside"):
        release_transition(release_id=release.pk, name="clear_privacy", actor=officer)
    deputy = colleague(cast, "Dora Deputy", Role.IT)
    lend(officer, Role.PRIVACY_OFFICER, deputy)
    with pytest.raises(PermissionDenied, match="Priya Raman stepped aside from this review"):
        release_transition(release_id=release.pk, name="clear_privacy", actor=deputy)


def test_two_final_keys_are_not_turned_by_one_person_and_their_delegate(cast: Cast) -> None:
    program_with(cast, final_key={"people": 2})
    release = release_at(Stage.PRIVACY, cast)
    release_transition(release_id=release.pk, name="clear_privacy", actor=cast.privacy_officer)
    review_give(release_id=release.pk, kind="cdo", verdict="approved", actor=cast.cdo)
    deputy = colleague(cast, "Dora Deputy", Role.IT)
    lend(cast.cdo, Role.CDO, deputy)
    with pytest.raises(PermissionDenied, match="Helen Park gave the final approval of this release"):
        release_transition(release_id=release.pk, name="approve", actor=deputy)
    assert release_transition(release_id=release.pk, name="approve", actor=cast.second_cdo).stage == "STAGED"


def test_privacy_decided_in_ones_place_keeps_the_final_key_away(cast: Cast) -> None:
    role_assign(user=cast.cdo, role=Role.PRIVACY_OFFICER, program=cast.program, actor=None)
    deputy = colleague(cast, "Dora Deputy", Role.IT)
    lend(cast.cdo, Role.PRIVACY_OFFICER, deputy)
    release = release_at(Stage.CDO_REVIEW, cast)
    contribution_record(release_id=release.pk, user=deputy, what="privacy decision")
    context = context_of(release.pk)
    assert not policies.may_move(cast.cdo, "approve", context)
    assert policies.may_move(cast.second_cdo, "approve", context)


def test_work_done_in_ones_place_counts_although_the_delegate_came_back_later(cast: Cast) -> None:
    """The delegate uploads while the loan runs; what they do after its end does not hide that."""
    role_assign(
        user=cast.coordinator,
        role=Role.DEPARTMENT_APPROVER,
        program=cast.program,
        department=cast.public_works,
        actor=None,
    )
    deputy = colleague(cast, "Dora Deputy", Role.IT)
    loan = lend(cast.coordinator, Role.COORDINATOR, deputy, cast.public_works)
    release = release_at(Stage.READINESS, cast)
    release.contributions.all().delete()
    contribution_record(release_id=release.pk, user=deputy, what="file")
    delegation_end(delegation=loan, actor=cast.coordinator)
    later = timezone.now() + timedelta(minutes=5)
    contribution_record(release_id=release.pk, user=deputy, what="waiver", now=later)
    release_transition(release_id=release.pk, name="submit_for_quality", actor=cast.steward)
    with pytest.raises(PermissionDenied, match="prepared in your place, by a delegate"):
        review_give(release_id=release.pk, kind="department", verdict="approved", actor=cast.coordinator)


def test_who_drafts_the_privacy_form_does_not_sign_it_for_the_department(cast: Cast) -> None:
    """San Francisco: the coordinator drafts the release toolkit form, management signs it."""
    release = release_at(Stage.QUALITY, cast)
    contribution_record(release_id=release.pk, user=cast.approver, what="privacy checklist")
    with pytest.raises(PermissionDenied, match="You prepared this release"):
        review_give(release_id=release.pk, kind="department", verdict="approved", actor=cast.approver)
