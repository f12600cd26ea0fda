"""Datasets ("packages") of the stand-in, and who may see them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from publishing.devserver.documents import Documents
from publishing.devserver.http import ApiError, Request

ORGANIZATION = {"id": "00000000-0000-4000-8000-000000000001", "name": "city", "title": "The city"}
NAME = re.compile(r"[a-z0-9_-]{2,100}")
TAG = re.compile(r"[\w .-]{2,100}")
TEXTS = ("title", "notes", "author", "maintainer", "maintainer_email", "license_id", "url", "version")
LICENCES = {
    *("notspecified", "odc-pddl", "odc-odbl", "odc-by", "cc-zero", "cc-by", "cc-by-sa", "gfdl"),
    *("other-open", "other-pd", "other-at", "uk-ogl", "cc-nc", "other-nc", "other-closed", ""),
}

Action = Callable[[Documents, Request, dict[str, Any]], Any]


def invalid(**about: Any) -> ApiError:
    return ApiError(409, "validation", "Validation Error", about)


def signed(request: Request, what: str) -> None:
    if request.user is None:
        raise ApiError(403, None, f"Access denied: User  not authorized to {what}")


def now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat()


def named(store: Documents, name: str) -> dict[str, Any] | None:
    """A package by its id or, as the real portal allows, by its name."""
    found = store.get("package", name)
    return found or next((one for one in store.every("package") if one["name"] == name), None)


def seen(store: Documents, request: Request, name: Any) -> dict[str, Any]:
    """The package, for someone who may see it; otherwise the portal's 404 or 403."""
    if not isinstance(name, str) or not name:
        raise invalid(id=["Missing value"])
    package = named(store, name)
    if package is None:
        raise ApiError(404, None, "Not found")
    if request.user is None and (package["private"] or package["state"] != "active"):
        raise ApiError(403, None, f"Access denied: User  not authorized to read package {package['id']}")
    return package


def organizations(store: Documents, request: Request, asked: dict[str, Any]) -> list[dict[str, Any]]:
    return [ORGANIZATION] if request.user else []


def show(store: Documents, request: Request, asked: dict[str, Any]) -> dict[str, Any]:
    return seen(store, request, asked.get("id") or asked.get("name_or_id"))


def resource(store: Documents, request: Request, asked: dict[str, Any]) -> dict[str, Any]:
    """One resource, for someone who may see its package."""
    wanted = asked.get("id")
    for package in store.every("package"):
        for one in package.get("resources", []):
            if one.get("id") == wanted:
                seen(store, request, package["id"])
                return dict(one)
    raise ApiError(404, None, "Not found")


def search(store: Documents, request: Request, asked: dict[str, Any]) -> dict[str, Any]:
    every = request.user is not None and str(asked.get("include_private", "")).lower() == "true"
    found = [
        one for one in store.every("package") if one["state"] == "active" and (every or not one["private"])
    ]
    return {"count": len(found), "results": found}


def create(store: Documents, request: Request, asked: dict[str, Any]) -> dict[str, Any]:
    signed(request, "create packages")
    package: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "name": "",
        "private": False,
        "state": "active",
        "resources": [],
        "extras": [],
        "tags": [],
        "owner_org": None,
        "metadata_created": now(),
        **dict.fromkeys(TEXTS, ""),
    }
    return _kept(store, package, asked)


def patch(store: Documents, request: Request, asked: dict[str, Any]) -> dict[str, Any]:
    signed(request, "edit packages")
    return _kept(store, seen(store, request, asked.get("id")), asked)


def _kept(store: Documents, package: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    changes = {
        key: asked[key] for key in (*TEXTS, "name", "owner_org", "private", "extras", "tags") if key in asked
    }
    package = {**package, **changes, "metadata_modified": now()}
    _check(store, package)
    return store.put("package", package["id"], package)


def _check(store: Documents, package: dict[str, Any]) -> None:
    name = package["name"]
    if not isinstance(name, str) or not NAME.fullmatch(name) or name in ("new", "edit", "search"):
        raise invalid(name=["Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"])
    other = named(store, name)
    if other is not None and other["id"] != package["id"]:
        raise invalid(name=["That URL is already in use."])
    if package["owner_org"] not in (None, ORGANIZATION["id"], ORGANIZATION["name"]):
        raise invalid(owner_org=["Organization does not exist"])
    if not isinstance(package["private"], bool):
        raise invalid(private=["Must be a boolean"])
    if package["private"] and package["owner_org"] is None:
        raise invalid(private=["Datasets with no organization can't be private."])
    if package["license_id"] not in LICENCES:
        raise invalid(license_id=["Unknown license"])
    if any(not isinstance(package[key], str) for key in TEXTS):
        raise invalid(message=["Must be text"])
    keys = [extra.get("key") for extra in package["extras"]]
    if len(set(keys)) != len(keys) or any(not str(extra.get("value", "")) for extra in package["extras"]):
        raise invalid(extras=["There is a schema field with the same name, or a missing value"])
    if any(not TAG.fullmatch(tag.get("name", "")) for tag in package["tags"]):
        raise invalid(tags=["Tag must be alphanumeric characters or symbols: -_."])


def delete(store: Documents, request: Request, asked: dict[str, Any]) -> None:
    """Deleted packages keep their name and can be restored; nobody but an editor sees them."""
    signed(request, "delete packages")
    package = seen(store, request, asked.get("id"))
    store.put("package", package["id"], {**package, "state": "deleted"})


def delete_resource(store: Documents, request: Request, asked: dict[str, Any]) -> None:
    signed(request, "delete resources")
    for package in store.every("package"):
        kept = [resource for resource in package["resources"] if resource["id"] != asked.get("id")]
        if len(kept) != len(package["resources"]):
            store.put("package", package["id"], {**package, "resources": kept})
            store.drop("table", asked["id"])
            store.clear(asked["id"])
            return
    raise ApiError(404, None, "Not found")


ACTIONS: dict[str, Action] = {
    "organization_list_for_user": organizations,
    "package_show": show,
    "package_search": search,
    "package_create": create,
    "package_patch": patch,
    "package_delete": delete,
    "resource_show": resource,
    "resource_delete": delete_resource,
}
