"""The adapter against the stand-in: the whole way of a dataset, and what it does when the portal fails."""

from __future__ import annotations

from typing import Any

import pytest

from publishing.encode import encode_table, rows_fingerprint, table_fingerprint
from publishing.portals.base import (
    AuthFailed,
    BadRequest,
    Conflict,
    NotFound,
    ProtocolError,
    Retryable,
    RowsRefused,
    Throttled,
    TooLarge,
)
from publishing.portals.socrata import SocrataConfig, SocrataPortal
from publishing.portals.socrata.session import SocrataSession
from publishing.records import PortalRecord
from tests.publishing import samples
from tests.publishing.conftest import Orders


def made(portal: SocrataPortal, rows: int = 4) -> tuple[str, PortalRecord, list[dict[str, Any]], str]:
    table = samples.table(rows)
    record = samples.record(table)
    asset = portal.create(record)
    expected = table_fingerprint(encode_table(table, record))
    return asset.remote_id, record, samples.rows(table, record), expected


def held(portal: SocrataPortal, remote_id: str, record: PortalRecord) -> str:
    return rows_fingerprint(portal.read_back(remote_id, record.fields), record)


def test_a_dataset_goes_from_nothing_to_public_and_reads_back_equal(
    portal: SocrataPortal, orders: Orders
) -> None:
    remote_id, record, rows, expected = made(portal)
    created = portal.view(remote_id)
    assert (created.scope, created.published, created.row_identifier) == ("private", False, "row_key")

    receipt = portal.push_chunk(remote_id, rows)
    assert (receipt.created, receipt.updated, receipt.errors) == (4, 0, 0)
    assert len(receipt.request_id) == 32
    portal.set_metadata(remote_id, record)
    assert portal.publish(remote_id).scope == "private"
    assert not portal.verify_public(remote_id, key_field="row_key").visible

    assert portal.set_scope(remote_id, "public").scope == "public"
    probe = portal.verify_public(remote_id, key_field="row_key")
    assert (probe.view_status, probe.rows, probe.sample_rows) == (200, 4, 4)
    assert rows_fingerprint(portal.read_back(remote_id, record.fields, anonymous=True), record) == expected
    page = orders.get(f"/d/{remote_id}", signed=False)
    assert page.status_code == 200 and "A-1" in page.text


def test_sending_the_same_chunk_twice_changes_nothing(portal: SocrataPortal) -> None:
    remote_id, record, rows, expected = made(portal)
    portal.push_chunk(remote_id, rows)
    again = portal.push_chunk(remote_id, rows)
    assert (again.created, again.updated) == (0, 4)
    assert held(portal, remote_id, record) == expected


def test_a_value_that_became_empty_is_empty_on_the_portal_too(portal: SocrataPortal) -> None:
    remote_id, record, rows, _ = made(portal)
    portal.push_chunk(remote_id, rows)
    rows[0]["remarks"] = None
    portal.push_chunk(remote_id, rows)
    assert "remarks" not in next(portal.read_back(remote_id, record.fields))


def test_columns_names_types_and_descriptions_arrive(portal: SocrataPortal) -> None:
    remote_id, record, _, _ = made(portal)
    there = [(c.field_name, c.name, c.type, c.description) for c in portal.view(remote_id).columns]
    assert there == [(c.field_name, c.name, c.type, c.description) for c in record.columns]


def test_a_dataset_is_found_by_its_external_key_while_it_is_private(portal: SocrataPortal) -> None:
    remote_id, record, _, _ = made(portal)
    assert portal.find(record) == remote_id
    assert portal.find(samples.record(samples.table())) is None


def test_an_external_key_of_any_form_becomes_an_address_and_is_found_again(portal: SocrataPortal) -> None:
    record = samples.record(samples.table(), external_key="Riverbend/PUB-0042 ü")
    remote_id = portal.create(record).remote_id
    assert portal.find(record) == remote_id
    assert portal.signed.soda.get_metadata(remote_id)["resourceName"] == "riverbend-pub-0042"


def test_metadata_that_others_put_there_survives_ours(portal: SocrataPortal, orders: Orders) -> None:
    remote_id, record, _, _ = made(portal)
    view = portal.signed.soda.get_metadata(remote_id)
    theirs = {**view["metadata"], "custom_fields": {"Publication": {"Steward": "A. Person"}}}
    portal.signed.soda.update_metadata(remote_id, {"metadata": theirs})
    portal.set_metadata(remote_id, record)
    after = orders.get(f"/api/views/{remote_id}.json").json()
    assert after["metadata"]["custom_fields"] == {"Publication": {"Steward": "A. Person"}}
    assert after["metadata"]["rowLabel"] == "Permit"
    assert portal.view(remote_id).row_identifier == "row_key"


def test_a_refresh_goes_through_a_working_copy_with_the_new_columns(portal: SocrataPortal) -> None:
    remote_id, _, rows, _ = made(portal)
    portal.push_chunk(remote_id, rows)
    portal.publish(remote_id)
    portal.set_scope(remote_id, "public")
    smaller = samples.table(3)
    frame = smaller.frame.drop("Remarks").rename({"Units": "Homes"})
    changed = type(smaller).of(frame)
    record = samples.record(changed)

    copy = portal.working_copy(remote_id)
    assert copy.remote_id != remote_id and portal.working_copy(remote_id).remote_id == copy.remote_id
    fitted = portal.fit_columns(copy.remote_id, record)
    assert {c.field_name for c in fitted.columns} == set(record.fields)
    portal.push_chunk(copy.remote_id, samples.rows(changed, record))
    assert portal.count(remote_id, anonymous=True) == 4
    assert portal.publish(copy.remote_id).remote_id == remote_id
    assert held(portal, remote_id, record) == table_fingerprint(encode_table(changed, record))
    assert portal.count(remote_id, anonymous=True) == 3


def test_a_published_dataset_is_never_emptied(portal: SocrataPortal) -> None:
    remote_id, _, rows, _ = made(portal)
    portal.push_chunk(remote_id, rows)
    portal.empty(remote_id)
    assert portal.count(remote_id) == 0
    portal.publish(remote_id)
    with pytest.raises(BadRequest):
        portal.empty(remote_id)


def test_a_reviewer_of_the_portal_may_keep_it_private(portal: SocrataPortal, orders: Orders) -> None:
    remote_id, _, rows, _ = made(portal)
    portal.push_chunk(remote_id, rows)
    portal.publish(remote_id)
    orders.settings(approvals="manual")
    asked = portal.set_scope(remote_id, "public")
    assert (asked.scope, asked.waiting) == ("private", True)
    guidance = orders.get(f"/api/views/{remote_id}/approvals", method="guidance_v2").json()["public"]
    assert guidance["currentState"] == "pending"
    orders.send("PUT", guidance["updateUrl"], {"state": "approved"})
    assert (portal.view(remote_id).scope, portal.view(remote_id).waiting) == ("public", False)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 429, "code": "too-many-requests", "times": 2},
        {"kind": "status", "status": 429, "retry_after": "1"},
        {"kind": "status", "status": 503, "times": 2},
        {"kind": "html", "status": 502},
        {"kind": "status", "status": 409, "code": "soda.dataset.cannot-acquire-write-lock"},
        {"kind": "reset_before"},
        {"kind": "reset_after"},
        {"kind": "truncated"},
        {"kind": "ticket"},
    ],
    ids=lambda fault: f"{fault['kind']}-{fault.get('status', '')}",
)
def test_passing_trouble_while_rows_go_over_leaves_each_row_once(
    portal: SocrataPortal, orders: Orders, fault: dict[str, Any]
) -> None:
    remote_id, record, rows, expected = made(portal)
    orders.fault(method="POST", path="^/resource/", **fault)
    portal.push_chunk(remote_id, rows)
    assert held(portal, remote_id, record) == expected


def test_a_chunk_that_is_too_large_goes_in_halves(portal: SocrataPortal, orders: Orders) -> None:
    remote_id, record, rows, expected = made(portal, rows=40)
    orders.fault("too_large", method="POST", path="^/resource/", bytes=3000, times=-1)
    assert portal.push_chunk(remote_id, rows).requests > 1
    assert held(portal, remote_id, record) == expected
    orders.quiet()
    orders.fault("too_large", method="POST", path="^/resource/", bytes=10, times=-1)
    with pytest.raises(TooLarge):
        portal.push_chunk(remote_id, rows)


def test_a_chunk_that_is_too_slow_goes_in_halves(orders: Orders) -> None:
    with SocrataPortal(orders.config(read_seconds=0.5)) as portal:
        remote_id, record, rows, expected = made(portal)
        orders.fault("slow", method="POST", path="^/resource/", seconds=1.0)
        assert portal.push_chunk(remote_id, rows).requests == 2
        assert held(portal, remote_id, record) == expected


def test_rows_that_the_portal_leaves_out_are_an_error_and_not_a_success(
    portal: SocrataPortal, orders: Orders
) -> None:
    remote_id, _, rows, _ = made(portal)
    orders.fault("errors", method="POST", path="^/resource/", count=1, times=-1)
    with pytest.raises(RowsRefused, match="but rows 1, 2, 3, 4 of its 4 rows"):
        portal.push_chunk(remote_id, rows)


def test_a_row_that_was_left_out_once_is_sent_again(portal: SocrataPortal, orders: Orders) -> None:
    remote_id, record, rows, expected = made(portal)
    orders.fault("errors", method="POST", path="^/resource/", count=1)
    portal.push_chunk(remote_id, rows)
    assert held(portal, remote_id, record) == expected


def test_one_row_among_many_that_the_portal_refuses_is_found_without_its_values(
    portal: SocrataPortal, orders: Orders
) -> None:
    remote_id, _, rows, _ = made(portal, rows=40)
    orders.settings(row_errors="count")
    rows[28]["fee"] = "Jane Roe, 123-45-6789"
    with pytest.raises(RowsRefused, match="but row 29 of its 40 rows") as caught:
        portal.push_chunk(remote_id, rows)
    assert caught.value.positions == (29,)
    assert "Jane" not in str(caught.value)
    assert portal.count(remote_id) == 39


def test_rows_are_taken_out_in_a_request_of_their_own_and_again_without_harm(
    portal: SocrataPortal, orders: Orders
) -> None:
    remote_id, record, rows, _ = made(portal, rows=10)
    orders.settings(row_errors="count")
    portal.push_chunk(remote_id, rows)
    gone = portal.delete_rows(remote_id, ["3", "7"])
    assert (gone.deleted, gone.created, gone.updated, gone.errors) == (2, 0, 0, 0)
    again = portal.delete_rows(remote_id, ["3", "7"])
    assert (again.deleted, again.errors) == (0, 2)
    keys = {row["row_key"] for row in portal.read_back(remote_id, record.fields)}
    assert keys == {"1", "2", "4", "5", "6", "8", "9", "10"}
    with pytest.raises(ValueError, match="without a key"):
        portal.delete_rows(remote_id, ["1", ""])


def test_one_row_goes_by_its_id_and_never_the_dataset(portal: SocrataPortal, orders: Orders) -> None:
    remote_id, _, rows, _ = made(portal)
    portal.push_chunk(remote_id, rows)
    found = orders.get(f"/resource/{remote_id}.json", **{"$select": ":id,row_key", "row_key": "2"}).json()
    portal.safe_delete_row(remote_id, found[0][":id"])
    assert portal.count(remote_id) == 3
    for nothing in ("", "  ", None, 0, remote_id):
        with pytest.raises(ValueError, match="nothing was deleted"):
            portal.safe_delete_row(remote_id, nothing)
    assert portal.count(remote_id) == 3


def test_leftover_working_copies_are_discarded_and_the_public_dataset_is_not(portal: SocrataPortal) -> None:
    remote_id, _, rows, _ = made(portal)
    portal.push_chunk(remote_id, rows)
    assert portal.discard_leftovers(remote_id) == []
    portal.publish(remote_id)
    copy = portal.working_copy(remote_id).remote_id
    assert portal.discard_leftovers(remote_id, keep=copy) == []
    assert portal.discard_leftovers(remote_id) == [f"working copy {copy}"]
    assert portal.count(remote_id) == 4
    with pytest.raises(NotFound):
        portal.view(copy)


def test_a_long_wait_goes_back_to_the_queue_with_the_time_the_portal_named(
    portal: SocrataPortal, orders: Orders
) -> None:
    orders.fault("status", path="^/api/users", status=429, retry_after="120")
    with pytest.raises(Throttled, match="asked us to wait 120 seconds") as caught:
        portal.check_key()
    assert caught.value.retry_after == 120 and not caught.value.permanent


def test_trouble_that_stays_is_raised_after_a_few_tries(portal: SocrataPortal, orders: Orders) -> None:
    orders.fault("status", path="^/api/users", status=500, times=-1)
    with pytest.raises(Retryable, match="has trouble just now"):
        portal.check_key()
    assert sum(entry["path"].startswith("/api/users") for entry in orders.log()[-5:]) == 5


def test_a_lock_that_stays_is_a_conflict(portal: SocrataPortal, orders: Orders) -> None:
    remote_id, _, rows, _ = made(portal)
    orders.fault("status", method="POST", path="^/resource/", status=409, code="soda.locked", times=-1)
    with pytest.raises(Conflict, match="Another program writes"):
        portal.push_chunk(remote_id, rows)


def test_a_portal_that_is_down_says_so(orders: Orders) -> None:
    with (
        SocrataPortal(orders.config(domain="127.0.0.1:9")) as portal,
        pytest.raises(Retryable, match=r"127\.0\.0\.1:9 cannot be reached") as caught,
    ):
        portal.check_key()
    assert not caught.value.ambiguous


def test_a_wrong_key_is_named_without_being_shown(orders: Orders) -> None:
    config = orders.config(key_secret="wrong-secret")
    assert "wrong-secret" not in repr(config)
    with SocrataPortal(config) as portal, pytest.raises(AuthFailed) as caught:
        portal.check_key()
    assert "refused our key" in str(caught.value) and "wrong-secret" not in str(caught.value)


def test_an_ambiguous_creation_is_not_repeated_blindly(portal: SocrataPortal, orders: Orders) -> None:
    record = samples.record(samples.table())
    orders.fault("reset_after", method="POST", path=r"^/api/views\.json")
    with pytest.raises(Retryable) as caught:
        portal.create(record)
    assert caught.value.ambiguous
    assert len(orders.assets(record.external_key)) == 1
    assert portal.find(record) == orders.assets(record.external_key)[0]["id"]


def test_what_the_portal_says_about_rows_is_not_repeated(portal: SocrataPortal) -> None:
    remote_id, _, rows, _ = made(portal)
    rows[0]["fee"] = "Jane Roe, 123-45-6789"
    with pytest.raises(BadRequest) as caught:
        portal.push_chunk(remote_id, rows)
    assert "about the column fee" in str(caught.value)
    assert "Jane" not in str(caught.value)


def test_a_category_that_the_portal_does_not_know_is_named(portal: SocrataPortal, orders: Orders) -> None:
    orders.settings(categories=["Transport"])
    with pytest.raises(BadRequest, match="Nonexistent Category Housing"):
        portal.create(samples.record(samples.table()))


def test_a_redirect_or_a_login_page_is_no_answer_of_a_portal(portal: SocrataPortal, orders: Orders) -> None:
    remote_id, record, _, _ = made(portal)
    for fault in ({"kind": "redirect"}, {"kind": "html", "status": 200}):
        orders.fault(path="^/resource/", times=-1, **fault)
        with pytest.raises(ProtocolError, match="SOCRATA_DOMAIN"):
            held(portal, remote_id, record)
        orders.quiet()


def test_the_session_speaks_to_its_own_portal_only() -> None:
    session = SocrataSession(SocrataConfig("data.example.gov"), anonymous=True)
    for url in (
        "https://169.254.169.254/latest",
        "http://data.example.gov/",
        "https://data.example.gov.evil.example/",
    ):
        with pytest.raises(ValueError, match="configured portal only"):
            session.get(url)


def test_plain_http_is_for_this_machine_only() -> None:
    with pytest.raises(ValueError, match="https"):
        SocrataConfig("data.example.gov", scheme="http")
    assert SocrataConfig("127.0.0.1:8001", scheme="http").base == "http://127.0.0.1:8001"


def test_only_a_four_by_four_ever_gets_into_a_path(portal: SocrataPortal) -> None:
    for name in ("", "../api/views", "abcd-1234/rows", "abcd-12345"):
        with pytest.raises(ValueError, match="not the id"):
            portal.view(name)


def test_a_stranger_sends_no_key(portal: SocrataPortal, orders: Orders) -> None:
    remote_id, _, _, _ = made(portal)
    portal.verify_public(remote_id, key_field="row_key")
    entry = orders.log()[-1]
    assert entry["signed"] is False and "x-app-token" not in entry["headers"]
