"""The Socrata portal over sodapy: how each thing that publishing asks for is said to Socrata."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Self

from publishing.portals.base import (
    AuthFailed,
    BadRequest,
    Capabilities,
    ChunkReceipt,
    Forbidden,
    NotFound,
    ProtocolError,
    PublicProbe,
    RemoteAsset,
    RemoteColumn,
)
from publishing.portals.shared.steps import in_halves
from publishing.portals.socrata.session import SocrataClient, SocrataConfig
from publishing.records import PortalColumn, PortalRecord

FOUR_BY_FOUR = re.compile(r"[a-z0-9]{4}-[a-z0-9]{4}")
PAGE = 10_000
COUNT = "odp_row_count"


class SocrataPortal:
    """publishing.portals.base.Portal for Socrata. One instance per piece of work; close it afterwards."""

    name = "socrata"
    capabilities = Capabilities(
        atomic_replace=True, row_key_required=True, has_queue=True, exact_numbers=True, stable_ids=True
    )

    def __init__(self, config: SocrataConfig) -> None:
        self.config = config
        self.signed = SocrataClient(config)
        self.stranger = SocrataClient(config, anonymous=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *about: object) -> None:
        self.signed.close()
        self.stranger.close()

    # the key

    def check_key(self) -> None:
        self._call("sign in", lambda: self.signed.send("GET", "/api/users/current.json").json())

    # the dataset

    def find(self, record: PortalRecord) -> str | None:
        """By external key in the catalogue, private datasets included; the key is the resource name."""
        name = resource_name(record)
        params = {
            "domains": self.config.domain,
            "q": name,
            "only": "dataset",
            "show_visibility": "true",
            "limit": "200",
        }
        found = self._call(
            "look it up in the catalogue",
            lambda: self.signed.send("GET", "/api/catalog/v1", params=params).json(),
        )
        for entry in _list_of(found, "results"):
            resource = entry.get("resource", {})
            if resource.get("resource_name") == name and _is_id(resource.get("id")):
                return resource["id"]
        return None

    def create(self, record: PortalRecord) -> RemoteAsset:
        body = _descriptive(record) | {
            "resourceName": resource_name(record),
            "displayType": "table",
            "metadata": {"rowIdentifier": record.row_identifier, "rowLabel": record.row_label},
            "privateMetadata": {"contactEmail": record.contact_email},
            "columns": [_column(column, place) for place, column in enumerate(record.columns, start=1)],
        }
        name = body.pop("name")
        view = self._call(
            "create the dataset", lambda: self.signed.soda.create(name, **body), idempotent=False
        )
        return _asset(view)

    def view(self, remote_id: str) -> RemoteAsset:
        return _asset(self._view(remote_id))

    def working_copy(self, remote_id: str) -> RemoteAsset:
        group = self.view(remote_id).group
        for view in self._call("list its versions", lambda: self._views_of(group)):
            return _asset(view)
        view = self._call(
            "open a working copy",
            lambda: self.signed.send(
                "POST", f"/api/views/{_id(remote_id)}/publication.json?method=copySchema", data="{}"
            ).json(),
            idempotent=False,
        )
        return _asset(view)

    def _views_of(self, group: int | None) -> list[dict[str, Any]]:
        """Unpublished members of a publication group among the account's views."""
        found, page = [], 1
        while True:
            views = self.signed.send(
                "GET", "/api/views.json", params={"limit": "200", "page": str(page)}
            ).json()
            found += [
                view
                for view in views
                if view.get("publicationGroup") == group and view.get("publicationStage") == "unpublished"
            ]
            if found or len(views) < 200:
                return found
            page += 1

    def fit_columns(self, remote_id: str, record: PortalRecord) -> RemoteAsset:
        """Columns of an unpublished dataset: drop what left or changed its type, add what is new."""
        asset = self.view(remote_id)
        wanted = {column.field_name: column for column in record.columns}
        path = f"/api/views/{_id(remote_id)}/columns"
        for column in asset.columns:
            target = wanted.get(column.field_name)
            if target is None or target.type != column.type:
                self._call(
                    "remove a column",
                    lambda name=column.field_name: self.signed.send("DELETE", f"{path}/{name}"),
                )
        there = {column.field_name for column in asset.columns if _same_type(column, wanted)}
        for place, new in enumerate(record.columns, start=1):
            if new.field_name not in there:
                body = _column(new, place)
                self._call(
                    "add a column",
                    lambda body=body: self.signed.send("POST", path, json=body),
                    idempotent=False,
                )
        return self.view(remote_id)

    def set_metadata(self, remote_id: str, record: PortalRecord) -> None:
        """Read, merge, write: the portal replaces `metadata` and `privateMetadata` as whole objects."""
        view = self._view(remote_id)
        identifier = next(
            (column["id"] for column in view["columns"] if column["fieldName"] == record.row_identifier), None
        )
        metadata = {**view.get("metadata", {}), "rowIdentifier": identifier, "rowLabel": record.row_label}
        private = {**view.get("privateMetadata", {}), "contactEmail": record.contact_email}
        fields = _descriptive(record) | {"metadata": metadata, "privateMetadata": private}
        self._call("describe the dataset", lambda: self.signed.soda.update_metadata(_id(remote_id), fields))
        there = {column["fieldName"]: column for column in view["columns"]}
        for column in record.columns:
            self._describe(remote_id, column, there[column.field_name])

    def _describe(self, remote_id: str, column: PortalColumn, there: dict[str, Any]) -> None:
        wanted = {"name": column.name, "description": column.description}
        if all((there.get(key) or "") == value for key, value in wanted.items()):
            return
        path = f"/api/views/{_id(remote_id)}/columns/{there['id']}"
        self._call("describe a column", lambda: self.signed.send("PUT", path, json=wanted))

    # rows

    def empty(self, remote_id: str) -> None:
        if self.view(remote_id).published:
            raise BadRequest("A published dataset is never emptied: its rows change in a working copy.")
        self._call("empty the working copy", lambda: self.signed.soda.replace(_id(remote_id), []))

    def push_chunk(self, remote_id: str, rows: list[dict[str, Any]]) -> ChunkReceipt:
        """Upsert; a chunk that is too large or too slow goes in halves; a row left out is an error."""
        return in_halves(lambda part: self._push_whole(remote_id, part), rows, self.config.pause)

    def _push_whole(self, remote_id: str, rows: list[dict[str, Any]]) -> ChunkReceipt:
        receipt = self._push(remote_id, rows)
        if receipt.errors or receipt.created + receipt.updated != len(rows):
            taken = receipt.created + receipt.updated
            raise BadRequest(
                f"The portal took {taken:,} of {len(rows):,} rows of one step and left out the rest without "
                "saying which. Nothing is public. Press Resume to send them again; if this stays, tell your "
                "portal admin.",
                status=receipt.status,
                request_id=receipt.request_id,
            )
        return receipt

    def _push(self, remote_id: str, rows: list[dict[str, Any]]) -> ChunkReceipt:
        answer = self._call("add rows", lambda: self.signed.soda.upsert(_id(remote_id), rows))
        if not isinstance(answer, dict):
            raise ProtocolError("The portal did not say how many rows it took. We send them again.")
        last = self.signed.session.last
        return ChunkReceipt(
            status=last.status_code if last is not None else 0,
            request_id=self.signed.session.request_id(last),
            created=int(answer.get("Rows Created", 0)),
            updated=int(answer.get("Rows Updated", 0)),
            errors=int(answer.get("Errors", 0)),
        )

    def is_replicated(self, remote_id: str) -> bool:
        path = f"/api/views/{_id(remote_id)}/replication.json"
        try:
            state = self._call("ask for its replicas", lambda: self.signed.send("GET", path).json())
            return bool(state.get("read_replication_up_to_date"))
        except (NotFound, Forbidden):
            # Not every portal tells; its reads say themselves whether they lag.
            self._call("read the rows", lambda: self.signed.soda.get(_id(remote_id), limit=1))
            last = self.signed.session.last
            return last is None or last.headers.get("X-SODA2-Data-Out-Of-Date", "false") != "true"

    def count(self, remote_id: str, *, anonymous: bool = False) -> int:
        client = self.stranger if anonymous else self.signed
        rows = self._call(
            "count the rows",
            lambda: client.soda.get(_id(remote_id), select=f"count(*) AS {COUNT}"),
            anonymous=anonymous,
        )
        try:
            return int(rows[0][COUNT])
        except (LookupError, TypeError, ValueError):
            raise ProtocolError("The portal did not say how many rows it holds. We ask again.") from None

    def read_back(
        self, remote_id: str, fields: list[str], *, anonymous: bool = False
    ) -> Iterator[dict[str, Any]]:
        client = self.stranger if anonymous else self.signed
        offset = 0
        while True:
            rows = self._call(
                "read the rows back",
                lambda start=offset: client.soda.get(
                    _id(remote_id), select=",".join(fields), order=":id", limit=PAGE, offset=start
                ),
                anonymous=anonymous,
            )
            if not isinstance(rows, list):
                raise ProtocolError("The portal did not send rows when asked for them. We ask again.")
            yield from rows
            if len(rows) < PAGE:
                return
            offset += PAGE

    # who sees it

    def publish(self, remote_id: str) -> RemoteAsset:
        asset = self.view(remote_id)
        if asset.published:
            return asset
        view = self._call(
            "publish the working state", lambda: self.signed.soda.publish(_id(remote_id)), idempotent=False
        )
        return _asset(view)

    def set_scope(self, remote_id: str, scope: str) -> RemoteAsset:
        path = f"/api/views/{_id(remote_id)}/permissions"
        now = self._call("read who may see it", lambda: self.signed.send("GET", path).json())
        if now.get("scope") != scope:
            body = {"scope": scope, "users": now.get("users", [])}
            self._call("change who may see it", lambda: self.signed.send("PUT", path, json=body))
        return self.view(remote_id)

    def verify_public(self, remote_id: str, *, key_field: str) -> PublicProbe:
        """As a stranger: the view, the count, and one query over the key."""
        try:
            self._call(
                "look from outside", lambda: self.stranger.soda.get_metadata(_id(remote_id)), anonymous=True
            )
        except (Forbidden, NotFound, AuthFailed) as error:
            return PublicProbe(error.status or 403, None, None)
        sample = self._call(
            "query from outside",
            lambda: self.stranger.soda.get(
                _id(remote_id), where=f"{key_field} IS NOT NULL", order=key_field, limit=5
            ),
            anonymous=True,
        )
        return PublicProbe(200, self.count(remote_id, anonymous=True), len(sample))

    def public_url(self, remote_id: str) -> str:
        return f"{self.config.base}/d/{_id(remote_id)}"

    def query_url(self, remote_id: str) -> str:
        return f"{self.config.base}/resource/{_id(remote_id)}.json"

    # how we speak

    def _view(self, remote_id: str) -> dict[str, Any]:
        view = self._call("read the dataset", lambda: self.signed.soda.get_metadata(_id(remote_id)))
        if not isinstance(view, dict) or "columns" not in view:
            raise ProtocolError("The portal did not describe the dataset when asked. We ask again.")
        return view

    def _call(self, what: str, act: Any, *, idempotent: bool = True, anonymous: bool = False) -> Any:
        client = self.stranger if anonymous else self.signed
        return client.call(what, act, idempotent=idempotent)


def resource_name(record: PortalRecord) -> str:
    """The external key as Socrata takes it in an address: the mark by which we find the dataset again."""
    return re.sub(r"[^a-z0-9]+", "-", record.external_key.lower()).strip("-")


def _is_id(text: object) -> bool:
    return isinstance(text, str) and FOUR_BY_FOUR.fullmatch(text) is not None


def _id(text: str) -> str:
    """A four-by-four, or an error of ours: nothing else is ever put into a path."""
    if not _is_id(text):
        raise ValueError(f"{text!r} is not the id of a dataset on Socrata.")
    return text


def _list_of(data: Any, key: str) -> list[dict[str, Any]]:
    if not isinstance(data, dict) or not isinstance(data.get(key), list):
        raise ProtocolError("The portal's catalogue answered something else than a list. We ask again.")
    return data[key]


def _descriptive(record: PortalRecord) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": record.name,
        "description": record.description,
        "tags": list(record.tags),
        "attribution": record.attribution,
        "category": record.category or None,
        "licenseId": record.licence or None,
    }
    return {key: value for key, value in fields.items() if value is not None}


def _column(column: PortalColumn, position: int) -> dict[str, Any]:
    return {
        "name": column.name,
        "fieldName": column.field_name,
        "dataTypeName": column.type,
        "description": column.description,
        "position": position,
    }


def _same_type(column: RemoteColumn, wanted: dict[str, PortalColumn]) -> bool:
    target = wanted.get(column.field_name)
    return target is not None and target.type == column.type


def _asset(view: Any) -> RemoteAsset:
    if not isinstance(view, dict) or not _is_id(view.get("id")):
        raise ProtocolError(
            "The portal did not describe the dataset when asked. We ask again.", ambiguous=True
        )
    columns = [column for column in view.get("columns", []) if not column["fieldName"].startswith(":")]
    identifier = view.get("metadata", {}).get("rowIdentifier")
    shown = any("public" in grant.get("flags", []) for grant in view.get("grants", []))
    scope = view.get("permissions", {}).get("scope") or ("public" if shown else "private")
    return RemoteAsset(
        remote_id=view["id"],
        name=view.get("name", ""),
        published=view.get("publicationStage") == "published",
        scope="public" if shown else scope,
        columns=tuple(
            RemoteColumn(
                column["fieldName"], column["name"], column["dataTypeName"], column.get("description") or ""
            )
            for column in sorted(columns, key=lambda column: column.get("position", 0))
        ),
        row_identifier=next(
            (column["fieldName"] for column in columns if str(column["id"]) == str(identifier)), None
        ),
        group=view.get("publicationGroup"),
        waiting=bool(view.get("pendingGrants")),
    )
