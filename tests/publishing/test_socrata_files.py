"""The data dictionary as a file of the dataset: attached, replaced when it changes, read back."""

from __future__ import annotations

from dataclasses import replace

from publishing.portals.base import Attachment
from publishing.portals.shared.dictionary import dictionary_file
from publishing.portals.socrata import SocrataPortal
from tests.publishing import samples
from tests.publishing.conftest import Orders


def test_the_dictionary_is_attached_once_and_replaced_when_it_changes(
    portal: SocrataPortal, orders: Orders
) -> None:
    record = samples.record(samples.table())
    remote_id = portal.create(record).remote_id
    headers = {"X-File-Name": "notes.pdf", "Content-Type": "application/pdf"}
    path = f"/api/views/{remote_id}/files.txt"
    kept = portal.signed.send("POST", path, data=b"%PDF-", headers=headers).json()["id"]
    theirs = {"filename": "notes.pdf", "name": "Notes", "assetId": kept}
    metadata = portal.described(remote_id)["metadata"] | {"attachments": [theirs]}
    portal.signed.soda.update_metadata(remote_id, {"metadata": metadata})
    first = dictionary_file(record)
    proofs = portal.attach(remote_id, [first])
    assert [proof.ok for proof in proofs] == [True] and proofs[0].what == "Attached: Data dictionary"

    def listed() -> list[dict[str, str]]:
        return orders.get(f"/api/views/{remote_id}.json").json()["metadata"]["attachments"]

    assert [entry["filename"] for entry in listed()] == ["notes.pdf", "data-dictionary.csv"]
    before = listed()
    portal.attach(remote_id, [first])
    assert listed() == before
    number = before[1]["assetId"]
    body = orders.get(f"/api/views/{remote_id}/files/{number}").content
    assert body == first.body and b"permit_number,Permit number,Text,What Permit number holds" in body

    column = replace(record.columns[1], description="Said better")
    changed = dictionary_file(replace(record, columns=(record.columns[0], column, *record.columns[2:])))
    portal.attach(remote_id, [changed])
    assert [entry["filename"] for entry in listed()] == ["notes.pdf", "data-dictionary.csv"]
    assert listed()[1]["assetId"] != number
    assert listed()[0] == theirs
    assert portal.view(remote_id).row_identifier == "row_key"


def test_a_portal_that_takes_no_files_is_told_and_stops_nothing(
    portal: SocrataPortal, orders: Orders
) -> None:
    record = samples.record(samples.table())
    remote_id = portal.create(record).remote_id
    orders.fault("status", path="files", status=404, code="not_found", times=-1)
    proofs = portal.attach(remote_id, [Attachment("a.txt", "A", "text/plain", b"a")])
    assert [(proof.ok, proof.found) for proof in proofs] == [
        (True, "the portal did not take it (it answered 404)")
    ]
