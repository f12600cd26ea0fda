"""Other sites that show what is public here, at once or a while later, and go on showing it a while too long."""

from __future__ import annotations

import time

from publishing.devserver.http import Request, Response, json_response
from publishing.devserver.store import Asset, Store


def listed(store: Store, request: Request) -> Response:
    """GET /api/federations.json: the sites that take over what is public here."""
    request.signed_in()
    return json_response(
        [
            {
                "id": number,
                "sourceDomainCName": request.host,
                "targetDomainCName": domain,
                "acceptedByTarget": True,
            }
            for number, domain in enumerate(store.settings()["federates_to"], start=1)
        ]
    )


def leaving(store: Store, asset: Asset) -> None:
    """An asset is about to be public no longer; the other sites find out when their lag is over."""
    lag = store.settings()["federation_lag_seconds"]
    if asset.open_to_all and lag:
        store.papers.put("federated", asset.id, {"asset": asset.id, "until": time.time() + lag})


def entering(store: Store, asset: Asset) -> None:
    store.papers.drop("federated", asset.id)


def stale(store: Store) -> set[str]:
    """What other sites still show although it is no longer public here."""
    return {about["asset"] for about in store.papers.every("federated") if about["until"] > time.time()}


def target(store: Store, request: Request) -> str | None:
    """The other site that is asked, by its address or by `domains`; None when it is this one."""
    known = store.settings()["federates_to"]
    asked = [request.host, *request.query.get("domains", "").split(",")]
    if request.host in asked[1:]:
        return None
    return next((domain for domain in asked if domain in known), None)
