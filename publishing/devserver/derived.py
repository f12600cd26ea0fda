"""Filtered views: a query kept under a name and an address of its own, with an audience of its own."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from publishing.devserver import assets, queries, soql
from publishing.devserver.http import ApiError, Request
from publishing.devserver.queries import Table
from publishing.devserver.store import Asset, Store, cell

OPERATORS = {
    "EQUALS": "=",
    "NOT_EQUALS": "!=",
    "LESS_THAN": "<",
    "LESS_THAN_OR_EQUALS": "<=",
    "GREATER_THAN": ">",
    "GREATER_THAN_OR_EQUALS": ">=",
}


def create(store: Store, request: Request, data: dict[str, Any], user: dict[str, Any]) -> Asset:
    """A view on the asset that `originalViewId` names, by `queryString` (SoQL) or `query.filterCondition`."""
    parent = assets.find(store, request, str(data["originalViewId"]))
    assets.check_name(data)
    assets.check_fields(store, data)
    text = data.get("queryString") or _from_conditions(parent, data.get("query") or {})
    params = queries.clauses(text)
    chosen = soql.selection(params.get("$select") or "*", parent)
    known = {column["fieldName"]: column for column in parent.columns}
    doc = {key: data[key] for key in assets.MERGED_KEYS if data.get(key) is not None}
    now = int(time.time())
    doc |= {
        "columns": [_column(item, place, known) for place, item in enumerate(chosen, start=1)],
        "parent": parent.id,
        "queryString": text,
        "owner": user["id"],
        "createdAt": now,
        "viewLastModified": now,
        "rowsUpdatedAt": parent.doc["rowsUpdatedAt"],
        "publicationDate": now,
        "metadata": {},
    }
    asset = store.add_asset(doc)
    asset.stage = "published"
    store.save(asset)
    # What the query would be refused for is found now, not by the first reader.
    store.rows(f"SELECT 1 FROM {table_of(store, asset).sql} LIMIT 0", table_of(store, asset).params)  # noqa: S608
    return asset


def _column(item: soql.Expr, place: int, known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    like = known.get(item.name, {})
    return {
        "name": like.get("name", item.name),
        "fieldName": item.name.lstrip(":"),
        "dataTypeName": item.kind,
        "renderTypeName": item.kind,
        "description": like.get("description", ""),
        "format": like.get("format", {}),
        "position": place,
    }


def change(store: Store, asset: Asset, text: str) -> None:
    """Another query over the same columns."""
    parent = _parent(store, asset)
    params = queries.clauses(text)
    names = [item.name for item in soql.selection(params.get("$select") or "*", parent)]
    if names != [column["fieldName"] for column in asset.columns]:
        raise ApiError(400, "invalid_request", "The columns of a filtered view do not change")
    queries.compile_query(params, parent, table_of(store, parent))
    asset.doc["queryString"] = text
    store.save(asset)


def table_of(store: Store, asset: Asset) -> Table:
    """Where the rows of this asset are read: its table, the copy that lags behind, or its query."""
    if not assets.is_derived(asset):
        updated = asset.doc["rowsUpdatedAt"]
        if asset.behind:
            return Table(_replica(store, asset), [], True, updated, asset.version)
        row_at = partial(store.pagination.row_at, asset.truth, asset.version)
        return Table(asset.truth, [], False, updated, asset.version, row_at)
    parent = _parent(store, asset)
    names = [cell(column) for column in asset.columns]
    return queries.compile_view(
        queries.clauses(asset.doc["queryString"]), parent, table_of(store, parent), names
    )


def _replica(store: Store, asset: Asset) -> str:
    """The copy that lags behind, its columns under the names that they have by now."""
    kept = (store.papers.get("replica", asset.oid) or {"columns": asset.columns})["columns"]
    old = {column["fieldName"]: cell(column) for column in kept}
    names = [f"{old.get(column['fieldName'], 'NULL')} AS {cell(column)}" for column in asset.columns]
    return f"(SELECT sid, made, changed, {', '.join(names) or 'NULL'} FROM {asset.replica})"  # noqa: S608


def of(store: Store, asset: Asset) -> list[Asset]:
    """The filtered views on this asset."""
    return [other for other in store.assets() if other.doc.get("parent") == asset.id]


def _parent(store: Store, asset: Asset) -> Asset:
    parent = store.asset(asset.doc["parent"])
    if parent is None:
        raise ApiError(404, "not_found", "The dataset of this view is gone", {"id": asset.doc["parent"]})
    return parent


def _from_conditions(parent: Asset, query: dict[str, Any]) -> str:
    """The older form of a filter, operators over columns and values, as SoQL."""
    wanted = query.get("filterCondition")
    return "SELECT *" + (f" WHERE {_condition(parent, wanted)}" if wanted else "")


def _condition(parent: Asset, node: dict[str, Any]) -> str:
    children = node.get("children") or []
    word = str(node.get("value", "")).upper()
    if node.get("type") == "operator" and word in ("AND", "OR") and children:
        return "(" + f" {word} ".join(_condition(parent, child) for child in children) + ")"
    if node.get("type") == "operator" and word in ("IS_BLANK", "IS_NOT_BLANK") and len(children) == 1:
        return f"{_side(parent, children[0])} IS {'NOT ' if 'NOT' in word else ''}NULL"
    if node.get("type") == "operator" and word in OPERATORS and len(children) == 2:
        return f" {OPERATORS[word]} ".join(_side(parent, child) for child in children)
    raise ApiError(400, "invalid_request", f"Unknown filter condition {word or node}")


def _side(parent: Asset, node: dict[str, Any]) -> str:
    if node.get("type") == "literal":
        return "'" + str(node.get("value", "")).replace("'", "''") + "'"
    wanted = (node.get("columnId"), node.get("columnFieldName"), node.get("value"))
    for column in parent.columns:
        if column["id"] in wanted or column["fieldName"] in wanted:
            return f"`{column['fieldName']}`"
    raise ApiError(400, "invalid_request", f"No such column in the filter: {node}")
