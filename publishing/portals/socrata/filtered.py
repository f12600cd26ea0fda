"""Filtered views: parts of a dataset under names of their own, made, corrected, counted, and hidden with it."""

from __future__ import annotations

import re
from typing import Any

from publishing.portals.base import NotFound, Proof
from publishing.portals.socrata.audience import Audience
from publishing.portals.socrata.shape import checked_id, is_id
from publishing.records import CHECKBOX, NUMBER, PortalRecord, PortalView

# Between the address of the dataset and that of its view: an address that we make has no two hyphens in a row.
_MARK = "--"
_PAGE = 200


class Filtered(Audience):
    def set_views(self, remote_id: str, record: PortalRecord) -> list[Proof]:
        parent = self.described(remote_id)
        there = self._views_of(parent)
        base = str(parent.get("resourceName") or "")
        wanted = {f"{base}{_MARK}{_slug(view.name)}": view for view in record.views}
        for address, view in there.items():
            if address not in wanted:
                self._remove(view["id"])
        return [
            self._proof(
                remote_id, record, view, self._bring(address, view, there.get(address), parent, record)
            )
            for address, view in wanted.items()
        ]

    def _bring(
        self,
        address: str,
        view: PortalView,
        there: dict[str, Any] | None,
        parent: dict[str, Any],
        record: PortalRecord,
    ) -> str:
        """The id of the view, new or as it was, with our name and our query."""
        wanted = {"name": f"{record.name}: {view.name}", "queryString": _query(view, record)}
        if there is None:
            body = wanted | {"originalViewId": parent["id"], "resourceName": address, "displayType": "table"}
            made = self.call(
                "make a filtered view",
                lambda: self.signed.send("POST", "/api/views.json", json=body).json(),
                idempotent=False,
            )
            return checked_id(made["id"])
        changed = {key: value for key, value in wanted.items() if there.get(key) != value}
        if changed:
            path = f"/api/views/{checked_id(there['id'])}.json"
            self.call("correct a filtered view", lambda: self.signed.send("PUT", path, json=changed))
        return checked_id(there["id"])

    def _proof(self, remote_id: str, record: PortalRecord, view: PortalView, view_id: str) -> Proof:
        """As many rows as the dataset has of this value: a filter that the portal understood otherwise shows."""
        expected = self.count(remote_id, where=_condition(view, record))
        return Proof(f"Filtered view {view.name}", f"{expected:,} rows", f"{self.count(view_id):,} rows")

    def set_views_scope(self, remote_id: str, scope: str) -> list[str]:
        odd = []
        for view in self._views_of(self.described(remote_id)).values():
            asset = self.set_scope(checked_id(view["id"]), scope)
            if asset.scope != scope or (scope == "private" and asset.waiting):
                odd.append(asset.name)
        return odd

    def _views_of(self, parent: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Our views of this dataset, by their addresses; views that others made of it are theirs."""
        base = f"{parent.get('resourceName') or ''}{_MARK}"
        found: dict[str, dict[str, Any]] = {}
        page = 1
        while base != _MARK:
            views = self.get("list its filtered views", "/api/views.json", limit=str(_PAGE), page=str(page))
            for view in views if isinstance(views, list) else []:
                address = str(view.get("resourceName") or "")
                if address.startswith(base) and view.get("id") != parent["id"] and is_id(view.get("id")):
                    found[address] = view
            if not isinstance(views, list) or len(views) < _PAGE:
                break
            page += 1
        return found

    def _remove(self, view_id: str) -> None:
        path = f"/api/views/{checked_id(view_id)}.json"
        try:
            self.call("remove a filtered view", lambda: self.signed.send("DELETE", path))
        except NotFound:
            return


def _query(view: PortalView, record: PortalRecord) -> str:
    return f"SELECT * WHERE {_condition(view, record)}"


def _condition(view: PortalView, record: PortalRecord) -> str:
    """One field and one value, written as its type asks. The field is one of the record, or ValueError."""
    kind = next((column.type for column in record.columns if column.field_name == view.field_name), None)
    if kind is None:
        raise ValueError("A filtered view speaks of a column that the record does not have.")
    if kind == CHECKBOX:
        value = "true" if view.value.lower() in ("true", "yes", "1") else "false"
    elif kind == NUMBER and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", view.value):
        value = view.value
    else:
        value = "'" + view.value.replace("'", "''") + "'"
    return f"`{view.field_name}` = {value}"


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "view"
