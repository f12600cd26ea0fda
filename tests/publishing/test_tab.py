"""The Publication tab: what people see in each state, and who may press the button."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from audit.models import AuditEvent
from publishing.models import Publication
from publishing.services import publication_run
from tests.cast import Cast
from tests.publishing.conftest import Orders
from tests.publishing.releases import Prepared
from work.services import work_run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_standin(standin: Any, orders: Orders, settings: Any) -> None:
    settings.TIME_SCALE = 0.02


def page(client: Client, prepared: Prepared, name: str = "release_publication") -> str:
    answer = client.get(reverse(name, args=[prepared.release.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def run(publication: Publication) -> Publication:
    Publication.objects.filter(pk=publication.pk).update(due_at=timezone.now())
    work_run(Publication, publication.pk, publication_run)
    publication.refresh_from_db()
    return publication


def stopped(prepared: Prepared, settings: Any) -> Publication:
    publication = prepared.ask("private")
    right, settings.SOCRATA_KEY_SECRET = settings.SOCRATA_KEY_SECRET, "wrong"
    run(publication)
    settings.SOCRATA_KEY_SECRET = right
    return publication


@pytest.fixture
def coordinator(cast: Cast, client: Client) -> Client:
    client.force_login(cast.coordinator)
    return client


def test_before_the_first_copy_the_page_says_when_it_comes(cast: Cast, coordinator: Client) -> None:
    assert "There is no copy on the portal yet" in page(coordinator, Prepared(cast))


def test_while_a_worker_is_at_it_the_page_asks_again_by_itself(cast: Cast, coordinator: Client) -> None:
    prepared = Prepared(cast)
    publication = prepared.ask("private")
    Publication.objects.filter(pk=publication.pk).update(
        status="running", progress=30, progress_message="Sending part 2 of 3."
    )
    text = page(coordinator, prepared, "publication_progress")
    assert "Sending part 2 of 3." in text and 'hx-trigger="every 2s"' in text and "<html" not in text


def test_when_it_has_ended_the_whole_page_is_fetched_anew(cast: Cast, coordinator: Client) -> None:
    prepared = Prepared(cast)
    publication = prepared.ask("private")
    address = reverse("publication_progress", args=[prepared.release.pk])
    assert "HX-Refresh" not in coordinator.get(address)
    run(publication)
    assert coordinator.get(address)["HX-Refresh"] == "true"


def test_a_private_copy_is_linked_with_its_evidence(cast: Cast, coordinator: Client) -> None:
    prepared = Prepared(cast)
    publication = run(prepared.ask("private"))
    text = page(coordinator, prepared)
    assert f"/d/{publication.asset.remote_id}" in text and "Private copy, compared" in text
    assert "Fingerprint of all rows" in text and "hx-trigger" not in text.split("publication-state")[1]
    assert "Anybody can query it" not in text


def test_a_public_copy_is_linked_with_a_query_that_needs_no_key(cast: Cast, coordinator: Client) -> None:
    prepared = Prepared(cast)
    prepared.allow()
    publication = run(prepared.ask("public"))
    text = page(coordinator, prepared)
    assert "Public, checked from outside" in text
    assert f"/resource/{publication.asset.remote_id}.json?$limit=5" in text


def test_a_stopped_publication_says_why_and_the_coordinator_resumes_it(
    cast: Cast, coordinator: Client, settings: Any
) -> None:
    prepared = Prepared(cast)
    publication = stopped(prepared, settings)
    text = page(coordinator, prepared)
    assert "refused our key" in text and ">Resume</button>" in text
    answer = coordinator.post(reverse("publication_resume", args=[prepared.release.pk]), follow=True)
    assert "The publication goes on where it stopped." in answer.content.decode()
    assert run(publication).status == "done"
    event = AuditEvent.objects.get(action="publishing.resumed")
    assert (event.actor, event.release_id) == (cast.coordinator, prepared.release.pk)
    again = coordinator.post(reverse("publication_resume", args=[prepared.release.pk]), follow=True)
    assert "There is nothing to resume" in again.content.decode()


def test_a_waiting_publication_says_until_when_and_may_be_tried_at_once(
    cast: Cast, coordinator: Client, orders: Orders
) -> None:
    prepared = Prepared(cast)
    orders.fault("status", path="^/api/users", status=429, retry_after="900")
    publication = run(prepared.ask("private"))
    text = page(coordinator, prepared)
    assert "asked us to wait 900 seconds" in text and ">Try again now</button>" in text
    assert publication.due_at > timezone.now() + timedelta(seconds=5)
    coordinator.post(reverse("publication_resume", args=[prepared.release.pk]))
    publication.refresh_from_db()
    assert publication.due_at <= timezone.now() and publication.attempts == 0


def test_a_steward_sees_why_it_stopped_and_cannot_resume(cast: Cast, client: Client, settings: Any) -> None:
    prepared = Prepared(cast)
    stopped(prepared, settings)
    client.force_login(cast[Role.STEWARD])
    text = page(client, prepared)
    assert "refused our key" in text and "Resume</button>" not in text
    answer = client.post(reverse("publication_resume", args=[prepared.release.pk]))
    assert answer.status_code == 403


@pytest.mark.parametrize("name", ["release_publication", "publication_progress", "publication_resume"])
def test_somebody_of_another_program_finds_nothing(cast: Cast, client: Client, name: str) -> None:
    prepared = Prepared(cast)
    client.force_login(cast.foreign_cdo)
    address = reverse(name, args=[prepared.release.pk])
    answer = client.post(address) if name == "publication_resume" else client.get(address)
    assert answer.status_code == 404
