"""The stand-in behaves as the real portal is known to; sodapy, unwrapped, finds in it what it finds there."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from sodapy import Socrata

from tests.publishing.conftest import Orders

COLUMNS = [
    {"fieldName": "permit", "name": "Permit", "dataTypeName": "text"},
    {"fieldName": "fee", "name": "Fee", "dataTypeName": "number"},
    {"fieldName": "issued", "name": "Issued", "dataTypeName": "calendar_date"},
    {"fieldName": "open", "name": "Open", "dataTypeName": "checkbox"},
]
ROWS = [
    {"permit": "A-1", "fee": 12.50, "issued": "2026-01-02", "open": True},
    {"permit": "A-2", "fee": "7", "issued": None, "open": "false"},
    {"permit": "B-1", "fee": 100, "issued": "2026-03-04T05:06:07.8"},
]


@pytest.fixture
def dataset(soda: Socrata) -> str:
    view = soda.create("Permits", columns=COLUMNS, row_identifier="permit", tags=["a"])
    soda.upsert(view["id"], ROWS)
    return view["id"]


def status(call: Any, *args: Any, **kwargs: Any) -> tuple[int, str]:
    with pytest.raises(requests.HTTPError) as caught:
        call(*args, **kwargs)
    body = caught.value.response.json()
    return caught.value.response.status_code, body.get("code", "")


def test_numbers_come_back_as_strings_nulls_are_left_out_dates_have_milliseconds(
    soda: Socrata, dataset: str
) -> None:
    assert soda.get(dataset, order="permit") == [
        {"permit": "A-1", "fee": "12.5", "issued": "2026-01-02T00:00:00.000", "open": True},
        {"permit": "A-2", "fee": "7", "open": False},
        {"permit": "B-1", "fee": "100", "issued": "2026-03-04T05:06:07.800"},
    ]


def test_a_new_dataset_is_private_and_unpublished_and_names_its_identifier_by_number(
    soda: Socrata, dataset: str, orders: Orders
) -> None:
    view = soda.get_metadata(dataset)
    assert view["publicationStage"] == "unpublished" and view["permissions"]["scope"] == "private"
    assert view["metadata"]["rowIdentifier"] == view["columns"][0]["id"] == view["rowIdentifierColumnId"]
    for path in (f"/api/views/{dataset}.json", f"/resource/{dataset}.json", f"/resource/{dataset}.csv"):
        answer = orders.get(path, signed=False)
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_publishing_does_not_make_public_and_making_public_is_a_step_of_its_own(
    soda: Socrata, dataset: str, orders: Orders
) -> None:
    assert soda.publish(dataset)["publicationStage"] == "published"
    assert orders.get(f"/resource/{dataset}.json", signed=False).status_code == 403
    soda.set_permission(dataset, "public")
    answer = orders.get(f"/resource/{dataset}.csv", signed=False)
    assert answer.text.splitlines()[:2] == [
        '"permit","fee","issued","open"',
        '"A-1","12.5","2026-01-02T00:00:00.000","true"',
    ]
    assert orders.get("/data.json", signed=False).json()["dataset"][-1]["title"] == "Permits"
    soda.set_permission(dataset, "private")
    assert orders.get(f"/resource/{dataset}.json", signed=False).status_code == 403


def test_upsert_counts_what_it_creates_updates_and_deletes(soda: Socrata, dataset: str) -> None:
    change = [{"permit": "A-1", "fee": 1}, {"permit": "C-1"}, {"permit": "B-1", ":deleted": True}]
    counters = soda.upsert(dataset, change)
    assert [counters[f"Rows {what}"] for what in ("Created", "Updated", "Deleted")] == [1, 1, 1]
    kept = soda.get(dataset, where="permit = 'A-1'")
    assert kept == [{"permit": "A-1", "fee": "1", "issued": "2026-01-02T00:00:00.000", "open": True}]


def test_without_a_row_identifier_every_post_appends(soda: Socrata) -> None:
    dataset = soda.create("No key", columns=COLUMNS)["id"]
    soda.upsert(dataset, ROWS)
    soda.upsert(dataset, ROWS)
    assert soda.get(dataset, select="count(*)") == [{"count": "6"}]


def test_replace_empties_first(soda: Socrata, dataset: str) -> None:
    assert soda.replace(dataset, ROWS[:1])["Rows Created"] == 1
    assert len(soda.get(dataset)) == 1


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"permit": "Z", "surprise": 1}, "invalid_request"),
        ({"permit": "Z", "fee": "N/A"}, "soda.column.maltyped"),
        ({"permit": "Z", "fee": ""}, "soda.column.maltyped"),
        ({"permit": "Z", "issued": "2026-01-02T00:00:00Z"}, "soda.column.maltyped"),
        ({"permit": "Z", "issued": "2026-02-30"}, "soda.column.maltyped"),
        ({"permit": "Z", "open": 1}, "soda.column.maltyped"),
        ({"permit": "x" * 4097}, "soda.column.maltyped"),
        ({"fee": 1}, "soda.row.primary-key-nonexistent-or-null"),
        ("no object", "soda.row.upsert-row-not-an-object"),
        ({"permit": "Z", "fee": float("nan")}, "req.body.malformed-json"),
    ],
)
def test_a_bad_row_refuses_the_whole_request(soda: Socrata, dataset: str, row: Any, code: str) -> None:
    assert status(soda.upsert, dataset, [{"permit": "good"}, row]) == (400, code)
    assert soda.get(dataset, select="count(*)") == [{"count": "3"}]


def test_or_it_is_left_out_and_counted_as_the_public_front_does(
    soda: Socrata, dataset: str, orders: Orders
) -> None:
    orders.settings(row_errors="count")
    counters = soda.upsert(dataset, [{"permit": "good"}, {"permit": "bad", "fee": "x"}])
    assert (counters["Rows Created"], counters["Errors"]) == (1, 1)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": " "}, "invalid_request"),
        ({"name": "N", "columns": [{"name": "A", "fieldName": "1a"}]}, "soda.column.maltyped"),
        ({"name": "N", "columns": [{"name": "A"}, {"name": "a"}]}, "soda.column.not-unique"),
        ({"name": "N", "columns": [{"name": "A", "dataTypeName": "money"}]}, "soda.column.unknown-type"),
        ({"name": "N", "licenseId": "MINE"}, "invalid_request"),
        ({"name": "N", "metadata": {"rowIdentifier": "none"}}, "soda.invalid-row-identifier"),
    ],
)
def test_a_bad_dataset_is_refused(orders: Orders, body: dict[str, Any], code: str) -> None:
    answer = orders.send("POST", "/api/views.json", body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.headers["X-Error-Code"] == code


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"where": "fee > 10 and fee <= 100"}, ["A-1", "B-1"]),
        ({"where": "fee = '7' or permit in ('B-1', 'X')"}, ["A-2", "B-1"]),
        ({"where": "issued is null"}, ["A-2"]),
        ({"where": "issued is not null and not open = true"}, []),
        ({"where": "issued < '2026-02-01'"}, ["A-1"]),
        ({"where": "open = false"}, ["A-2"]),
        ({"permit": "B-1"}, ["B-1"]),
        ({"order": "fee desc"}, ["B-1", "A-1", "A-2"]),
        ({"order": ":id", "limit": 1, "offset": 1}, ["A-2"]),
    ],
)
def test_soql_that_verification_needs_works(
    soda: Socrata, dataset: str, query: dict[str, Any], found: list[str]
) -> None:
    assert [row["permit"] for row in soda.get(dataset, select="permit", **query)] == found


def test_groups_counts_and_system_fields(soda: Socrata, dataset: str) -> None:
    totals = soda.get(dataset, select="count(*) AS n, sum(fee) AS total, max(issued) AS last")
    assert totals == [{"n": "3", "total": "119.5", "last": "2026-03-04T05:06:07.800"}]
    assert soda.get(
        dataset, select="open, count(*) AS n", group="open", where="open is not null", order="open"
    ) == [
        {"open": False, "n": "1"},
        {"open": True, "n": "1"},
    ]
    assert all(row[":id"].startswith("row-") for row in soda.get(dataset, select=":*, *"))


@pytest.mark.parametrize("select", ["nothing", "permit; drop table asset", "permit,", "'", "count(", "1 +"])
def test_a_query_it_does_not_understand_is_a_400_and_nothing_else(
    soda: Socrata, dataset: str, select: str
) -> None:
    assert status(soda.get, dataset, select=select)[0] == 400
    assert soda.get(dataset, select="count(*)") == [{"count": "3"}]


def test_a_page_is_a_thousand_rows_unless_asked_otherwise(soda: Socrata) -> None:
    dataset = soda.create("Long", columns=COLUMNS, row_identifier="permit")["id"]
    soda.upsert(dataset, [{"permit": str(number)} for number in range(1200)])
    assert (len(soda.get(dataset)), len(soda.get(dataset, limit=5000))) == (1000, 1200)


def test_metadata_is_replaced_as_a_whole_and_the_rest_is_merged(soda: Socrata, dataset: str) -> None:
    view = soda.update_metadata(dataset, {"description": "d", "metadata": {"rowLabel": "Permit"}})
    assert (view["name"], view["description"], view["tags"]) == ("Permits", "d", ["a"])
    assert view["metadata"] == {"rowLabel": "Permit"} and "rowIdentifierColumnId" not in view


def test_columns_change_in_a_working_copy_only(soda: Socrata, dataset: str, orders: Orders) -> None:
    soda.publish(dataset)
    new = {"name": "New", "fieldName": "new", "dataTypeName": "text"}
    assert orders.send("POST", f"/api/views/{dataset}/columns", new).status_code == 409
    copied = orders.send("POST", f"/api/views/{dataset}/publication.json?method=copy", {}).json()
    assert copied["publicationStage"] == "unpublished" and copied["id"] != dataset
    again = orders.send("POST", f"/api/views/{dataset}/publication.json?method=copy", {})
    assert again.status_code == 409
    assert orders.send("POST", f"/api/views/{copied['id']}/columns", new).status_code == 200
    assert soda.publish(copied["id"])["id"] == dataset
    found = orders.get("/api/catalog/v1", ids=dataset, q="permits", show_visibility="true").json()
    assert [entry["resource"]["id"] for entry in found["results"]] == [dataset]
    assert status(soda.get_metadata, copied["id"]) == (404, "not_found")
    assert soda.get(dataset, select="count(*)") == [{"count": "3"}]


def test_a_working_copy_has_the_rows_whatever_columns_came_and_went(
    soda: Socrata, dataset: str, orders: Orders
) -> None:
    going = next(
        column["id"] for column in soda.get_metadata(dataset)["columns"] if column["fieldName"] == "fee"
    )
    assert orders.send("DELETE", f"/api/views/{dataset}/columns/{going}", None).status_code == 200
    left = soda.get(dataset, order="permit")
    soda.publish(dataset)
    for _ in range(2):
        # The first copy is of a table that still holds what was deleted, the second of one that does not.
        copied = orders.send("POST", f"/api/views/{dataset}/publication.json?method=copy", {}).json()["id"]
        assert soda.get(copied, order="permit") == left
        soda.upsert(copied, [{"permit": left[0]["permit"]}])
        assert soda.publish(copied)["id"] == dataset
        assert soda.get(dataset, order="permit") == left


def test_a_wrong_key_is_401_and_no_key_cannot_write(orders: Orders, dataset: str) -> None:
    wrong = requests.get(f"{orders.base}/api/users/current.json", auth=("standin-key", "x"), timeout=5)
    assert (wrong.status_code, wrong.json()["code"]) == (401, "authentication_required")
    nobody = requests.post(f"{orders.base}/resource/{dataset}.json", json=[], timeout=5)
    assert (nobody.status_code, nobody.json()["message"]) == (
        403,
        "You must be logged in to access this resource",
    )


def test_reads_lag_and_say_so(orders: Orders, soda: Socrata, dataset: str) -> None:
    orders.settings(lag_seconds=30)
    soda.upsert(dataset, [{"permit": "late"}])
    answer = orders.get(f"/resource/{dataset}.json")
    assert answer.headers["X-SODA2-Data-Out-Of-Date"] == "true" and len(answer.json()) == 3
    state = orders.get(f"/api/views/{dataset}/replication.json").json()
    assert state["read_replication_up_to_date"] is False


def test_every_answer_carries_a_request_number_and_the_types(orders: Orders, dataset: str) -> None:
    headers = orders.get(f"/resource/{dataset}.json").headers
    assert len(headers["X-Socrata-RequestId"]) == 32
    assert headers["X-SODA2-Types"] == '["text", "number", "floating_timestamp", "checkbox"]'
    missing = orders.get("/resource/aaaa-aaaa.json")
    assert (missing.status_code, missing.json()["code"]) == (404, "dataset.missing")


def test_pages_show_the_public_what_is_public_and_a_reviewer_the_rest(
    soda: Socrata, dataset: str, orders: Orders
) -> None:
    soda.update_metadata(dataset, {"name": "<b>Permits</b>"})
    closed = orders.get(f"/d/{dataset}", signed=False)
    assert closed.status_code == 404 and "A-1" not in closed.text and "sign in" in closed.text
    assert orders.get(f"/d/{dataset}?sign-in=1", signed=False).headers["WWW-Authenticate"].startswith("Basic")
    preview = orders.get(f"/d/{dataset}?sign-in=1").text
    assert "A-1" in preview and "&lt;b&gt;Permits" in preview and "Private" in preview
    assert dataset not in orders.get("/", signed=False).text
    soda.publish(dataset)
    soda.set_permission(dataset, "public")
    assert dataset in orders.get("/", signed=False).text
    assert "A-1" in orders.get(f"/d/{dataset}", signed=False).text


def test_faults_and_settings_are_ordered_from_this_machine_and_only_known_ones(orders: Orders) -> None:
    for path, data in (("faults", {"kind": "nonsense"}), ("settings", {"nonsense": 1})):
        assert orders.send("POST", f"/__standin/{path}", data).status_code == 400
