"""/api/catalog/v1 and /data.json: what the portal says it holds."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from publishing.devserver import assets, audience, federation
from publishing.devserver.http import Request, Response, json_response
from publishing.devserver.store import Asset, Store

# What may be asked for; any other word is the name of a custom field.
KNOWN = {
    "domains",
    "search_context",
    "ids",
    "names",
    "categories",
    "tags",
    "only",
    "parent_id",
    "q",
    "public",
    "published",
    "approval_status",
    "audience",
    "provenance",
    "show_visibility",
    "limit",
    "offset",
    "scroll_id",
    "order",
    "ticket",
    "$$app_token",
}


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def search(store: Store, request: Request) -> Response:
    """The catalogue: open assets for all, every asset for someone signed in who asks with show_visibility.

    Another site that federates with this one shows what is public here, and for a while what no longer is.
    """
    ask = request.query
    every = request.user is not None and ask.get("show_visibility") == "true"
    lag = store.settings()["catalog_lag_seconds"]
    site = federation.target(store, request)
    stale = federation.stale(store) if site else set()
    found = [
        asset
        for asset in store.assets()
        if ((every and not site) or asset.open_to_all or asset.id in stale)
        and "deletedAt" not in asset.doc
        and asset.created + lag <= time.time()
        and _wanted(store, asset, ask)
    ]
    offset, limit = int(ask.get("offset", 0)), min(int(ask.get("limit", 100)), 10_000)
    return json_response(
        {
            "results": [_entry(asset, request, site) for asset in found[offset : offset + limit]],
            "resultSetSize": len(found),
            "timings": {"serviceMillis": 1, "searchMillis": [1, 1]},
            "warnings": [],
        }
    )


def _wanted(store: Store, asset: Asset, ask: dict[str, str]) -> bool:
    doc = asset.doc
    text = " ".join([doc["name"], doc.get("description", ""), doc.get("resourceName", "")]).lower()
    return all(
        (
            "ids" not in ask or asset.id in ask["ids"].split(","),
            "names" not in ask or doc["name"] == ask["names"],
            "categories" not in ask or doc.get("category") == ask["categories"],
            "tags" not in ask or ask["tags"] in doc.get("tags", []),
            "q" not in ask or all(word in text for word in ask["q"].lower().split()),
            "only" not in ask or _type(asset) in {word.rstrip("s") for word in ask["only"].split(",")},
            "parent_id" not in ask or doc.get("parent") == ask["parent_id"],
            "public" not in ask or (asset.scope == "public") == (ask["public"] == "true"),
            "published" not in ask or (asset.stage == "published") == (ask["published"] == "true"),
            "approval_status" not in ask or _approval(store, asset) == ask["approval_status"],
            *(_custom(asset).get(name) == value for name, value in ask.items() if name not in KNOWN),
        )
    )


def _type(asset: Asset) -> str:
    if assets.is_derived(asset):
        return "filter"
    return "file" if asset.doc.get("blobId") else "dataset"


def _approval(store: Store, asset: Asset) -> str:
    last = audience.latest(store, asset)
    if asset.scope == "public":
        return "approved"
    return last["state"] if last and last["state"] in ("pending", "rejected") else "not_ready"


def _custom(asset: Asset) -> dict[str, str]:
    """The custom fields under the names of the catalogue: Update_Update-Frequency."""
    sets = asset.doc["metadata"].get("custom_fields") or {}
    return {
        f"{name}_{field}".replace(" ", "-"): str(value)
        for name, fields in sets.items()
        for field, value in (fields or {}).items()
        if value is not None
    }


def _entry(asset: Asset, request: Request, site: str | None) -> dict[str, Any]:
    doc = asset.doc
    columns = asset.columns
    return {
        "resource": {
            "name": doc["name"],
            "id": asset.id,
            "resource_name": doc.get("resourceName"),
            "parent_fxf": [doc["parent"]] if "parent" in doc else [],
            "description": doc.get("description", ""),
            "attribution": doc.get("attribution"),
            "attribution_link": doc.get("attributionLink"),
            "type": _type(asset),
            "provenance": "official",
            "updatedAt": _iso(doc["viewLastModified"]),
            "createdAt": _iso(doc["createdAt"]),
            "data_updated_at": _iso(doc["rowsUpdatedAt"]),
            "lens_view_type": "tabular",
            "columns_name": [column["name"] for column in columns],
            "columns_field_name": [column["fieldName"] for column in columns],
            "columns_datatype": [column["dataTypeName"] for column in columns],
            "columns_description": [column["description"] for column in columns],
        },
        "classification": {
            "categories": [],
            "tags": [],
            "domain_category": doc.get("category"),
            "domain_tags": doc.get("tags", []),
            "domain_metadata": [{"key": key, "value": value} for key, value in _custom(asset).items()],
        },
        "metadata": {"domain": request.host},
        "permalink": f"{request.scheme}://{site or request.host}/d/{asset.id}",
        "link": f"{request.scheme}://{site or request.host}/d/{asset.id}",
    }


def data_json(store: Store, request: Request) -> Response:
    """The portal's own DCAT-US 1.1 catalogue of what is public."""
    base = request.base
    return json_response(
        {
            "@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
            "@id": f"{base}/data.json",
            "@type": "dcat:Catalog",
            "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
            "describedBy": "https://project-open-data.cio.gov/v1.1/schema/catalog.json",
            "dataset": [
                _dcat(asset, base)
                for asset in store.assets()
                if asset.open_to_all and _type(asset) == "dataset"
            ],
        }
    )


def _dcat(asset: Asset, base: str) -> dict[str, Any]:
    doc = asset.doc
    contact = doc.get("privateMetadata", {}).get("contactEmail") or "open-data@example.gov"
    return {
        "@type": "dcat:Dataset",
        "title": doc["name"],
        "description": doc.get("description", ""),
        "keyword": doc.get("tags", []),
        "theme": [doc["category"]] if doc.get("category") else [],
        "modified": _iso(doc["rowsUpdatedAt"])[:10],
        "issued": _iso(doc["publicationDate"])[:10],
        "publisher": {"@type": "org:Organization", "name": doc.get("attribution") or "Stand-in portal"},
        "contactPoint": {"@type": "vcard:Contact", "fn": "Open data", "hasEmail": f"mailto:{contact}"},
        "identifier": f"{base}/api/views/{asset.id}",
        "landingPage": f"{base}/d/{asset.id}",
        "accessLevel": "public",
        "distribution": [
            {
                "@type": "dcat:Distribution",
                "mediaType": "text/csv",
                "downloadURL": f"{base}/api/views/{asset.id}/rows.csv?accessType=DOWNLOAD",
            },
            {"@type": "dcat:Distribution", "format": "API", "accessURL": f"{base}/resource/{asset.id}.json"},
        ],
    }
