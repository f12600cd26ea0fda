"""/api/views/metadata/v1: the description of an asset, with changes that are truly merged."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from publishing.devserver import assets
from publishing.devserver.http import ApiError, Request, Response, json_response
from publishing.devserver.store import Asset, Store

READ_ONLY = (
    "id",
    "domain",
    "dataUri",
    "webUri",
    "createdAt",
    "updatedAt",
    "dataUpdatedAt",
    "metadataUpdatedAt",
    "provenance",
    "hideFromCatalog",
    "hideFromDataJson",
)
PLAIN = ("name", "description", "category", "attribution", "attributionLink")
WRITABLE = (*PLAIN, "tags", "license", "externalId", "customFields")
LICENSE_NAMES = {
    "PUBLIC_DOMAIN": "Public Domain",
    "CC0_10": "Creative Commons 1.0 Universal (Public Domain Dedication)",
    "CC_30_BY": "Creative Commons Attribution 3.0 Unported",
    "CC_30_BY_SA": "Creative Commons Attribution | Share Alike 3.0 Unported",
    "CC_40_BY": "Creative Commons Attribution 4.0 International",
    "ODC_BY": "Open Data Commons Attribution License",
    "ODBL": "Open Database License",
    "PDDL": "Open Data Commons Public Domain Dedication and License",
    "SEE_TERMS_OF_USE": "See Terms of Use",
}


def listed(store: Store, request: Request) -> Response:
    seen = [asset for asset in store.assets() if assets.may_see(asset, request.user)]
    limit, page = int(request.query.get("limit", 200)), int(request.query.get("page", 1))
    return json_response(
        [_told(asset, request) for asset in seen[(page - 1) * limit : page * limit]],
    )


def read(store: Store, request: Request) -> Response:
    return json_response(_told(assets.find(store, request, request.args["id"]), request))


def change(store: Store, request: Request) -> Response:
    """PATCH: the keys that are sent; null empties one, and whole sets of custom fields likewise."""
    request.publisher()
    asset = assets.find(store, request, request.args["id"])
    data = request.json()
    if not isinstance(data, dict):
        raise ApiError(400, "invalid_request", "The metadata is a JSON object")
    errors = [f"{key} is read-only" for key in data if key in READ_ONLY]
    warnings = [f"{key} is unknown" for key in data if key not in READ_ONLY + WRITABLE]
    if request.query.get("strict") == "true":
        errors, warnings = errors + warnings, []
    if not errors:
        try:
            assets.merge(store, asset, _change(asset, data))
        except ApiError as error:
            errors.append(str(error))
    if request.query.get("validateOnly") == "true":
        told = {"metadata": _told(asset, request), "errors": errors, "warnings": warnings}
        raise Tried(told)
    if errors:
        raise ApiError(400, "invalid_request", "; ".join(errors))
    return json_response(_told(asset, request))


class Tried(ApiError):
    """The answer to `validateOnly`: an error to the transaction, so that nothing is kept, and 200 to the client."""

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(200, None, "Tried")
        self.body = told

    def response(self) -> Response:
        return json_response(self.body)


def _change(asset: Asset, data: dict[str, Any]) -> dict[str, Any]:
    """The change in the words of the view."""
    change: dict[str, Any] = {key: data[key] for key in PLAIN if key in data}
    if "tags" in data:
        change["tags"] = data["tags"] or []
    if "license" in data:
        change["licenseId"] = _license_id(data["license"])
    metadata = dict(asset.doc["metadata"])
    if "externalId" in data:
        metadata["externalId"] = data["externalId"]
    if "customFields" in data:
        metadata["custom_fields"] = _fields(metadata.get("custom_fields") or {}, data["customFields"])
    if metadata != asset.doc["metadata"]:
        change["metadata"] = metadata
    return change


def _license_id(name: Any) -> str | None:
    if name is None:
        return None
    found = next((key for key, known in LICENSE_NAMES.items() if name in (known, key)), None)
    if found is None:
        raise ApiError(400, "invalid_request", f"Validation error: Unknown license {name}")
    return found


def _fields(there: dict[str, Any], wanted: Any) -> dict[str, Any]:
    if wanted is None:
        return {}
    merged = {name: dict(fields) for name, fields in there.items()}
    for name, fields in wanted.items():
        if fields is None:
            merged.pop(name, None)
            continue
        merged[name] = merged.get(name, {}) | fields
        merged[name] = {key: value for key, value in merged[name].items() if value is not None}
    return merged


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def _told(asset: Asset, request: Request) -> dict[str, Any]:
    doc = asset.doc
    license_id = doc.get("licenseId")
    return {
        "id": asset.id,
        "domain": request.host,
        "dataUri": f"{request.base}/resource/{asset.id}",
        "webUri": f"{request.base}/d/{asset.id}",
        "createdAt": _iso(doc["createdAt"]),
        "updatedAt": _iso(max(doc["viewLastModified"], doc["rowsUpdatedAt"])),
        "dataUpdatedAt": _iso(doc["rowsUpdatedAt"]),
        "metadataUpdatedAt": _iso(doc["viewLastModified"]),
        "provenance": "OFFICIAL",
        "hideFromCatalog": False,
        "hideFromDataJson": False,
        **{key: doc.get(key) or None for key in PLAIN},
        "tags": doc.get("tags") or None,
        "license": LICENSE_NAMES.get(license_id, license_id) if license_id else None,
        "externalId": doc["metadata"].get("externalId"),
        "customFields": doc["metadata"].get("custom_fields") or None,
    }
