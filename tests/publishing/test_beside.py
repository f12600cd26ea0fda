"""What belongs to a dataset beside its rows, on its way: the dictionary, filtered views, reviewers, other sites."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from publishing.models import Publication
from publishing.records import PortalView
from publishing.services import publication_make_private
from tests.cast import Cast
from tests.publishing.conftest import Orders
from tests.publishing.releases import Prepared, public, run, run_to_the_end

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_steps")]


def lines(publication: Publication) -> dict[str, dict[str, Any]]:
    return {proof["what"]: proof for proof in publication.evidence}


def with_views(cast: Cast) -> Prepared:
    prepared = Prepared(cast)
    prepared.record = replace(prepared.record, views=(PortalView("Open permits", "open", "true"),))
    return prepared


def test_the_dictionary_and_the_views_are_evidence_and_the_views_go_public_with_it(
    cast: Cast, orders: Orders
) -> None:
    publication = public(with_views(cast))
    told = lines(publication)
    assert told["Attached: Data dictionary"]["ok"] and told["Description of the dataset"]["ok"]
    assert told["Filtered view Open permits"]["found"] == "13 rows"
    assert told["Audience of the filtered views"]["found"] == "public"
    attached = orders.get(f"/api/views/{publication.asset.remote_id}.json", signed=False).json()["metadata"]
    assert [entry["filename"] for entry in attached["attachments"]] == ["data-dictionary.csv"]


def test_taken_back_its_views_are_private_too(cast: Cast, orders: Orders) -> None:
    prepared = with_views(cast)
    public(prepared)
    views = orders.get("/api/views.json", limit=1000).json()
    view = next(one["id"] for one in views if one.get("resourceName") == f"{prepared.key}--open-permits")
    assert orders.get(f"/resource/{view}.json", signed=False).status_code == 200
    publication_make_private(release_id=prepared.release.pk)
    run_to_the_end(Publication.objects.get(release=prepared.release))
    assert orders.get(f"/resource/{view}.json", signed=False).status_code != 200
    orders.send("DELETE", f"/api/views/{view}.json", None)


def test_submitted_is_a_state_of_its_own_and_not_public(cast: Cast, client: Client, orders: Orders) -> None:
    prepared = Prepared(cast)
    prepared.allow()
    run_to_the_end(prepared.ask("private"))
    orders.settings(approvals="manual")
    publication = run(prepared.ask("public"))
    assert publication.is_waiting_again or publication.attempts == 0
    assert (
        publication.error.startswith("Submitted for approval") and "It is not public now" in publication.error
    )
    assert publication.reached == "private"
    told = orders.get(f"/api/views/{publication.asset.remote_id}/approvals", method="guidance_v2").json()
    orders.send("PUT", told["public"]["updateUrl"], {"state": "rejected"})
    publication = run(publication)
    assert publication.status == "dead" and "said no to making the dataset public" in publication.error


@pytest.fixture
def other_site(orders: Orders, settings: Any) -> Iterator[str]:
    site = f"localhost:{orders.domain.partition(':')[2]}"
    settings.SOCRATA_FEDERATED_SITES = [site]
    orders.settings(federates_to=[site], federation_lag_seconds=0)
    yield site
    orders.settings(federates_to=[], federation_lag_seconds=0)


def test_other_sites_are_looked_at_after_publishing_and_after_taking_back(
    cast: Cast, orders: Orders, other_site: str
) -> None:
    prepared = Prepared(cast)
    publication = public(prepared)
    assert lines(publication)[f"On the site {other_site}"]["found"] == "shown"
    orders.settings(federation_lag_seconds=60)
    publication_make_private(release_id=prepared.release.pk)
    publication = run(Publication.objects.get(release=prepared.release))
    assert publication.is_live and f"{other_site} still lists it" in publication.error
    assert publication.reached == "private"
    assert orders.get(f"/api/views/{publication.asset.remote_id}.json", signed=False).status_code in (
        403,
        404,
    )
    orders.settings(federates_to=[])
    assert run_to_the_end(publication).status == "done"


def test_the_page_says_submitted(cast: Cast, client: Client, orders: Orders) -> None:
    prepared = Prepared(cast)
    prepared.allow()
    run_to_the_end(prepared.ask("private"))
    orders.settings(approvals="manual")
    publication = run(prepared.ask("public"))
    Publication.objects.filter(pk=publication.pk).update(attempts=1)
    client.force_login(cast.coordinator)
    page = client.get(reverse("release_publication", args=[prepared.release.pk])).content.decode()
    assert "Submitted to the portal&#x27;s reviewers, not public" in page
