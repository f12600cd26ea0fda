"""What one move leaves behind, and what a refused one does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from audit.models import AuditEvent
from dossier.errors import DossierFrozen
from dossier.models import Fact
from dossier.services import dossier_lock, fact_record
from notifications.models import OutgoingMessage
from tests.cast import Cast
from tests.factories.workflow import dataset_make, portal_facts, release_at, review_all
from workflow.errors import GatesUnmet, ReasonRequired, WrongStage
from workflow.models import Release, ReturnForChanges, Review
from workflow.models.release import StageIsProtected
from workflow.policies import SYSTEM
from workflow.services.transitions import release_transition
from workflow.stages import Stage


def test_a_move_leaves_an_event_a_visit_and_letters_to_everybody_but_the_actor(cast: Cast) -> None:
    release = release_at(Stage.INVENTORY, cast)
    now = timezone.now()
    moved = release_transition(release_id=release.pk, name="begin_readiness", actor=cast.coordinator, now=now)

    assert moved.stage == Stage.READINESS
    event = AuditEvent.objects.get(action="workflow.readiness_begun")
    assert (event.actor, event.release_id) == (cast.coordinator, release.pk)
    left, entered = release.visits.order_by("pk")
    assert (left.stage, left.left_at, left.left_by, left.move) == (
        "INVENTORY", now, cast.coordinator, "begin_readiness",
    )  # fmt: skip
    assert (entered.stage, entered.entered_at, entered.left_at) == ("READINESS", now, None)
    told = OutgoingMessage.objects.filter(message_id="begin_readiness").values_list(
        "recipient__email", flat=True
    )
    assert list(told) == [cast.steward.email]


def test_a_refusal_carries_every_sentence_and_leaves_nothing_behind(cast: Cast) -> None:
    release = release_at(Stage.READINESS, cast)
    Fact.objects.filter(release=release, kind__in=["file", "attestation"]).delete()
    events = AuditEvent.objects.count()
    with pytest.raises(GatesUnmet) as refused:
        release_transition(release_id=release.pk, name="submit_for_quality", actor=cast.steward)
    assert "No data file has been uploaded and read without errors." in refused.value.sentences
    assert "The coordinator has not attested the submission checklist." in refused.value.sentences
    assert Release.objects.get(pk=release.pk).stage == Stage.READINESS
    assert AuditEvent.objects.count() == events


def test_a_return_needs_a_reason_and_says_who_answers(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    with pytest.raises(ReasonRequired):
        release_transition(release_id=release.pk, name="return_for_changes", actor=cast.cdo, reason="  ")
    release_transition(
        release_id=release.pk,
        name="return_for_changes",
        actor=cast.cdo,
        reason="The costs need a unit.",
        points=["Say the unit of “cost”.", " "],
    )
    row = ReturnForChanges.objects.get(release=release)
    assert (row.from_stage, row.to_stage, row.points, row.answered_by_role) == (
        "CDO_REVIEW", "READINESS", ["Say the unit of “cost”."], "steward",
    )  # fmt: skip


def test_a_return_goes_back_only(cast: Cast) -> None:
    release = release_at(Stage.QUALITY, cast)
    with pytest.raises(WrongStage, match="earlier stage"):
        release_transition(
            release_id=release.pk, name="return_for_changes", actor=cast.coordinator, reason="x", to="PRIVACY"
        )


def test_pressing_twice_does_one_thing(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    release_transition(release_id=release.pk, name="approve", actor=cast.cdo)
    with pytest.raises(WrongStage, match="Somebody may have moved it meanwhile"):
        release_transition(release_id=release.pk, name="approve", actor=cast.cdo)
    assert AuditEvent.objects.filter(action="workflow.approved").count() == 1


def test_approval_writes_a_verdict_bound_to_what_was_seen_and_the_permit(cast: Cast) -> None:
    from publishing.models import Permit

    release = release_at(Stage.STAGED, cast)
    verdict = Review.objects.get(release=release, kind="cdo")
    assert verdict.parts["treated"] == "7" * 64
    permit = Permit.objects.get(release=release)
    assert permit.treated_sha256 == "7" * 64
    assert {row["kind"] for row in permit.approvers} >= {"department", "privacy", "cdo"}


def test_what_was_reviewed_is_frozen_from_cdo_review_on(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    with transaction.atomic(), pytest.raises(DossierFrozen, match="returned for changes"):
        dossier_lock(release_id=release.pk, part="metadata")
    release_transition(release_id=release.pk, name="return_for_changes", actor=cast.cdo, reason="Again.")
    with transaction.atomic():
        assert dossier_lock(release_id=release.pk, part="metadata")


def test_a_release_on_hold_does_not_move_until_it_is_resumed(cast: Cast) -> None:
    release = release_at(Stage.INVENTORY, cast)
    release_transition(
        release_id=release.pk, name="hold", actor=cast.coordinator, reason="Waiting for the vendor."
    )
    with pytest.raises(GatesUnmet, match="on hold: Waiting for the vendor"):
        release_transition(release_id=release.pk, name="begin_readiness", actor=cast.coordinator)
    release_transition(release_id=release.pk, name="resume", actor=cast.coordinator)
    moved = release_transition(release_id=release.pk, name="begin_readiness", actor=cast.coordinator)
    assert moved.stage == Stage.READINESS


def test_publishing_supersedes_the_earlier_release_first(cast: Cast) -> None:
    from tests.factories.workflow import _onward, facts_green
    from workflow.services.datasets import release_open
    from workflow.stages import ONWARD, WAY

    first = release_at(Stage.PUBLISHED, cast)
    second = release_open(dataset=first.dataset, actor=cast.coordinator)
    facts_green(second)
    for stage in WAY[:-1]:
        second = _onward(second, ONWARD[stage], cast)
    assert second.stage == Stage.PUBLISHED
    assert Release.objects.get(pk=first.pk).stage == Stage.SUPERSEDED


def test_the_release_date_is_waited_for(cast: Cast) -> None:
    from workflow.services.plans import plan_change

    release = release_at(Stage.STAGED, cast)
    portal_facts(release)
    Review.objects.create(release=release, kind="steward_preview")
    review_all(release, "publish", cast)
    plan_change(
        release_id=release.pk,
        actor=cast.coordinator,
        release_at=timezone.now() + timedelta(days=2),
        tactics=["none"],
    )
    with pytest.raises(GatesUnmet, match="The release date is"):
        release_transition(release_id=release.pk, name="publish", actor=SYSTEM)
    later = timezone.now() + timedelta(days=3)
    assert (
        release_transition(release_id=release.pk, name="publish", actor=SYSTEM, now=later).stage
        == "PUBLISHED"
    )


@pytest.mark.parametrize(
    "bypass",
    [
        lambda release: Release.objects.filter(pk=release.pk).update(stage="PUBLISHED"),
        lambda release: Release.objects.bulk_update([release], ["stage"]),
        lambda release: Release.objects.create(stage="PUBLISHED"),
        lambda release: Release.objects.bulk_create([release]),
    ],
    ids=["update", "bulk_update", "create", "bulk_create"],
)
def test_the_stage_cannot_be_set_past_the_door(bypass, cast: Cast) -> None:
    release = dataset_make(cast).current_release
    with pytest.raises(StageIsProtected):
        bypass(release)
    with pytest.raises(AttributeError):
        release.stage = Stage.PUBLISHED


def test_a_dataset_has_one_open_release(cast: Cast) -> None:
    from django.core.exceptions import ValidationError

    from workflow.services.datasets import release_open

    dataset = dataset_make(cast)
    with pytest.raises(ValidationError, match="open already"):
        release_open(dataset=dataset, actor=cast.coordinator)


def test_a_stale_fact_does_not_count(cast: Cast) -> None:
    release = release_at(Stage.PRIVACY, cast)
    fact_record(
        release_id=release.pk, kind="file", ok=True, about={"file": "0" * 64}, data={"rows": 1, "columns": 1}
    )
    with pytest.raises(GatesUnmet, match="it is being scanned again"):
        release_transition(release_id=release.pk, name="clear_privacy", actor=cast.privacy_officer)


def test_a_voided_review_is_asked_for_again(cast: Cast) -> None:
    from workflow.services.settle import release_settle

    release = release_at(Stage.QUALITY, cast)
    review_all(release, "pass_quality", cast)
    assert not Review.objects.filter(release=release, kind="department", verdict="").exists()
    fact_record(
        release_id=release.pk, kind="checklist.submission", ok=True, about={"answers": "new", "version": 1}
    )
    fact_record(
        release_id=release.pk, kind="attestation", ok=True, about={"answers": "new", "file": "f" * 64}
    )
    with pytest.raises(GatesUnmet, match="because the submission checklist changed after it"):
        release_transition(release_id=release.pk, name="pass_quality", actor=cast.coordinator)
    assert "reviews" in release_settle(release_id=release.pk)
    assert Review.objects.filter(release=release, kind="department", verdict="").count() == 1


def test_a_changed_description_leaves_the_privacy_verdict_standing(cast: Cast) -> None:
    from workflow import approvals
    from workflow.context import context_of

    release = release_at(Stage.CDO_REVIEW, cast)
    fact_record(release_id=release.pk, kind="metadata", ok=True, about={"metadata": "new", "file": "f" * 64})
    context = context_of(release.pk)
    verdict = next(review for review in context.reviews if review.kind == "privacy")
    assert approvals.voided_by(verdict, context) == []
    fact_record(
        release_id=release.pk,
        kind="treated",
        ok=True,
        about={"file": "f" * 64, "recipe": "p"},
        data={"sha256": "0", "columns": []},
    )
    assert approvals.voided_by(verdict, context_of(release.pk)) == ["the treated copy"]


def test_the_record_is_closed_once_it_has_been_judged_but_people_may_change(cast: Cast) -> None:
    from workflow.services.datasets import dataset_change

    release = release_at(Stage.CDO_REVIEW, cast)
    for fields in ({"title": "Another title"}, {"classification": "sensitive"}):
        with pytest.raises(DossierFrozen):
            dataset_change(dataset=release.dataset, actor=cast.coordinator, fields=fields)
    changed = dataset_change(
        dataset=release.dataset, actor=cast.coordinator, fields={"custodian": cast["custodian"]}
    )
    assert changed.custodian == cast["custodian"]


def test_an_approval_that_has_expired_does_not_publish(cast: Cast) -> None:
    release = release_at(Stage.STAGED, cast)
    portal_facts(release)
    Review.objects.create(release=release, kind="steward_preview")
    review_all(release, "publish", cast)
    after_expiry = timezone.now() + timedelta(days=400)
    with pytest.raises(GatesUnmet, match="does not cover this copy any longer, or has expired"):
        release_transition(release_id=release.pk, name="publish", actor=SYSTEM, now=after_expiry)
    assert release_transition(release_id=release.pk, name="publish", actor=SYSTEM).stage == Stage.PUBLISHED


def test_a_hold_comes_too_late_once_the_copy_is_public(cast: Cast) -> None:
    release = release_at(Stage.STAGED, cast)
    portal_facts(release)
    with pytest.raises(GatesUnmet, match="public already"):
        release_transition(release_id=release.pk, name="hold", actor=cast.cdo, reason="Wait.")


def test_an_approved_date_is_brought_forward_only_by_who_holds_the_final_key(cast: Cast) -> None:
    from workflow.errors import MoveRefused
    from workflow.services.plans import plan_change

    release = release_at(Stage.CDO_REVIEW, cast)
    date = timezone.now() + timedelta(days=10)
    plan_change(release_id=release.pk, actor=cast.coordinator, release_at=date, tactics=["none"])
    release_transition(release_id=release.pk, name="approve", actor=cast.cdo)
    for earlier in (date - timedelta(days=9), None):
        with pytest.raises(MoveRefused, match="Only the chief data officer may bring it forward"):
            plan_change(release_id=release.pk, actor=cast.coordinator, release_at=earlier, tactics=["none"])
    later = date + timedelta(days=1)
    assert (
        plan_change(
            release_id=release.pk, actor=cast.coordinator, release_at=later, tactics=["none"]
        ).release_at
        == later
    )
    assert (
        plan_change(release_id=release.pk, actor=cast.cdo, release_at=date, tactics=["none"]).release_at
        == date
    )


def test_events_of_the_stations_name_release_dataset_and_program(cast: Cast) -> None:
    from dossier.selectors import subject_of

    release = release_at(Stage.READINESS, cast)
    assert subject_of(release.pk) == {
        "release_id": release.pk,
        "dataset_id": release.dataset_id,
        "program_id": cast.program.pk,
    }


def test_a_wrong_file_does_not_lose_the_descriptions_of_the_right_one(cast: Cast) -> None:
    from workflow.selectors.datasets import dictionary_of
    from workflow.services.datasets import columns_describe, columns_sync

    release = release_at(Stage.READINESS, cast)
    right = [{"name": "permit", "type": "text"}, {"name": "cost", "type": "decimal"}]
    columns_sync(release_id=release.pk, columns=right)
    columns_describe(
        release_id=release.pk,
        rows=[{"name": "cost", "description": "Declared cost.", "unit": "US dollars"}],
        actor=cast.steward,
    )
    columns_sync(release_id=release.pk, columns=[{"name": "other", "type": "text"}])
    assert list(dictionary_of(release)) == ["other"]
    columns_sync(release_id=release.pk, columns=right)
    assert dictionary_of(release)["cost"].description == "Declared cost."
