"""Sources: a file, or the rows of a dataset, that a revision is made of."""

from __future__ import annotations

import csv
from typing import Any

from publishing.devserver import assets, blobs
from publishing.devserver.dsmapi import parsing, schemas, uploads
from publishing.devserver.dsmapi.shapes import answer, by, now, refusal, source_links
from publishing.devserver.http import Request, Response, json_response
from publishing.devserver.store import Store, cell

FIRST_ID = 9
PARSED = tuple(parsing.SEPARATORS)


def create(store: Store, request: Request) -> Response:
    """POST …/revision/{id}/{seq}/source, or …/source for one that joins a revision later."""
    user = request.publisher()
    data = request.json()
    kind = data.get("source_type") if isinstance(data, dict) else None
    if not isinstance(kind, dict) or "type" not in kind:
        raise refusal(400, "bad_source_type", "source_type needs a type")
    revision = None
    options: dict[str, Any] = {}
    if "id" in request.args:
        revision = f"{request.args['id']}/{request.args['seq']}"
        options = _options_of(store, revision)
    source: dict[str, Any] = {
        "id": store.next_number("source", FIRST_ID),
        "revision": revision,
        "source_type": dict(kind),
        "content_type": None,
        "filesize": None,
        "created_at": now(),
        "created_by": by(user),
        "finished_at": None,
        "failed_at": None,
        "failure_details": None,
        "parse_options": parsing.DEFAULTS | options | (data.get("parse_options") or {}),
        "schemas": [],
        "blob": None,
        "polls": 0,
    }
    if kind["type"] == "view":
        _from_view(store, request, source)
    elif kind["type"] != "upload":
        _fail(source, "unsupported_source_type", "The stand-in takes files and datasets, and fetches nothing")
    return _shown(store, _save(store, source), status=201)


def _options_of(store: Store, revision: str) -> dict[str, Any]:
    """Raises ApiError 404 and 400: the revision must be there, and open."""
    known = store.papers.get("revision", revision)
    if known is None:
        raise refusal(404, "revision_not_found", "No such revision")
    if known["closed_at"]:
        raise refusal(400, "revision_closed", "The revision is closed")
    config = store.papers.get("config", known.get("config") or "")
    return dict(config["parse_options"] or {}) if config else {}


def listed(store: Store, request: Request) -> Response:
    request.publisher()
    revision = f"{request.args['id']}/{request.args['seq']}"
    found = [source for source in store.papers.every("source") if source["revision"] == revision]
    return json_response([_told(store, source) for source in found])


def read(store: Store, request: Request) -> Response:
    request.publisher()
    source = find(store, request)
    if source["polls"] > 0:
        source["polls"] -= 1
        _save(store, source)
    return _shown(store, source)


def receive(store: Store, request: Request) -> Response:
    """POST …/source/{id} with the whole file."""
    request.publisher()
    source = find(store, request)
    uploads.whole(store, source, request.file)
    return _shown(store, _finish(store, source, request.headers.get("content-type", "")), status=201)


def initiate(store: Store, request: Request) -> Response:
    request.publisher()
    source = find(store, request)
    data = request.json()
    uploads.begin(store, source)
    source["content_type"] = data.get("content_type") if isinstance(data, dict) else None
    _save(store, source)
    return json_response(
        {
            "preferred_chunk_size": uploads.CHUNK_SIZE,
            "preferred_upload_parallelism": uploads.PARALLEL,
        }
    )


def chunk(store: Store, request: Request) -> Response:
    request.publisher()
    number, offset = int(request.args["number"]), int(request.args["offset"])
    uploads.chunk(store, find(store, request), number, offset, request.file, request.size)
    resource = {"seq_num": number, "byte_offset": offset, "end_byte_offset": offset + request.size}
    return json_response({"resource": resource}, status=201)


def commit(store: Store, request: Request) -> Response:
    request.publisher()
    source = find(store, request)
    if source["schemas"]:
        # The same commit again, after an answer that was lost.
        return _shown(store, source)
    uploads.check_complete(store, source, int(request.args["number"]), int(request.args["offset"]))
    return _shown(store, _finish(store, source, source["content_type"] or ""), status=201)


def change(store: Store, request: Request) -> Response:
    """Other parse options, for which a file that is here is read anew; or another revision."""
    request.publisher()
    source = find(store, request)
    data = request.json()
    if isinstance(data.get("revision"), dict):
        about = data["revision"]
        source["revision"] = f"{about.get('fourfour')}/{about.get('revision_seq')}"
        _options_of(store, source["revision"])
    if isinstance(data.get("parse_options"), dict):
        unknown = set(data["parse_options"]) - set(parsing.DEFAULTS)
        if unknown:
            raise refusal(400, "bad_parse_option", f"Unknown parse options: {', '.join(sorted(unknown))}")
        source["parse_options"] |= data["parse_options"]
        if source["schemas"]:
            _finish(store, source, source["content_type"] or "")
    return _shown(store, _save(store, source))


def load(store: Store, request: Request) -> Response:
    request.publisher()
    source = find(store, request)
    if source["source_type"]["type"] == "view":
        source["source_type"]["loaded"] = True
    return _shown(store, _save(store, source))


def cancel(store: Store, request: Request) -> Response:
    request.publisher()
    source = find(store, request)
    if not source["schemas"]:
        _fail(source, "cancelled", "The upload was cancelled")
    return _shown(store, _save(store, source))


def find(store: Store, request: Request) -> dict[str, Any]:
    source = store.papers.get("source", request.args["source"])
    if source is None:
        raise refusal(404, "source_not_found", "No such source")
    return source


def _finish(store: Store, source: dict[str, Any], content_type: str) -> dict[str, Any]:
    """The bytes are here: read them, or keep them as the file that they are."""
    path = uploads.path_of(store, source)
    source |= {"content_type": content_type, "filesize": path.stat().st_size}
    source["polls"] = store.settings()["source_polls"]
    kind = content_type.partition(";")[0].strip()
    if not source["parse_options"]["parse_source"]:
        with path.open("rb") as file:
            name = source["source_type"].get("filename", "file")
            kept = blobs.keep(store, file, name=name, content_type=kind, asset=None)
        source |= {"blob": kept["id"], "finished_at": now()}
    elif kind not in PARSED:
        _fail(source, "unsupported_content_type", f"The stand-in reads no {kind or 'file without a type'}")
    else:
        _parse(store, source, kind)
    return _save(store, source)


def _parse(store: Store, source: dict[str, Any], kind: str) -> None:
    options = source["parse_options"]
    if kind == "text/tab-separated-values" and options["column_separator"] == ",":
        options["column_separator"] = parsing.SEPARATORS[kind]
    try:
        schema = schemas.from_file(store, source)
    except parsing.Unreadable as error:
        _fail(source, "unreadable_file", str(error))
    else:
        source["schemas"] = [*source["schemas"], schema["id"]]
        source["finished_at"] = now()


def _from_view(store: Store, request: Request, source: dict[str, Any]) -> None:
    """The rows of a dataset, written down as a file, so that all sources are read in one way."""
    asset = assets.find(store, request, str(source["source_type"].get("fourfour")))
    names = ", ".join(cell(column) for column in asset.columns)
    with uploads.path_of(store, source).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column["name"] for column in asset.columns])
        writer.writerows(store.db.execute(f"SELECT {names} FROM {asset.truth} ORDER BY sid"))  # noqa: S608
    source["source_type"]["loaded"] = False
    source |= {"content_type": "text/csv", "finished_at": now()}
    source["schemas"] = [schemas.from_asset(store, source, asset)["id"]]


def _fail(source: dict[str, Any], key: str, message: str) -> None:
    source |= {"failed_at": now(), "failure_details": {"key": key, "message": message}}


def _save(store: Store, source: dict[str, Any]) -> dict[str, Any]:
    return store.papers.put("source", source["id"], source)


def _told(store: Store, source: dict[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in source.items() if name not in ("revision", "polls", "blob")}
    ready = source["polls"] <= 0
    told["schemas"] = [schemas.told(store, number) for number in source["schemas"]] if ready else []
    told["finished_at"] = source["finished_at"] if ready else None
    return {"resource": told, "links": source_links(source["id"])}


def _shown(store: Store, source: dict[str, Any], status: int = 200) -> Response:
    told = _told(store, source)
    return answer(told["resource"], told["links"], status)
