"""Security and equity: each has its form, reviewer, clock and return; begun in QUALITY, joined at clear_privacy."""

from __future__ import annotations

from copy import deepcopy

import pytest

from accounts.roles import Role
from accounts.selectors import profile_current
from dossier.services import fact_record
from tests.cast import Cast
from tests.factories.reviews import program_with
from tests.factories.workflow import release_at
from workflow import gates, policies
from workflow.answering import may_answer, stage_is_open
from workflow.context import context_of
from workflow.models import Release, Review
from workflow.services.reviews import review_give, review_request
from workflow.services.transitions import release_transition
from workflow.stages import Stage

pytestmark = pytest.mark.django_db
EQUITY = {"move": "clear_privacy", "kind": "equity", "role": "policy", "days": 2}


@pytest.fixture
def release(cast: Cast) -> Release:
    """Sensitive data in QUALITY, in a program with both forms and both reviews."""
    checklists = deepcopy(profile_current(cast.program).content["checklists"])
    program_with(cast, EQUITY, checklists=checklists | {"PRIVACY": ["security", "equity"]})
    return release_at(
        Stage.QUALITY, cast, classification="sensitive", classification_ground="It shows where pumps stand."
    )


def filled_in(release: Release, name: str) -> None:
    about = {"answers": name, "version": 1}
    fact_record(release_id=release.pk, kind=f"checklist.{name}", ok=True, about=about)


def in_the_way(release: Release) -> str:
    return " ".join(item.text for item in gates.unmet("clear_privacy", context_of(release.pk)))


def test_each_form_is_open_to_its_own_reviewer_in_quality_already(release: Release, cast: Cast) -> None:
    context = context_of(release.pk)
    assert stage_is_open(context, "security") and stage_is_open(context, "equity")
    ciso, policy = cast[Role.SECURITY_OFFICER], cast[Role.POLICY]
    assert may_answer(ciso, "security", context) and not may_answer(ciso, "equity", context)
    assert may_answer(policy, "equity", context) and not may_answer(policy, "security", context)


def test_a_security_review_given_in_quality_counts_when_privacy_is_cleared(
    release: Release, cast: Cast
) -> None:
    row = review_request(release_id=release.pk, kind="security", actor=cast.coordinator)
    ciso = cast[Role.SECURITY_OFFICER]
    # Whose review is asked for may return the release.
    assert policies.may_move(ciso, "return_for_changes", context_of(release.pk))
    filled_in(release, "security")
    review_give(release_id=release.pk, kind="security", verdict="approved", actor=ciso)
    review_give(release_id=release.pk, kind="department", verdict="approved", actor=cast.approver)
    release_transition(release_id=release.pk, name="pass_quality", actor=cast.coordinator)

    # Only the other one is asked for now, with a clock of its own.
    [equity] = Review.objects.filter(release=release, verdict="", kind__in=["security", "equity"])
    assert equity.kind == "equity" and equity.due and row.due and equity.due < row.due
    text = in_the_way(release)
    assert "Security" not in text and "Equity: not given yet" in text and "equity checklist" in text
    policy = cast[Role.POLICY]
    assert policies.may_move(policy, "return_for_changes", context_of(release.pk))
    filled_in(release, "equity")
    review_give(release_id=release.pk, kind="equity", verdict="approved", actor=policy)
    assert not in_the_way(release)


def test_an_edit_of_one_form_opens_that_review_and_no_other(release: Release, cast: Cast) -> None:
    for kind, role in (("security", Role.SECURITY_OFFICER), ("department", Role.DEPARTMENT_APPROVER)):
        if kind == "security":
            review_request(release_id=release.pk, kind=kind, actor=cast.coordinator)
            filled_in(release, kind)
        review_give(release_id=release.pk, kind=kind, verdict="approved", actor=cast[role])
    release_transition(release_id=release.pk, name="pass_quality", actor=cast.coordinator)
    filled_in(release, "equity")
    review_give(release_id=release.pk, kind="equity", verdict="approved", actor=cast[Role.POLICY])
    about = {"answers": "changed", "version": 1}
    fact_record(release_id=release.pk, kind="checklist.security", ok=True, about=about)
    text = in_the_way(release)
    assert "security checklist" in text and "Equity" not in text
