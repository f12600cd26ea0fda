"""Files: attachments of a dataset, and assets that are one file, as the older calls of the core know them."""

from __future__ import annotations

import io
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from publishing.devserver import assets, blobs
from publishing.devserver.http import ApiError, Request, Response, json_response
from publishing.devserver.store import Asset, Store


def attach(store: Store, request: Request) -> Response:
    """POST …/files.txt: the bytes, their name in X-File-Name; the view's metadata then names what it answers."""
    request.publisher()
    asset = assets.find(store, request, request.args["id"])
    return json_response(_answer(_keep(store, request, asset.id)))


def upload(store: Store, request: Request) -> Response:
    """POST /api/assets: a file that belongs to nothing yet."""
    request.publisher()
    return json_response(_answer(_keep(store, request, None)))


def download_attachment(store: Store, request: Request) -> Response:
    """GET …/files/{number}: for whoever may see the view, when the file is one of its own."""
    asset = assets.find(store, request, request.args["id"])
    named = [item.get("assetId") for item in asset.doc["metadata"].get("attachments") or []]
    number = request.args["number"]
    kept = blobs.find(store, number)
    own = number in named or number == asset.doc.get("blobId")
    if kept is None or not (own or (request.user is not None and kept["asset"] == asset.id)):
        raise ApiError(404, "not_found", "Not found", {"id": number})
    return _file(store, kept)


def download(store: Store, request: Request) -> Response:
    """GET /api/assets/{number}: for all, when a public view names it; otherwise for who signed in."""
    number = request.args["number"]
    kept = blobs.find(store, number)
    if kept is None:
        raise ApiError(404, "not_found", "Not found", {"id": number})
    if request.user is None and not any(
        _names(asset, number) for asset in store.assets() if asset.open_to_all
    ):
        raise ApiError(403, "permission_denied", "You do not have permission to view this asset")
    return _file(store, kept)


def _names(asset: Asset, number: str) -> bool:
    attachments = asset.doc["metadata"].get("attachments") or []
    return asset.doc.get("blobId") == number or any(item.get("assetId") == number for item in attachments)


def create_blob(store: Store, request: Request) -> Response:
    """POST /api/imports2?method=blob with a form: an asset that is one file."""
    user = request.publisher()
    if request.query.get("method") != "blob":
        raise ApiError(400, "invalid_request", "Only method=blob is known here")
    kept = _from_form(store, request)
    name = request.query.get("name") or request.query.get("fileName") or kept["filename"]
    asset = assets.create(store, {"name": name}, user)
    return json_response(_set_blob(store, asset, kept, user))


def replace_blob(store: Store, request: Request) -> Response:
    """POST /api/views/{id}.txt?method=replaceBlob: another file in the place of the first."""
    user = request.publisher()
    if request.query.get("method") != "replaceBlob":
        raise ApiError(400, "invalid_request", f"Unknown method {request.query.get('method')}")
    asset = assets.find(store, request, request.args["id"])
    if not asset.doc.get("blobId"):
        raise ApiError(400, "invalid_request", "The asset is not a file")
    return json_response(_set_blob(store, asset, _from_form(store, request), user))


def _set_blob(store: Store, asset: Asset, kept: dict[str, Any], user: dict[str, Any]) -> dict[str, Any]:
    asset.doc |= {
        "blobId": kept["id"],
        "blobFilename": kept["filename"],
        "blobFileSize": kept["size"],
        "blobMimeType": kept["content_type"],
    }
    store.save(asset)
    return assets.shown(asset, user)


def _keep(store: Store, request: Request, asset: str | None) -> dict[str, Any]:
    name = request.headers.get("x-file-name")
    if not name:
        raise ApiError(400, "invalid_request", "X-File-Name is missing")
    kind = request.headers.get("content-type", "application/octet-stream")
    return blobs.keep(store, request.file, name=name, content_type=kind, asset=asset)


def _from_form(store: Store, request: Request) -> dict[str, Any]:
    """The one file of a multipart form; raises ApiError 400."""
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + request.body)
    for part in message.iter_parts() if message.is_multipart() else ():
        if part.get_filename():
            payload = part.get_payload(decode=True)
            body = io.BytesIO(payload if isinstance(payload, bytes) else b"")
            kind = part.get_content_type()
            return blobs.keep(store, body, name=str(part.get_filename()), content_type=kind, asset=None)
    raise ApiError(400, "invalid_request", "The form holds no file")


def _answer(kept: dict[str, Any]) -> dict[str, Any]:
    return {"id": kept["id"], "nameForOutput": kept["filename"]}


def _file(store: Store, kept: dict[str, Any]) -> Response:
    name = kept["filename"].encode("ascii", "replace").decode().replace('"', "_").replace("\\", "_")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(200, b"", kept["content_type"], headers, stream=blobs.pieces(store, kept["id"]))
