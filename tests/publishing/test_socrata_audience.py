"""Who may see a dataset on Socrata: reviewers of the portal, single people, other sites, and nobody any more."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from publishing.portals.base import ReviewerRefused
from publishing.portals.socrata import SocrataPortal
from publishing.portals.socrata.audience import _api_path
from tests.publishing import samples
from tests.publishing.conftest import Orders


@pytest.fixture
def remote_id(portal: SocrataPortal) -> str:
    """A published, private dataset with rows."""
    table = samples.table()
    record = samples.record(table)
    remote_id = portal.create(record).remote_id
    portal.push_chunk(remote_id, samples.rows(table, record))
    portal.set_metadata(remote_id, record)
    portal.publish(remote_id)
    return remote_id


def decide(orders: Orders, remote_id: str, state: str) -> None:
    told = orders.get(f"/api/views/{remote_id}/approvals", method="guidance_v2").json()["public"]
    answer = orders.send("PUT", told["updateUrl"], {"state": state})
    assert answer.status_code == 200, answer.text


def test_submitted_is_not_public_and_asking_again_changes_nothing(
    portal: SocrataPortal, orders: Orders, remote_id: str
) -> None:
    orders.settings(approvals="manual")
    for _ in range(2):
        asset = portal.set_scope(remote_id, "public")
        assert (asset.scope, asset.waiting) == ("private", True)
        assert portal.approval_state(remote_id) == "pending"
        assert not portal.verify_public(remote_id, key_field="row_key").visible
    decide(orders, remote_id, "approved")
    assert portal.set_scope(remote_id, "public").scope == "public"


def test_a_reviewer_who_says_no_stops_it_and_only_a_person_asks_again(
    portal: SocrataPortal, orders: Orders, remote_id: str
) -> None:
    orders.settings(approvals="manual")
    portal.set_scope(remote_id, "public")
    decide(orders, remote_id, "rejected")
    with pytest.raises(ReviewerRefused, match="said no to making the dataset public") as caught:
        portal.set_scope(remote_id, "public")
    assert caught.value.permanent
    assert portal.approval_state(remote_id) == "submittable"
    assert portal.set_scope(remote_id, "public").waiting


def test_what_the_portal_only_takes_through_its_queue_is_handed_to_it(
    portal: SocrataPortal, orders: Orders, remote_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A portal that ignores the request for the scope: the submission is made as its guidance says."""
    orders.settings(approvals="manual")
    send = portal.signed.send

    def deaf(method: str, path: str, **about: Any) -> Any:
        if method == "PUT" and path.endswith("/permissions"):
            return send("GET", path)
        return send(method, path, **about)

    monkeypatch.setattr(portal.signed, "send", deaf)
    assert portal.set_scope(remote_id, "public").waiting
    assert portal.approval_state(remote_id) == "pending"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (
            "/api/views/abcd-1234/approvals?method=x&workflowId=1",
            "/api/views/abcd-1234/approvals?method=x&workflowId=1",
        ),
        ("/views/abcd-1234/approvals/7", "/api/views/abcd-1234/approvals/7"),
        ("https://elsewhere.example/api/views/abcd-1234/approvals/7", "/api/views/abcd-1234/approvals/7"),
    ],
)
def test_an_address_that_the_portal_names_is_only_ever_a_path_on_it(url: str, path: str) -> None:
    assert _api_path(url) == path


def test_retired_it_is_private_says_why_and_again_says_it_once(
    portal: SocrataPortal, orders: Orders, remote_id: str
) -> None:
    portal.set_scope(remote_id, "public")
    for _ in range(2):
        asset = portal.retire(remote_id, "Withdrawn on 21 November 2026: collected no longer.")
    assert (asset.scope, asset.name) == ("private", "Retired: Building permits")
    told = orders.get(f"/api/views/{remote_id}.json").json()
    assert (
        told["description"] == "Withdrawn on 21 November 2026: collected no longer.\n\nPermits for building"
    )
    assert portal.count(remote_id) == 4
    assert not portal.verify_public(remote_id, key_field="row_key").visible


# shared with single people


def test_a_private_copy_is_shared_with_people_of_the_portal_and_taken_back(
    portal: SocrataPortal, orders: Orders, remote_id: str
) -> None:
    shared = portal.share(remote_id, ["viewer@example.gov", "nobody@example.gov"])
    assert (shared.with_, shared.unknown) == (("viewer@example.gov",), ("nobody@example.gov",))
    viewer = ("standin-viewer", "standin-viewer-secret")
    assert seen(orders, remote_id, viewer) == 200
    assert not portal.verify_public(remote_id, key_field="row_key").visible
    assert portal.share(remote_id, ["Viewer@example.gov"]).with_ == ("Viewer@example.gov",)

    portal.unshare(remote_id, ["viewer@example.gov"])
    assert seen(orders, remote_id, viewer) in (403, 404)
    owners = portal.get("read", f"/api/views/{remote_id}/permissions")["users"]
    assert [level["name"] for user in owners for level in user["accessLevels"]] == ["current_owner"]


def seen(orders: Orders, remote_id: str, key: tuple[str, str]) -> int:
    return requests.get(f"{orders.base}/api/views/{remote_id}.json", auth=key, timeout=5).status_code


# other sites


def test_our_key_never_goes_to_another_site(orders: Orders) -> None:
    config = orders.config(federated_sites=("other.example.gov",))
    with SocrataPortal(config) as portal:
        assert portal.signed.session.hosts == {orders.domain}
        with pytest.raises(ValueError, match="configured portal only"):
            portal.signed.fetch("http://other.example.gov/api/catalog/v1")
        assert portal.stranger.session.auth is None


def test_each_site_is_asked_from_outside_whether_it_shows_the_dataset(
    orders: Orders, portal: SocrataPortal, remote_id: str
) -> None:
    site = f"localhost:{orders.domain.partition(':')[2]}"
    orders.settings(federates_to=[site], federation_lag_seconds=0)
    with SocrataPortal(orders.config(federated_sites=(site, "127.0.0.1:9"), tries=1)) as asking:
        assert asking.shown_on(remote_id) == {site: False, "127.0.0.1:9": None}
        portal.set_scope(remote_id, "public")
        assert asking.shown_on(remote_id)[site] is True
        orders.settings(federation_lag_seconds=60)
        portal.set_scope(remote_id, "private")
        assert asking.shown_on(remote_id)[site] is True
    orders.settings(federates_to=[], federation_lag_seconds=0)
