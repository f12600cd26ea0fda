"""How fresh public data is: bands by frequency and program, one mail per contact and band, nobody nagged twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.profiles import Updates
from notifications.models import OutgoingMessage
from tests.cast import Cast
from tests.factories.workflow import release_at
from workflow.calendar import BusinessCalendar
from workflow.freshness import freshness_of
from workflow.models import Dataset, Release
from workflow.selectors.errands import errands_of
from workflow.selectors.refresh import due_lines
from workflow.services.datasets import release_open
from workflow.services.freshness import freshness_sweep
from workflow.stages import Stage

NOW = timezone.now()


@pytest.mark.parametrize(
    ("days", "band"),
    [(30, "fresh"), (32, "due"), (38, "due"), (39, "overdue"), (61, "overdue"), (63, "delinquent")],
)
def test_monthly_data_goes_from_fresh_to_long_overdue(days: int, band: str) -> None:
    found = freshness_of("monthly", NOW - timedelta(days=days), NOW, Updates())
    assert found is not None
    assert (found.band, found.is_late) == (band, band in ("overdue", "delinquent"))


@pytest.mark.parametrize(
    ("day", "hour", "band"),
    [(20, 18, "fresh"), (22, 23, "fresh"), (23, 9, "fresh"), (23, 11, "due"), (24, 9, "overdue")],
)
def test_what_is_promised_for_every_weekday_does_not_grow_old_over_a_weekend(
    day: int, hour: int, band: str
) -> None:
    friday = datetime(2026, 11, 20, 10, tzinfo=UTC)
    found = freshness_of("weekdays", friday, friday.replace(day=day, hour=hour), Updates())
    assert found is not None
    assert (found.band, found.due_at) == (band, friday.replace(day=23))


def test_nor_over_a_holiday_of_its_program() -> None:
    wednesday = datetime(2026, 11, 25, 10, tzinfo=UTC)
    closed = BusinessCalendar(federal=True)
    found = freshness_of("weekdays", wednesday, wednesday + timedelta(days=2), Updates(), closed)
    assert found is not None
    assert (found.band, found.due_at) == ("fresh", wednesday + timedelta(days=2))


@pytest.mark.parametrize(("frequency", "days"), [("bimonthly", 62), ("hourly", 1), ("continuous", 1)])
def test_every_frequency_with_a_schedule_becomes_due(frequency: str, days: int) -> None:
    found = freshness_of(frequency, NOW - timedelta(days=days + 0.1), NOW, Updates())
    assert found is not None
    assert found.band == "due"


def test_a_program_sets_its_own_grace() -> None:
    patient = Updates(overdue_percent=200, delinquent_percent=300)
    found = freshness_of("monthly", NOW - timedelta(days=62), NOW, patient)
    assert found is not None
    assert found.band == "due"


@pytest.mark.parametrize("frequency", ["not_updated", "as_needed", "other", ""])
def test_data_that_promises_no_date_is_in_no_band(frequency: str) -> None:
    assert freshness_of(frequency, NOW - timedelta(days=5000), NOW, Updates()) is None


def public(cast: Cast, title: str, **fields: Any) -> Dataset:
    return release_at(Stage.PUBLISHED, cast, title=title, **fields).dataset


def letters() -> list[OutgoingMessage]:
    return list(OutgoingMessage.objects.filter(message_id="freshness").order_by("pk"))


@pytest.mark.django_db
def test_each_contact_gets_one_mail_with_a_link_for_each_dataset_and_none_twice(cast: Cast) -> None:
    one, other = public(cast, "Permits"), public(cast, "Licences")
    public(cast, "Old maps", accrual_periodicity="not_updated")
    later = timezone.now() + timedelta(days=32)
    assert freshness_sweep(now=later) == 1
    (letter,) = letters()
    assert letter.recipient == cast.steward
    links = [line["link"] for line in letter.context["lines"]]
    for row in (one, other):
        assert any(link.endswith(reverse("dataset_refresh", args=[row.pk])) for link in links)
    assert freshness_sweep(now=later) == 0
    assert freshness_sweep(now=timezone.now() + timedelta(days=45)) == 1
    assert "overdue" in letters()[-1].context["lines"][0]["words"]


@pytest.mark.django_db
def test_who_has_a_release_on_its_way_is_not_asked(cast: Cast) -> None:
    dataset = public(cast, "Permits")
    later = timezone.now() + timedelta(days=40)
    assert [line.dataset for line in due_lines(now=later)] == [dataset]
    release_open(dataset=dataset, actor=cast.coordinator)
    assert due_lines(now=later) == []
    assert freshness_sweep(now=later) == 0


@pytest.mark.django_db
def test_my_work_leads_straight_to_the_form(cast: Cast) -> None:
    dataset = public(cast, "Permits")
    Release.objects.filter(dataset=dataset).update(published_at=timezone.now() - timedelta(days=70))
    (errand,) = [row for row in errands_of(cast.steward) if "update the public data" in row.what]
    assert (errand.url, errand.is_late) == (reverse("dataset_refresh", args=[dataset.pk]), True)
    assert not [row for row in errands_of(cast.coordinator) if "update the public data" in row.what]


@pytest.mark.django_db
def test_the_page_and_the_list_say_how_fresh_it_is(cast: Cast, client: Client) -> None:
    dataset = public(cast, "Permits")
    Release.objects.filter(dataset=dataset).update(published_at=timezone.now() - timedelta(days=45))
    client.force_login(cast.steward)
    page = client.get(reverse("dataset_refresh", args=[dataset.pk])).content.decode()
    assert "Overdue" in page
    assert "Did the structure of the data" in page
    overview = client.get(reverse("release", args=[dataset.public_release.pk])).content.decode()
    assert reverse("dataset_refresh", args=[dataset.pk]) in overview
