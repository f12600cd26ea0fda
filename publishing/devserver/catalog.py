"""/api/catalog/v1 and /data.json: what the portal says it holds."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from publishing.devserver.http import Request, Response, json_response
from publishing.devserver.store import Asset, Store


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def search(store: Store, request: Request) -> Response:
    """The catalogue: open assets for all, every asset for someone signed in who asks with show_visibility."""
    ask = request.query
    every = request.user is not None and ask.get("show_visibility") == "true"
    lag = store.settings()["catalog_lag_seconds"]
    found = [
        asset
        for asset in store.assets()
        if (every or asset.open_to_all) and asset.created + lag <= time.time() and _wanted(asset, ask)
    ]
    offset, limit = int(ask.get("offset", 0)), min(int(ask.get("limit", 100)), 10_000)
    return json_response(
        {
            "results": [_entry(asset, request.host) for asset in found[offset : offset + limit]],
            "resultSetSize": len(found),
            "timings": {"serviceMillis": 1, "searchMillis": [1, 1]},
            "warnings": [],
        }
    )


def _wanted(asset: Asset, ask: dict[str, str]) -> bool:
    doc = asset.doc
    text = " ".join([doc["name"], doc.get("description", ""), doc.get("resourceName", "")]).lower()
    return all(
        (
            "ids" not in ask or asset.id == ask["ids"],
            "names" not in ask or doc["name"] == ask["names"],
            "categories" not in ask or doc.get("category") == ask["categories"],
            "tags" not in ask or ask["tags"] in doc.get("tags", []),
            "q" not in ask or all(word in text for word in ask["q"].lower().split()),
            "public" not in ask or (asset.scope == "public") == (ask["public"] == "true"),
        )
    )


def _entry(asset: Asset, host: str) -> dict[str, Any]:
    doc = asset.doc
    columns = asset.columns
    return {
        "resource": {
            "name": doc["name"],
            "id": asset.id,
            "resource_name": doc.get("resourceName"),
            "parent_fxf": [],
            "description": doc.get("description", ""),
            "attribution": doc.get("attribution"),
            "attribution_link": doc.get("attributionLink"),
            "type": "dataset",
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
            "domain_metadata": [],
        },
        "metadata": {"domain": host},
        "permalink": f"http://{host}/d/{asset.id}",
        "link": f"http://{host}/d/{asset.id}",
    }


def data_json(store: Store, request: Request) -> Response:
    """The portal's own DCAT-US 1.1 catalogue of what is public."""
    base = f"http://{request.host}"
    return json_response(
        {
            "@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
            "@id": f"{base}/data.json",
            "@type": "dcat:Catalog",
            "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
            "describedBy": "https://project-open-data.cio.gov/v1.1/schema/catalog.json",
            "dataset": [_dcat(asset, base) for asset in store.assets() if asset.open_to_all],
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
