"""The answers of DSMAPI: a resource, and links to what may be done with it. Braces in links stay for the client."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from publishing.devserver.http import ApiError, Response, json_response

ROOT = "/api/publishing/v1"


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def refusal(status: int, key: str, message: str, **params: Any) -> ApiError:
    """An error in the shape of DSMAPI, with the core's keys beside its own."""
    error = ApiError(status, key, message)
    error.body |= {"key": key, "params": params}
    return error


def answer(resource: dict[str, Any], links: dict[str, Any], status: int = 200) -> Response:
    return json_response({"resource": resource, "links": links}, status=status)


def by(user: dict[str, Any]) -> dict[str, str]:
    return {"user_id": user["id"], "email": user["email"], "display_name": user["displayName"]}


def revision_links(revision: dict[str, Any]) -> dict[str, str]:
    own = f"{ROOT}/revision/{revision['fourfour']}/{revision['revision_seq']}"
    return {
        "show": own,
        "update": own,
        "discard": own,
        "metadata": own,
        "apply": f"{own}/apply",
        "plan": f"{own}/plan",
        "create_source": f"{own}/source",
        "list_sources": f"{own}/source",
        "attachment": f"{own}/attachment",
    }


def source_links(source_id: int) -> dict[str, Any]:
    own = f"{ROOT}/source/{source_id}"
    return {
        "show": own,
        "bytes": own,
        "initiate": f"{own}/initiate",
        "chunk": f"{own}/chunk/{{seq_num}}/{{byte_offset}}",
        "commit": f"{own}/chunk/{{seq_num}}/{{byte_offset}}/commit",
        "cancel": f"{own}/cancel",
        "load": f"{own}/load",
        "update": f"{own}/options",
        "add_to_revision": own,
        "input_schema_links": input_links(source_id, "{input_schema_id}"),
    }


def input_links(source_id: int, schema_id: int | str) -> dict[str, Any]:
    own = f"{ROOT}/source/{source_id}/schema/{schema_id}"
    return {
        "show": own,
        "transform": own,
        "latest_output": f"{own}/output/latest",
        "row_errors": f"{own}/errors",
        "output_schema_links": output_links(source_id, schema_id, "{output_schema_id}"),
    }


def output_links(source_id: int, schema_id: int | str, output_id: int | str) -> dict[str, str]:
    own = f"{ROOT}/source/{source_id}/schema/{schema_id}/output/{output_id}"
    return {
        "show": own,
        "rows": f"{own}/rows",
        "schema_errors": f"{own}/schema_errors",
        "validate_row_id": f"{own}/validate_row_id/{{transform_id}}",
        "build_config": f"{ROOT}/config/build_from/{output_id}",
    }


def config_links(name: str) -> dict[str, str]:
    own = f"{ROOT}/config/{name}"
    return {"show": own, "update": own, "delete": own, "create_revision": f"{own}/revision/{{fourfour}}"}
