"""What describes the dataset, written without losing what others wrote, read back, and its attachments."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from publishing.portals.base import Attachment, BadRequest, Forbidden, NotFound, Proof
from publishing.portals.shared.proving import columns_proof, description_proof, plain
from publishing.portals.socrata.calls import Calls
from publishing.portals.socrata.shape import (
    checked_id,
    data_columns,
    descriptive,
    is_ours,
    point_column,
    with_custom_fields,
)
from publishing.records import PortalRecord

_OCTETS = "application/octet-stream"


class Describing(Calls):
    def set_metadata(self, remote_id: str, record: PortalRecord) -> None:
        """Read, merge, write: the portal replaces `metadata` and `privateMetadata` as whole objects."""
        view = self.described(remote_id)
        fields = merged(view, record)
        written = self.call(
            "describe the dataset", lambda: self.signed.soda.update_metadata(checked_id(remote_id), fields)
        )
        self.remember(written)
        there = {column["fieldName"]: column for column in view["columns"]}
        for place, column in enumerate(record.columns, start=1):
            wanted = {"name": column.name, "description": column.description, "position": place}
            self._describe(remote_id, wanted, there[column.field_name])

    def _describe(self, remote_id: str, wanted: dict[str, Any], there: dict[str, Any]) -> None:
        changed = {key: value for key, value in wanted.items() if (there.get(key) or "") != value}
        if not changed:
            return
        path = f"/api/views/{checked_id(remote_id)}/columns/{there['id']}"
        self.call("describe a column", lambda: self.signed.send("PUT", path, json=changed))

    def proofs(self, remote_id: str, record: PortalRecord) -> list[Proof]:
        """What the portal tells of the dataset, beside what the record says of it."""
        view = self.described(remote_id)
        told = dict(told_of(view, record))
        wanted = dict(wanted_of(record))
        columns = {column["fieldName"]: column for column in data_columns(view)}
        words = {
            name: (column.get("name", ""), column.get("description", "")) for name, column in columns.items()
        }
        order = [name for name in columns if name in set(record.fields)] == record.fields
        return [
            description_proof(wanted, told),
            columns_proof(record, words),
            *_missing_point(view, record),
            Proof(
                "Order of the columns",
                "as approved",
                "as approved" if order else "another order, which the portal keeps; the columns are the same",
                counts=False,
            ),
        ]

    # attachments

    def attach(self, remote_id: str, files: Sequence[Attachment]) -> list[Proof]:
        """Upload what is new or changed, list it in the metadata, and read every file back.

        A portal that takes no files is told in the evidence; the data does not wait for that.
        """
        view = self.described(remote_id)
        listed = list((view.get("metadata") or {}).get("attachments") or [])
        ours = {file.filename for file in files}
        kept = [entry for entry in listed if entry.get("filename") not in ours]
        entries, proofs = [], []
        for file in files:
            entry = next((entry for entry in listed if entry.get("filename") == file.filename), None)
            try:
                if entry is None or self._held(remote_id, entry) != _digest(file.body):
                    entry = self._upload(remote_id, file)
                found = self._held(remote_id, entry)
            except (NotFound, Forbidden, BadRequest) as error:
                refusal = f"the portal did not take it (it answered {error.status})"
                proofs.append(Proof(f"Attached: {file.name}", _digest(file.body), refusal, counts=False))
                kept += [entry] if entry is not None else []
                continue
            entries.append(entry)
            proofs.append(Proof(f"Attached: {file.name}", _digest(file.body), found))
        if [*kept, *entries] != listed:
            metadata = {**(view.get("metadata") or {}), "attachments": [*kept, *entries]}
            self.call(
                "list its attachments",
                lambda: self.signed.soda.update_metadata(checked_id(remote_id), {"metadata": metadata}),
            )
        return proofs

    def _upload(self, remote_id: str, file: Attachment) -> dict[str, Any]:
        headers = {"Content-Type": file.media_type, "X-File-Name": file.filename}
        path = f"/api/views/{checked_id(remote_id)}/files.txt"
        answer = self.call(
            "attach a file", lambda: self.signed.send("POST", path, data=file.body, headers=headers).json()
        )
        number = next(
            (str(answer[key]) for key in ("id", "assetId", "file_id", "blobId") if answer.get(key)), ""
        )
        if not number:
            raise BadRequest("The portal took a file and did not say under which number.", status=200)
        return {"filename": file.filename, "name": file.name, "assetId": number}

    def _held(self, remote_id: str, entry: dict[str, Any]) -> str:
        """The fingerprint of an attachment as the portal gives it back; empty when it has none."""
        number = str(entry.get("assetId") or entry.get("blobId") or "")
        path = f"/api/views/{checked_id(remote_id)}/files/{quote(number, safe='')}"
        params = {"download": "true", "filename": str(entry.get("filename") or "file")}
        headers = {"Accept": "*/*"}
        try:
            body = self.call(
                "read an attachment back",
                lambda: self.signed.send("GET", path, params=params, headers=headers).content,
            )
        except NotFound:
            return ""
        return _digest(body)


def _missing_point(view: dict[str, Any], record: PortalRecord) -> Iterable[Proof]:
    """Where the record has latitude and longitude, a column for the map is there; its values are compared by row."""
    if point_column(record) is not None and not any(is_ours(column) for column in view["columns"]):
        yield Proof("Column for the map", "there", "missing")


def merged(view: dict[str, Any], record: PortalRecord) -> dict[str, Any]:
    """The fields to write: ours over what is there, and every word of others that is not ours kept."""
    identifier = next(
        (column["id"] for column in view["columns"] if column["fieldName"] == record.row_identifier), None
    )
    there = view.get("metadata") or {}
    metadata = {**there, "rowIdentifier": identifier, "rowLabel": record.row_label}
    if record.custom_fields:
        metadata["custom_fields"] = with_custom_fields(there.get("custom_fields"), record)
    private = {**(view.get("privateMetadata") or {}), "contactEmail": record.contact_email}
    return descriptive(record) | {"metadata": metadata, "privateMetadata": private}


def wanted_of(record: PortalRecord) -> Iterable[tuple[str, Any]]:
    """What the record says of the dataset, by the words for people."""
    yield "title", plain(record.name)
    yield "description", plain(record.description)
    yield "keywords", sorted(plain(tag).lower() for tag in record.tags)
    yield "source", plain(record.attribution)
    if record.category:
        yield "category", plain(record.category).lower()
    if record.licence:
        yield "licence", record.licence
    yield "row label", plain(record.row_label)
    yield "row identifier", record.row_identifier
    yield "contact", plain(record.contact_email)
    for place, field, value in record.custom_fields:
        yield f"{place}: {field}", plain(value)


def told_of(view: dict[str, Any], record: PortalRecord) -> Iterable[tuple[str, Any]]:
    """The same, as the portal tells it. Portals tidy blanks and write keywords in small letters."""
    metadata = view.get("metadata") or {}
    identifier = str(metadata.get("rowIdentifier"))
    custom = metadata.get("custom_fields") or {}
    yield "title", plain(view.get("name"))
    yield "description", plain(view.get("description"))
    yield "keywords", sorted(plain(tag).lower() for tag in view.get("tags") or [])
    yield "source", plain(view.get("attribution"))
    yield "category", plain(view.get("category")).lower()
    yield "licence", view.get("licenseId") or ""
    yield "row label", plain(metadata.get("rowLabel"))
    yield (
        "row identifier",
        next((column["fieldName"] for column in view["columns"] if str(column["id"]) == identifier), ""),
    )
    yield "contact", plain((view.get("privateMetadata") or {}).get("contactEmail"))
    for place, field, _ in record.custom_fields:
        yield f"{place}: {field}", plain((custom.get(place) or {}).get(field))


def _digest(body: bytes) -> str:
    return f"sha256 {hashlib.sha256(body).hexdigest()}" if body else ""
