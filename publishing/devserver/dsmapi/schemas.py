"""Input schemas, as a file was found, and output schemas, as it shall become."""

from __future__ import annotations

from typing import Any

from publishing.devserver import assets
from publishing.devserver.dsmapi import blocks, evaluation, parsing, uploads
from publishing.devserver.dsmapi.notations import Guess
from publishing.devserver.dsmapi.shapes import answer, input_links, now, output_links, refusal
from publishing.devserver.dsmapi.transforms import compile_transform
from publishing.devserver.http import ApiError, Request, Response
from publishing.devserver.store import Asset, Store

FIRST = {"input_schema": 11, "input_column": 21, "output_schema": 31, "output_column": 41, "transform": 51}


def _number(store: Store, kind: str) -> int:
    return store.next_number(kind, FIRST[kind])


# --- what was found


def from_file(store: Store, source: dict[str, Any]) -> dict[str, Any]:
    """Read the file once: its columns, all text, and a first output schema that is a guess."""
    names = parsing.header(uploads.path_of(store, source), source["parse_options"])
    fields = parsing.field_names(names)
    columns = [
        {"field_name": field, "display_name": name.strip() or field, "soql_type": "text"}
        for field, name in zip(fields, names, strict=True)
    ]
    schema = _input(store, source, columns)
    _survey(store, source, schema)
    config = _config(store, source)
    wanted = (config or {}).get("columns") or _guessed(store, source, columns)
    output = _output(store, schema, [_from_config(item, at) for at, item in enumerate(wanted, start=1)], [])
    # A guess fits every row, so only what a configuration asks for has to be tried.
    if config:
        evaluation.evaluate(store, source, schema, output)
    return schema


def from_asset(store: Store, source: dict[str, Any], asset: Asset) -> dict[str, Any]:
    """The columns of a dataset as they are, types included, and an output schema that changes nothing."""
    columns = [
        {
            "field_name": column["fieldName"],
            "display_name": column["name"],
            "soql_type": column["dataTypeName"],
        }
        for column in asset.columns
    ]
    schema = _input(store, source, columns)
    _survey(store, source, schema)
    identifier = asset.row_identifier
    wanted = [
        {
            **column,
            "position": at,
            "is_primary_key": identifier is not None and identifier["fieldName"] == column["field_name"],
            "transform": {"transform_expr": f"`{column['field_name']}`"},
        }
        for at, column in enumerate(columns, start=1)
    ]
    _output(store, schema, wanted, [])
    return schema


def _input(store: Store, source: dict[str, Any], columns: list[dict[str, Any]]) -> dict[str, Any]:
    number = _number(store, "input_schema")
    for position, column in enumerate(columns, start=1):
        column |= {
            "id": _number(store, "input_column"),
            "position": position,
            "input_schema_id": number,
            "semantic_type": None,
        }
    schema = {
        "id": number,
        "source": source["id"],
        "name": None,
        "total_rows": 0,
        "num_row_errors": 0,
        "input_columns": columns,
        "outputs": [],
    }
    return store.papers.put("input_schema", number, schema)


def _survey(store: Store, source: dict[str, Any], schema: dict[str, Any]) -> None:
    bad = evaluation.BadRows(store, f"row/{schema['id']}")

    def misfit(line: parsing.Line) -> None:
        bad.add(line.offset, {"offset": line.offset, "error": line.error})

    fit = blocks.keep(store, source, len(schema["input_columns"]), misfit)
    schema |= {"total_rows": fit + bad.count, "num_row_errors": bad.count}
    store.papers.put("input_schema", schema["id"], schema)


def _guessed(store: Store, source: dict[str, Any], columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each column by the first type that all its values can be read as."""
    guesses = [Guess() for _ in columns]
    for block in blocks.of(store, source, len(columns)):
        for guess, cells in zip(guesses, block.cells, strict=True):
            guess.look(cells)
    return [
        {
            "field_name": column["field_name"],
            "display_name": column["display_name"],
            "transform_expr": parsing.transform_for(column["field_name"], guess.kind),
        }
        for column, guess in zip(columns, guesses, strict=True)
    ]


def _config(store: Store, source: dict[str, Any]) -> dict[str, Any] | None:
    revision = store.papers.get("revision", source["revision"] or "")
    return store.papers.get("config", revision.get("config") or "") if revision else None


def _from_config(item: dict[str, Any], position: int) -> dict[str, Any]:
    return {
        "field_name": item["field_name"],
        "display_name": item.get("display_name") or item["field_name"],
        "description": item.get("description") or "",
        "format": item.get("format") or {},
        "is_primary_key": bool(item.get("is_primary_key")),
        "position": position,
        "transform": {"transform_expr": item["transform_expr"]},
    }


# --- what it shall become


def transform(store: Store, request: Request) -> Response:
    """POST …/source/{id}/schema/{id}: other columns, each by its expression."""
    request.publisher()
    source, schema = evaluation.schema_of(store, request)
    data = request.json()
    wanted = data.get("output_columns") if isinstance(data, dict) else None
    if not isinstance(wanted, list) or not wanted:
        raise refusal(400, "bad_output_schema", "output_columns is a list with at least one column")
    output = _output(store, schema, wanted, data.get("sort_bys") or [])
    evaluation.evaluate(store, source, schema, output)
    output["polls"] = store.settings()["source_polls"]
    store.papers.put("output_schema", output["id"], output)
    return _shown(source["id"], schema["id"], output, status=201)


def _output(
    store: Store, schema: dict[str, Any], wanted: list[dict[str, Any]], sort_bys: list[Any]
) -> dict[str, Any]:
    taken: set[str] = set()
    columns = [
        _output_column(store, schema, item, position, taken) for position, item in enumerate(wanted, start=1)
    ]
    if sum(column["is_primary_key"] for column in columns) > 1:
        raise refusal(400, "bad_output_schema", "Only one column can be the row identifier")
    output = {
        "id": _number(store, "output_schema"),
        "input_schema_id": schema["id"],
        "total_rows": schema["total_rows"],
        "error_count": 0,
        "sort_bys": sort_bys,
        "created_at": now(),
        "finished_at": now(),
        "completed_at": now(),
        "output_columns": columns,
        "polls": 0,
    }
    schema["outputs"].append(output["id"])
    store.papers.put("input_schema", schema["id"], schema)
    return store.papers.put("output_schema", output["id"], output)


def _output_column(
    store: Store, schema: dict[str, Any], item: dict[str, Any], position: int, taken: set[str]
) -> dict[str, Any]:
    expression = str((item.get("transform") or {}).get("transform_expr") or "")
    node = compile_transform(expression, schema["input_columns"])
    try:
        assets.check_field_name(str(item.get("field_name")), taken)
    except ApiError as error:
        raise refusal(400, "bad_field_name", str(error)) from error
    ids = [schema["input_columns"][at]["id"] for at in sorted(node.reads)]
    return {
        "id": _number(store, "output_column"),
        "field_name": item["field_name"],
        "display_name": item.get("display_name") or item["field_name"],
        "position": item.get("position") or position,
        "description": item.get("description") or "",
        "format": item.get("format") or {},
        "is_primary_key": bool(item.get("is_primary_key")),
        "initial_output_column_id": item.get("initial_output_column_id"),
        "transform": {
            "id": _number(store, "transform"),
            "transform_expr": expression,
            "output_soql_type": node.kind,
            "finished_at": now(),
            "failed_at": None,
            "error_count": 0,
            "attempts": 0,
            "failure_details": None,
            "transform_input_columns": [{"input_column_id": number} for number in ids],
        },
    }


# --- shown


def told(store: Store, number: int) -> dict[str, Any]:
    """An input schema with the output schemas made from it."""
    schema = store.papers.get("input_schema", number) or {}
    shown = {name: value for name, value in schema.items() if name not in ("outputs", "source")}
    outputs = [store.papers.get("output_schema", output) or {} for output in schema["outputs"]]
    shown["output_schemas"] = [_told_output(output) for output in outputs]
    return shown


def _told_output(output: dict[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in output.items() if name != "polls"}
    if output["polls"] > 0:
        shown |= {"finished_at": None, "completed_at": None, "error_count": 0}
    return shown


def _shown(source: int, schema: int, output: dict[str, Any], status: int = 200) -> Response:
    return answer(_told_output(output), output_links(source, schema, output["id"]), status)


def read_input(store: Store, request: Request) -> Response:
    request.publisher()
    source, schema = evaluation.schema_of(store, request)
    return answer(told(store, schema["id"]), input_links(source["id"], schema["id"]))


def read_output(store: Store, request: Request) -> Response:
    """One output schema, or the latest; each look brings it a step nearer to its end."""
    request.publisher()
    source, schema = evaluation.schema_of(store, request)
    output = evaluation.output_of(store, request, schema)
    if output["polls"] > 0:
        output["polls"] -= 1
        store.papers.put("output_schema", output["id"], output)
    return _shown(source["id"], schema["id"], output)
