"""Releases that go public together: all of them, or none (FEATURES M35)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import AuditEvent
from notifications.models import OutgoingMessage
from publishing.models import Permit
from tests.cast import Cast
from tests.factories.bundles import approved, bundled, exposed, look, newest, pretend
from tests.factories.workflow import review_all
from workflow import gates
from workflow.context import context_of
from workflow.errors import MoveRefused
from workflow.models import Bundle, BundlePlace, PlanHold, Release
from workflow.services.bundle_settle import bundle_settle, bundles_settle
from workflow.services.bundles import (
    bundle_add,
    bundle_change,
    bundle_dissolve,
    bundle_leave,
    bundle_retry,
    bundle_stop,
)
from workflow.services.plan_holds import plan_hold, plan_hold_lift
from workflow.services.settle import release_settle
from workflow.services.transitions import release_transition
from workflow.stages import Stage

pytestmark = pytest.mark.django_db
State = Bundle.State


def stage(release: Release) -> str:
    return Release.objects.get(pk=release.pk).stage


def in_the_way(release: Release) -> str:
    return " ".join(item.text for item in gates.unmet("publish", context_of(release.pk)))


def made_ready(cast: Cast, releases: list[Release]) -> None:
    """The private copies are there, and the stewards have looked at them."""
    for release in releases:
        release_settle(release_id=release.pk)
        pretend(release)
        release_settle(release_id=release.pk)
        review_all(release, "publish", cast)


@pytest.fixture
def two(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[Release]:
    releases = approved(cast, monkeypatch, ["Budget", "Salaries"])
    made_ready(cast, releases)
    return releases


def test_a_bundle_goes_when_all_of_it_is_ready_and_is_recorded_as_published_at_once(
    cast: Cast, two: list[Release]
) -> None:
    bundle = bundled(cast, two)
    assert look(bundle, two) == State.GOING
    pretend(two[0])
    look(bundle, two)
    assert [stage(row) for row in two] == [Stage.STAGED, Stage.STAGED]
    assert "when the whole bundle “Budget week” is public" in in_the_way(two[0])
    pretend(two[1])
    assert look(bundle, two) == State.PUBLIC
    assert [stage(row) for row in two] == [Stage.PUBLISHED, Stage.PUBLISHED]
    assert AuditEvent.objects.filter(action="workflow.bundle_public").count() == 1
    assert OutgoingMessage.objects.filter(message_id="bundle_public", recipient=cast.coordinator).count() == 1


def test_one_that_is_not_ready_keeps_the_others_and_the_gate_names_it_with_the_reason(
    cast: Cast, two: list[Release]
) -> None:
    bundle = bundled(cast, two)
    plan_hold(release_id=two[1].pk, actor=cast.coordinator, reason="A figure is checked", lifts="cdo")
    assert look(bundle, two) == State.OPEN
    assert not any(map(exposed, two))
    words = in_the_way(two[0])
    assert "The bundle “Budget week” waits for “Salaries”" in words and "A figure is checked." in words
    with pytest.raises(PermissionDenied):
        plan_hold_lift(release_id=two[1].pk, actor=cast.coordinator, reason="It is right.")
    plan_hold_lift(release_id=two[1].pk, actor=cast.cdo, reason="It is right.")
    assert look(bundle, two) == State.GOING


def test_nothing_of_a_bundle_goes_before_its_moment_nor_before_the_last_date_of_its_releases(
    cast: Cast, two: list[Release]
) -> None:
    later = timezone.now() + timedelta(hours=2)
    bundle = bundled(cast, two, release_at=later)
    assert look(bundle, two) == State.OPEN
    assert "It goes public with the bundle “Budget week” on" in in_the_way(two[0])
    assert look(bundle, two, now=later + timedelta(minutes=1)) == State.GOING


def test_when_one_fails_for_good_the_rest_is_taken_back_and_people_are_told_once(
    cast: Cast, two: list[Release]
) -> None:
    bundle = bundled(cast, two)
    look(bundle, two)
    pretend(two[0])
    pretend(two[1], "fails")
    assert look(bundle, two) == State.TAKING_BACK
    for release in two:
        pretend(release)
    look(bundle, two)
    bundles_settle()
    bundle.refresh_from_db()
    assert bundle.state == State.STOPPED
    assert not any(map(exposed, two))
    assert [stage(row) for row in two] == [Stage.STAGED, Stage.STAGED]
    assert bundle.trouble[0]["title"] == "Salaries" and "refused the key" in bundle.trouble[0]["why"]
    letters = OutgoingMessage.objects.filter(message_id="bundle_stopped", recipient=cast.coordinator)
    assert letters.count() == 1 and letters.get().asked
    # They stay approved: what is taken back needs no new decision.
    assert Permit.objects.filter(release__in=two, revoked_at=None).count() == 2


def test_a_stopped_bundle_is_tried_again_or_goes_without_what_failed(cast: Cast, two: list[Release]) -> None:
    bundle = bundled(cast, two)
    look(bundle, two)
    pretend(two[1], "fails")
    look(bundle, two)
    for release in two:
        pretend(release)
    assert look(bundle, two) == State.STOPPED
    with pytest.raises(MoveRefused, match="Say why"):
        bundle_retry(bundle_id=bundle.pk, actor=cast.coordinator, reason=" ")
    bundle_retry(bundle_id=bundle.pk, actor=cast.coordinator, reason="The key is new.")
    assert look(bundle, two) == State.GOING
    pretend(two[1], "fails")
    look(bundle, two)
    for release in two:
        pretend(release)
    assert look(bundle, two) == State.STOPPED
    bundle_leave(
        bundle_id=bundle.pk, release_id=two[1].pk, actor=cast.coordinator, reason="It follows later."
    )
    assert PlanHold.objects.filter(release=two[1], lifted_at=None).exists()
    look(bundle, two)
    pretend(two[0])
    assert look(bundle, two) == State.PUBLIC
    assert [stage(row) for row in two] == [Stage.PUBLISHED, Stage.STAGED]
    assert not exposed(two[1])


def test_a_bundle_that_asks_leaves_the_others_until_somebody_decides(cast: Cast, two: list[Release]) -> None:
    bundle = bundled(cast, two, take_back=Bundle.TakeBack.ASK)
    look(bundle, two)
    pretend(two[0])
    pretend(two[1], "fails")
    assert look(bundle, two) == State.PARTIAL
    assert exposed(two[0]) and stage(two[0]) == Stage.STAGED
    assert OutgoingMessage.objects.filter(message_id="bundle_stopped").exists()
    bundle_retry(bundle_id=bundle.pk, actor=cast.coordinator, reason="The key is new.")
    pretend(two[1])
    assert look(bundle, two) == State.PUBLIC


def test_a_bundle_that_does_not_become_public_in_time_is_taken_back(cast: Cast, two: list[Release]) -> None:
    bundle = bundled(cast, two, patience_minutes=30)
    look(bundle, two)
    pretend(two[0])
    soon = timezone.now() + timedelta(minutes=31)
    assert look(bundle, two, now=soon) == State.TAKING_BACK
    bundle.refresh_from_db()
    assert "30 minutes after the bundle was let go" in bundle.trouble[0]["why"]


def test_a_copy_that_slips_through_after_a_stop_is_taken_back(cast: Cast, two: list[Release]) -> None:
    bundle = bundled(cast, two)
    look(bundle, two)
    before = newest(two[0])
    bundle_stop(bundle_id=bundle.pk, actor=cast.coordinator, reason="A wrong figure.")
    # A worker that had begun ends its work all the same.
    assert before is not None
    before.asset.public_publication = before
    before.asset.save()
    assert look(bundle, two) == State.TAKING_BACK
    for release in two:
        pretend(release)
    assert look(bundle, two) == State.STOPPED
    assert not any(map(exposed, two))


def test_a_release_is_in_one_open_bundle_and_only_while_none_is_on_its_way(
    cast: Cast, two: list[Release]
) -> None:
    bundle = bundled(cast, two[:1])
    other = bundled(cast, [], name="Another")
    with pytest.raises(MoveRefused, match="in the bundle “Budget week” already"):
        bundle_add(bundle_id=other.pk, release_id=two[0].pk, actor=cast.coordinator)
    with pytest.raises(IntegrityError), transaction.atomic():
        BundlePlace.objects.create(bundle=other, release=two[0], added_by=cast.cdo)
    with pytest.raises(PermissionDenied):
        bundle_add(bundle_id=bundle.pk, release_id=two[1].pk, actor=cast.steward)
    look(bundle, two[:1])
    for change in (
        lambda: bundle_add(bundle_id=bundle.pk, release_id=two[1].pk, actor=cast.coordinator),
        lambda: bundle_leave(bundle_id=bundle.pk, release_id=two[0].pk, actor=cast.cdo, reason="Late."),
        lambda: bundle_dissolve(bundle_id=bundle.pk, actor=cast.cdo, reason="Late."),
        lambda: bundle_change(
            bundle_id=bundle.pk, actor=cast.cdo, name="B", reason="R", release_at=bundle.release_at
        ),
    ):
        with pytest.raises(MoveRefused, match="on its way"):
            change()


def test_a_dissolved_bundle_lets_nothing_out_by_surprise(cast: Cast, two: list[Release]) -> None:
    bundle = bundled(cast, two, release_at=timezone.now() + timedelta(days=2))
    bundle_dissolve(bundle_id=bundle.pk, actor=cast.coordinator, reason="Not needed.")
    for release in two:
        release_settle(release_id=release.pk)
    assert not any(map(exposed, two))
    assert "It is held back: It left the bundle" in in_the_way(two[0])
    plan_hold_lift(release_id=two[0].pk, actor=cast.coordinator, reason="Now.")
    assert "going public" in release_settle(release_id=two[0].pk)


STEPS = (
    "look",
    "bundle",
    "ok",
    "fails",
    "dies",
    "hold",
    "lift",
    "return",
    "stop",
    "retry",
    "leave",
    "later",
)
histories = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 1)), max_size=8)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(history=histories, ask=st.booleans())
def test_at_rest_a_bundle_is_all_public_or_all_private_whatever_happens_in_which_order(
    history: list[tuple[str, int]], ask: bool, cast: Cast, two: list[Release]
) -> None:
    with transaction.atomic():
        bundle = bundled(cast, two, take_back="ask" if ask else "rest")
        for step, number in history:
            _step(step, bundle, two[number], cast)
            published = {stage(row) == Stage.PUBLISHED for row in _inside(bundle)}
            assert len(published) < 2
        _rest(bundle, two, cast)
        inside = _inside(bundle)
        assert len({exposed(row) for row in inside}) < 2, (bundle.state, [stage(row) for row in inside])
        bundle.refresh_from_db()
        assert all(exposed(row) for row in inside) == (bundle.state == State.PUBLIC) or not inside
        transaction.set_rollback(True)


def _inside(bundle: Bundle) -> list[Release]:
    return [row.release for row in bundle.places.filter(left_at=None).select_related("release")]


def _step(step: str, bundle: Bundle, release: Release, cast: Cast) -> None:
    about: dict[str, Any] = {"bundle_id": bundle.pk, "actor": cast.coordinator, "reason": "Because."}
    hold: dict[str, Any] = {"release_id": release.pk, "actor": cast.coordinator, "reason": "Because."}
    does = {
        "look": lambda: release_settle(release_id=release.pk),
        "bundle": lambda: bundle_settle(bundle_id=bundle.pk),
        "ok": lambda: pretend(release),
        "fails": lambda: pretend(release, "fails"),
        "dies": lambda: pretend(release, "dies"),
        "hold": lambda: plan_hold(**hold, lifts="coordinator"),
        "lift": lambda: plan_hold_lift(**hold),
        "return": lambda: release_transition(
            release_id=release.pk, name="return_for_changes", actor=cast.cdo, reason="Look again."
        ),
        "stop": lambda: bundle_stop(**about),
        "retry": lambda: bundle_retry(**about),
        "leave": lambda: bundle_leave(**about, release_id=release.pk),
        "later": lambda: bundle_settle(bundle_id=bundle.pk, now=timezone.now() + timedelta(hours=5)),
    }
    try:
        does[step]()
    except (MoveRefused, PermissionDenied):
        return


def _rest(bundle: Bundle, releases: list[Release], cast: Cast) -> None:
    """Every nudge and every worker has its turn, until nothing is left to do; who is asked, takes it back."""
    _turns(bundle, releases, 4)
    bundle.refresh_from_db()
    if bundle.state in (State.PARTIAL, State.GOING):
        bundle_stop(bundle_id=bundle.pk, actor=cast.coordinator, reason="Nobody decided.")
        _turns(bundle, releases, 2)


def _turns(bundle: Bundle, releases: list[Release], number: int) -> None:
    for _ in range(number):
        for release in releases:
            release_settle(release_id=release.pk)
        bundle_settle(bundle_id=bundle.pk)
        for release in releases:
            pretend(release)
    bundle_settle(bundle_id=bundle.pk)
