"""The rules about an asset: what a new one must hold, how it is shown, who may see it."""

from __future__ import annotations

import copy
import re
import time
from typing import Any

from publishing.devserver import blobs, people
from publishing.devserver.http import ApiError, Request
from publishing.devserver.store import Asset, Store
from publishing.devserver.values import READERS

FIELD_NAME = re.compile(r"^[a-z_][a-z0-9_]*$")
RESOURCE_NAME = re.compile(r"^[a-z0-9][a-z0-9_-]*$")
FORBIDDEN_FIELDS = {"_id", "_uuid", "_position", "_address"}
LICENSES = {
    "PUBLIC_DOMAIN",
    "CC0_10",
    "CC_10_ZERO",
    "CC_30_BY",
    "CC_30_BY_SA",
    "CC_30_BY_ND",
    "CC_30_BY_NC",
    "CC_40_BY",
    "CC_40_BY_SA",
    "ODC_BY",
    "ODBL",
    "PDDL",
    "SEE_TERMS_OF_USE",
}
RUNS_THE_PORTAL = {"edit_others_datasets", "review_public_approvals"}
WRITES = ("contributor", "owner")
TEXT_KEYS = ("name", "description", "category", "attribution", "attributionLink", "licenseId", "resourceName")
MERGED_KEYS = (*TEXT_KEYS, "tags", "metadata", "privateMetadata", "displayType")
# What the stand-in keeps with an asset and tells nobody.
HIDDEN = ("shared", "deletedAt", "parent")
OWNER_RIGHTS = [
    "read",
    "write",
    "add",
    "delete",
    "grant",
    "add_column",
    "remove_column",
    "update_column",
    "update_view",
    "delete_view",
]


def find(store: Store, request: Request, name: str) -> Asset:
    """The asset, for someone who may see it; otherwise the portal's 404 or 403."""
    asset = store.asset(name.removesuffix(".json"))
    if asset is None:
        raise ApiError(404, "not_found", "Not found", {"id": name})
    if not may_see(asset, request.user):
        raise ApiError(403, "permission_denied", "You do not have permission to view this asset")
    return asset


def may_see(asset: Asset, user: dict[str, Any] | None) -> bool:
    """What is public, for all; the rest for who runs the portal, who reviews, and whom it is shared with."""
    if asset.open_to_all:
        return "deletedAt" not in asset.doc
    if user is None:
        return False
    return bool(RUNS_THE_PORTAL & set(user["rights"])) or user["id"] in asset.doc.get("shared", {})


def writable(store: Store, request: Request, name: str) -> Asset:
    """The asset, for someone who may write its rows; a filtered view has none of its own."""
    user = request.signed_in()
    asset = find(store, request, name)
    if "create_datasets" not in user["rights"] and asset.doc.get("shared", {}).get(user["id"]) not in WRITES:
        raise ApiError(403, "permission_denied", "You do not have permission to change this asset")
    if is_derived(asset):
        raise ApiError(400, "soda.unsupported-update-operation", "A filtered view has no rows of its own")
    if asset.id in store.settings()["synced"]:
        raise ApiError(400, "invalid_request", "Cannot update a synced dataset manually")
    return asset


def check_name(data: dict[str, Any]) -> None:
    if not isinstance(data.get("name"), str) or not data["name"].strip():
        raise ApiError(400, "invalid_request", "Validation error: Name cannot be blank")


def check_fields(store: Store, data: dict[str, Any], own: Asset | None = None) -> None:
    """What the portal refuses in the descriptive fields, for a new asset and for a change alike."""
    for key in TEXT_KEYS:
        if data.get(key) is not None and not isinstance(data[key], str):
            raise ApiError(400, "invalid_request", f"Validation error: {key} must be text")
    if not isinstance(data.get("tags", []), list):
        raise ApiError(400, "invalid_request", "Validation error: tags must be a list")
    if data.get("licenseId") and data["licenseId"] not in LICENSES:
        raise ApiError(400, "invalid_request", f"Validation error: Unknown license {data['licenseId']}")
    categories = store.settings()["categories"]
    if categories and data.get("category") and data["category"] not in categories:
        raise ApiError(400, "invalid_request", f"Validation error: Nonexistent Category {data['category']}")
    for key in ("metadata", "privateMetadata"):
        if not isinstance(data.get(key, {}), dict):
            raise ApiError(400, "invalid_request", f"Validation error: {key} must be an object")
    _check_custom_fields(store, data.get("metadata", {}))
    for item in data.get("metadata", {}).get("attachments") or []:
        if not isinstance(item, dict) or blobs.find(store, str(item.get("assetId"))) is None:
            raise ApiError(400, "invalid_request", "Validation error: an attachment names no uploaded file")
    name = data.get("resourceName")
    if name and not RESOURCE_NAME.match(name):
        raise ApiError(400, "invalid_request", f"Validation error: Invalid resourceName {name}")
    taken = store.asset(name) if name else None
    if taken is not None and (own is None or taken.oid != own.oid):
        raise ApiError(
            400, "invalid_request", f"Validation error: resourceName {name} has already been taken"
        )


def _check_custom_fields(store: Store, metadata: dict[str, Any]) -> None:
    """Where the domain has a list of its fields: no other, and those that are required are filled."""
    known = store.settings()["custom_fields"]
    if not known or not metadata:
        return
    sent = metadata.get("custom_fields") or {}
    for name, fields in sent.items():
        strange = set(fields or {}) - set(known.get(name, {}))
        if name not in known or strange:
            told = ", ".join(sorted(strange)) or name
            raise ApiError(400, "invalid_request", f"Validation error: Unknown custom field {told}")
    for name, fields in known.items():
        for field, about in fields.items():
            if about.get("required") and not (sent.get(name) or {}).get(field):
                raise ApiError(400, "invalid_request", f"Validation error: {name}.{field} is required")


def check_field_name(name: str, taken: set[str]) -> None:
    """Raises ApiError 400 for a name that is not one, or one of `taken`; adds it to them."""
    if not FIELD_NAME.match(name) or name in FORBIDDEN_FIELDS:
        raise ApiError(400, "soda.column.maltyped", f"Invalid field name: {name}", {"fieldName": name})
    if name in taken:
        raise ApiError(400, "soda.column.not-unique", f"Duplicate field name: {name}", {"fieldName": name})
    taken.add(name)


def is_derived(asset: Asset) -> bool:
    """A filtered view: a query on another asset, with rows of its own nowhere."""
    return "parent" in asset.doc


def new_column(data: Any, position: int, taken: set[str]) -> dict[str, Any]:
    if not isinstance(data, dict) or not str(data.get("name") or "").strip():
        raise ApiError(400, "invalid_request", "Validation error: a column needs a name")
    name = str(data.get("fieldName") or re.sub(r"[^a-zA-Z0-9]", "_", data["name"]).lower())
    check_field_name(name, taken)
    kind = data.get("dataTypeName", "text")
    if kind not in READERS:
        raise ApiError(400, "soda.column.unknown-type", f"Unknown type: {kind}", {"type": kind})
    return {
        "name": data["name"],
        "fieldName": name,
        "dataTypeName": kind,
        "renderTypeName": kind,
        "description": data.get("description") or "",
        "position": position,
        "format": data.get("format") or {},
    }


def create(store: Store, data: Any, user: dict[str, Any]) -> Asset:
    """A new asset: unpublished, private, its row identifier kept as a column number."""
    if not isinstance(data, dict):
        raise ApiError(400, "invalid_request", "A view is a JSON object")
    check_name(data)
    check_fields(store, data)
    taken: set[str] = set()
    columns = [
        new_column(item, number, taken) for number, item in enumerate(data.get("columns") or [], start=1)
    ]
    now = int(time.time())
    doc = {key: copy.deepcopy(data[key]) for key in MERGED_KEYS if data.get(key) is not None}
    doc |= {
        "columns": columns,
        "createdAt": now,
        "rowsUpdatedAt": now,
        "viewLastModified": now,
        "owner": user["id"],
    }
    doc.setdefault("metadata", {})
    asset = store.add_asset(doc)
    set_row_identifier(store, asset)
    return asset


def set_row_identifier(store: Store, asset: Asset) -> None:
    """Turn metadata.rowIdentifier, given as a field name or a column number, into the column number."""
    wanted = asset.doc["metadata"].get("rowIdentifier")
    if wanted is not None:
        column = next((item for item in asset.columns if wanted in (item["id"], item["fieldName"])), None)
        if column is None:
            raise ApiError(400, "soda.invalid-row-identifier", f"Row identifier is not a column: {wanted}")
        asset.doc["metadata"]["rowIdentifier"] = column["id"]
    store.save(asset)
    store.index(asset)


def merge(store: Store, asset: Asset, data: Any) -> None:
    """PUT: the keys that are sent replace those that are there; `metadata` is replaced as a whole."""
    if not isinstance(data, dict):
        raise ApiError(400, "invalid_request", "A view is a JSON object")
    if "name" in data:
        check_name(data)
    check_fields(store, data, own=asset)
    for key in MERGED_KEYS:
        if key in data:
            asset.doc[key] = copy.deepcopy(data[key])
    asset.doc["viewLastModified"] = int(time.time())
    if "metadata" in data:
        set_row_identifier(store, asset)
    else:
        store.save(asset)


def shown(asset: Asset, user: dict[str, Any] | None, pending: dict[str, Any] | None = None) -> dict[str, Any]:
    """The view as JSON; what is private about it only for someone who signed in."""
    doc = copy.deepcopy(asset.doc)
    identifier = asset.row_identifier
    owner = {"id": doc.pop("owner"), "displayName": "Portal publisher", "type": "interactive"}
    for key in HIDDEN:
        doc.pop(key, None)
    doc |= {
        "id": asset.id,
        "oid": asset.oid,
        "assetType": "dataset",
        "displayType": doc.get("displayType", "table"),
        "newBackend": True,
        "averageRating": 0,
        "diciBackend": False,
        "downloadCount": doc.get("downloadCount", 0),
        "locale": "en_US",
        "numberOfComments": 0,
        "rowClass": "",
        "rowsUpdatedBy": owner["id"],
        "totalTimesRated": 0,
        "viewCount": 0,
        "provenance": "official",
        "publicationAppendEnabled": asset.stage == "published",
        "publicationGroup": asset.group,
        "publicationStage": asset.stage,
        "tableId": asset.oid,
        "viewType": "tabular",
        "hideFromCatalog": False,
        "hideFromDataJson": False,
        "locked": False,
        "owner": owner,
        "tableAuthor": owner,
        "query": {},
        "flags": ["default", "restorable"],
        "grants": [{"inherited": False, "type": "viewer", "flags": ["public"]}]
        if asset.scope == "public"
        else [],
        "rights": OWNER_RIGHTS if user else ["read"],
    }
    if is_derived(asset):
        doc |= {
            "assetType": "filter",
            "modifyingViewUid": asset.doc["parent"],
            "isDerivedView": True,
            "publicationAppendEnabled": False,
        }
    if doc.get("blobId"):
        doc |= {"assetType": "file", "viewType": "blobby"}
    if identifier is not None:
        doc["rowIdentifierColumnId"] = identifier["id"]
    if pending is not None:
        doc["pendingGrants"] = [{"inherited": False, "type": "viewer", "flags": ["public"]}]
    if user is None:
        doc.pop("privateMetadata", None)
    else:
        doc["permissions"] = permissions(asset)
    return doc


def permissions(asset: Asset) -> dict[str, Any]:
    """Who may do what: the owner, and everybody it is shared with by name."""
    levels = {asset.doc["owner"]: "current_owner", **asset.doc.get("shared", {})}
    users = [
        {
            "id": person["id"],
            "displayName": person["displayName"],
            "email": person["email"],
            "type": "interactive",
            "accessLevels": [{"name": levels[name], "version": "all"}],
        }
        for name in levels
        if (person := people.of_id(name)) is not None
    ]
    return {
        "scope": asset.scope,
        "accessLevels": [{"name": name, "version": "all"} for name in ("viewer", "contributor", "owner")],
        "users": users,
    }
