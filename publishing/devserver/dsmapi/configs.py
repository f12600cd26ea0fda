"""Import configs: how files of one kind are read and turned, kept under a name."""

from __future__ import annotations

from typing import Any

from publishing.devserver.dsmapi import parsing
from publishing.devserver.dsmapi.shapes import answer, config_links, refusal
from publishing.devserver.http import Request, Response, json_response
from publishing.devserver.store import Store

KEYS = ("name", "data_action", "parse_options", "columns")
ACTIONS = ("update", "replace", "delete")


def create(store: Store, request: Request) -> Response:
    request.publisher()
    return _shown(_keep(store, request.json(), new=True), status=201)


def build(store: Store, request: Request) -> Response:
    """POST …/config/build_from/{output schema}: the same columns again, for files to come."""
    request.publisher()
    output = store.papers.get("output_schema", request.args["output"])
    if output is None:
        raise refusal(404, "output_schema_not_found", "No such output schema")
    data = request.json()
    schema = store.papers.get("input_schema", output["input_schema_id"]) or {}
    source = store.papers.get("source", schema["source"]) or {}
    columns = [
        {
            "field_name": column["field_name"],
            "display_name": column["display_name"],
            "description": column["description"],
            "format": column["format"],
            "is_primary_key": column["is_primary_key"],
            "transform_expr": column["transform"]["transform_expr"],
        }
        for column in sorted(output["output_columns"], key=lambda item: item["position"])
    ]
    config = {
        "name": data.get("name"),
        "data_action": data.get("data_action"),
        "parse_options": source["parse_options"],
        "columns": columns,
    }
    return _shown(_keep(store, config, new=True), status=201)


def listed(store: Store, request: Request) -> Response:
    request.publisher()
    return json_response([_told(config) for config in store.papers.every("config")])


def read(store: Store, request: Request) -> Response:
    request.publisher()
    return _shown(_find(store, request))


def change(store: Store, request: Request) -> Response:
    request.publisher()
    config = _find(store, request)
    data = request.json()
    return _shown(_keep(store, config | {key: data[key] for key in KEYS[1:] if key in data}, new=False))


def delete(store: Store, request: Request) -> Response:
    request.publisher()
    config = _find(store, request)
    store.papers.drop("config", config["name"])
    return _shown(config)


def _find(store: Store, request: Request) -> dict[str, Any]:
    config = store.papers.get("config", request.args["config"])
    if config is None:
        raise refusal(404, "config_not_found", "No such import config")
    return config


def _keep(store: Store, data: Any, *, new: bool) -> dict[str, Any]:
    if not isinstance(data, dict) or not isinstance(data.get("name"), str) or not data["name"]:
        raise refusal(400, "bad_config", "An import config has a name")
    if data.get("data_action") not in ACTIONS:
        raise refusal(400, "bad_config", f"data_action is one of {', '.join(ACTIONS)}")
    if new and store.papers.get("config", data["name"]) is not None:
        raise refusal(409, "config_exists", "There is an import config of this name")
    config = {key: data.get(key) for key in KEYS}
    config["parse_options"] = parsing.DEFAULTS | (config["parse_options"] or {})
    return store.papers.put("config", data["name"], config)


def _told(config: dict[str, Any]) -> dict[str, Any]:
    return {"resource": config, "links": config_links(config["name"])}


def _shown(config: dict[str, Any], status: int = 200) -> Response:
    return answer(config, config_links(config["name"]), status)
