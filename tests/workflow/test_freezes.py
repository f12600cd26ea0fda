"""Freeze periods, the hold of one planned release, and moments in the nights when the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from notifications.models import OutgoingMessage
from tests.cast import PASSWORD, Cast
from tests.factories.bundles import bundled
from tests.factories.workflow import dataset_make, portal_facts, release_at
from workflow import gates
from workflow.context import context_of
from workflow.errors import MoveRefused
from workflow.forms.moments import MomentField, MomentsForm
from workflow.models import Freeze, PublicationPlan, Release
from workflow.selectors.deadlines import due_by_plan
from workflow.selectors.feed import entries_for
from workflow.services.bundles import bundle_stop
from workflow.services.freezes import freeze_except, freeze_lift, freeze_set
from workflow.services.transitions import release_transition
from workflow.stages import Stage

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def frozen(cast: Cast, **about: Any) -> Freeze:
    words: dict[str, Any] = {
        "kind": "election",
        "reason": "The council is elected",
        "starts_at": NOW - timedelta(days=1),
        "ends_at": NOW + timedelta(days=9),
    }
    return freeze_set(program=cast.program, actor=cast.portal_admin, **words | about)


def planned(cast: Cast, **fields: Any) -> Release:
    release = release_at(Stage.STAGED, cast, **fields)
    PublicationPlan.objects.update_or_create(release=release, defaults={"release_at": NOW})
    return release


def in_the_way(release: Release, now: datetime | None = None) -> str:
    return " ".join(item.text for item in gates.unmet("publish", context_of(release.pk, now=now)))


def test_nothing_goes_public_in_a_freeze_and_the_gate_says_until_when_and_who_may_allow_it(
    cast: Cast,
) -> None:
    release = planned(cast)
    freeze = frozen(cast)
    words = in_the_way(release)
    assert "Nothing goes public until" in words and "The council is elected." in words
    assert "chief data officer may allow an exception" in words.lower()
    assert "Nothing goes public" not in in_the_way(release, now=freeze.ends_at)
    letter = OutgoingMessage.objects.filter(message_id="freeze_moves_date", recipient=cast.steward).get()
    assert letter.context["earliest"]
    freeze_lift(freeze_id=freeze.pk, actor=cast.cdo, reason="It was called off.")
    assert "Nothing goes public" not in in_the_way(release)


def test_an_exception_needs_the_named_officer_and_a_reason(cast: Cast) -> None:
    release, other = planned(cast), planned(cast, title="Other")
    freeze = frozen(cast)
    about: dict[str, Any] = {"freeze_id": freeze.pk, "release_ids": [release.pk]}
    with pytest.raises(PermissionDenied):
        freeze_except(**about, actor=cast.portal_admin, reason="Needed.")
    with pytest.raises(MoveRefused, match="Say why"):
        freeze_except(**about, actor=cast.cdo, reason=" ")
    freeze_except(**about, actor=cast.cdo, reason="The law sets the day.")
    assert "Nothing goes public" not in in_the_way(release)
    assert "Nothing goes public" in in_the_way(other)
    event = AuditEvent.objects.get(action="workflow.freeze_excepted")
    assert event.release_id == release.pk and event.actor_id == cast.cdo.pk


def test_only_the_portal_admin_and_the_cdo_set_a_freeze(cast: Cast) -> None:
    words: dict[str, Any] = {
        "program": cast.program,
        "kind": "other",
        "reason": "R",
        "starts_at": NOW,
        "ends_at": NOW + timedelta(days=1),
    }
    with pytest.raises(PermissionDenied):
        freeze_set(actor=cast.coordinator, **words)
    with pytest.raises(MoveRefused, match="ends before it begins"):
        freeze_set(actor=cast.cdo, **words | {"ends_at": NOW - timedelta(days=1)})


def test_a_freeze_of_one_department_leaves_the_others_alone(cast: Cast) -> None:
    release = planned(cast)
    frozen(cast, department=cast.health)
    assert "Nothing goes public" not in in_the_way(release)
    frozen(cast, department=cast.public_works)
    assert "Nothing goes public" in in_the_way(release)


def test_a_retraction_is_never_frozen(cast: Cast) -> None:
    release = release_at(Stage.PUBLISHED, cast)
    frozen(cast)
    after = release_transition(
        release_id=release.pk, name="retract", actor=cast.cdo, reason="A name stands in it."
    )
    assert after.stage == Stage.RETRACTED


def test_two_freezes_that_meet_hold_until_the_end_of_both(cast: Cast) -> None:
    release = planned(cast)
    first = frozen(cast)
    frozen(cast, kind="year_end", starts_at=first.ends_at, ends_at=first.ends_at + timedelta(days=3))
    OutgoingMessage.objects.all().delete()
    frozen(cast, kind="other", reason="The portal moves", ends_at=NOW + timedelta(days=1))
    letter = OutgoingMessage.objects.filter(message_id="freeze_moves_date", recipient=cast.steward).get()
    zone = ZoneInfo(context_of(release.pk).profile.timezone)
    end = (first.ends_at + timedelta(days=3)).astimezone(zone)
    assert f"{end:%Y, %H:%M}" in letter.context["earliest"]


def test_a_freeze_over_the_moment_of_a_bundle_is_told_though_the_plan_is_earlier(cast: Cast) -> None:
    release = planned(cast)
    bundled(cast, [release], release_at=NOW + timedelta(days=20))
    frozen(cast, starts_at=NOW + timedelta(days=19), ends_at=NOW + timedelta(days=22))
    assert OutgoingMessage.objects.filter(message_id="freeze_moves_date", recipient=cast.steward).exists()
    about = context_of(release.pk)
    last = due_by_plan(about)
    assert last is not None and last >= NOW + timedelta(days=22)


class Moments(MomentsForm):
    at = MomentField(label="Goes public on")


def form(value: str, which: str = "", zone: str = "America/New_York") -> Moments:
    with timezone.override(ZoneInfo(zone)):
        made = Moments({"at": value, "at_which": which})
        made.is_valid()
        return made


def test_a_moment_that_does_not_exist_is_said_to_be_none() -> None:
    made = form("2027-03-14T02:30")
    assert "There is no Sun 14 Mar 2027, 2:30" in made.errors["at"][0].replace("02:30", "2:30")
    assert "clocks go forward" in made.errors["at"][0]


def test_a_moment_that_comes_twice_is_asked_for_and_kept_to_the_minute() -> None:
    asked = form("2026-11-01T01:30")
    assert "comes twice" in asked.errors["at_which"][0]
    first, second = form("2026-11-01T01:30", "0"), form("2026-11-01T01:30", "1")
    assert first.cleaned_data == {"at": datetime(2026, 11, 1, 5, 30, tzinfo=UTC)}
    assert second.cleaned_data["at"].astimezone(UTC) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    with timezone.override(ZoneInfo("America/New_York")):
        again = Moments(initial={"at": datetime(2026, 11, 1, 6, 30, tzinfo=UTC)})
        assert again["at_which"].value() == "1"


@pytest.mark.parametrize("typed", ["9999-12-31T23:59", "0001-01-01T00:00"])
def test_a_moment_at_the_ends_of_the_calendar_is_refused_in_words(typed: str) -> None:
    assert form(typed).errors["at"] == ["Choose a year from 2000 to 2100."]


def test_an_ordinary_moment_asks_nothing_more() -> None:
    made = form("2026-07-01T09:15")
    assert list(made.fields) == ["at"]
    assert made.cleaned_data["at"].astimezone(UTC) == datetime(2026, 7, 1, 13, 15, tzinfo=UTC)
    assert form("2026-07-01T").errors["at"] == ["Give a date and a time, such as 12/04/2026, 9:00 AM."]


def logged_in(client: Client, person: Any) -> Client:
    assert client.login(username=person.email, password=PASSWORD)
    return client


def test_the_pages_of_schedule_bundle_freeze_and_plan_say_what_goes_when(cast: Cast, client: Client) -> None:
    release = planned(cast)
    bundle = bundled(cast, [release], release_at=NOW + timedelta(days=2))
    freeze = frozen(cast)
    logged_in(client, cast.coordinator)
    schedule = client.get(reverse("schedule_list")).content.decode()
    assert "What goes public when" in schedule and "Budget week" in schedule and "UTC" in schedule
    assert "The moment lies in a freeze period" in schedule
    page = client.get(reverse("bundle", args=[bundle.pk])).content.decode()
    assert "Nothing goes public until" in page and "Go without it" in page
    assert "The council is elected" in client.get(reverse("freeze", args=[freeze.pk])).content.decode()
    plan = client.get(reverse("release_plan", args=[release.pk])).content.decode()
    assert "On the calendar" in plan and "Goes with the bundle" in plan and "UTC" in plan
    titles = [entry.title for entry in entries_for(cast.coordinator, now=NOW)]
    assert "Goes public together: Budget week" in titles
    assert "Election: data may go public again" in titles


def test_a_bundle_is_made_filled_and_left_through_its_pages(cast: Cast, client: Client) -> None:
    release = planned(cast)
    logged_in(client, cast.coordinator)
    about = {
        "name": "Budget week",
        "reason": "They explain one another.",
        "release_at": "2027-03-02T09:00",
        "owner": cast.coordinator.pk,
        "take_back": "rest",
        "patience_minutes": "60",
    }
    assert client.get(reverse("bundle_new")).status_code == 200
    made = client.post(reverse("bundle_new"), about)
    assert made.status_code == 302
    pk = int(made.url.rstrip("/").split("/")[-1])
    client.post(reverse("bundle_add", args=[pk]), {"releases": [release.pk]})
    assert release.bundle_places.filter(open=True, bundle=pk).exists()
    assert client.post(reverse("bundle_edit", args=[pk]), about | {"name": "Week"}).status_code == 302
    assert client.post(reverse("bundle_stop", args=[pk]), {"reason": "No."}).status_code == 302
    leave = reverse("bundle_leave", args=[pk, release.pk])
    assert client.get(leave).status_code == 200
    assert client.post(leave, {"reason": ""}).status_code == 422
    assert client.post(leave, {"reason": "It goes alone."}).status_code == 302
    assert not release.bundle_places.filter(open=True).exists()
    assert client.post(reverse("bundle_dissolve", args=[pk]), {"reason": "Empty."}).status_code == 302
    assert "It goes alone." in client.get(reverse("bundle", args=[pk])).content.decode()
    logged_in(client, cast.foreign_cdo)
    assert client.get(reverse("bundle", args=[pk])).status_code == 404


def test_a_freeze_is_set_excepted_and_ended_through_its_pages(cast: Cast, client: Client) -> None:
    release = planned(cast)
    logged_in(client, cast.cdo)
    about = {
        "kind": "migration",
        "reason": "The portal moves.",
        "starts_at": f"{NOW - timedelta(days=2):%Y-%m-%dT%H:%M}",
        "ends_at": f"{NOW + timedelta(days=5):%Y-%m-%dT%H:%M}",
        "holds_refreshes": "on",
        "excepted_by": "cdo",
    }
    made = client.post(reverse("freeze_new"), about)
    assert made.status_code == 302, made.content
    pk = int(made.url.rstrip("/").split("/")[-1])
    client.post(reverse("freeze_except", args=[pk]), {"releases": [release.pk], "reason": "By law."})
    assert "By law." in client.get(reverse("freeze", args=[pk])).content.decode()
    client.post(reverse("freeze_lift", args=[pk]), {"reason": "Done early."})
    assert Freeze.objects.get(pk=pk).lifted_at is not None
    logged_in(client, cast.coordinator)
    assert client.get(reverse("freeze_new")).status_code == 403


def test_a_planned_release_is_held_back_and_let_go_on_the_plan_tab(cast: Cast, client: Client) -> None:
    release = planned(cast)
    portal_facts(release)
    release.facts.filter(kind="public_copy").delete()
    logged_in(client, cast.coordinator)
    client.post(reverse("plan_hold", args=[release.pk]), {"reason": "A figure is checked.", "lifts": "cdo"})
    assert "It is held back: A figure is checked." in in_the_way(release)
    lift = reverse("plan_hold_lift", args=[release.pk])
    assert client.post(lift, {"reason": "Now."}).status_code == 403
    logged_in(client, cast.cdo)
    assert "Lift the hold" in client.get(reverse("release_plan", args=[release.pk])).content.decode()
    assert client.post(lift, {"reason": "The figure is right."}).status_code == 302
    assert "held back" not in in_the_way(release)


def test_a_release_that_is_not_approved_keeps_its_bundle_waiting_by_name(cast: Cast) -> None:
    ready, early = planned(cast), dataset_make(cast, title="Early").current_release
    bundle = bundled(cast, [ready, early])
    assert "waits for “Early”: It is in Inventory and not approved." in in_the_way(ready)
    with pytest.raises(MoveRefused, match="nothing to stop"):
        bundle_stop(bundle_id=bundle.pk, actor=cast.coordinator, reason="No.")
