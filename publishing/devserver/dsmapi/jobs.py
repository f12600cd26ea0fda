"""What applying a revision does, a stage for each look at the job; whoever looks away finds it done in the end."""

from __future__ import annotations

import sqlite3
import time
import uuid
from typing import Any

from publishing.devserver import audience
from publishing.devserver.dsmapi import loading
from publishing.devserver.dsmapi.shapes import ROOT, answer, by, now, refusal
from publishing.devserver.http import ApiError, Response, json_response
from publishing.devserver.store import Asset, Store

FIRST_ID = 661
STAGES = ("initializing", "creating_columns", "upserting", "finishing", "successful")


def output_of(store: Store, revision: dict[str, Any], number: Any) -> dict[str, Any]:
    """The output schema with this number, when it comes from a source of the revision; else ApiError 400."""
    output = store.papers.get("output_schema", number)
    schema = store.papers.get("input_schema", output["input_schema_id"]) if output else None
    source = store.papers.get("source", schema["source"]) if schema else None
    if output is None or source is None or source["revision"] != _key(revision):
        raise refusal(400, "output_schema_not_found", "The revision has no such output schema")
    return output


def _key(revision: dict[str, Any]) -> str:
    return f"{revision['fourfour']}/{revision['revision_seq']}"


def begin(store: Store, revision: dict[str, Any], user: dict[str, Any]) -> Response:
    asset = store.asset(revision["fourfour"])
    if asset is None:
        raise refusal(404, "not_found", "The dataset is gone")
    if _needs_approval(store, revision, asset):
        if audience.pending(store, asset) is None:
            about = {"revision": _key(revision), "user": user}
            audience.submit(store, asset, object_="revision", about=about)
        body = {
            "key": "approval_submitted",
            "message": "The revision was submitted for approval",
            "params": {"revision_seq": revision["revision_seq"], "fourfour": revision["fourfour"]},
            "links": {},
        }
        return json_response(body, status=201)
    job = _start(store, revision, user)
    return shown(store, revision, job, status=201)


def _needs_approval(store: Store, revision: dict[str, Any], asset: Asset) -> bool:
    settings = store.settings()
    widens = revision["action"]["permission"] == "public" and asset.scope != "public"
    changes_public = asset.open_to_all and settings["approve_revisions"]
    return (widens and settings["approvals"] == "manual") or changes_public


def approved(store: Store, key: str, user: dict[str, Any]) -> None:
    """A reviewer said yes to a revision that waited: it is applied now, to its end."""
    revision = store.papers.get("revision", key)
    if revision is not None and revision["closed_at"] is None:
        job = _start(store, revision, user, approved=True)
        _to_the_end(store, job["id"])


def _start(
    store: Store, revision: dict[str, Any], user: dict[str, Any], *, approved: bool = False
) -> dict[str, Any]:
    number = store.next_number("job", FIRST_ID)
    job: dict[str, Any] = {
        "id": number,
        "revision": _key(revision),
        "status": STAGES[0],
        "output_schema_id": revision["output_schema_id"],
        "log": [],
        "job_uuid": str(uuid.uuid4()),
        "created_at": now(),
        "updated_at": now(),
        "finished_at": None,
        "created_by": by(user),
        "approved": approved,
    }
    _note(job, "started", None)
    store.papers.put("job", number, job)
    due = time.time() + store.settings()["job_seconds"]
    store.papers.put("running", number, {"job": number, "due": due})
    revision["task_sets"].append(number)
    store.papers.put("revision", _key(revision), revision)
    return job


def settle(store: Store) -> None:
    """Jobs that nobody looked at come to their end by themselves."""
    for running in store.papers.every("running"):
        if running["due"] <= time.time():
            _to_the_end(store, running["job"])


def _to_the_end(store: Store, number: int) -> None:
    while read(store, number)["finished_at"] is None:
        advance(store, number)


def advance(store: Store, number: int) -> None:
    """One stage further; the rows go in, all or none, when the stage "upserting" ends."""
    job = read(store, number)
    if job["finished_at"] is not None:
        return
    revision = store.papers.get("revision", job["revision"]) or {}
    job["status"] = STAGES[STAGES.index(job["status"]) + 1]
    job["updated_at"] = now()
    fails = job["status"] == "finishing" and _fails_on_order(store)
    store.db.execute("SAVEPOINT stage")
    try:
        if fails:
            raise ValueError("The job failed on order")
        _do(store, job, revision)
    except (ApiError, ValueError, sqlite3.Error) as error:
        store.db.execute("ROLLBACK TO stage")
        _note(job, "failure", {"message": str(error)})
        job |= {"status": "failure", "finished_at": now()}
    store.db.execute("RELEASE stage")
    if job["finished_at"] is not None:
        store.papers.drop("running", number)
    store.papers.put("job", number, job)


def _do(store: Store, job: dict[str, Any], revision: dict[str, Any]) -> None:
    asset = store.asset(revision["fourfour"])
    if asset is None:
        raise ValueError("The dataset is gone")
    if job["status"] == "upserting":
        _note(job, "columns_created", None)
    elif job["status"] == "finishing":
        if job["output_schema_id"] is not None:
            told = loading.load(store, asset, revision, job["output_schema_id"])
            _note(job, "rows_upserted", {"count": told["Rows Created"] + told["Rows Updated"]})
            _note(job, "upsert_complete", told)
        loading.describe(store, asset, revision)
        loading.publish(store, asset)
        _note(job, "dataset_published", None)
    elif job["status"] == "successful":
        _open_up(store, job, revision, asset)
        revision["closed_at"] = now()
        store.papers.put("revision", job["revision"], revision)
        job["finished_at"] = now()


def _open_up(store: Store, job: dict[str, Any], revision: dict[str, Any], asset: Asset) -> None:
    """The audience that the revision names; without one it stays, or widens, as the portal is set up."""
    wanted = revision["action"]["permission"] or (revision["permissions"] or {}).get("scope")
    if wanted is None and store.settings()["apply_makes_public"]:
        wanted = "public"
    if wanted == "public" and job["approved"]:
        asset.scope = "public"
        store.save(asset)
    elif wanted is not None:
        audience.set_scope(store, asset, wanted)
    if asset.open_to_all:
        _note(job, "dataset_public", None)
    _note(job, "dataset_tabular", None)


def _fails_on_order(store: Store) -> bool:
    fails: int = store.settings()["job_failures"]
    if fails:
        store.set_settings({"job_failures": fails - 1})
    return fails > 0


def _note(job: dict[str, Any], stage: str, details: Any) -> None:
    job["log"].insert(0, {"stage": stage, "time": now(), "details": details})


def read(store: Store, number: int) -> dict[str, Any]:
    job = store.papers.get("job", number)
    if job is None:
        raise refusal(404, "job_not_found", "No such job")
    return job


def told(job: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in job.items() if name not in ("revision", "approved")}


def shown(store: Store, revision: dict[str, Any], job: dict[str, Any], status: int = 200) -> Response:
    own = f"{ROOT}/revision/{revision['fourfour']}/{revision['revision_seq']}/apply/{job['id']}"
    return answer(told(job), {"show": own}, status)
