"""Dates in one's own calendar: the file as RFC 5545 has it, and whom the secret address lets read what."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Cast
from tests.factories.workflow import release_at
from workflow.icalendar import CalendarEntry, calendar_text, folded
from workflow.models import CalendarFeed, Release
from workflow.services.feed import feed_make
from workflow.services.plans import plan_change, plan_item_save
from workflow.stages import Stage

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ADDRESS = re.compile(r"/calendar/([\w-]+)\.ics")


def parsed(text: str) -> list[dict[str, str]]:
    """The events of a calendar file, read as a calendar program does: unfolded, then unescaped."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    for line in text.split("\r\n"):
        assert len(line.encode()) <= 75
    lines = text.replace("\r\n ", "").split("\r\n")
    assert (lines[0], lines[-2]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert {"VERSION:2.0", "CALSCALE:GREGORIAN"} <= set(lines)
    events: list[dict[str, str]] = []
    for line in lines:
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and ":" in line and not line.startswith("END:"):
            name, value = line.split(":", 1)
            events[-1][name] = re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), value)
    return events


@given(st.lists(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"])), max_size=4))
def test_any_title_comes_through_a_calendar_program_whole(titles: list[str]) -> None:
    shown = ["".join(char for char in title if char.isprintable()) for title in titles]
    entries = [
        CalendarEntry(f"due-{n}@portal", title, NOW, "https://portal.example.gov/releases/1/")
        for n, title in enumerate(titles)
    ]
    events = parsed(calendar_text("Dates", entries, now=NOW))
    assert [event["SUMMARY"] for event in events] == shown


def test_a_day_ends_on_the_next_and_a_moment_is_in_utc() -> None:
    new_york = datetime.fromisoformat("2026-11-02T09:00:00-05:00")
    events = parsed(
        calendar_text(
            "Dates",
            [
                CalendarEntry("a@x", "A day", date(2026, 12, 31), "https://x.example/"),
                CalendarEntry("b@x", "A moment", new_york, "https://x.example/"),
            ],
            now=NOW,
        )
    )
    assert events[0]["DTSTART;VALUE=DATE"] == "20261231"
    assert events[0]["DTEND;VALUE=DATE"] == "20270101"
    assert events[1]["DTSTART"] == "20261102T140000Z"
    # An end that equals the beginning is not allowed (RFC 5545, 3.8.2.2).
    assert "DTEND" not in events[1]
    assert all(event["DTSTAMP"] == "20261121T120000Z" for event in events)


@given(st.text(min_size=1, max_size=400))
def test_folding_loses_nothing_and_breaks_no_character(line: str) -> None:
    line = line.replace("\r", "").replace("\n", "")
    parts = folded(line).split("\r\n")
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == line
    assert all(len(part.encode()) <= 75 for part in parts)


# --- The address ---


@pytest.fixture
def release(cast: Cast) -> Release:
    found = release_at(Stage.PRIVACY, cast, title="Permits; all, 2019-2026")
    plan_change(
        release_id=found.pk,
        actor=cast.coordinator,
        release_at=timezone.now() + timedelta(days=9),
        tactics=["blog"],
        message="Nobody else's business.",
    )
    plan_item_save(
        release_id=found.pk,
        actor=cast.coordinator,
        title="Ask Grey for a quote",
        tactic="press",
        owner=cast.steward,
        due=timezone.localdate() + timedelta(days=5),
    )
    return found


def made(client: Client) -> str:
    """Make an address on the page, and return the path of the file."""
    found = ADDRESS.search(client.post(reverse("calendar_make")).content.decode())
    assert found
    return found[0]


@pytest.mark.django_db
def test_the_feed_holds_release_dates_deadlines_and_things_to_do_by_title(
    cast: Cast, release: Release, client: Client
) -> None:
    client.force_login(cast.steward)
    path = made(client)
    response = Client().get(path)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    text = response.content.decode()
    assert {event["SUMMARY"] for event in parsed(text)} == {
        "Goes public: Permits; all, 2019-2026",
        "Due in Privacy: Permits; all, 2019-2026",
        "Press release: Permits; all, 2019-2026",
    }
    for private in ("Grey", "business", "Maria", "@example.gov"):
        assert private not in text
    assert [event["UID"] for event in parsed(text)] == [
        event["UID"] for event in parsed(Client().get(path).content.decode())
    ]


@pytest.mark.django_db
def test_a_person_reads_the_dates_of_what_they_may_see(cast: Cast, release: Release, client: Client) -> None:
    for person in (cast.other_steward, cast.foreign_cdo, cast.outsider):
        token = feed_make(user=person)
        assert parsed(client.get(reverse("calendar_file", args=[token])).content.decode()) == []


@pytest.mark.django_db
def test_the_secret_is_kept_as_a_hash_shown_once_and_ends_with_a_new_one(cast: Cast, client: Client) -> None:
    client.force_login(cast.steward)
    first = made(client)
    token = first.removeprefix("/calendar/").removesuffix(".ics")
    assert token not in CalendarFeed.objects.get().token_hash
    assert token not in client.get(reverse("calendar_feed")).content.decode()
    second = made(client)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    client.post(reverse("calendar_revoke"))
    assert client.get(second).status_code == 404
    assert client.get("/calendar/made-up.ics").status_code == 404


@pytest.mark.django_db
def test_a_closed_account_reads_no_calendar(cast: Cast, client: Client) -> None:
    token = feed_make(user=cast.steward)
    cast.steward.is_active = False
    cast.steward.save()
    assert client.get(reverse("calendar_file", args=[token])).status_code == 404


@pytest.mark.django_db
def test_the_dates_of_one_release_are_a_file_for_who_may_see_it(
    cast: Cast, release: Release, client: Client
) -> None:
    url = reverse("release_calendar", args=[release.pk])
    client.force_login(cast.approver)
    response = client.get(url)
    assert len(parsed(response.content.decode())) == 3
    assert ".ics" in response["Content-Disposition"]
    client.force_login(cast.other_steward)
    assert client.get(url).status_code == 404
