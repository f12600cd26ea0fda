"""Rows through the expressions of an output schema: what they become, and what cannot be made of them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from publishing.devserver import values
from publishing.devserver.dsmapi import parsing, uploads
from publishing.devserver.dsmapi.functions import Cell, Conversion
from publishing.devserver.dsmapi.shapes import refusal
from publishing.devserver.dsmapi.transforms import Node, compile_transform
from publishing.devserver.http import Request, Response, json_response
from publishing.devserver.store import Store

# Bad rows are counted all and kept up to here.
KEPT = 10_000
Columns = list[tuple[dict[str, Any], Node]]


class Made(NamedTuple):
    """A row, as it was found and as it becomes; a Conversion stands where nothing can be made."""

    offset: int
    found: list[Cell]
    cells: list[Cell | Conversion]


class BadRows:
    def __init__(self, store: Store, holder: str) -> None:
        self.store, self.holder, self.count = store, holder, 0
        store.db.execute("DELETE FROM bad_row WHERE holder = ?", (holder,))

    def add(self, offset: int, body: dict[str, Any]) -> None:
        self.count += 1
        if self.count <= KEPT:
            row = (self.holder, offset, json.dumps(body))
            self.store.db.execute("INSERT OR REPLACE INTO bad_row VALUES (?, ?, ?)", row)


def compiled(schema: dict[str, Any], output: dict[str, Any]) -> Columns:
    """The columns of the output by position, each with its expression."""
    ordered = sorted(output["output_columns"], key=lambda column: column["position"])
    return [
        (column, compile_transform(column["transform"]["transform_expr"], schema["input_columns"]))
        for column in ordered
    ]


def results(store: Store, source: dict[str, Any], schema: dict[str, Any], columns: Columns) -> Iterator[Made]:
    """Every row of the right width."""
    makers = [node.make for _, node in columns]
    path = uploads.path_of(store, source)
    for line in parsing.lines(path, source["parse_options"], len(schema["input_columns"])):
        if line.error is not None:
            continue
        try:
            yield Made(line.offset, line.cells, [make(line.cells) for make in makers])
        except Conversion:
            yield Made(line.offset, line.cells, [_tried(make, line.cells) for make in makers])


def _tried(make: Any, row: list[Cell]) -> Cell | Conversion:
    try:
        made: Cell = make(row)
    except Conversion as problem:
        return problem
    return made


def evaluate(store: Store, source: dict[str, Any], schema: dict[str, Any], output: dict[str, Any]) -> None:
    """Try every row and count what cannot be made, for the whole and for each column."""
    columns = compiled(schema, output)
    bad = BadRows(store, f"schema/{output['id']}")
    total = 0
    for made in results(store, source, schema, columns):
        wrong = [at for at, value in enumerate(made.cells) if isinstance(value, Conversion)]
        if not wrong:
            continue
        total += len(wrong)
        for at in wrong:
            columns[at][0]["transform"]["error_count"] += 1
        bad.add(made.offset, _row(schema, columns, made))
    output["error_count"] = total
    store.papers.put("output_schema", output["id"], output)


def _row(schema: dict[str, Any], columns: Columns, made: Made) -> dict[str, Any]:
    """A row as DSMAPI tells it: what is well under "ok", what is not with the values that it came from."""
    cells: list[dict[str, Any]] = []
    for (_, node), value in zip(columns, made.cells, strict=True):
        if isinstance(value, Conversion):
            names = [schema["input_columns"][at]["field_name"] for at in sorted(node.reads)]
            taken = [made.found[at] for at in sorted(node.reads)]
            inputs = {name: {"ok": text} for name, text in zip(names, taken, strict=True)}
            cells.append({"error": {"message": str(value), "inputs": inputs}})
        else:
            cells.append({"ok": None if value is None else values.shown(node.kind, value)})
    return {"row": cells, "offset": made.offset}


# --- routes


def schema_of(store: Store, request: Request) -> tuple[dict[str, Any], dict[str, Any]]:
    """The source and its input schema; raises ApiError 404."""
    source = store.papers.get("source", request.args["source"])
    schema = store.papers.get("input_schema", request.args["schema"])
    if source is None or schema is None or schema["source"] != source["id"]:
        raise refusal(404, "schema_not_found", "No such schema")
    return source, schema


def output_of(store: Store, request: Request, schema: dict[str, Any]) -> dict[str, Any]:
    wanted = request.args["output"]
    number = schema["outputs"][-1] if wanted == "latest" else int(wanted)
    output = store.papers.get("output_schema", number)
    if output is None or number not in schema["outputs"]:
        raise refusal(404, "output_schema_not_found", "No such output schema")
    return output


def rows(store: Store, request: Request) -> Response:
    request.publisher()
    source, schema = schema_of(store, request)
    output = output_of(store, request, schema)
    offset, limit = _window(request)
    columns = compiled(schema, output)
    chosen = islice(results(store, source, schema, columns), offset, offset + limit)
    return json_response([output, *(_row(schema, columns, made) for made in chosen)])


def schema_errors(store: Store, request: Request) -> Response:
    """The rows with a value that cannot be made, as JSON, or as CSV for whoever asks for that."""
    request.publisher()
    _, schema = schema_of(store, request)
    output = output_of(store, request, schema)
    found = _kept(store, request, f"schema/{output['id']}")
    if request.headers.get("accept") != "text/csv":
        return json_response([output, *found])
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    ordered = sorted(output["output_columns"], key=lambda column: column["position"])
    writer.writerow([column["field_name"] for column in ordered])
    for row in found:
        writer.writerow([cell["error"]["message"] if "error" in cell else cell["ok"] for cell in row["row"]])
    return Response(200, text.getvalue().encode(), "text/csv; charset=utf-8")


def row_errors(store: Store, request: Request) -> Response:
    request.publisher()
    _, schema = schema_of(store, request)
    return json_response(_kept(store, request, f"row/{schema['id']}"))


def validate_row_id(store: Store, request: Request) -> Response:
    """Is every value of this column there, well, and there once?"""
    request.publisher()
    source, schema = schema_of(store, request)
    output = output_of(store, request, schema)
    columns = [
        (column, node)
        for column, node in compiled(schema, output)
        if column["transform"]["id"] == int(request.args["transform"])
    ]
    if not columns:
        raise refusal(404, "transform_not_found", "No such transform")
    # The values are compared in a table, not in memory: there may be millions.
    store.db.execute("DROP TABLE IF EXISTS temp.seen")
    store.db.execute("CREATE TEMP TABLE seen (value TEXT PRIMARY KEY) WITHOUT ROWID")
    total = 0
    for made in results(store, source, schema, columns):
        value = made.cells[0]
        total += 1
        if value is None or isinstance(value, Conversion):
            return json_response({"valid": False})
        store.db.execute("INSERT OR IGNORE INTO temp.seen VALUES (?)", (value,))
    there = store.db.execute("SELECT COUNT(*) FROM temp.seen").fetchone()[0]
    return json_response({"valid": there == total})


def _kept(store: Store, request: Request, holder: str) -> list[Any]:
    offset, limit = _window(request)
    found = store.rows(
        "SELECT body FROM bad_row WHERE holder = ? ORDER BY start LIMIT ? OFFSET ?", [holder, limit, offset]
    )
    return [json.loads(body) for (body,) in found]


def _window(request: Request) -> tuple[int, int]:
    try:
        return max(0, int(request.query.get("offset", 0))), max(0, int(request.query.get("limit", 500)))
    except ValueError as error:
        raise refusal(400, "bad_request", "offset and limit are whole numbers") from error
