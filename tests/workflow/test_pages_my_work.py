"""My work: each person finds what is asked of them, with one button, and nothing that is not theirs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.services import role_assign
from dossier.services import contribution_record, fact_forget, fact_record
from tests.cast import Cast
from tests.factories.workflow import FILE, TREATED, dataset_make, release_at
from workflow.models import Release
from workflow.selectors.work import my_work_of
from workflow.services.datasets import dataset_not_for_release
from workflow.services.reviews import review_request
from workflow.services.transitions import release_transition
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


def asked(user: User) -> list[str]:
    return [line.turn.what for line in my_work_of(user).on_me]


def waited_for(user: User) -> list[str]:
    return [line.turn.what for line in my_work_of(user).on_others]


def test_the_steward_is_asked_to_fix_errors_and_the_coordinator_to_waive_them(cast: Cast) -> None:
    release = release_at(Stage.QUALITY, cast)
    fact_record(
        release_id=release.pk,
        kind="quality_checks",
        ok=False,
        sentences=["14 dates are before 1900.", "“status” has unknown values."],
        about={"file": FILE, "checks": "1"},
    )
    assert asked(cast.steward) == ["fix 2 errors"]
    assert asked(cast.coordinator) == ["waive 2 errors, or see them fixed"]


def test_while_the_machine_checks_or_scans_the_file_nobody_is_asked_to_wait_for_it(cast: Cast) -> None:
    release = release_at(Stage.QUALITY, cast)
    fact_forget(release_id=release.pk, kind="quality_checks")
    assert asked(cast.steward) == asked(cast.coordinator) == []
    private = release_at(Stage.PRIVACY, cast, title="Another")
    for kind in ("scan", "dispositions", "treated", "risk"):
        fact_record(release_id=private.pk, kind=kind, ok=True, about={"file": FILE, "registry": "old"})
    assert asked(cast.privacy_officer) == []


def test_a_pending_review_is_work_of_whoever_gives_it(cast: Cast) -> None:
    release_at(Stage.QUALITY, cast)
    assert asked(cast.approver) == ["give the department approval"]
    assert my_work_of(cast.approver).on_me[0].due is not None


def test_a_return_is_asked_of_whoever_answers_it_and_waited_for_by_whoever_made_it(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    release_transition(
        release_id=release.pk,
        name="return_for_changes",
        actor=cast.cdo,
        reason="See the points.",
        points=["One", "Two", "Three"],
    )
    words = "answer the return by Helen Park (3 points)"
    assert asked(cast.steward) == [words]
    assert waited_for(cast.cdo) == [words]
    assert asked(cast.cdo) == []


def test_nobody_is_asked_to_attest_what_is_not_finished(cast: Cast) -> None:
    release = release_at(Stage.READINESS, cast)
    fact_forget(release_id=release.pk, kind="attestation")
    assert asked(cast.coordinator) == ["review and attest the submission checklist"]
    fact_forget(release_id=release.pk, kind="file")
    assert asked(cast.coordinator) == []
    assert asked(cast.steward) == ["upload the data file"]


def test_the_decision_waits_on_every_cdo_but_those_who_worked_on_the_release(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    assert asked(cast.cdo) == asked(cast.second_cdo) == ["decide on the release"]
    contribution_record(release_id=release.pk, user=cast.cdo, what="description")
    assert asked(cast.cdo) == []
    assert asked(cast.second_cdo) == ["decide on the release"]


def test_advice_that_is_asked_for_waits_on_who_gives_it_not_on_the_cdo(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    review_request(release_id=release.pk, kind="legal", actor=cast.cdo)
    assert asked(cast[Role.LEGAL]) == ["give the legal review"]
    assert asked(cast.cdo) == []
    assert waited_for(cast.cdo) == ["give the legal review"]


def test_a_voided_review_is_asked_for_again_by_the_holder_of_the_stage(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    fact_record(
        release_id=release.pk, kind="checklist.submission", ok=True, about={"answers": "other", "version": 1}
    )
    fact_record(release_id=release.pk, kind="attestation", ok=True, about={"answers": "other", "file": FILE})
    assert asked(cast.cdo) == ["ask for a review again"]
    assert asked(cast.approver) == []


def test_while_the_portal_copy_is_made_nobody_is_asked_for_anything(cast: Cast) -> None:
    release_at(Stage.STAGED, cast)
    assert asked(cast.steward) == asked(cast.coordinator) == []
    assert waited_for(cast.coordinator) == ["The private copy on the portal is not ready yet."]


def test_a_publication_that_stopped_waits_for_the_coordinator(cast: Cast) -> None:
    release = release_at(Stage.STAGED, cast)
    fact_record(
        release_id=release.pk,
        kind="private_copy",
        ok=False,
        sentences=["The portal cannot be reached."],
        about={"treated": TREATED},
    )
    assert asked(cast.coordinator) == ["see why the publication stopped, and resume it"]


def test_the_plan_waits_for_nobody(cast: Cast) -> None:
    release = release_at(Stage.STAGED, cast)
    fact_forget(release_id=release.pk, kind="plan")
    assert asked(cast.coordinator) == ["complete the publication plan"]


def test_a_release_on_hold_asks_nothing_of_anybody(cast: Cast) -> None:
    release = release_at(Stage.QUALITY, cast)
    release_transition(release_id=release.pk, name="hold", actor=cast.coordinator, reason="The vendor.")
    assert asked(cast.coordinator) == []
    assert waited_for(cast.coordinator) == ["on hold: The vendor."]


def test_a_dataset_that_is_not_for_release_asks_nothing(cast: Cast) -> None:
    dataset = dataset_make(cast)
    dataset_not_for_release(dataset=dataset, reason="Protected by law.", actor=cast.coordinator)
    assert asked(cast.coordinator) == waited_for(cast.coordinator) == []


def test_a_named_steward_is_asked_alone_and_without_a_name_every_steward_is(cast: Cast) -> None:
    second = User.objects.create_user(email="second@example.gov", full_name="Second Steward")
    role_assign(
        user=second, role=Role.STEWARD, program=cast.program, department=cast.public_works, actor=None
    )
    release = release_at(Stage.READINESS, cast)
    fact_forget(release_id=release.pk, kind="file")
    assert asked(second) == []
    type(release.dataset).objects.filter(pk=release.dataset_id).update(steward=None)
    assert asked(second) == asked(cast.steward) == ["upload the data file"]


def test_people_of_another_department_or_program_are_asked_nothing(cast: Cast) -> None:
    release_at(Stage.CDO_REVIEW, cast)
    for person in (cast.other_coordinator, cast.foreign_cdo, cast[Role.AUDITOR]):
        work = my_work_of(person)
        assert (work.on_me, work.on_others) == ([], [])


def test_what_is_late_stands_first_and_is_counted(cast: Cast, client: Client) -> None:
    release_at(Stage.CDO_REVIEW, cast, title="In time")
    late = release_at(Stage.CDO_REVIEW, cast, title="Overdue")
    Release.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(days=7))
    work = my_work_of(cast.cdo)
    assert [line.dataset.title for line in work.on_me] == ["Overdue", "In time"]
    assert [line.dataset.title for line in work.late] == ["Overdue"]
    client.force_login(cast.cdo)
    page = client.get(reverse("my_work")).content.decode()
    assert "business days late" in page
    assert "Open the decision" in page


def test_thirty_releases_cost_no_more_questions_than_three(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for number in range(3):
        dataset_make(cast, title=f"Dataset {number}")
    with CaptureQueriesContext(connection) as few:
        my_work_of(cast.coordinator)
    for number in range(3, 30):
        dataset_make(cast, title=f"Dataset {number}")
    with django_assert_num_queries(len(few)):
        work = my_work_of(cast.coordinator)
    assert len(work.on_me) + len(work.on_others) == 30
    assert len(few) <= 24


def test_the_empty_page_says_what_to_do_next(cast: Cast, client: Client) -> None:
    client.force_login(cast.coordinator)
    page = client.get(reverse("my_work")).content.decode()
    assert "Nothing waits on you" in page
    assert reverse("dataset_register") in page
    client.force_login(cast[Role.AUDITOR])
    assert reverse("dataset_register") not in client.get(reverse("my_work")).content.decode()
