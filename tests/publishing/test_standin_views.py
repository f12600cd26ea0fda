"""Filtered views, sites that federate, the activity log and the pages of the stand-in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from sodapy import Socrata

from tests.publishing.conftest import Orders


@pytest.fixture
def dataset(permits: str) -> str:
    return permits


def test_a_filtered_view_reads_through_its_query_and_has_an_audience_of_its_own(
    orders: Orders, soda: Socrata, dataset: str
) -> None:
    query = "SELECT permit, fee WHERE fee > 10"
    about = {"name": "Large permits", "originalViewId": dataset, "queryString": query}
    made = orders.send("POST", "/api/views.json", about).json()
    view = made["id"]
    assert (made["assetType"], made["modifyingViewUid"], made["permissions"]["scope"]) == (
        "filter",
        dataset,
        "private",
    )
    assert orders.get(f"/resource/{view}.json").json() == [
        {"permit": "A-1", "fee": "12.5"},
        {"permit": "B-1", "fee": "100"},
    ]
    count = orders.get(f"/resource/{view}.json", **{"$select": "count(*)", "$where": "permit = 'A-1'"})
    assert count.json() == [{"count": "1"}]
    soda.set_permission(view, "public")
    assert orders.get(f"/resource/{dataset}.json", signed=False).status_code == 403
    assert len(orders.get(f"/resource/{view}.json", signed=False).json()) == 2
    soda.upsert(dataset, [{"permit": "D-1", "fee": 50}])
    assert len(orders.get(f"/resource/{view}.json", signed=False).json()) == 3
    refused = orders.send("POST", f"/resource/{view}.json", [{"permit": "x"}])
    assert refused.json()["code"] == "soda.unsupported-update-operation"
    found = orders.get("/api/catalog/v1", only="filters", parent_id=dataset).json()["results"]
    assert (found[0]["resource"]["id"], found[0]["resource"]["parent_fxf"]) == (view, [dataset])
    bad = about | {"queryString": "SELECT nothing"}
    assert orders.send("POST", "/api/views.json", bad).status_code == 400


def test_the_older_form_of_a_filter_and_grouped_views_work_too(orders: Orders, dataset: str) -> None:
    def child(field: str, word: str, value: str) -> dict[str, Any]:
        sides = [{"type": "column", "columnFieldName": field}, {"type": "literal", "value": value}]
        return {"type": "operator", "value": word, "children": sides}

    parts = [child("permit", "EQUALS", "A-1"), child("fee", "GREATER_THAN", "50")]
    condition = {"type": "operator", "value": "OR", "children": parts}
    old = {"name": "Old", "originalViewId": dataset, "query": {"filterCondition": condition}}
    view = orders.send("POST", "/api/views.json", old).json()["id"]
    assert [row["permit"] for row in orders.get(f"/resource/{view}.json").json()] == ["A-1", "B-1"]
    grouped = "SELECT upper(permit) AS name, sum(fee) AS total GROUP BY upper(permit)"
    new = {"name": "Grouped", "originalViewId": dataset, "queryString": grouped}
    view = orders.send("POST", "/api/views.json", new).json()["id"]
    told = orders.get(f"/resource/{view}.json", **{"$order": "total DESC", "$limit": "1"}).json()
    assert told == [{"name": "B-1", "total": "100"}]


def test_a_dataset_that_goes_takes_its_views_along(orders: Orders, dataset: str) -> None:
    about = {"name": "View", "originalViewId": dataset, "queryString": "SELECT permit"}
    view = orders.send("POST", "/api/views.json", about).json()["id"]
    requests.delete(f"{orders.base}/api/views/{dataset}.json", auth=orders.key, timeout=5)
    assert orders.get(f"/api/views/{view}.json").status_code == 404


def test_readers_who_lag_behind_see_the_old_rows_under_new_columns(
    orders: Orders, soda: Socrata, dataset: str
) -> None:
    copied = orders.send("POST", f"/api/views/{dataset}/publication.json?method=copySchema", {}).json()["id"]
    new = {"name": "New", "fieldName": "new", "dataTypeName": "text"}
    orders.send("POST", f"/api/views/{copied}/columns", new)
    soda.upsert(copied, [{"permit": "Z-1", "new": "x"}])
    orders.settings(lag_seconds=30)
    soda.publish(copied)
    answer = orders.get(f"/resource/{dataset}.json", **{"$select": "permit, new"})
    assert answer.headers["X-SODA2-Data-Out-Of-Date"] == "true"
    assert [row["permit"] for row in answer.json()] == ["A-1", "A-2", "B-1"]


def test_other_sites_show_what_is_public_and_a_while_too_long(
    orders: Orders, soda: Socrata, dataset: str
) -> None:
    site = "data.state.example.gov"
    orders.settings(federates_to=[site], federation_lag_seconds=60)
    assert orders.get("/api/federations.json").json()[0]["targetDomainCName"] == site

    def shown() -> bool:
        found = orders.get("/api/catalog/v1", signed=False, domains=site, ids=dataset).json()
        return found["resultSetSize"] == 1

    assert not shown()
    soda.set_permission(dataset, "public")
    assert shown()
    soda.set_permission(dataset, "private")
    assert shown() and orders.get(f"/resource/{dataset}.json", signed=False).status_code == 403
    page = requests.get(f"{orders.base}/", headers={"Host": site}, timeout=5).text
    assert dataset in page and site in page
    orders.settings(federates_to=[], federation_lag_seconds=0)


def test_the_activity_log_tells_who_did_what_and_is_asked_by_soql(orders: Orders, dataset: str) -> None:
    where = f"asset_id = '{dataset}' and acting_user_name = 'publisher@example.gov'"
    answer = orders.get("/api/activity_log.json", **{"$order": "created_at desc", "$where": where})
    assert [entry["activity_type"] for entry in answer.json()] == ["AssetPublished", "DataUpdated"]
    assert orders.get("/api/activity_log.json", signed=False).status_code == 403


def test_pages_are_searched_and_show_all_that_a_citizen_may_have(
    orders: Orders, soda: Socrata, dataset: str
) -> None:
    soda.update_metadata(dataset, {"name": "Zebra crossings", "description": "All of them"})
    about = {"name": "Secret view", "originalViewId": dataset, "queryString": "SELECT permit"}
    hidden = orders.send("POST", "/api/views.json", about).json()["id"]
    soda.set_permission(dataset, "public")
    home = orders.get("/", signed=False, q="zebra").text
    assert dataset in home and hidden not in home
    assert "Nothing here has these words" in orders.get("/", signed=False, q="giraffes").text
    page = orders.get(f"/d/{dataset}", signed=False).text
    assert "Secret view" not in page and "rows.csv" in page and "rows.json" in page and "All of them" in page
    assert "Secret view" in orders.get(f"/d/{dataset}").text
    rows = orders.get(f"/api/views/{dataset}/rows.csv", signed=False).text.splitlines()
    assert rows[0] == '"Permit","Fee","Place"' and len(rows) == 4


def test_a_view_has_every_key_of_a_recorded_one(orders: Orders, soda: Socrata, dataset: str) -> None:
    recorded = json.loads((Path(__file__).parent / "recorded_view.json").read_text("utf-8"))
    soda.set_permission(dataset, "public")
    view = orders.get(f"/api/views/{dataset}.json", signed=False).json()
    assert set(recorded) - set(view) == set()
    assert set(recorded["columns"][0]) - set(view["columns"][0]) == set()
    assert {type(view[key]) for key in ("createdAt", "rowsUpdatedAt", "publicationDate")} == {int}
