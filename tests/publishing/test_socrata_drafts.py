"""Large tables as one file in parts: resumable, never half public, every value as it was approved."""

from __future__ import annotations

from typing import Any

import pytest

from publishing.encode import encode_table, rows_fingerprint, table_fingerprint
from publishing.portals.base import BadRequest, NotFound, RemoteAsset, Submitted
from publishing.portals.socrata import SocrataPortal
from publishing.records import PortalRecord
from tests.publishing import samples
from tests.publishing.conftest import Orders
from tests.publishing.contract import material


def csv_of(table: Any, record: PortalRecord) -> bytes:
    text = encode_table(table, record).write_csv()
    return text.encode()


def in_parts(body: bytes, size: int) -> list[tuple[int, int, bytes]]:
    return [(n, at, body[at : at + size]) for n, at in enumerate(range(0, len(body), size))]


def sent(portal: SocrataPortal, draft: str, record: PortalRecord, table: Any, size: int = 700) -> RemoteAsset:
    body = csv_of(table, record)
    parts = in_parts(body, size)
    for number, offset, part in parts:
        portal.put_part(draft, number, offset, part)
    return portal.close_file(draft, parts=len(parts), size=len(body), rows=table.frame.height, record=record)


def test_a_file_in_parts_becomes_the_private_dataset_with_every_value(
    portal: SocrataPortal, orders: Orders
) -> None:
    table = material.table(40)
    record = material.record(table)
    remote_id = portal.create(record).remote_id
    draft = portal.open_draft(remote_id, record).remote_id
    closed = sent(portal, draft, record, table)
    assert [(c.field_name, c.name, c.type, c.description) for c in closed.columns] == [
        (c.field_name, c.name, c.type, c.description) for c in record.columns
    ]
    assert (closed.row_identifier, closed.published, closed.scope) == (
        record.row_identifier,
        False,
        "private",
    )
    assert portal.count(draft) == 40 and portal.count(remote_id) == 0
    approved = table_fingerprint(encode_table(table, record))
    assert rows_fingerprint(portal.read_back(draft, record.fields), record) == approved

    portal.set_metadata(draft, record)
    applied = portal.publish(draft)
    assert (applied.remote_id, applied.published, applied.scope) == (remote_id, True, "private")
    assert rows_fingerprint(portal.read_back(remote_id, record.fields), record) == approved
    assert [proof for proof in portal.proofs(remote_id, record) if not proof.ok] == []
    assert not portal.verify_public(remote_id, key_field="row_key").visible
    with pytest.raises(NotFound):
        portal.view(draft)


def test_a_public_dataset_shows_its_old_rows_until_the_draft_is_applied(portal: SocrataPortal) -> None:
    remote_id, old, before = material.public(portal, material.table(30))
    after = material.table(50, Remarks=["new"] * 5)
    record = material.record(after, key=old.external_key)
    was = material.approved(before, old)
    draft = portal.open_draft(remote_id, record).remote_id
    body = csv_of(after, record)
    for number, offset, part in in_parts(body, 2000):
        portal.put_part(draft, number, offset, part)
        assert material.held(portal, remote_id, old, anonymous=True) == was
    parts = len(in_parts(body, 2000))
    portal.close_file(draft, parts=parts, size=len(body), rows=50, record=record)
    assert material.held(portal, remote_id, old, anonymous=True) == was
    assert material.held(portal, draft, record) == material.approved(after, record)
    assert portal.publish(draft).scope == "public"
    assert material.held(portal, remote_id, record, anonymous=True) == material.approved(after, record)


def test_an_upload_goes_on_where_it_stopped_and_ends_only_once(portal: SocrataPortal, orders: Orders) -> None:
    table = samples.table(40)
    record = samples.record(table)
    remote_id = portal.create(record).remote_id
    draft = portal.open_draft(remote_id, record).remote_id
    body = csv_of(table, record)
    parts = in_parts(body, 500)
    for number, offset, part in parts[:2]:
        portal.put_part(draft, number, offset, part)
    portal.put_part(draft, *parts[1])
    orders.fault("reset_after", method="POST", path="/chunk/", times=2)
    for number, offset, part in parts[2:]:
        portal.put_part(draft, number, offset, part)
    for _ in range(2):
        about = {"parts": len(parts), "size": len(body), "rows": 40, "record": record}
        orders.fault("reset_after", path="commit")
        assert portal.close_file(draft, **about).row_identifier == "row_key"
    portal.publish(draft)
    assert portal.count(remote_id) == 40


def test_a_cell_that_does_not_fit_stops_it_and_names_the_column_only(portal: SocrataPortal) -> None:
    table = samples.table(6)
    record = samples.record(table)
    remote_id = portal.create(record).remote_id
    draft = portal.open_draft(remote_id, record).remote_id
    body = csv_of(table, record).replace(b"12.5", b"Jane Roe")
    portal.put_part(draft, 0, 0, body)
    with pytest.raises(BadRequest, match="could not convert 2 cells of the file in Fee") as caught:
        portal.close_file(draft, parts=1, size=len(body), rows=6, record=record)
    assert "Jane" not in str(caught.value)
    assert portal.count(remote_id) == 0


def test_a_key_that_repeats_is_refused_before_anything_changes(portal: SocrataPortal) -> None:
    table = samples.table(4)
    record = samples.record(table)
    remote_id = portal.create(record).remote_id
    draft = portal.open_draft(remote_id, record).remote_id
    body = csv_of(table, record).replace(b"\n2,", b"\n1,")
    portal.put_part(draft, 0, 0, body)
    with pytest.raises(BadRequest, match="finds row_key empty or repeated"):
        portal.close_file(draft, parts=1, size=len(body), rows=4, record=record)


def test_rows_that_are_missing_at_the_end_are_noticed(portal: SocrataPortal) -> None:
    table = samples.table(4)
    record = samples.record(table)
    remote_id = portal.create(record).remote_id
    draft = portal.open_draft(remote_id, record).remote_id
    body = csv_of(samples.table(3), record)
    portal.put_part(draft, 0, 0, body)
    with pytest.raises(BadRequest, match="read 3 rows of a file of 4"):
        portal.close_file(draft, parts=1, size=len(body), rows=4, record=record)


def test_latitude_and_longitude_become_a_point_in_a_file_too(portal: SocrataPortal) -> None:
    table = material.table(5)
    record = material.record(table)
    assert {"latitude", "longitude"} <= set(record.fields)
    remote_id = portal.create(record).remote_id
    draft = portal.open_draft(remote_id, record).remote_id
    sent(portal, draft, record, table)
    portal.publish(draft)
    list(portal.read_back(remote_id, record.fields))
    assert portal.count(remote_id, where="location IS NOT NULL") == 4
    assert all(proof.ok for proof in portal.proofs(remote_id, record))


def test_a_portal_that_widens_the_audience_by_itself_is_turned_back_at_once(
    portal: SocrataPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SOCRATA 2.7: portals differ in what applying does to a dataset; only what is read back counts."""
    table = samples.table(4)
    record = samples.record(table)
    remote_id = portal.create(record).remote_id
    draft = portal.open_draft(remote_id, record).remote_id
    sent(portal, draft, record, table)
    revision = portal.get("read", f"/api/publishing/v1/revision/{remote_id}/1")["resource"]
    action = revision["action"] | {"permission": "public"}
    portal.signed.send("PUT", f"/api/publishing/v1/revision/{remote_id}/1", json={"action": action})
    with pytest.raises(BadRequest, match="made private again at once"):
        portal.publish(draft)
    assert portal.view(remote_id).scope == "private"
    assert not portal.verify_public(remote_id, key_field="row_key").visible


def test_reviewers_of_the_portal_may_come_before_the_new_rows(portal: SocrataPortal, orders: Orders) -> None:
    remote_id, old, before = material.public(portal, material.table(5))
    after = material.table(7)
    record = material.record(after, key=old.external_key)
    draft = portal.open_draft(remote_id, record).remote_id
    sent(portal, draft, record, after)
    orders.settings(approve_revisions=True)
    try:
        with pytest.raises(Submitted, match="Submitted for approval") as caught:
            portal.publish(draft)
    finally:
        orders.settings(approve_revisions=False)
    assert not caught.value.permanent
    assert material.held(portal, remote_id, old, anonymous=True) == material.approved(before, old)


def test_open_drafts_of_others_are_leftovers(portal: SocrataPortal) -> None:
    remote_id, record, _ = material.public(portal)
    ours = portal.open_draft(remote_id, record).remote_id
    assert portal.leftovers(remote_id, keep=ours) == []
    portal.open_draft(remote_id, record)
    assert portal.leftovers(remote_id, keep=ours) == ["draft revision 2"]
    assert portal.discard_leftovers(remote_id, keep=ours) == ["draft revision 2"]
    assert portal.view(ours).published is False
    assert portal.discard_leftovers(remote_id) == ["draft revision 1"]
    with pytest.raises(NotFound):
        portal.view(ours)


def test_only_an_id_of_a_draft_gets_into_its_paths(portal: SocrataPortal) -> None:
    for name in ("", "abcd-1234", "abcd-1234:1", "abcd-1234:1:2/3", "ABCD-1234:1:2", "abcd-1234:-1:2"):
        with pytest.raises(ValueError, match="not the id"):
            portal.put_part(name, 0, 0, b"x")
