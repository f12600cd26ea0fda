"""The private copy shared with named people of the portal, and taken back before it is public."""

from __future__ import annotations

import pytest
import requests
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from publishing.models import Publication
from publishing.services import publication_make_private
from publishing.services.previewing import preview_share
from tests.cast import Cast
from tests.publishing.conftest import Orders
from tests.publishing.releases import Prepared, run_to_the_end

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_steps")]
VIEWER = ("standin-viewer", "standin-viewer-secret")
EMAILS = ["viewer@example.gov", "nobody@example.gov"]


def seen(orders: Orders, publication: Publication) -> bool:
    path = f"/api/views/{publication.asset.remote_id}.json"
    return requests.get(f"{orders.base}{path}", auth=VIEWER, timeout=5).status_code == 200


def private(cast: Cast) -> tuple[Prepared, Publication]:
    prepared = Prepared(cast)
    return prepared, run_to_the_end(prepared.ask("private"))


def test_it_is_shared_told_and_ended_before_the_public(cast: Cast, orders: Orders) -> None:
    prepared, publication = private(cast)
    assert not seen(orders, publication)
    told = preview_share(release_id=prepared.release.pk, emails=EMAILS, actor=cast.coordinator)
    assert [line.ok for line in told] == [False]
    assert "Shared with viewer@example.gov" in told[0].sentence
    assert "no user with the address nobody@example.gov" in told[0].sentence
    assert seen(orders, publication)
    assert AuditEvent.objects.get(action="publishing.preview_shared").data["people"] == 1

    prepared.allow()
    publication = run_to_the_end(prepared.ask("public"))
    assert publication.reached == "public", publication.error
    assert "shared" not in publication.receipt
    users = orders.get(f"/api/views/{publication.asset.remote_id}/permissions").json()["users"]
    assert [user["email"] for user in users] == ["publisher@example.gov"]


def test_taken_back_the_sharing_ends(cast: Cast, orders: Orders) -> None:
    prepared, publication = private(cast)
    preview_share(release_id=prepared.release.pk, emails=EMAILS[:1], actor=cast.coordinator)
    publication_make_private(release_id=prepared.release.pk)
    run_to_the_end(Publication.objects.get(pk=publication.pk))
    assert not seen(orders, publication)


def test_the_page_says_when_nobody_is_asked_and_is_not_for_everybody(cast: Cast, client: Client) -> None:
    prepared, _ = private(cast)
    client.force_login(cast.coordinator)
    page = client.get(reverse("preview_sharing", args=[prepared.release.pk]))
    assert "Nobody is asked to preview it now" in page.content.decode()
    tab = client.get(reverse("release_publication", args=[prepared.release.pk])).content.decode()
    assert reverse("preview_sharing", args=[prepared.release.pk]) in tab


def test_it_is_not_offered_for_what_is_public(cast: Cast, client: Client) -> None:
    prepared, _ = private(cast)
    prepared.allow()
    run_to_the_end(prepared.ask("public"))
    client.force_login(cast.coordinator)
    tab = client.get(reverse("release_publication", args=[prepared.release.pk])).content.decode()
    assert "Open the public dataset" in tab
    assert reverse("preview_sharing", args=[prepared.release.pk]) not in tab
