"""/resource: read rows by SoQL; upsert, replace and delete rows, with the portal's own counters."""

# ruff: noqa: S608 - the names in these statements are our own numbers; values are bound

from __future__ import annotations

import csv
import io
import json
import time
from datetime import UTC, datetime
from typing import Any

from publishing.devserver import assets, soql, values
from publishing.devserver.http import ApiError, Request, Response, json_response
from publishing.devserver.store import Asset, Store, cell


def read(store: Store, request: Request) -> Response:
    asset = _asset(store, request)
    table = asset.replica if asset.behind else asset.truth
    query = soql.compile_query(request.query, asset, table)
    rows = store.rows(query.sql, query.params)
    headers = _headers(asset, query)
    if request.args.get("format") == "csv":
        return Response(200, _csv(query.fields, rows), "text/csv; charset=utf-8", headers)
    lines = (
        json.dumps(
            {
                name: _shown(kind, value)
                for (name, kind), value in zip(query.fields, row, strict=True)
                if value is not None
            }
        )
        for row in rows
    )
    body = "[" + "\n,".join(lines) + "]\n"
    return Response(200, body.encode(), "application/json;charset=utf-8", headers)


def download(store: Store, request: Request) -> Response:
    """/api/views/{id}/rows.csv: the whole table, its columns under the names that people read."""
    asset = assets.find(store, request, request.args["id"])
    table = asset.replica if asset.behind else asset.truth
    query = soql.compile_query({"$limit": str(2**62)}, asset, table)
    fields = [(column["name"], column["dataTypeName"]) for column in asset.columns]
    return Response(200, _csv(fields, store.rows(query.sql, query.params)), "text/csv; charset=utf-8")


def upsert(store: Store, request: Request) -> Response:
    return _write(store, request, replace=False)


def replace(store: Store, request: Request) -> Response:
    return _write(store, request, replace=True)


def delete_row(store: Store, request: Request) -> Response:
    request.signed_in()
    asset = _asset(store, request)
    wanted = request.args["row"]
    if asset.row_identifier is not None and not wanted.startswith("row-"):
        where, value = f"{cell(asset.row_identifier)} = ?", _stored(asset.row_identifier, wanted)
    else:
        where, value = f"{soql.ROW_ID} = ?", wanted
    found = store.rows(f"SELECT sid, {soql.ROW_ID} FROM {asset.truth} WHERE {where}", [value])
    if not found:
        raise ApiError(404, "soda.row.not-found", "Row not found", {"row": wanted})
    store.before_write(asset)
    store.db.execute(f"DELETE FROM {asset.truth} WHERE sid = ?", (found[0][0],))
    return json_response([{"typ": "delete", "id": found[0][1]}])


def _asset(store: Store, request: Request) -> Asset:
    if store.asset(request.args["id"]) is None:
        raise ApiError(404, "dataset.missing", "Not found", {"id": request.args["id"]})
    return assets.find(store, request, request.args["id"])


def _write(store: Store, request: Request, *, replace: bool) -> Response:
    """One write is one transaction: it is kept whole or not at all."""
    request.signed_in()
    asset = _asset(store, request)
    settings = store.settings()
    rows = _rows(request, asset, strict=settings["strict_content_type"])
    counters = {
        "Rows Deleted": 0,
        "Rows Updated": 0,
        "Rows Created": 0,
        "Errors": 0,
        "By RowIdentifier": 0,
        "By SID": 0,
    }
    store.before_write(asset)
    if replace:
        store.db.execute(f"DELETE FROM {asset.truth}")
    drop = int(request.headers.get("x-standin-drop", 0))
    for number, row in enumerate(rows):
        try:
            if number < drop:
                raise ApiError(400, "invalid_request", "Row left out on order")
            _put(store, asset, row, counters)
        except ApiError:
            if settings["row_errors"] == "fatal" and number >= drop:
                raise
            counters["Errors"] += 1
    if "x-standin-corrupt" in request.headers:
        _corrupt(store, asset)
    asset.doc["rowsUpdatedAt"] = int(time.time())
    store.save(asset)
    return json_response(counters)


def _rows(request: Request, asset: Asset, *, strict: bool) -> list[Any]:
    kind = request.headers.get("content-type", "")
    if not kind and strict:
        raise ApiError(400, "req.content-type.missing", "The request has no Content-Type")
    if kind.startswith("text/csv"):
        try:
            return [
                dict(row) for row in csv.DictReader(io.StringIO(request.body.decode("utf-8"), newline=""))
            ]
        except UnicodeDecodeError as error:
            raise ApiError(400, "req.body.malformed-csv", "The CSV is not UTF-8") from error
    data = request.json()
    rows = [data] if isinstance(data, dict) else data
    if not isinstance(rows, list):
        raise ApiError(400, "req.content.json.not-object", "Rows are a JSON list of objects")
    return rows


def _put(store: Store, asset: Asset, row: Any, counters: dict[str, int]) -> None:
    if not isinstance(row, dict):
        raise ApiError(400, "soda.row.upsert-row-not-an-object", "A row is a JSON object")
    fields = {column["fieldName"]: column for column in asset.columns}
    deleted = str(row.get(":deleted", "")).lower() == "true"
    for name in row:
        if name not in fields and name not in (":deleted", ":id"):
            raise ApiError(400, "invalid_request", f"Illegal field name sent: {name}", {"column": name})
    identifier = asset.row_identifier
    cells = {
        cell(fields[name]): _stored(fields[name], value)
        for name, value in row.items()
        if name in fields and (not deleted or fields[name] == identifier)
    }
    sid = _existing(store, asset, row, cells, counters)
    if deleted:
        if sid is None:
            raise ApiError(400, "no_such_row_to_delete", "No such row to delete")
        store.db.execute(f"DELETE FROM {asset.truth} WHERE sid = ?", (sid,))
        counters["Rows Deleted"] += 1
    elif sid is not None:
        changes = "".join(f", {name} = ?" for name in cells)
        store.db.execute(
            f"UPDATE {asset.truth} SET changed = ?{changes} WHERE sid = ?",
            (time.time(), *cells.values(), sid),
        )
        counters["Rows Updated"] += 1
    else:
        names = "".join(f", {name}" for name in cells)
        marks = ", ?" * len(cells)
        now = time.time()
        store.db.execute(
            f"INSERT INTO {asset.truth} (made, changed{names}) VALUES (?, ?{marks})",
            (now, now, *cells.values()),
        )
        counters["Rows Created"] += 1


def _existing(
    store: Store, asset: Asset, row: dict[str, Any], cells: dict[str, Any], counters: dict[str, int]
) -> int | None:
    """The row that this one speaks of; without a row identifier every row without `:id` is a new one."""
    identifier = asset.row_identifier
    if ":id" in row:
        counters["By SID"] += 1
        found = store.rows(f"SELECT sid FROM {asset.truth} WHERE {soql.ROW_ID} = ?", [row[":id"]])
        if not found:
            raise ApiError(400, "no_such_row_to_update", "No such row to update")
        return found[0][0]
    if identifier is None:
        return None
    counters["By RowIdentifier"] += 1
    key = cells.get(cell(identifier))
    if key is None:
        raise ApiError(
            400, "soda.row.primary-key-nonexistent-or-null", "The row identifier is missing or null"
        )
    found = store.rows(f"SELECT sid FROM {asset.truth} WHERE {cell(identifier)} = ?", [key])
    return found[0][0] if found else None


def _stored(column: dict[str, Any], value: Any) -> str | None:
    try:
        return values.stored(column["dataTypeName"], value)
    except ValueError as error:
        raise ApiError(
            400,
            "soda.column.maltyped",
            f"The value for {column['fieldName']} {error}",
            {"column": column["fieldName"]},
        ) from error


def _corrupt(store: Store, asset: Asset) -> None:
    """The fault "corrupt": what the portal holds is not what it was given, and it does not say so."""
    column = next(item for item in asset.columns if item["dataTypeName"] == "text")
    store.db.execute(
        f"UPDATE {asset.truth} SET {cell(column)} = '!' || ifnull({cell(column)}, '') "
        f"WHERE sid = (SELECT min(sid) FROM {asset.truth})"
    )


def _shown(kind: str, value: Any) -> Any:
    if kind == "number":
        return str(value)
    return values.shown(kind, value) if kind in values.READERS else value


def _csv(fields: list[tuple[str, str]], rows: list[tuple[Any, ...]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow([name for name, _ in fields])
    writer.writerows(["" if value is None else value for value in row] for row in rows)
    return text.getvalue().encode()


def _headers(asset: Asset, query: soql.Query) -> dict[str, str]:
    moment = datetime.fromtimestamp(asset.doc["rowsUpdatedAt"], UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return {
        "X-SODA2-Data-Out-Of-Date": "true" if asset.behind else "false",
        "X-SODA2-Truth-Last-Modified": moment,
        "X-SODA2-Secondary-Last-Modified": moment,
        "X-SODA2-Fields": json.dumps([name for name, _ in query.fields]),
        "X-SODA2-Types": json.dumps([values.SODA_TYPES.get(kind, kind) for _, kind in query.fields]),
        "Last-Modified": moment,
        "ETag": f'"{asset.oid}.{asset.version}"',
    }
