"""/resource and /rows.csv: rows by SoQL, as JSON, CSV or GeoJSON, sent while they are read."""

from __future__ import annotations

import csv
import io
import itertools
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from publishing.devserver import assets, derived, geometry, queries, values
from publishing.devserver.http import ApiError, Request, Response
from publishing.devserver.store import Asset, Store

# What fits into so many rows is sent at once; the rest in pieces of so many.
AT_ONCE = 1000
Row = tuple[Any, ...]
Fields = list[tuple[str, str]]


def read(store: Store, request: Request) -> Response:
    asset = find(store, request)
    table = derived.table_of(store, asset)
    query = queries.compile_query(request.query, asset, table)
    headers = _headers(asset, table, query)
    kind = request.args.get("format") or "json"
    return answer(store, query, kind, headers)


def download(store: Store, request: Request) -> Response:
    """/api/views/{id}/rows.csv or .json: the whole table, its columns under the names that people read."""
    asset = assets.find(store, request, request.args["id"])
    query = queries.compile_query({"$limit": str(2**62)}, asset, derived.table_of(store, asset))
    if request.args["format"] == "csv":
        query.fields = [(column["name"], column["dataTypeName"]) for column in asset.columns]
    asset.doc["downloadCount"] = asset.doc.get("downloadCount", 0) + 1
    store.save(asset)
    return answer(store, query, request.args["format"], {})


def find(store: Store, request: Request) -> Asset:
    if store.asset(request.args["id"]) is None:
        raise ApiError(404, "dataset.missing", "Not found", {"id": request.args["id"]})
    return assets.find(store, request, request.args["id"])


def answer(store: Store, query: queries.Query, kind: str, headers: dict[str, str]) -> Response:
    """A short answer whole; a long one in pieces, over a connection that is closed at its end."""
    content_type, write = WRITERS[kind]
    sql = query.sql
    reader = store.reader()
    if kind == "csv" and query.lines is not None:
        sql, write = query.lines, _csv_lines
        # The text goes out in the bytes in which it is kept.
        reader.text_factory = bytes
    try:
        cursor = reader.execute(sql, query.params)
        first = cursor.fetchmany(AT_ONCE)
    except sqlite3.Error as error:
        reader.close()
        raise ApiError(400, "query.execution.failed", f"The query cannot be carried out: {error}") from error
    except BaseException:
        reader.close()
        raise
    if len(first) < AT_ONCE:
        reader.close()
        return Response(200, b"".join(write(query.fields, [first])), content_type, headers)
    batches = itertools.chain([first], _batches(reader, cursor))
    return Response(200, b"", content_type, headers, stream=write(query.fields, batches))


def _batches(reader: sqlite3.Connection, cursor: sqlite3.Cursor) -> Iterator[list[Row]]:
    try:
        while batch := cursor.fetchmany(AT_ONCE):
            yield batch
    finally:
        reader.close()


def _json(fields: Fields, batches: Iterable[list[Row]]) -> Iterator[bytes]:
    makers = [(name, _maker(kind)) for name, kind in fields]
    first = True
    for batch in batches:
        lines = [
            json.dumps(
                {
                    name: make(value)
                    for (name, make), value in zip(makers, row, strict=True)
                    if value is not None
                }
            )
            for row in batch
        ]
        yield (("[" if first else "\n,") + "\n,".join(lines)).encode()
        first = False
    yield b"[]\n" if first else b"]\n"


def _csv(fields: Fields, batches: Iterable[list[Row]]) -> Iterator[bytes]:
    head: list[Row] = [tuple(name for name, _ in fields)]
    flat = (_flat(fields, batch) for batch in batches)
    for batch in itertools.chain([head], flat):
        text = io.StringIO(newline="")
        csv.writer(text, quoting=csv.QUOTE_ALL).writerows(batch)
        yield text.getvalue().encode()


def _flat(fields: Fields, batch: list[Row]) -> list[Row]:
    """Rows as CSV has them: shapes as text, everything else as it is kept."""
    at = {place for place, (_, kind) in enumerate(fields) if kind in geometry.TYPES}
    if not at:
        return batch
    return [
        tuple(geometry.as_text(cell) if place in at and cell else cell for place, cell in enumerate(row))
        for row in batch
    ]


def _csv_lines(fields: Fields, batches: Iterable[list[Row]]) -> Iterator[bytes]:
    """Rows that are one line of CSV each already."""
    yield from _csv(fields, [])
    for batch in batches:
        yield b"".join([line + b"\r\n" for (line,) in batch])


def _geojson(fields: Fields, batches: Iterable[list[Row]]) -> Iterator[bytes]:
    """A feature for each row; its shape is the first column that holds one."""
    at = next((place for place, (_, kind) in enumerate(fields) if kind in geometry.TYPES), None)
    makers = [(name, _maker(kind)) for name, kind in fields]
    yield b'{"type": "FeatureCollection", "features": ['
    comma = ""
    for row in itertools.chain.from_iterable(batches):
        shape = None if at is None or row[at] is None else json.loads(row[at])
        told = {
            name: None if value is None else make(value)
            for place, ((name, make), value) in enumerate(zip(makers, row, strict=True))
            if place != at
        }
        yield f"{comma}{json.dumps({'type': 'Feature', 'geometry': shape, 'properties': told})}".encode()
        comma = "\n,"
    yield b"]}\n"


Writer = Callable[[Fields, Iterable[list[Row]]], Iterator[bytes]]
WRITERS: dict[str, tuple[str, Writer]] = {
    "json": ("application/json;charset=utf-8", _json),
    "csv": ("text/csv; charset=utf-8", _csv),
    "geojson": ("application/vnd.geo+json; charset=utf-8", _geojson),
}


def _maker(kind: str) -> Callable[[Any], Any]:
    if kind == "number":
        return str
    if kind in values.READERS and kind not in values.AS_KEPT:
        return lambda value: values.shown(kind, value)
    return lambda value: value


def _headers(asset: Asset, table: queries.Table, query: queries.Query) -> dict[str, str]:
    moment = datetime.fromtimestamp(table.rows_updated, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return {
        "X-SODA2-Data-Out-Of-Date": "true" if table.behind else "false",
        "X-SODA2-Truth-Last-Modified": moment,
        "X-SODA2-Secondary-Last-Modified": moment,
        "X-SODA2-Fields": json.dumps([name for name, _ in query.fields]),
        "X-SODA2-Types": json.dumps([values.SODA_TYPES.get(kind, kind) for _, kind in query.fields]),
        "Last-Modified": moment,
        "ETag": f'"{asset.oid}.{table.version}"',
        "Vary": "Accept-Encoding",
        "Age": "0",
    }
