"""The approval queue: with `approvals: manual`, a wider audience waits until a reviewer says yes."""

from __future__ import annotations

import json
import time
from typing import Any

from publishing.devserver import assets
from publishing.devserver.http import ApiError, Request, Response, json_response
from publishing.devserver.store import Asset, Store

WORKFLOW = 2285
SCOPES = ("private", "public", "site")


def pending(store: Store, asset: Asset) -> dict[str, Any] | None:
    row = store.db.execute(
        "SELECT id, doc FROM submission WHERE asset = ? AND state = 'pending' ORDER BY id DESC LIMIT 1",
        (asset.id,),
    ).fetchone()
    return None if row is None else {"id": row[0], **json.loads(row[1])}


def set_scope(store: Store, asset: Asset, scope: str) -> None:
    """Narrowing is done at once; widening is done, or queued, as the portal is set up."""
    if scope == "public.read":
        scope = "public"
    if scope == "site":
        raise ApiError(400, "invalid_request", "Site scope not enabled")
    if scope not in SCOPES:
        raise ApiError(400, "invalid_request", f"Unknown scope {scope}")
    if scope == "private":
        store.db.execute(
            "UPDATE submission SET state = 'withdrawn' WHERE asset = ? AND state = 'pending'", (asset.id,)
        )
    elif asset.scope != "public" and store.settings()["approvals"] == "manual":
        if pending(store, asset) is None:
            submit(store, asset)
        return
    asset.scope = scope
    store.save(asset)


def submit(store: Store, asset: Asset) -> None:
    doc = {
        "submittedAt": int(time.time()),
        "submissionObject": "public_audience_request",
        "targetAudience": "public",
    }
    store.db.execute(
        "INSERT INTO submission (asset, state, doc) VALUES (?, 'pending', ?)", (asset.id, json.dumps(doc))
    )


def guidance(store: Store, request: Request) -> Response:
    """GET …/approvals?method=guidance_v2: where the asset stands and what may be done about it."""
    request.signed_in()
    asset = assets.find(store, request, request.args["id"])
    row = store.db.execute(
        "SELECT id, state FROM submission WHERE asset = ? ORDER BY id DESC LIMIT 1", (asset.id,)
    ).fetchone()
    state = "submittable" if row is None or row[1] == "withdrawn" else row[1]
    base = f"/api/views/{asset.id}/approvals"
    public: dict[str, Any] = {
        "currentState": state,
        "toChangeAudience": {
            "queueOptions": [
                {
                    "workflowId": WORKFLOW,
                    "displayName": "Official",
                    "expectedState": "pending",
                    "submissionUrl": f"{base}?method=startWorkflowSubmission&workflowId={WORKFLOW}",
                }
            ],
            "submission": {
                "object": "public_audience_request",
                "outcome": "change_audience",
                "details": {"permissionType": "READ"},
            },
        },
    }
    if state in ("pending", "rejected"):
        public["withdrawUrl"] = f"{base}/{row[0]}?method=cancelWorkflowSubmission"
    if state == "pending":
        public["updateUrl"] = f"{base}/{row[0]}"
    return json_response({"public": public, "internal": {"currentState": "unsubmittable"}})


def start(store: Store, request: Request) -> Response:
    request.signed_in()
    asset = assets.find(store, request, request.args["id"])
    if pending(store, asset) is not None:
        raise ApiError(400, "invalid_request", "A submission is already pending")
    if store.settings()["approvals"] == "manual":
        submit(store, asset)
    else:
        set_scope(store, asset, "public")
    return json_response({"status": "submitted"})


def decide(store: Store, request: Request) -> Response:
    """PUT …/approvals/{number} {"state": "approved" | "rejected"} by a reviewer."""
    request.signed_in()
    asset = assets.find(store, request, request.args["id"])
    data = request.json()
    state = data.get("state") if isinstance(data, dict) else None
    if state not in ("approved", "rejected"):
        raise ApiError(400, "invalid_request", "state must be approved or rejected")
    changed = store.db.execute(
        "UPDATE submission SET state = ? WHERE id = ? AND asset = ? AND state = 'pending'",
        (state, request.args["number"], asset.id),
    ).rowcount
    if not changed:
        raise ApiError(404, "not_found", "No such pending submission")
    if state == "approved":
        asset.scope = "public"
        store.save(asset)
    return json_response({"state": state})


def withdraw(store: Store, request: Request) -> Response:
    request.signed_in()
    asset = assets.find(store, request, request.args["id"])
    store.db.execute(
        "UPDATE submission SET state = 'withdrawn' WHERE id = ? AND asset = ?",
        (request.args["number"], asset.id),
    )
    return json_response({})


def read_permissions(store: Store, request: Request) -> Response:
    user = request.signed_in()
    return json_response(assets.permissions(assets.find(store, request, request.args["id"]), user))


def write_permissions(store: Store, request: Request) -> Response:
    """PUT …/permissions with `scope` and `users`; a 200 does not say that it is public now."""
    user = request.signed_in()
    asset = assets.find(store, request, request.args["id"])
    data = request.json()
    if not isinstance(data, dict) or "scope" not in data or not isinstance(data.get("users"), list):
        raise ApiError(400, "invalid_request", "scope and users are required")
    owners = [
        person
        for person in data["users"]
        if any(level.get("name") == "current_owner" for level in person.get("accessLevels", []))
    ]
    if len(owners) != 1:
        raise ApiError(400, "invalid_request", "There must be exactly one current_owner")
    if owners[0].get("id") != user["id"]:
        raise ApiError(404, "not_found", "User not found")
    set_scope(store, asset, data["scope"])
    return json_response(assets.permissions(asset, user))
