"""The approval queue: with `approvals: manual`, a wider audience waits until a reviewer says yes."""

from __future__ import annotations

from typing import Any

from publishing.devserver import assets, audience, people, views_api
from publishing.devserver.dsmapi import jobs
from publishing.devserver.http import ApiError, Request, Response, json_response
from publishing.devserver.store import Asset, Store

OBJECTS = ("public_audience_request", "working_copy")
LEVELS = {"current_owner", "owner", "contributor", "viewer"}


def guidance(store: Store, request: Request) -> Response:
    """GET …/approvals?method=guidance_v2: where the asset stands and what may be done about it."""
    request.signed_in()
    asset = assets.find(store, request, request.args["id"])
    last = audience.latest(store, asset)
    state = _state(asset, last)
    base = f"/api/views/{asset.id}/approvals"
    public: dict[str, Any] = {"currentState": state}
    if state == "submittable":
        public["toChangeAudience"] = _offer(base, {"object": "public_audience_request", "details": {}})
        if asset.stage != "published":
            about = {"object": "working_copy", "details": {"id": asset.id}}
            public["toPublishAndChangeAudience"] = _offer(base, about)
    if last and state in ("pending", "rejected"):
        public["withdrawUrl"] = f"{base}/{last['id']}?method=cancelWorkflowSubmission"
    if last and state == "pending":
        public |= {
            "updateUrl": f"{base}/{last['id']}",
            "currentOutcome": "change_audience",
            "currentOutcomeStatus": "in_progress",
        }
    return json_response({"public": public, "internal": {"currentState": "unsubmittable"}})


def _state(asset: Asset, last: dict[str, Any] | None) -> str:
    if asset.scope == "public":
        return "approved"
    if last is not None and last["state"] in ("pending", "rejected"):
        return str(last["state"])
    return "submittable"


def _offer(base: str, submission: dict[str, Any]) -> dict[str, Any]:
    return {
        "queueOptions": [
            {
                "workflowId": audience.WORKFLOW,
                "displayName": "Official",
                "expectedState": "pending",
                "submissionUrl": f"{base}?method=startWorkflowSubmission&workflowId={audience.WORKFLOW}",
            }
        ],
        "submission": {
            "object": submission["object"],
            "outcome": "change_audience",
            "details": {"permissionType": "READ", **submission["details"]},
        },
    }


def start(store: Store, request: Request) -> Response:
    """POST …/approvals?method=startWorkflowSubmission with the submission that the guidance offered."""
    user = request.publisher()
    asset = assets.find(store, request, request.args["id"])
    if audience.pending(store, asset) is not None:
        raise ApiError(400, "invalid_request", "A submission is already pending")
    data = request.json() if request.size else {}
    object_ = str(data.get("object", "public_audience_request")) if isinstance(data, dict) else ""
    if object_ not in OBJECTS:
        raise ApiError(400, "invalid_request", f"Unknown submission object {object_}")
    audience.submit(store, asset, object_=object_, about={"user": user})
    if store.settings()["approvals"] != "manual":
        _carry_out(store, asset, audience.pending(store, asset) or {})
        return json_response({"status": "submitted", "state": "approved"})
    return json_response({"status": "submitted", "state": "pending"})


def decide(store: Store, request: Request) -> Response:
    """PUT …/approvals/{number} {"state": "approved" | "rejected"} by a reviewer."""
    user = request.signed_in()
    if "review_public_approvals" not in user["rights"]:
        raise ApiError(403, "permission_denied", "Only a reviewer may decide")
    asset = assets.find(store, request, request.args["id"])
    data = request.json()
    state = data.get("state") if isinstance(data, dict) else None
    if state not in ("approved", "rejected"):
        raise ApiError(400, "invalid_request", "state must be approved or rejected")
    submission = audience.pending(store, asset)
    if submission is None or submission["id"] != int(request.args["number"]):
        raise ApiError(404, "not_found", "No such pending submission")
    if state == "approved":
        _carry_out(store, asset, submission)
    else:
        audience.close(store, submission, "rejected")
    return json_response({"state": state})


def _carry_out(store: Store, asset: Asset, submission: dict[str, Any]) -> None:
    """What was asked for is done: the revision applied, the working copy published, the audience widened."""
    audience.close(store, submission, "approved")
    if submission["submissionObject"] == "revision":
        jobs.approved(store, submission["revision"], submission["user"])
        return
    if submission["submissionObject"] == "working_copy" and asset.stage != "published":
        asset = views_api.publish(store, asset)
    asset.scope = "public"
    store.save(asset)


def withdraw(store: Store, request: Request) -> Response:
    request.publisher()
    asset = assets.find(store, request, request.args["id"])
    store.db.execute(
        "UPDATE submission SET state = 'withdrawn' WHERE id = ? AND asset = ?",
        (request.args["number"], asset.id),
    )
    return json_response({})


def read_permissions(store: Store, request: Request) -> Response:
    request.signed_in()
    return json_response(assets.permissions(assets.find(store, request, request.args["id"])))


def write_permissions(store: Store, request: Request) -> Response:
    """PUT …/permissions with `scope` and `users`; a 200 does not say that it is public now."""
    request.publisher()
    asset = assets.find(store, request, request.args["id"])
    data = request.json()
    if not isinstance(data, dict) or "scope" not in data or not isinstance(data.get("users"), list):
        raise ApiError(400, "invalid_request", "scope and users are required")
    asset.doc |= _people(data["users"])
    store.save(asset)
    audience.set_scope(store, asset, data["scope"])
    return json_response(assets.permissions(asset))


def _people(users: list[Any]) -> dict[str, Any]:
    """The owner, and whom the asset is shared with; raises ApiError 400 and 404."""
    owners, shared = [], {}
    for about in users:
        levels = about.get("accessLevels", []) if isinstance(about, dict) else []
        names = {level.get("name") for level in levels}
        if len(names) != 1 or not names <= LEVELS:
            raise ApiError(400, "invalid_request", "A user has exactly one known access level")
        person = people.find(about)
        level = names.pop()
        if level == "current_owner":
            owners.append(person["id"])
        else:
            shared[person["id"]] = level
    if len(owners) != 1:
        raise ApiError(400, "invalid_request", "There must be exactly one current_owner")
    return {"owner": owners[0], "shared": shared}
