"""What else the stand-in does as the real portal: files, people, descriptions, other ways to ask."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import requests
from sodapy import Socrata

from publishing.devserver import people
from publishing.devserver.http import ApiError
from tests.publishing.conftest import Orders

VIEWER = ("standin-viewer", "standin-viewer-secret")


@pytest.fixture
def dataset(permits: str) -> str:
    return permits


def as_viewer(orders: Orders, path: str) -> requests.Response:
    return requests.get(f"{orders.base}{path}", auth=VIEWER, timeout=5)


# --- who may see and do what


def test_a_private_view_is_shared_with_named_people_and_with_nobody_else(
    orders: Orders, dataset: str
) -> None:
    path = f"/api/views/{dataset}/permissions"
    assert as_viewer(orders, f"/resource/{dataset}.json").status_code == 403
    told = orders.get(path).json()
    grant = {"email": "viewer@example.gov", "accessLevels": [{"name": "viewer", "version": "all"}]}
    told["users"].append(grant)
    assert [user["email"] for user in orders.send("PUT", path, told).json()["users"]] == [
        "publisher@example.gov",
        "viewer@example.gov",
    ]
    assert len(as_viewer(orders, f"/resource/{dataset}.json").json()) == 3
    write = requests.post(f"{orders.base}/resource/{dataset}.json", json=[], auth=VIEWER, timeout=5)
    assert (write.status_code, write.json()["code"]) == (403, "permission_denied")
    assert orders.get(f"/resource/{dataset}.json", signed=False).status_code == 403
    orders.send("PUT", path, {"scope": "private", "users": told["users"][:1]})
    assert as_viewer(orders, f"/resource/{dataset}.json").status_code == 403


def test_of_a_demonstration_everybody_of_the_city_is_a_user(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ApiError):
        people.find({"email": "noor@riverbend.example"})
    monkeypatch.setattr(people, "DOMAINS", frozenset({"riverbend.example"}))
    noor = people.find({"email": "Noor@riverbend.example"})
    assert people.of_id(noor["id"]) == noor and noor["rights"] == []
    for stranger in ("noor@elsewhere.example", "@riverbend.example", "riverbend.example"):
        assert people.of_id(stranger) is None


@pytest.mark.parametrize(
    ("users", "status"),
    [
        ([], 400),
        ([{"id": "nobo-dyis", "accessLevels": [{"name": "current_owner"}]}], 404),
        ([{"id": "demo-user", "accessLevels": [{"name": "current_owner"}, {"name": "viewer"}]}], 400),
    ],
)
def test_permissions_name_one_owner_and_known_people(
    orders: Orders, dataset: str, users: list[Any], status: int
) -> None:
    body = {"scope": "private", "users": users}
    assert orders.send("PUT", f"/api/views/{dataset}/permissions", body).status_code == status


def test_a_token_of_oauth_signs_in_as_a_key_does(orders: Orders) -> None:
    path = f"{orders.base}/api/users/current.json"
    good = requests.get(path, headers={"Authorization": f"OAuth {orders.key[1]}"}, timeout=5)
    assert good.json()["roleName"] == "publisher" and "create_datasets" in good.json()["rights"]
    assert requests.get(path, headers={"Authorization": "OAuth wrong"}, timeout=5).status_code == 401
    assert requests.get(path, timeout=5).status_code == 401


@pytest.mark.parametrize("retry_after", ["7", ""])
def test_without_an_app_token_an_address_has_so_many_requests_a_minute(
    orders: Orders, retry_after: str
) -> None:
    orders.settings(tokenless_per_minute=1, tokenless_retry_after=retry_after)
    answers = [orders.get("/api/catalog/v1") for _ in range(2)]
    assert answers[-1].status_code == 429
    assert answers[-1].json()["errorCode"] == "too-many-requests"
    assert answers[-1].headers.get("Retry-After", "") == retry_after
    told = requests.get(f"{orders.base}/api/catalog/v1", headers={"X-App-Token": "t"}, timeout=5)
    assert told.status_code == 200


def test_approval_goes_from_guidance_to_submission_to_decision(orders: Orders, dataset: str) -> None:
    orders.settings(approvals="manual")
    path = f"/api/views/{dataset}/approvals"

    def guidance() -> dict[str, Any]:
        return orders.get(path, method="guidance_v2").json()["public"]

    offer = guidance()["toChangeAudience"]
    url, submission = offer["queueOptions"][0]["submissionUrl"], offer["submission"]
    orders.send("POST", url, submission)
    assert guidance()["currentState"] == "pending"
    refused = requests.put(
        orders.base + guidance()["updateUrl"], json={"state": "approved"}, auth=VIEWER, timeout=5
    )
    assert refused.status_code == 403
    orders.send("PUT", guidance()["updateUrl"], {"state": "rejected", "notes": "no"})
    assert guidance()["currentState"] == "rejected"
    assert orders.get(f"/resource/{dataset}.json", signed=False).status_code == 403
    requests.delete(orders.base + guidance()["withdrawUrl"], auth=orders.key, timeout=5)
    orders.send("POST", url, submission)
    orders.send("PUT", guidance()["updateUrl"], {"state": "approved"})
    assert guidance()["currentState"] == "approved"
    assert orders.get(f"/resource/{dataset}.json", signed=False).status_code == 200
    view = orders.get(f"/api/views/{dataset}.json").json()
    assert view["approvals"][0]["state"] == "approved" and "pendingGrants" not in view


# --- files


def test_attachments_are_named_by_the_view_and_as_closed_as_it_is(
    orders: Orders, soda: Socrata, dataset: str
) -> None:
    headers = {"X-File-Name": "dictionary.csv", "Content-Type": "text/csv"}
    path = f"/api/views/{dataset}/files.txt"
    kept = requests.post(f"{orders.base}{path}", data=b"a,b", headers=headers, auth=orders.key, timeout=5)
    number = kept.json()["id"]
    assert kept.json()["nameForOutput"] == "dictionary.csv"
    unknown = {"metadata": {"attachments": [{"filename": "x", "assetId": "never-uploaded"}]}}
    assert orders.send("PUT", f"/api/views/{dataset}.json", unknown).status_code == 400
    attachment = {"filename": "dictionary.csv", "name": "Dictionary", "assetId": number}
    metadata = soda.get_metadata(dataset)["metadata"] | {"attachments": [attachment]}
    soda.update_metadata(dataset, {"metadata": metadata})
    where = (f"/api/views/{dataset}/files/{number}", f"/api/assets/{number}")
    assert [orders.get(path, signed=False).status_code for path in where] == [403, 403]
    soda.set_permission(dataset, "public")
    for path in where:
        answer = orders.get(path, signed=False, download="true")
        assert (
            answer.content == b"a,b" and 'filename="dictionary.csv"' in answer.headers["Content-Disposition"]
        )
    assert "Dictionary" in orders.get(f"/d/{dataset}", signed=False).text


def test_a_file_can_be_an_asset_and_be_replaced(orders: Orders, soda: Socrata, tmp_path: Path) -> None:
    made = soda.create_non_data_file({"name": "Map"}, {"file": ("map.pdf", io.BytesIO(b"one"))})
    assert (made["viewType"], made["blobFilename"]) == ("blobby", "map.pdf")
    again = soda.replace_non_data_file(made["id"], {}, {"file": ("map2.pdf", io.BytesIO(b"two"))})
    path = f"/api/views/{made['id']}/files/{again['blobId']}"
    assert orders.get(path).content == b"two" and again["blobFilename"] == "map2.pdf"


# --- describing


def test_the_metadata_api_merges_and_tells_before_it_does(orders: Orders, dataset: str) -> None:
    path = f"/api/views/metadata/v1/{dataset}"
    orders.send("PATCH", path, {"customFields": {"Set": {"A": "1", "B": "2"}, "Other": {"C": "3"}}})
    told = orders.send(
        "PATCH", path, {"license": "Public Domain", "customFields": {"Set": {"A": None}, "Other": None}}
    ).json()
    assert (told["license"], told["customFields"]) == ("Public Domain", {"Set": {"B": "2"}})
    assert told["description"] is None and told["provenance"] == "OFFICIAL"
    assert orders.get(f"/api/views/{dataset}").json()["metadata"]["rowIdentifier"]
    tried = orders.send("PATCH", f"{path}?validateOnly=true", {"name": "Other name", "nonsense": 1}).json()
    assert (tried["metadata"]["name"], tried["warnings"]) == ("Other name", ["nonsense is unknown"])
    assert orders.send("PATCH", f"{path}?strict=true", {"nonsense": 1}).status_code == 400
    assert orders.send("PATCH", path, {"id": "test-test"}).status_code == 400
    assert orders.get(path).json()["name"] == "Permits"
    listed = orders.get("/api/views/metadata/v1", limit=500, page=1).json()
    assert dataset in [item["id"] for item in listed]


def test_the_domain_knows_its_custom_fields_and_which_must_be_filled(orders: Orders, dataset: str) -> None:
    orders.settings(custom_fields={"Update": {"Frequency": {"required": True}, "By": {}}})
    path = f"/api/views/{dataset}.json"
    for fields in ({"Update": {"Wrong": "x"}}, {"Update": {"By": "x"}}, {"Strange": {"Frequency": "x"}}):
        body = {"metadata": {"custom_fields": fields}}
        assert orders.send("PUT", path, body).status_code == 400
        assert orders.send("PUT", f"{path}?validateOnly=true", body).json()["errors"]
    body = {"metadata": {"custom_fields": {"Update": {"Frequency": "Daily"}}}}
    assert orders.send("PUT", path, body).status_code == 200
    found = orders.get("/api/catalog/v1", show_visibility="true", Update_Frequency="Daily").json()
    assert [item["resource"]["id"] for item in found["results"]] == [dataset]
    orders.settings(custom_fields={})


def test_nothing_is_published_before_the_geocoder_is_through(orders: Orders, soda: Socrata) -> None:
    dataset = soda.create("Places")["id"]
    orders.settings(geocoding_pending=1)
    assert orders.send("POST", f"/api/views/{dataset}/publication.json", {}).status_code == 409
    assert orders.get(f"/api/geocoding/{dataset}", method="pending").json()["view"] == 1
    assert orders.get(f"/api/geocoding/{dataset}", method="pending").json()["view"] == 0
    assert soda.publish(dataset)["publicationStage"] == "published"


def test_what_another_portal_writes_is_not_written_here(orders: Orders, dataset: str) -> None:
    orders.settings(synced=[dataset])
    answer = orders.send("POST", f"/resource/{dataset}.json", [])
    assert (answer.status_code, answer.json()["message"]) == (400, "Cannot update a synced dataset manually")
    orders.settings(synced=[])


# --- rows


def test_shapes_are_checked_and_come_as_geojson(orders: Orders, soda: Socrata, dataset: str) -> None:
    told = soda.get(dataset, content_type="geojson", order="permit")
    assert [item["geometry"] for item in told["features"]] == [
        {"type": "Point", "coordinates": [-73.5, 41.0]},
        {"type": "Point", "coordinates": [-73.0, 41.5]},
        None,
    ]
    for wrong in ("POINT (41)", {"type": "Point", "coordinates": [41, -173.5]}, "here", {"type": "Polygon"}):
        answer = orders.send("POST", f"/resource/{dataset}.json", [{"permit": "Z", "place": wrong}])
        assert (answer.status_code, answer.json()["code"]) == (400, "soda.column.maltyped")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"$query": "SELECT permit WHERE fee > 10 ORDER BY permit DESC LIMIT 1"}, ["B-1"]),
        ({"$where": "permit like 'A%' and fee between 10 and 20"}, ["A-1"]),
        ({"$where": "starts_with(lower(permit), 'b')"}, ["B-1"]),
        ({"$q": "a-2"}, ["A-2"]),
        ({"$select": "permit, count(*) AS n", "$group": "permit", "$having": "count(*) > 1"}, []),
        ({"$where": "permit not like 'A%'"}, ["B-1"]),
    ],
)
def test_more_ways_to_ask(orders: Orders, dataset: str, query: dict[str, str], found: list[str]) -> None:
    assert [row["permit"] for row in orders.get(f"/resource/{dataset}.json", **query).json()] == found


def test_one_row_is_read_and_written_by_its_key(orders: Orders, dataset: str) -> None:
    path = f"/resource/{dataset}/A-1.json"
    assert orders.get(path).json()["fee"] == "12.5"
    assert orders.send("PUT", path, {"fee": 13}).json()["Rows Updated"] == 1
    assert orders.get(path).json()["fee"] == "13"
    assert orders.get(f"/id/{dataset}.json").status_code == 200


def test_rows_come_as_csv_by_either_name_and_in_a_body_without_length(orders: Orders, dataset: str) -> None:
    body = "Permit,fee,:deleted\nC-1,5,\nA-1,,true\n"
    answer = requests.post(
        f"{orders.base}/resource/{dataset}.json",
        data=iter([body[:20].encode(), body[20:].encode()]),
        headers={"Content-Type": "text/csv"},
        auth=orders.key,
        timeout=5,
    )
    assert [answer.json()[f"Rows {what}"] for what in ("Created", "Deleted")] == [1, 1]


@pytest.mark.parametrize("body", ['[{"permit": "X"}', '[{"permit": "X"} {}]', "[1,]", '[{"a":1}] x', "3"])
def test_a_body_that_breaks_off_changes_nothing(orders: Orders, dataset: str, body: str) -> None:
    answer = requests.put(
        f"{orders.base}/resource/{dataset}.json",
        data=body,
        headers={"Content-Type": "application/json"},
        auth=orders.key,
        timeout=5,
    )
    assert answer.status_code == 400
    assert len(orders.get(f"/resource/{dataset}.json").json()) == 3
