"""Which reviews a move needs, of how many people, and what stands in the way until they are in."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from accounts.roles import Role
from dossier.services import contribution_record, fact_record
from tests.cast import Cast
from tests.factories.reviews import colleague, program_with, rate_risk
from tests.factories.workflow import facts_green, release_at
from workflow import gates
from workflow.context import context_of
from workflow.errors import MoveRefused
from workflow.models import ContributingDepartment, DepartmentReview, Release, Review
from workflow.review_needs import needs_of
from workflow.services.review_desk import reviews_ask
from workflow.services.reviews import review_give
from workflow.services.transitions import release_transition
from workflow.stages import Stage

pytestmark = pytest.mark.django_db

TWO_FOR_RISK = {
    "move": "clear_privacy",
    "kind": "security",
    "role": "security_officer",
    "people": 2,
    "when": "risk",
    "risks": ["high"],
}


def kinds(release: Release, move: str) -> list[str]:
    return [need.kind for need in needs_of(context_of(release.pk), move)]


def in_the_way(release: Release, move: str) -> str:
    return " ".join(item.text for item in gates.unmet(move, context_of(release.pk)))


def pending(release: Release, kind: str) -> list[Review]:
    return list(Review.objects.filter(release=release, kind=kind, verdict="").order_by("seat"))


def test_a_rated_risk_asks_for_two_people_and_two_different_ones_give_it(cast: Cast) -> None:
    program_with(cast, TWO_FOR_RISK)
    second = colleague(cast, "Sid Second", Role.SECURITY_OFFICER)
    release = release_at(Stage.PRIVACY, cast)
    assert kinds(release, "clear_privacy") == []
    rate_risk(release, "high")
    assert [row.seat for row in pending(release, "security")] == [1, 2]
    sven = cast[Role.SECURITY_OFFICER]
    review_give(release_id=release.pk, kind="security", verdict="approved", actor=sven)
    assert "Security: 1 of 2 people have given it." in in_the_way(release, "clear_privacy")
    with pytest.raises(PermissionDenied, match="You gave one of these reviews already"):
        review_give(release_id=release.pk, kind="security", verdict="approved", actor=sven)
    review_give(release_id=release.pk, kind="security", verdict="approved", actor=second)
    assert "Security" not in in_the_way(release, "clear_privacy")


def test_a_security_level_asks_for_its_reviews(cast: Cast) -> None:
    program_with(
        cast, security_levels=[{"code": "two", "label": "Level Two", "help": "Some.", "reviews": ["legal"]}]
    )
    release = release_at(Stage.PRIVACY, cast)
    assert kinds(release, "approve") == []
    release.dataset.security_level = "two"
    release.dataset.save()
    assert kinds(release, "approve") == ["legal"]


def test_joint_data_needs_the_approval_of_every_department_that_signs(cast: Cast) -> None:
    approver = colleague(cast, "Hal Health", Role.DEPARTMENT_APPROVER, department=cast.health)
    release = release_at(Stage.READINESS, cast)
    ContributingDepartment.objects.create(
        dataset=release.dataset, department=cast.health, must_sign=True, added_by=cast.coordinator
    )
    release = release_transition(release_id=release.pk, name="submit_for_quality", actor=cast.steward)
    assert {row.department.name for row in pending(release, "department")} == {"Public Works", "Health"}
    review_give(release_id=release.pk, kind="department", verdict="approved", actor=cast.approver)
    text = in_the_way(release, "pass_quality")
    assert "Department approval of Health: not given yet" in text
    assert "of Public Works" not in text
    review_give(release_id=release.pk, kind="department", verdict="approved", actor=approver)
    moved = release_transition(release_id=release.pk, name="pass_quality", actor=cast.coordinator)
    assert moved.stage == Stage.PRIVACY


def test_one_person_cannot_sign_for_both_departments(cast: Cast) -> None:
    both = colleague(cast, "Bo Both", Role.DEPARTMENT_APPROVER)
    release = release_at(Stage.READINESS, cast)
    ContributingDepartment.objects.create(
        dataset=release.dataset, department=cast.health, must_sign=True, added_by=cast.coordinator
    )
    release_transition(release_id=release.pk, name="submit_for_quality", actor=cast.steward)
    review_give(release_id=release.pk, kind="department", verdict="approved", actor=both)
    with pytest.raises(PermissionDenied, match="already"):
        review_give(release_id=release.pk, kind="department", verdict="approved", actor=both)


def test_what_a_department_added_is_needed_until_it_is_retired(cast: Cast) -> None:
    row = DepartmentReview.objects.create(
        department=cast.public_works, move="pass_quality", kind="equity", role="policy", by=cast.coordinator
    )
    release = release_at(Stage.QUALITY, cast)
    assert len(pending(release, "equity")) == 1
    assert "Equity: not given yet" in in_the_way(release, "pass_quality")
    review_give(release_id=release.pk, kind="equity", verdict="approved", actor=cast[Role.POLICY])
    assert "Equity" not in in_the_way(release, "pass_quality")
    row.retired_at, row.retired_by = row.at, cast.coordinator
    row.save()
    assert "equity" not in kinds(release, "pass_quality")


def test_two_tracks_pass_and_one_returns_the_others_keep_their_verdict(cast: Cast) -> None:
    """FEATURES M12: parallel tracks with join and early stop."""
    program_with(
        cast,
        {"move": "pass_quality", "kind": "it", "role": "it", "when": "always"},
        {"move": "pass_quality", "kind": "policy", "role": "policy", "when": "always"},
    )
    release = release_at(Stage.QUALITY, cast)
    give = {"release_id": release.pk, "verdict": "approved"}
    review_give(**give, kind="department", actor=cast.approver)
    review_give(**give, kind="it", actor=cast[Role.IT])
    review_give(
        release_id=release.pk,
        kind="policy",
        verdict="refused",
        conditions="Name the law.",
        actor=cast[Role.POLICY],
    )
    assert "Paul Adeyemi did not approve" in in_the_way(release, "pass_quality")
    release_transition(
        release_id=release.pk, name="return_for_changes", actor=cast[Role.COORDINATOR], reason="Name the law."
    )
    fact_record(release_id=release.pk, kind="metadata", ok=True, about={"metadata": "n", "file": "f" * 64})
    release_transition(release_id=release.pk, name="submit_for_quality", actor=cast.steward)
    assert [row.kind for row in release.reviews.filter(verdict="")] == ["policy"]
    review_give(**give, kind="policy", actor=cast[Role.POLICY])
    moved = release_transition(release_id=release.pk, name="pass_quality", actor=cast.coordinator)
    assert moved.stage == Stage.PRIVACY
    assert release.reviews.filter(kind="department").count() == 1
    assert release.reviews.filter(kind="it").count() == 1


def test_changed_bytes_void_what_speaks_of_them_and_it_is_asked_for_again(cast: Cast) -> None:
    release = release_at(Stage.QUALITY, cast)
    review_give(release_id=release.pk, kind="department", verdict="approved", actor=cast.approver)
    fact_record(release_id=release.pk, kind="file", ok=True, about={"file": "0" * 64}, data={"rows": 1})
    context = context_of(release.pk)
    reviews_ask(context, context.now)
    assert len(pending(release, "department")) == 1
    assert "no longer counts, because the data file changed" in in_the_way(release, "pass_quality")
    facts_green(release)
    assert "no longer counts" not in in_the_way(release, "pass_quality")


def test_an_approval_by_somebody_who_worked_on_it_afterwards_must_be_given_by_another(cast: Cast) -> None:
    other = colleague(cast, "Gil Other", Role.DEPARTMENT_APPROVER, department=cast.public_works)
    release = release_at(Stage.CDO_REVIEW, cast)
    contribution_record(release_id=release.pk, user=cast.approver, what="description")
    assert "Grace Okafor has worked on the release since they approved it" in in_the_way(release, "approve")
    context = context_of(release.pk)
    reviews_ask(context, context.now)
    with pytest.raises(PermissionDenied, match="You prepared this release"):
        review_give(release_id=release.pk, kind="department", verdict="approved", actor=cast.approver)
    review_give(release_id=release.pk, kind="department", verdict="approved", actor=other)
    assert release_transition(release_id=release.pk, name="approve", actor=cast.cdo).stage == Stage.STAGED


def test_a_review_that_was_given_meanwhile_is_refused_in_words(cast: Cast) -> None:
    release = release_at(Stage.QUALITY, cast)
    row = pending(release, "department")[0]
    other = colleague(cast, "Gil Other", Role.DEPARTMENT_APPROVER, department=cast.public_works)
    give = {"release_id": release.pk, "kind": "department", "verdict": "approved", "review_id": row.pk}
    review_give(**give, actor=cast.approver)
    with pytest.raises(MoveRefused, match=r"Grace Okafor gave this review on .* before you"):
        review_give(**give, actor=other)
