"""Who may see an asset: private, public, or waiting for a reviewer to make it public."""

from __future__ import annotations

import json
import time
from typing import Any

from publishing.devserver import federation
from publishing.devserver.http import ApiError
from publishing.devserver.store import Asset, Store

WORKFLOW = 2285
SCOPES = ("private", "public", "site")


def latest(store: Store, asset: Asset) -> dict[str, Any] | None:
    """The last submission for this asset, whatever became of it."""
    row = store.db.execute(
        "SELECT id, state, doc FROM submission WHERE asset = ? ORDER BY id DESC LIMIT 1", (asset.id,)
    ).fetchone()
    return None if row is None else {"id": row[0], "state": row[1], **json.loads(row[2])}


def pending(store: Store, asset: Asset) -> dict[str, Any] | None:
    last = latest(store, asset)
    return last if last is not None and last["state"] == "pending" else None


def close(store: Store, submission: dict[str, Any], state: str) -> None:
    store.db.execute("UPDATE submission SET state = ? WHERE id = ?", (state, submission["id"]))


def told(store: Store, asset: Asset) -> list[dict[str, Any]]:
    """The submissions as a view tells them."""
    last = latest(store, asset)
    if last is None:
        return []
    kept = ("submittedAt", "submissionObject", "targetAudience", "state")
    return [{"submissionId": last["id"], "workflowId": WORKFLOW, **{key: last[key] for key in kept}}]


def set_scope(store: Store, asset: Asset, scope: str) -> None:
    """Narrowing is done at once; widening is done, or queued, as the portal is set up."""
    if scope == "public.read":
        scope = "public"
    if scope == "site":
        raise ApiError(400, "invalid_request", "Site scope not enabled")
    if scope not in SCOPES:
        raise ApiError(400, "invalid_request", f"Unknown scope {scope}")
    if scope == "private":
        federation.leaving(store, asset)
        store.db.execute(
            "UPDATE submission SET state = 'withdrawn' WHERE asset = ? AND state = 'pending'", (asset.id,)
        )
    elif asset.scope != "public" and store.settings()["approvals"] == "manual":
        if pending(store, asset) is None:
            submit(store, asset)
        return
    asset.scope = scope
    if scope == "public":
        federation.entering(store, asset)
    store.save(asset)


def submit(
    store: Store,
    asset: Asset,
    *,
    object_: str = "public_audience_request",
    about: dict[str, Any] | None = None,
) -> None:
    """Put it into the queue; `about` is kept for whoever carries it out when a reviewer says yes."""
    doc = {
        "submittedAt": int(time.time()),
        "submissionObject": object_,
        "targetAudience": "public",
        **(about or {}),
    }
    store.db.execute(
        "INSERT INTO submission (asset, state, doc) VALUES (?, 'pending', ?)", (asset.id, json.dumps(doc))
    )
