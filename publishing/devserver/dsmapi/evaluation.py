"""Rows through the expressions of an output schema: what they become, and what cannot be made of them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from publishing.devserver import values
from publishing.devserver.dsmapi import blocks, columnar
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


def results(
    store: Store, source: dict[str, Any], schema: dict[str, Any], columns: Columns, start: int
) -> Iterator[Made]:
    """The rows of the right width, one by one, without the first `start` of them."""
    for block in blocks.of(store, source, len(schema["input_columns"]), start):
        yield from _rows_of(block, columns, range(max(0, start - block.start), len(block.offsets)))


def _rows_of(block: blocks.Block, columns: Columns, places: Iterable[int]) -> Iterator[Made]:
    for place in places:
        found = list(block.cells.row(place))
        yield Made(block.offsets[place], found, [_tried(node, found) for _, node in columns])


def _tried(node: Node, row: list[Cell]) -> Cell | Conversion:
    try:
        return node.make(row)
    except Conversion as problem:
        return problem


def evaluate(store: Store, source: dict[str, Any], schema: dict[str, Any], output: dict[str, Any]) -> None:
    """Try every row and count what cannot be made, for the whole and for each column."""
    columns = compiled(schema, output)
    bad = BadRows(store, f"schema/{output['id']}")
    for block in blocks.of(store, source, len(schema["input_columns"])):
        wrong = np.zeros(len(block.offsets), dtype=bool)
        for column, node in columns:
            made = columnar.make(node, block.cells)
            column["transform"]["error_count"] += made.wrong.sum()
            wrong |= made.wrong.to_numpy()
        places = np.flatnonzero(wrong)[: KEPT - bad.count].tolist()
        for row in _rows_of(block, columns, places):
            bad.add(row.offset, _row(schema, columns, row))
    output["error_count"] = sum(column["transform"]["error_count"] for column, _ in columns)
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
    chosen = islice(results(store, source, schema, columns, offset), limit)
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
    wanted = int(request.args["transform"])
    found = [node for column, node in compiled(schema, output) if column["transform"]["id"] == wanted]
    if not found:
        raise refusal(404, "transform_not_found", "No such transform")

    def made() -> Iterator[pl.Series]:
        for block in blocks.of(store, source, len(schema["input_columns"])):
            yield columnar.make(found[0], block.cells).values

    return json_response({"valid": _each_once(made)})


def _each_once(blocks_of_values: Callable[[], Iterator[pl.Series]]) -> bool:
    """Is every value there, and there once? There may be millions: they are compared where their hashes are equal."""
    hashes = []
    for values_of_block in blocks_of_values():
        if values_of_block.has_nulls() or values_of_block.is_duplicated().any():
            return False
        hashes.append(values_of_block.hash())
    if not hashes:
        return True
    every = pl.concat(hashes)
    twice = every.filter(every.is_duplicated()).unique().implode()
    alike = pl.concat([part.filter(part.hash().is_in(twice)) for part in blocks_of_values()])
    return not alike.is_duplicated().any()


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
