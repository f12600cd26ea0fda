"""/api/views: create, read, change, publish, copy and delete assets."""

from __future__ import annotations

import copy
import sqlite3
import time
from typing import Any

from publishing.devserver import assets, audience, derived, federation
from publishing.devserver.http import ApiError, Request, Response, json_response
from publishing.devserver.store import Asset, Store


def current_user(store: Store, request: Request) -> Response:
    if request.user is None:
        raise ApiError(401, "authentication_required", "Authentication required")
    return json_response(request.user)


def create(store: Store, request: Request) -> Response:
    user = request.publisher()
    data = request.json()
    if isinstance(data, dict) and data.get("originalViewId"):
        return _view(store, derived.create(store, request, data, user), user)
    asset = assets.create(store, data, user)
    if "deleted_at" in request.query:
        asset.doc["deletedAt"] = request.query["deleted_at"]
        store.save(asset)
    return _view(store, asset, user)


def listed(store: Store, request: Request) -> Response:
    found = [asset for asset in store.assets() if request.user is not None or asset.open_to_all]
    limit, page = int(request.query.get("limit", 200)), int(request.query.get("page", 1))
    chosen = found[(page - 1) * limit : page * limit]
    return json_response([assets.shown(asset, request.user) for asset in chosen])


def read(store: Store, request: Request) -> Response:
    asset = assets.find(store, request, request.args["id"])
    if request.query.get("method") == "getLensPublicationGroup":
        wanted = request.query.get("stage", "published")
        group = [other for other in store.assets() if other.group == asset.group and other.stage == wanted]
        if not group or (request.user is None and not group[0].open_to_all):
            raise ApiError(404, "not_found", "Not found")
        asset = group[0]
    return _view(store, asset, request.user)


def change(store: Store, request: Request) -> Response:
    user = request.publisher()
    asset = assets.find(store, request, request.args["id"])
    method = request.query.get("method")
    if method == "setPermission":
        value = request.query.get("value") or (request.json() if request.body else None)
        audience.set_scope(store, asset, str(value))
        return Response(200)
    if method == "validate" or request.query.get("validateOnly") == "true":
        return json_response(_validated(store, request.json(), asset))
    data = request.json()
    if assets.is_derived(asset) and isinstance(data, dict) and "queryString" in data:
        derived.change(store, asset, str(data["queryString"]))
    try:
        assets.merge(store, asset, data)
    except sqlite3.IntegrityError as error:
        raise ApiError(
            400, "soda.invalid-row-identifier", "The row identifier holds a value twice"
        ) from error
    return _view(store, asset, user)


def _validated(store: Store, data: Any, asset: Asset) -> dict[str, Any]:
    errors = []
    try:
        assets.check_fields(store, data, own=asset)
    except ApiError as error:
        errors.append(str(error))
    return {"metadata": data, "errors": errors, "warnings": []}


def delete(store: Store, request: Request) -> Response:
    request.publisher()
    asset = assets.find(store, request, request.args["id"])
    federation.leaving(store, asset)
    for view in derived.of(store, asset):
        store.drop(view)
    store.drop(asset)
    return Response(200)


def add_columns(store: Store, request: Request) -> Response:
    request.publisher()
    asset = assets.find(store, request, request.args["id"])
    if asset.stage == "published":
        raise ApiError(409, "soda.dataset.incorrect-lifecycle-stage", "Columns change only in a working copy")
    data = request.json()
    many = request.query.get("method") == "multiCreate"
    taken = {column["fieldName"] for column in asset.columns}
    made = []
    for item in data.get("columns", []) if many else [data]:
        column = assets.new_column(item, len(asset.columns) + 1, taken)
        store.add_column(asset, column)
        made.append(column)
    return json_response(made if many else made[0])


def listed_columns(store: Store, request: Request) -> Response:
    return json_response(assets.find(store, request, request.args["id"]).columns)


def change_column(store: Store, request: Request) -> Response:
    request.publisher()
    asset = assets.find(store, request, request.args["id"])
    column = _column(asset, request.args["column"])
    data = request.json()
    if data.get("dataTypeName", column["dataTypeName"]) != column["dataTypeName"]:
        raise ApiError(
            409, "soda.dataset.incorrect-lifecycle-stage", "The type of a column does not change here"
        )
    column |= {key: data[key] for key in ("name", "description", "format") if key in data}
    store.save(asset)
    return json_response(column)


def delete_column(store: Store, request: Request) -> Response:
    request.publisher()
    asset = assets.find(store, request, request.args["id"])
    if asset.stage == "published":
        raise ApiError(409, "soda.dataset.incorrect-lifecycle-stage", "Columns change only in a working copy")
    column = _column(asset, request.args["column"])
    if column == asset.row_identifier:
        raise ApiError(
            400, "soda.column.cannot-delete-row-identifier", "The row identifier cannot be deleted"
        )
    asset.columns.remove(column)
    store.save(asset)
    return json_response(column)


def publication(store: Store, request: Request) -> Response:
    """POST …/publication: publish what is unpublished, or make a working copy of what is published."""
    user = request.publisher()
    asset = assets.find(store, request, request.args["id"])
    method = request.query.get("method")
    if method in ("copy", "copySchema"):
        return _copy(store, asset, user, with_rows=method == "copy")
    if method:
        raise ApiError(400, "invalid_request", f"Unknown method {method}")
    if asset.stage == "published":
        raise ApiError(409, "soda.dataset.incorrect-lifecycle-stage", "The asset is already published")
    if store.settings()["geocoding_pending"]:
        raise ApiError(409, "invalid_request", "Rows are still being geocoded")
    return _view(store, publish(store, asset), user)


def publish(store: Store, asset: Asset) -> Asset:
    """The asset becomes a published one; a working copy becomes the one that it was made of."""
    original = next(
        (other for other in store.assets() if other.group == asset.group and other.stage == "published"), None
    )
    if original is not None:
        asset = _fold(store, asset, original)
    asset.stage = "published"
    asset.doc["publicationDate"] = int(time.time())
    store.save(asset)
    return asset


def _copy(store: Store, asset: Asset, user: dict[str, Any], *, with_rows: bool) -> Response:
    if asset.stage != "published" or assets.is_derived(asset):
        raise ApiError(
            409, "soda.dataset.incorrect-lifecycle-stage", "Only a published asset has working copies"
        )
    if any(other.group == asset.group and other.oid != asset.oid for other in store.assets()):
        raise ApiError(409, "invalid_request", "A working copy already exists")
    polls = store.settings()["copy_polls"]
    if polls:
        store.set_settings({"copy_polls": polls - 1})
        return json_response({"status": "processing"}, status=202)
    doc = copy.deepcopy(asset.doc)
    doc.pop("resourceName", None)
    doc.pop("publicationDate", None)
    identifier = asset.row_identifier
    twin = store.add_asset(doc, group=asset.group)
    if identifier is not None:
        twin.doc["metadata"]["rowIdentifier"] = identifier["fieldName"]
        assets.set_row_identifier(store, twin)
    if with_rows:
        store.copy_rows(asset, twin)
    return _view(store, twin, user)


def _fold(store: Store, twin: Asset, original: Asset) -> Asset:
    """Publishing a working copy: the published asset keeps its name and takes over columns and rows."""
    store.before_write(original)
    kept: dict[str, Any] = {
        key: original.doc[key] for key in ("resourceName", "createdAt") if key in original.doc
    }
    original.doc = {**twin.doc, **kept}
    store.db.execute(f"DROP TABLE {original.truth}")
    # It would stay beside the one that is made anew below.
    store.db.execute(f"DROP INDEX IF EXISTS key_{twin.oid}")
    store.db.execute(f"ALTER TABLE {twin.truth} RENAME TO {original.truth}")
    store.drop(twin)
    store.save(original)
    store.index(original)
    return original


def replication(store: Store, request: Request) -> Response:
    request.signed_in()
    asset = assets.find(store, request, request.args["id"])
    behind = asset.version - 1 if asset.behind else asset.version
    return json_response(
        {
            "read_replication_up_to_date": not asset.behind,
            "truth_data_version": asset.version,
            "secondary_versions": {"pg-secondary": behind},
        }
    )


def geocoding(store: Store, request: Request) -> Response:
    """What is still on its way to the map; each look brings it nearer."""
    assets.find(store, request, request.args["id"])
    left = store.settings()["geocoding_pending"]
    if left:
        store.set_settings({"geocoding_pending": left - 1})
    return json_response({"total": left, "view": left})


def _column(asset: Asset, name: str) -> dict[str, Any]:
    for column in asset.columns:
        if name in (str(column["id"]), column["fieldName"]):
            return column
    raise ApiError(404, "soda.dataset.column-not-found", f"No such column: {name}", {"column": name})


def _view(store: Store, asset: Asset, user: dict[str, Any] | None) -> Response:
    shown = assets.shown(asset, user, audience.pending(store, asset))
    if user is not None:
        shown["approvals"] = audience.told(store, asset)
    return json_response(shown)
