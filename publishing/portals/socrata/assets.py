"""The dataset itself: found, created, its working copies, its columns, published."""

from __future__ import annotations

from typing import Any

from publishing.portals.base import NotFound, RemoteAsset
from publishing.portals.socrata.calls import Calls
from publishing.portals.socrata.shape import (
    asset_of,
    checked_id,
    column_body,
    columns_of,
    descriptive,
    is_id,
    is_ours,
    list_of,
    point_column,
    resource_name,
    with_custom_fields,
)
from publishing.records import PortalRecord

_PAGE = 200


class Assets(Calls):
    def find(self, record: PortalRecord) -> str | None:
        """By external key in the catalogue, private datasets included; the key is the resource name."""
        name = resource_name(record)
        found = self.get(
            "look it up in the catalogue",
            "/api/catalog/v1",
            domains=self.config.domain,
            q=name,
            only="dataset",
            show_visibility="true",
            limit=str(_PAGE),
        )
        for entry in list_of(found, "results"):
            resource = entry.get("resource", {})
            if resource.get("resource_name") == name and is_id(resource.get("id")):
                return resource["id"]
        return None

    def create(self, record: PortalRecord) -> RemoteAsset:
        metadata: dict[str, Any] = {"rowIdentifier": record.row_identifier, "rowLabel": record.row_label}
        if record.custom_fields:
            metadata["custom_fields"] = with_custom_fields(None, record)
        body = descriptive(record) | {
            "resourceName": resource_name(record),
            "displayType": "table",
            "metadata": metadata,
            "privateMetadata": {"contactEmail": record.contact_email},
            "columns": columns_of(record),
        }
        name = body.pop("name")
        view = self.call(
            "create the dataset", lambda: self.signed.soda.create(name, **body), idempotent=False
        )
        return self.remember(view)

    # working copies

    def working_copy(self, remote_id: str) -> RemoteAsset:
        group = self.view(remote_id).group
        for view in self.call("list its versions", lambda: self._drafts_of(group)):
            return self.remember(view)
        view = self.call(
            "open a working copy",
            lambda: self.signed.send(
                "POST", f"/api/views/{checked_id(remote_id)}/publication.json?method=copySchema", data="{}"
            ).json(),
            idempotent=False,
        )
        return self.remember(view)

    def leftovers(self, remote_id: str, *, keep: str = "") -> list[str]:
        return [f"working copy {draft}" for draft in self._left_open(remote_id, keep)]

    def discard_leftovers(self, remote_id: str, *, keep: str = "") -> list[str]:
        """Working copies that an earlier publication, or somebody on the portal, left open."""
        drafts = self._left_open(remote_id, keep)
        for draft in drafts:
            self._discard(draft)
        return [f"working copy {draft}" for draft in drafts]

    def _left_open(self, remote_id: str, keep: str) -> list[str]:
        published = self.view(remote_id)
        if not published.published:
            return []
        drafts = [
            asset_of(view)
            for view in self.call("list its versions", lambda: self._drafts_of(published.group))
        ]
        ours = (published.remote_id, keep)
        return [draft.remote_id for draft in drafts if not draft.published and draft.remote_id not in ours]

    def step_back(self, remote_id: str, working_id: str) -> bool:
        """A working copy that the portal lets us delete was not published, and cannot be any more."""
        public, working = self.view(remote_id), self.view(working_id)
        if public.scope != "public" or working.published or working.group != public.group:
            return False
        self._discard(working_id)
        return True

    def _discard(self, draft_id: str) -> None:
        """Delete a working copy. What the portal calls published is never deleted here."""
        path = f"/api/views/{checked_id(draft_id)}.json"
        self.call("discard a working copy", lambda: self.signed.send("DELETE", path))
        self._known.pop(draft_id, None)

    def _drafts_of(self, group: int | None) -> list[dict[str, Any]]:
        """Unpublished members of a publication group among the account's views."""
        found, page = [], 1
        while True:
            params = {"limit": str(_PAGE), "page": str(page)}
            views = self.signed.send("GET", "/api/views.json", params=params).json()
            found += [
                view
                for view in views
                if view.get("publicationGroup") == group and view.get("publicationStage") == "unpublished"
            ]
            if found or len(views) < _PAGE:
                return found
            page += 1

    def publish(self, remote_id: str) -> RemoteAsset:
        asset = self.view(remote_id)
        if asset.published:
            return asset
        view = self.call(
            "publish the working state",
            lambda: self.signed.soda.publish(checked_id(remote_id)),
            idempotent=False,
        )
        return self.remember(view)

    # columns

    def fit_columns(self, remote_id: str, record: PortalRecord) -> RemoteAsset:
        """Columns of an unpublished dataset: drop what left or changed its type, add what is new."""
        view = self.described(remote_id)
        wanted = {column.field_name: column.type for column in record.columns}
        point = point_column(record)
        path = f"/api/views/{checked_id(remote_id)}/columns"
        there = set()
        if wanted.get(asset_of(view).row_identifier or "") is None:
            self._unset_key(remote_id, view)
        for column in view["columns"]:
            name = column["fieldName"]
            if name.startswith(":"):
                continue
            same = column["dataTypeName"] == wanted.get(name)
            if is_ours(column):
                same = point is not None and name == point["fieldName"]
            if same:
                there.add(name)
            else:
                self._remove_column(f"{path}/{name}")
        for place, new in enumerate(record.columns, start=1):
            if new.field_name not in there:
                self._add_column(path, column_body(new, place))
        if point is not None and point["fieldName"] not in there:
            self._add_column(path, point)
        return self.view(remote_id)

    def _unset_key(self, remote_id: str, view: dict[str, Any]) -> None:
        """A column that is the row identifier cannot leave. The new one is set when its column is there."""
        metadata = view.get("metadata") or {}
        if metadata.get("rowIdentifier"):
            fields = {"metadata": {**metadata, "rowIdentifier": None}}
            self.call(
                "unset the row identifier",
                lambda: self.signed.soda.update_metadata(checked_id(remote_id), fields),
            )

    def _remove_column(self, path: str) -> None:
        try:
            self.call("remove a column", lambda: self.signed.send("DELETE", path))
        except NotFound:
            # An answer got lost and the request went out again: it is gone, which is what was asked.
            return

    def _add_column(self, path: str, body: dict[str, Any]) -> None:
        self.call("add a column", lambda: self.signed.send("POST", path, json=body), idempotent=False)
