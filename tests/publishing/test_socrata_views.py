"""Filtered views: made beside the dataset, counted, public and private with it, gone when they are not planned."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from publishing.portals.socrata import SocrataPortal
from publishing.records import PortalRecord, PortalView
from tests.publishing import samples
from tests.publishing.conftest import Orders

OPEN = PortalView("Open permits", "open", "true")
ONE = PortalView("It's ü", "remarks", "it's ü")
DEAR = PortalView("Dear", "fee", "12.5")


@pytest.fixture
def place(portal: SocrataPortal) -> tuple[str, PortalRecord]:
    table = samples.table(8)
    record = replace(samples.record(table), views=(OPEN, ONE, DEAR))
    remote_id = portal.create(record).remote_id
    portal.push_chunk(remote_id, samples.rows(table, record))
    portal.set_metadata(remote_id, record)
    portal.publish(remote_id)
    return remote_id, record


def there(orders: Orders, record: PortalRecord) -> dict[str, Any]:
    views = orders.get("/api/views.json", limit=1000).json()
    base = f"{record.external_key}--"
    return {view["name"]: view for view in views if str(view.get("resourceName", "")).startswith(base)}


def test_views_are_made_counted_and_made_only_once(
    portal: SocrataPortal, orders: Orders, place: tuple[str, PortalRecord]
) -> None:
    remote_id, record = place
    for _ in range(2):
        proofs = portal.set_views(remote_id, record)
        assert [(proof.what, proof.found, proof.ok) for proof in proofs] == [
            ("Filtered view Open permits", "4 rows", True),
            ("Filtered view It's ü", "2 rows", True),
            ("Filtered view Dear", "2 rows", True),
        ]
        assert set(there(orders, record)) == {f"Building permits: {view.name}" for view in record.views}


def test_they_are_private_until_the_dataset_is_public_and_private_again_with_it(
    portal: SocrataPortal, orders: Orders, place: tuple[str, PortalRecord]
) -> None:
    remote_id, record = place
    portal.set_views(remote_id, record)
    numbers = [view["id"] for view in there(orders, record).values()]

    def seen() -> set[bool]:
        return {orders.get(f"/resource/{one}.json", signed=False).status_code == 200 for one in numbers}

    assert seen() == {False}
    portal.set_scope(remote_id, "public")
    assert portal.set_views_scope(remote_id, "public") == []
    assert seen() == {True}
    assert portal.set_views_scope(remote_id, "private") == []
    portal.set_scope(remote_id, "private")
    assert seen() == {False}


def test_what_is_planned_otherwise_is_corrected_and_what_is_not_planned_goes(
    portal: SocrataPortal, orders: Orders, place: tuple[str, PortalRecord]
) -> None:
    remote_id, record = place
    portal.set_views(remote_id, record)
    theirs = {"name": "Somebody's", "originalViewId": remote_id, "queryString": "SELECT * WHERE fee > 1"}
    other = orders.send("POST", "/api/views.json", theirs).json()["id"]
    closed = replace(record, views=(replace(OPEN, value="false"),))
    proofs = portal.set_views(remote_id, closed)
    assert [(proof.found, proof.ok) for proof in proofs] == [("2 rows", True)]
    assert list(there(orders, record)) == ["Building permits: Open permits"]
    assert orders.get(f"/api/views/{other}.json").status_code == 200


def test_a_view_of_no_column_is_refused_before_it_is_asked_for(
    portal: SocrataPortal, place: tuple[str, PortalRecord]
) -> None:
    remote_id, record = place
    with pytest.raises(ValueError, match="does not have"):
        portal.set_views(remote_id, replace(record, views=(PortalView("X", "1=1 or fee", "2"),)))
