"""/resource: upsert, replace and delete rows, with the portal's own counters."""

# ruff: noqa: S608 - the names in these statements are our own numbers; values are bound

from __future__ import annotations

import time
from typing import Any

from publishing.devserver import assets, reading, row_input, soql, values
from publishing.devserver.http import ApiError, Request, Response, json_response
from publishing.devserver.row_writer import RowWriter
from publishing.devserver.store import Asset, Store, cell


def upsert(store: Store, request: Request) -> Response:
    return _write(store, request, replace=False)


def replace(store: Store, request: Request) -> Response:
    return _write(store, request, replace=True)


def write_row(store: Store, request: Request) -> Response:
    """POST or PUT of /resource/{id}/{row}: one row by its key or its system id."""
    asset = _writable(store, request)
    row = request.json()
    if not isinstance(row, dict):
        raise ApiError(400, "soda.row.upsert-row-not-an-object", "A row is a JSON object")
    wanted = request.args["row"]
    key = asset.row_identifier
    row = row | ({":id": wanted} if key is None or wanted.startswith("row-") else {key["fieldName"]: wanted})
    store.before_write(asset)
    writer = RowWriter(store, asset)
    _Rows(asset, writer).put(row)
    return _done(store, asset, writer)


def read_row(store: Store, request: Request) -> Response:
    asset = reading.find(store, request)
    where, value = _where(asset, request.args["row"])
    fields = [(column["fieldName"], column["dataTypeName"]) for column in asset.columns]
    names = ", ".join(cell(column) for column in asset.columns)
    found = store.rows(f"SELECT {names} FROM {asset.truth} WHERE {where} = ?", [value])
    if not found:
        raise ApiError(404, "soda.row.not-found", "Row not found", {"row": request.args["row"]})
    return json_response(
        {
            name: values.shown(kind, kept)
            for (name, kind), kept in zip(fields, found[0], strict=True)
            if kept is not None
        }
    )


def delete_row(store: Store, request: Request) -> Response:
    asset = _writable(store, request)
    where, value = _where(asset, request.args["row"])
    found = store.rows(f"SELECT sid, {soql.ROW_ID} FROM {asset.truth} WHERE {where} = ?", [value])
    if not found:
        raise ApiError(404, "soda.row.not-found", "Row not found", {"row": request.args["row"]})
    store.before_write(asset)
    store.db.execute(f"DELETE FROM {asset.truth} WHERE sid = ?", (found[0][0],))
    return json_response([{"typ": "delete", "id": found[0][1]}])


def _where(asset: Asset, wanted: str) -> tuple[str, str | None]:
    if asset.row_identifier is not None and not wanted.startswith("row-"):
        return cell(asset.row_identifier), _stored(asset.row_identifier, wanted)
    return soql.ROW_ID, wanted


def _writable(store: Store, request: Request) -> Asset:
    request.signed_in()
    if store.asset(request.args["id"]) is None:
        raise ApiError(404, "dataset.missing", "Not found", {"id": request.args["id"]})
    return assets.writable(store, request, request.args["id"])


def _write(store: Store, request: Request, *, replace: bool) -> Response:
    """One write is one transaction: it is kept whole or not at all."""
    asset = _writable(store, request)
    settings = store.settings()
    limit = settings["max_body_bytes"]
    if limit and request.size > limit:
        raise ApiError(413, "req.body.too-large", "The body is too large")
    store.before_write(asset)
    if replace:
        store.db.execute(f"DELETE FROM {asset.truth}")
    writer = RowWriter(store, asset)
    rows = _Rows(asset, writer)
    drop = int(request.headers.get("x-standin-drop", 0))
    strict = settings["strict_content_type"]
    for number, row in enumerate(row_input.rows(request, asset, strict=strict)):
        if number < drop:
            writer.counters["Errors"] += 1
            continue
        try:
            rows.put(row)
        except ApiError:
            if settings["row_errors"] == "fatal":
                raise
            writer.counters["Errors"] += 1
    if "x-standin-corrupt" in request.headers:
        writer.flush()
        _corrupt(store, asset)
    return _done(store, asset, writer)


def _done(store: Store, asset: Asset, writer: RowWriter) -> Response:
    writer.flush()
    asset.doc["rowsUpdatedAt"] = int(time.time())
    store.save(asset)
    version = str(store.rows("SELECT version FROM asset WHERE oid = ?", [asset.oid])[0][0])
    return json_response(writer.counters, headers={"X-SODA2-Truth-Version": version})


class _Rows:
    """Rows as they are sent, checked, into the writer."""

    def __init__(self, asset: Asset, writer: RowWriter) -> None:
        self.writer = writer
        self.identifier = asset.row_identifier
        self.readers = {
            column["fieldName"]: (cell(column), values.READERS[column["dataTypeName"]])
            for column in asset.columns
        }

    def put(self, row: Any) -> None:
        if not isinstance(row, dict):
            raise ApiError(400, "soda.row.upsert-row-not-an-object", "A row is a JSON object")
        cells: dict[str, Any] = {}
        deleted = ":deleted" in row and str(row[":deleted"]).lower() == "true"
        key = None if self.identifier is None else self.identifier["fieldName"]
        name = ""
        try:
            for name, value in row.items():
                known = self.readers.get(name)
                if known is None:
                    _check_system_field(name)
                elif not deleted or name == key:
                    cells[known[0]] = None if value is None else known[1](value)
        except ValueError as error:
            raise _maltyped(name, error) from error
        row_id = row.get(":id") or None
        if deleted:
            self.writer.delete(cells, row_id)
        elif row_id:
            self.writer.put_by_sid(str(row_id), cells)
        else:
            self.writer.put(cells)


def _check_system_field(name: str) -> None:
    if name not in (":deleted", ":id"):
        message = f"Illegal field name sent: {name}"
        raise ApiError(400, "invalid_request", message, {"column": name})


def _maltyped(name: str, error: ValueError) -> ApiError:
    return ApiError(400, "soda.column.maltyped", f"The value for {name} {error}", {"column": name})


def _stored(column: dict[str, Any], value: Any) -> str | None:
    try:
        return values.stored(column["dataTypeName"], value)
    except ValueError as error:
        raise _maltyped(column["fieldName"], error) from error


def _corrupt(store: Store, asset: Asset) -> None:
    """The fault "corrupt": what the portal holds is not what it was given, and it does not say so."""
    column = next(item for item in asset.columns if item["dataTypeName"] == "text")
    store.db.execute(
        f"UPDATE {asset.truth} SET {cell(column)} = '!' || ifnull({cell(column)}, '') "
        f"WHERE sid = (SELECT min(sid) FROM {asset.truth})"
    )
