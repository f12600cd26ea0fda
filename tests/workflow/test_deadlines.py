"""The clock of a stage: paused while others are waited for, notices once, escalation, parking (M14)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from audit.models import AuditEvent
from notifications.models import OutgoingMessage
from tests.cast import Cast
from tests.factories.workflow import release_at
from workflow.calendar import BusinessCalendar
from workflow.errors import MoveRefused, ReasonRequired
from workflow.models import (
    DeadlineNotice,
    DeadlinePause,
    GuestInvitation,
    PublicationPlan,
    Release,
    Review,
    ReviewOrder,
)
from workflow.selectors.deadlines import due_words, pause_of
from workflow.services import notices
from workflow.services.deadlines import (
    deadline_pause,
    deadline_resume,
    deadline_sync,
    deadlines_sweep,
    releases_park,
)
from workflow.services.reviews import review_give, review_request
from workflow.services.transitions import release_transition
from workflow.stages import Stage

pytestmark = pytest.mark.django_db

NEW_YORK = BusinessCalendar(zone="America/New_York", federal=True)
# Mon 16 November 2026, ten in the morning in New York; Thanksgiving is Thu 26 November.
MONDAY = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)


def due(text: str) -> datetime:
    return NEW_YORK.end_of(datetime.fromisoformat(text).date())


def on(text: str, hour: int = 10) -> datetime:
    """That day at `hour` o'clock in New York."""
    return NEW_YORK.end_of(datetime.fromisoformat(text).date()) - timedelta(hours=17 - hour)


@pytest.fixture
def release(cast: Cast) -> Release:
    """With the privacy officer since Mon 16 November, due on Wed 25 November."""
    with time_machine.travel(MONDAY, tick=False):
        found = release_at(Stage.PRIVACY, cast)
    OutgoingMessage.objects.all().delete()
    Release.objects.filter(pk=found.pk).update(due_at=due("2026-11-25"))
    return Release.objects.get(pk=found.pk)


def fresh(release: Release) -> Release:
    return Release.objects.get(pk=release.pk)


def letters(message_id: str) -> list[str]:
    rows = OutgoingMessage.objects.filter(message_id=message_id).select_related("recipient")
    return sorted(row.recipient.full_name for row in rows if row.recipient)


def asked_legal(release: Release, cast: Cast, by: Any, when: datetime) -> Review:
    return review_request(
        release_id=release.pk, kind="legal", actor=by, question="May this go out?", now=when
    )


# --- Pauses ---
def test_the_clock_stands_still_while_the_holder_waits_for_a_consultation(
    cast: Cast, release: Release
) -> None:
    asked_legal(release, cast, cast.privacy_officer, on("2026-11-17"))
    pause = deadline_sync(release_id=release.pk, now=on("2026-11-17"))
    assert pause is not None
    assert pause.waiting_on == "Legal"
    deadline_sync(release_id=release.pk, now=on("2026-11-20"))
    release = fresh(release)
    # Three business days stood still, and Thanksgiving lies on the way.
    assert release.due_at == due("2026-12-01")
    review_give(
        release_id=release.pk, kind="legal", verdict="approved", actor=cast[Role.LEGAL], now=on("2026-11-20")
    )
    assert deadline_sync(release_id=release.pk, now=on("2026-11-20")) is None
    deadline_sync(release_id=release.pk, now=on("2026-11-24"))
    release = fresh(release)
    assert release.due_at == due("2026-12-01")
    pause.refresh_from_db()
    assert pause.until == on("2026-11-20")


def test_what_somebody_else_asked_for_does_not_stop_the_holders_clock(cast: Cast, release: Release) -> None:
    asked_legal(release, cast, cast.coordinator, on("2026-11-17"))
    assert deadline_sync(release_id=release.pk, now=on("2026-11-17")) is None


def test_a_comment_from_outside_stops_the_clock_until_its_link_expires(cast: Cast, release: Release) -> None:
    GuestInvitation.objects.create(
        release=release,
        kind="legal",
        question="Is this public?",
        name="Professor Grey",
        email="grey@example.org",
        asked_by=cast.privacy_officer,
        asked_at=on("2026-11-17"),
        expires_at=on("2026-11-19"),
        token_hash="0" * 64,
    )
    pause = deadline_sync(release_id=release.pk, now=on("2026-11-17"))
    assert pause is not None
    assert pause.waiting_on == "Professor Grey"
    assert deadline_sync(release_id=release.pk, now=on("2026-11-19", 12)) is None
    release = fresh(release)
    assert release.due_at == due("2026-11-30")


def test_what_a_consultation_ordered_stops_the_clock_until_its_owner_answers(
    cast: Cast, release: Release
) -> None:
    review = asked_legal(release, cast, cast.privacy_officer, on("2026-11-17"))
    order = ReviewOrder.objects.create(
        release=release,
        review=review,
        review_kind="legal",
        kind="audit",
        text="Compare it with the contract.",
        owner=cast[Role.IT],
        due=due("2026-11-20"),
        ordered_by=cast[Role.LEGAL],
    )
    review_give(
        release_id=release.pk, kind="legal", verdict="approved", actor=cast[Role.LEGAL], now=on("2026-11-17")
    )
    pause = deadline_sync(release_id=release.pk, now=on("2026-11-17"))
    assert pause is not None
    assert (pause.waiting_on, pause.cause) == ("Ida Novak", "order")
    order.state, order.answer, order.done_by, order.done_at = "answered", "Same.", order.owner, MONDAY
    order.save()
    assert deadline_sync(release_id=release.pk, now=on("2026-11-18")) is None


def test_a_pause_within_one_day_moves_nothing_and_syncing_twice_moves_it_once(
    cast: Cast, release: Release
) -> None:
    deadline_pause(
        release_id=release.pk,
        actor=cast.privacy_officer,
        waiting_on="The county clerk",
        why="A copy of the ordinance",
        now=on("2026-11-17", 9),
    )
    for hour in (10, 12, 16):
        deadline_sync(release_id=release.pk, now=on("2026-11-17", hour))
    release = fresh(release)
    assert release.due_at == due("2026-11-25")
    for hour in (10, 12):
        deadline_sync(release_id=release.pk, now=on("2026-11-18", hour))
    deadline_resume(release_id=release.pk, actor=cast.privacy_officer, now=on("2026-11-18", 13))
    release = fresh(release)
    assert release.due_at == due("2026-11-27")


def test_a_pause_over_the_end_of_daylight_saving_time_counts_days(cast: Cast, release: Release) -> None:
    Release.objects.filter(pk=release.pk).update(due_at=due("2026-10-30"))
    deadline_pause(
        release_id=release.pk,
        actor=cast.privacy_officer,
        waiting_on="The clerk",
        why="An answer",
        now=on("2026-10-29"),
    )
    deadline_resume(release_id=release.pk, actor=cast.privacy_officer, now=on("2026-11-03"))
    release = fresh(release)
    assert release.due_at is not None
    assert release.due_at.astimezone(due("2026-11-04").tzinfo).isoformat() == "2026-11-04T17:00:00-05:00"


def test_a_hold_ends_the_pause_and_the_deadline_starts_anew(cast: Cast, release: Release) -> None:
    pause = deadline_pause(
        release_id=release.pk, actor=cast.privacy_officer, waiting_on="A", why="B", now=on("2026-11-17")
    )
    release_transition(
        release_id=release.pk, name="hold", actor=cast.cdo, reason="Elections.", now=on("2026-11-18")
    )
    assert pause_of(fresh(release)) is None
    resumed = release_transition(release_id=release.pk, name="resume", actor=cast.cdo, now=on("2026-12-01"))
    assert deadline_sync(release_id=release.pk, now=on("2026-12-02")) is None
    pause.refresh_from_db()
    assert pause.until is not None
    assert fresh(release).due_at == resumed.due_at


def test_one_clock_is_not_stopped_twice_and_only_by_who_holds_the_stage(cast: Cast, release: Release) -> None:
    words: dict[str, Any] = {"waiting_on": "The clerk", "why": "An answer"}
    with pytest.raises(PermissionDenied):
        deadline_pause(release_id=release.pk, actor=cast.steward, **words)
    with pytest.raises(ReasonRequired):
        deadline_pause(release_id=release.pk, actor=cast.privacy_officer, waiting_on="x", why=" ")
    deadline_pause(release_id=release.pk, actor=cast.privacy_officer, **words)
    with pytest.raises(MoveRefused, match="stands still already"):
        deadline_pause(release_id=release.pk, actor=cast.privacy_officer, **words)
    with pytest.raises(IntegrityError), transaction.atomic():
        DeadlinePause.objects.create(
            release=release,
            stage=release.stage,
            cause="hand",
            waiting_on="x",
            since=MONDAY,
            due_before=MONDAY,
            due_moved=MONDAY,
        )


def test_a_pause_that_goes_on_by_itself_is_not_ended_by_hand(cast: Cast, release: Release) -> None:
    asked_legal(release, cast, cast.privacy_officer, on("2026-11-17"))
    deadline_sync(release_id=release.pk, now=on("2026-11-17"))
    with pytest.raises(MoveRefused, match="goes on by itself"):
        deadline_resume(release_id=release.pk, actor=cast.privacy_officer, now=on("2026-11-18"))


def test_the_history_tells_of_pauses(cast: Cast, release: Release) -> None:
    asked_legal(release, cast, cast.privacy_officer, on("2026-11-17"))
    deadline_sync(release_id=release.pk, now=on("2026-11-17"))
    review_give(
        release_id=release.pk, kind="legal", verdict="approved", actor=cast[Role.LEGAL], now=on("2026-11-19")
    )
    deadline_sync(release_id=release.pk, now=on("2026-11-19"))
    event = AuditEvent.objects.get(action="workflow.deadline_resumed")
    assert event.data == {"days": 2}
    assert AuditEvent.objects.filter(action="workflow.deadline_paused").count() == 1


# --- Notices ---
def test_reminder_due_day_and_escalation_come_once_each_on_their_days(cast: Cast, release: Release) -> None:
    moment = on("2026-11-18", 1)
    while moment < on("2026-12-12"):
        deadlines_sweep(now=moment)
        moment += timedelta(hours=5)
    stage = DeadlineNotice.objects.filter(release=release, review=None).order_by("at")
    days = [(row.kind, NEW_YORK.local_day(row.at).isoformat()) for row in stage]
    # Due on Wed 25 November; Thanksgiving is no business day, so three days later is Tue 1 December.
    assert days == [("remind", "2026-11-23"), ("due", "2026-11-25"), ("escalate", "2026-12-01")]
    assert letters("deadline_near") == ["Priya Raman", "Priya Raman"]
    assert letters("deadline_passed") == ["Helen Park", "Priya Raman", "Ruth Abbott"]


def test_nobody_gets_a_notice_at_night_or_on_a_day_off(cast: Cast, release: Release) -> None:
    for moment in (on("2026-11-25", 5), on("2026-11-26"), on("2026-11-28")):
        deadlines_sweep(now=moment)
    assert not DeadlineNotice.objects.filter(release=release, review=None).exists()


def test_after_a_week_without_sweeps_only_the_latest_notice_is_written(cast: Cast, release: Release) -> None:
    deadlines_sweep(now=on("2026-12-03"))
    deadlines_sweep(now=on("2026-12-04"))
    assert [row.kind for row in DeadlineNotice.objects.filter(release=release, review=None)] == ["escalate"]


def test_a_clock_that_stands_still_sends_no_notices(cast: Cast, release: Release) -> None:
    deadline_pause(
        release_id=release.pk, actor=cast.privacy_officer, waiting_on="A", why="B", now=on("2026-11-17")
    )
    deadlines_sweep(now=on("2026-11-24"))
    deadlines_sweep(now=on("2026-12-04"))
    assert not DeadlineNotice.objects.filter(release=release, review=None).exists()
    release = fresh(release)
    assert release.due_at == due("2026-12-14")


def test_a_sweep_that_dies_in_the_middle_loses_nothing_and_doubles_nothing(
    cast: Cast, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row of the notice and the letters stand or fall together."""
    queue = notices.message_queue

    def killed(**words: Any) -> None:
        queue(**words)
        raise KeyboardInterrupt

    monkeypatch.setattr(notices, "message_queue", killed)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        deadlines_sweep(now=on("2026-11-24"))
    assert not DeadlineNotice.objects.exists()
    assert letters("deadline_near") == []
    monkeypatch.setattr(notices, "message_queue", queue)
    deadlines_sweep(now=on("2026-11-24"))
    deadlines_sweep(now=on("2026-11-24", 11))
    assert letters("deadline_near") == ["Priya Raman"]


def test_a_fault_with_one_release_does_not_stop_the_others(
    cast: Cast, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        other = release_at(Stage.PRIVACY, cast, title="Street trees")
    Release.objects.filter(pk=other.pk).update(due_at=due("2026-11-25"))
    whole = notices.letter_context

    def broken(context: Any, *args: Any, **words: Any) -> Any:
        if context.release.pk == release.pk:
            raise RuntimeError
        return whole(context, *args, **words)

    monkeypatch.setattr(notices, "letter_context", broken)
    deadlines_sweep(now=on("2026-11-24"))
    assert set(DeadlineNotice.objects.values_list("release_id", flat=True)) == {other.pk}


def test_a_review_has_its_own_due_date_and_its_own_notices(cast: Cast, release: Release) -> None:
    review = asked_legal(release, cast, cast.coordinator, on("2026-11-17"))
    Review.objects.filter(pk=review.pk).update(due=due("2026-11-19"))
    Release.objects.filter(pk=release.pk).update(due_at=due("2026-12-31"))
    OutgoingMessage.objects.all().delete()
    for day in ("2026-11-18", "2026-11-19", "2026-11-20", "2026-11-24", "2026-11-25"):
        deadlines_sweep(now=on(day))
    kinds = [row.kind for row in DeadlineNotice.objects.filter(review=review)]
    assert kinds == ["remind", "due", "escalate"]
    assert letters("review_due") == [
        "Dana Reed",
        "Helen Park",
        "Lena Fischer",
        "Lena Fischer",
        "Lena Fischer",
        "Ruth Abbott",
    ]


# --- Parking ---
def test_what_nobody_works_on_is_put_on_hold_and_everybody_hears_how_to_go_on(
    cast: Cast, release: Release
) -> None:
    assert releases_park(now=MONDAY + timedelta(days=59)) == 0
    assert releases_park(now=MONDAY + timedelta(days=61)) == 1
    release = fresh(release)
    assert release.held_at is not None
    assert "60 days" in release.hold_reason
    assert "can resume it" in release.hold_reason
    assert {"Maria Lopez", "Dana Reed", "Priya Raman"} <= set(letters("hold"))
    assert releases_park(now=MONDAY + timedelta(days=62)) == 0


def test_a_release_that_somebody_touched_is_not_parked(cast: Cast, release: Release) -> None:
    asked_legal(release, cast, cast.privacy_officer, MONDAY + timedelta(days=40))
    assert releases_park(now=MONDAY + timedelta(days=70)) == 0


def test_a_dataset_may_rest_in_the_inventory_for_as_long_as_it_likes(cast: Cast) -> None:
    with time_machine.travel(MONDAY, tick=False):
        release_at(Stage.INVENTORY, cast)
    assert releases_park(now=MONDAY + timedelta(days=400)) == 0


# --- Words ---
@pytest.mark.parametrize(
    ("now", "words"),
    [
        (on("2026-11-18"), "due Wed 25 Nov, in 5 business days"),
        (on("2026-11-24"), "due tomorrow"),
        (on("2026-11-25"), "due today"),
        (on("2026-11-25", 18), "was due today"),
        (on("2026-11-27"), "was due Wed 25 Nov, 1 business day late"),
    ],
)
def test_a_due_date_says_its_distance_by_the_programs_calendar(now: datetime, words: str) -> None:
    assert due_words(due("2026-11-25"), NEW_YORK, now) == words


# --- What the walk through the browser found ---
def staged_for(cast: Cast, day: str) -> Release:
    """A staged release, due on Tue 17 November, that its plan has go public at noon of `day`."""
    with time_machine.travel(MONDAY, tick=False):
        release = release_at(Stage.STAGED, cast)
    Release.objects.filter(pk=release.pk).update(due_at=due("2026-11-17"))
    PublicationPlan.objects.update_or_create(release=release, defaults={"release_at": on(day, hour=12)})
    OutgoingMessage.objects.all().delete()
    return release


@pytest.mark.parametrize(
    ("day", "ends"),
    [("2026-12-03", "2026-12-03"), ("2026-11-26", "2026-11-27"), ("2026-11-16", "2026-11-17")],
)
def test_a_staged_release_is_not_late_before_the_day_of_its_plan(cast: Cast, day: str, ends: str) -> None:
    release = staged_for(cast, day)
    deadlines_sweep(now=on("2026-11-16", hour=9))
    assert fresh(release).due_at == due(ends)
    deadlines_sweep(now=on("2026-11-16", hour=9))
    told = AuditEvent.objects.filter(action="workflow.deadline_waits_for_date")
    assert told.count() == (0 if ends == "2026-11-17" else 1)


def test_when_the_cdo_is_late_the_escalation_goes_to_the_portal_admin(cast: Cast) -> None:
    with time_machine.travel(MONDAY, tick=False):
        release = release_at(Stage.CDO_REVIEW, cast)
    Release.objects.filter(pk=release.pk).update(due_at=due("2026-11-17"))
    OutgoingMessage.objects.all().delete()
    deadlines_sweep(now=on("2026-11-23"))
    assert {cast.cdo.full_name, cast[Role.PORTAL_ADMIN].full_name} <= set(letters("deadline_passed"))
    letter = OutgoingMessage.objects.get(message_id="deadline_passed", recipient=cast[Role.PORTAL_ADMIN])
    assert not letter.asked
    # They may have no business on the page where the work is done.
    assert letter.path == reverse("release", args=[release.pk])
    assert cast.cdo.full_name in letter.context["waits_on"]


def test_the_page_says_who_was_told_and_which_days_do_not_count(
    cast: Cast, release: Release, client: Client
) -> None:
    Release.objects.filter(pk=release.pk).update(due_at=due("2026-11-30"))
    with time_machine.travel(on("2026-11-25"), tick=False):
        client.force_login(cast[Role.PRIVACY_OFFICER])
        deadlines_sweep(now=on("2026-11-25"))
        page = client.get(reverse("release_deadline", args=[release.pk])).content.decode()
    assert "Not counted until then: Thu 26 Nov 2026" in page
    assert f"sent to {cast[Role.PRIVACY_OFFICER]}" in page


def test_the_page_names_everybody_who_is_waited_for(cast: Cast, release: Release, client: Client) -> None:
    asked_legal(release, cast, cast[Role.PRIVACY_OFFICER], on("2026-11-16"))
    review_request(
        release_id=release.pk,
        kind="security",
        actor=cast[Role.PRIVACY_OFFICER],
        question="And you?",
        now=on("2026-11-16"),
    )
    deadline_sync(release_id=release.pk, now=on("2026-11-16"))
    with time_machine.travel(on("2026-11-17"), tick=False):
        client.force_login(cast[Role.PRIVACY_OFFICER])
        page = client.get(reverse("release_deadline", args=[release.pk])).content.decode()
    assert "Legal review" in page
    assert "Besides, it waits on" in page


def test_after_a_hold_the_days_of_a_review_start_anew(cast: Cast, release: Release) -> None:
    review = asked_legal(release, cast, cast.privacy_officer, on("2026-11-16"))
    where = {"release_id": release.pk, "actor": cast.cdo}
    release_transition(**where, name="hold", reason="Elections.", now=on("2026-11-17"))
    release_transition(**where, name="resume", now=on("2027-01-11"))
    review = Review.objects.get(pk=review.pk)
    assert review.due is not None
    assert review.due > on("2027-01-12")
    OutgoingMessage.objects.all().delete()
    deadlines_sweep(now=on("2027-01-11"))
    assert letters("review_due") == []
