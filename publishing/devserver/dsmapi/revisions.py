"""Revisions: a change to a dataset that nobody sees until it is applied."""

from __future__ import annotations

import copy
import json
from typing import Any

from publishing.devserver import assets, blobs
from publishing.devserver.dsmapi import jobs
from publishing.devserver.dsmapi.shapes import answer, by, now, refusal, revision_links
from publishing.devserver.http import Request, Response, json_response
from publishing.devserver.store import Asset, Store

FIRST_ID = 501
ACTIONS = ("update", "replace", "delete")
PERMISSIONS = (None, "private", "public")
CHANGED = ("metadata", "output_schema_id", "notes", "permissions", "action", "blob_id", "href")


def create_new(store: Store, request: Request) -> Response:
    """POST /revision: a dataset that is not there yet, and its first revision, number 0."""
    user = request.publisher()
    data = _asked(request)
    metadata = data.get("metadata") or {}
    asset = assets.create(store, {**metadata, "columns": []}, user)
    if "deleted_at" in request.query:
        asset.doc["deletedAt"] = request.query["deleted_at"]
        store.save(asset)
    return _opened(store, asset, user, data, 0)


def create(store: Store, request: Request) -> Response:
    user = request.publisher()
    asset = assets.find(store, request, request.args["id"])
    if assets.is_derived(asset):
        raise refusal(400, "not_supported", "A filtered view has no revisions of its own")
    data = _asked(request) if request.size else {}
    if "config" in request.args:
        data = {"config": request.args["config"]}
    seqs = [revision["revision_seq"] for revision in _of(store, asset.id)]
    return _opened(store, asset, user, data, max(seqs, default=0) + 1)


def _asked(request: Request) -> dict[str, Any]:
    data = request.json()
    if not isinstance(data, dict):
        raise refusal(400, "bad_request", "A revision is a JSON object")
    return data


def _opened(store: Store, asset: Asset, user: dict[str, Any], data: dict[str, Any], number: int) -> Response:
    action: dict[str, Any] = {"type": "update", "schema": None, "permission": None}
    if data.get("config"):
        config = store.papers.get("config", data["config"])
        if config is None:
            raise refusal(404, "config_not_found", "No such import config")
        action["type"] = config["data_action"]
    action |= data.get("action") or {}
    if action["type"] not in ACTIONS or action["permission"] not in PERMISSIONS:
        raise refusal(400, "bad_action", "The action has an unknown type or permission")
    metadata = data.get("metadata") or {}
    assets.check_fields(store, metadata, own=asset)
    revision: dict[str, Any] = {
        "id": store.next_number("revision", FIRST_ID),
        "fourfour": asset.id,
        "revision_seq": number,
        "metadata": copy.deepcopy(metadata),
        "action": action,
        "permissions": None,
        "output_schema_id": None,
        "blob_id": None,
        "href": [],
        "attachments": [],
        "notes": None,
        "config": data.get("config"),
        "task_sets": [],
        "created_at": now(),
        "closed_at": None,
        "created_by": by(user),
    }
    _save(store, revision)
    return _shown(store, revision, status=201)


def listed(store: Store, request: Request) -> Response:
    """GET /revision/{id}: all revisions, or only those that are open."""
    request.publisher()
    asset = assets.find(store, request, request.args["id"])
    found = _of(store, asset.id)
    if request.query.get("open") == "true":
        found = [revision for revision in found if revision["closed_at"] is None]
    return json_response([_told(store, revision) for revision in found])


def read(store: Store, request: Request) -> Response:
    request.publisher()
    return _shown(store, find(store, request))


def change(store: Store, request: Request) -> Response:
    """PUT or PATCH: the keys that are sent; attachments that are not sent are gone afterwards."""
    request.publisher()
    revision = _open(store, request)
    data = _asked(request)
    if "metadata" in data:
        asset = assets.find(store, request, revision["fourfour"])
        assets.check_fields(store, data["metadata"], own=asset)
        data["metadata"] = revision["metadata"] | data["metadata"]
    if data.get("output_schema_id") is not None:
        jobs.output_of(store, revision, data["output_schema_id"])
    revision |= {key: data[key] for key in CHANGED if key in data}
    revision["attachments"] = data.get("attachments") or []
    _save(store, revision)
    return _shown(store, revision, status=202)


def discard(store: Store, request: Request) -> Response:
    request.publisher()
    revision = _open(store, request)
    revision["closed_at"] = now()
    _save(store, revision)
    return _shown(store, revision)


def attach(store: Store, request: Request) -> Response:
    """POST …/attachment: a file, under the name in X-File-Name; a PATCH then says that it belongs."""
    request.publisher()
    revision = _open(store, request)
    name = request.headers.get("x-file-name")
    if not name:
        raise refusal(400, "missing_file_name", "X-File-Name is missing")
    kind = request.headers.get("content-type", "application/octet-stream")
    kept = blobs.keep(store, request.file, name=name, content_type=kind, asset=revision["fourfour"])
    return json_response({"filename": name, "file_id": kept["id"]}, status=201)


def plan(store: Store, request: Request) -> Response:
    """GET …/plan: the steps that applying would take."""
    request.publisher()
    revision = find(store, request)
    steps = ["prepare_draft_for_import"]
    if revision["output_schema_id"] is not None:
        steps += ["set_schema", "upsert_task", "set_display_type"]
    steps += ["apply_metadata", "publish", "wait_for_replication"]
    if revision["action"]["permission"]:
        steps.append("set_permission")
    return json_response({"resource": [{"type": step} for step in steps], "links": {}})


def apply(store: Store, request: Request) -> Response:
    """PUT …/apply: begins the job, or puts the revision into the queue of those who approve."""
    user = request.publisher()
    revision = find(store, request)
    running = [jobs.read(store, number) for number in revision["task_sets"]]
    if running and running[-1]["status"] != "failure":
        # Sent again, as after an answer that was lost: the job is the one that was begun.
        return jobs.shown(store, revision, running[-1])
    if revision["closed_at"]:
        raise refusal(400, "revision_closed", "The revision is closed")
    data = _asked(request) if request.size else {}
    if data.get("output_schema_id") is not None:
        revision["output_schema_id"] = data["output_schema_id"]
    if revision["output_schema_id"] is not None:
        output = jobs.output_of(store, revision, revision["output_schema_id"])
        if output["polls"] > 0:
            raise refusal(400, "output_schema_unfinished", "The output schema is not finished yet")
    _save(store, revision)
    return jobs.begin(store, revision, user)


def read_job(store: Store, request: Request) -> Response:
    request.publisher()
    revision = find(store, request)
    number = int(request.args["job"])
    if number not in revision["task_sets"]:
        raise refusal(404, "job_not_found", "No such job")
    jobs.advance(store, number)
    return jobs.shown(store, find(store, request), jobs.read(store, number))


def find(store: Store, request: Request) -> dict[str, Any]:
    assets.find(store, request, request.args["id"])
    found = store.papers.get("revision", f"{request.args['id']}/{request.args['seq']}")
    if found is None:
        raise refusal(404, "revision_not_found", "No such revision")
    return found


def _open(store: Store, request: Request) -> dict[str, Any]:
    revision = find(store, request)
    if revision["closed_at"]:
        raise refusal(400, "revision_closed", "The revision is closed")
    return revision


def _of(store: Store, asset: str) -> list[dict[str, Any]]:
    rows = store.rows(
        "SELECT body FROM doc WHERE kind = 'revision' AND id LIKE ? ORDER BY rowid", [f"{asset}/%"]
    )
    return [json.loads(body) for (body,) in rows]


def _save(store: Store, revision: dict[str, Any]) -> None:
    store.papers.put("revision", f"{revision['fourfour']}/{revision['revision_seq']}", revision)


def _told(store: Store, revision: dict[str, Any]) -> dict[str, Any]:
    told = dict(revision)
    told["task_sets"] = [jobs.told(jobs.read(store, number)) for number in revision["task_sets"]]
    return {"resource": told, "links": revision_links(revision)}


def _shown(store: Store, revision: dict[str, Any], status: int = 200) -> Response:
    told = _told(store, revision)
    return answer(told["resource"], told["links"], status)
