"""Items of the stand-in: add, publish, describe, share, delete."""

from __future__ import annotations

import base64
import csv
import io
import secrets
import time
from datetime import UTC, datetime
from typing import Any

from publishing.devserver.arcgis import forms, services
from publishing.devserver.arcgis.forms import Ask, denied
from publishing.devserver.documents import Documents

OWNER = "publisher"
GROUPS = {"": True, "0123456789abcdef0123456789abcdef": True}
TOLD = ("title", "snippet", "description", "accessInformation", "licenseInfo")
LISTS = ("tags", "typeKeywords")
PRIVILEGES = [
    "portal:user:createItem",
    "portal:user:shareToPublic",
    "portal:publisher:publishFeatures",
]


def account(store: Documents, ask: Ask) -> dict[str, Any]:
    ask.signed()
    return {"username": OWNER, "role": "org_publisher", "privileges": PRIVILEGES}


def listed(store: Documents, ask: Ask) -> dict[str, Any]:
    ask.signed()
    start, number = int(ask.values.get("start", 1)), min(int(ask.values.get("num", 10)), 100)
    every = store.every("item")
    shown = every[start - 1 : start - 1 + number]
    following = start + number if start - 1 + number < len(every) else -1
    return {"username": OWNER, "total": len(every), "start": start, "nextStart": following, "items": shown}


def read(store: Documents, ask: Ask) -> dict[str, Any]:
    return forms.item(store, ask, ask.args["item"])


def _new(store: Documents, **about: Any) -> dict[str, Any]:
    item = {
        "id": secrets.token_hex(16),
        "owner": OWNER,
        "access": "private",
        "typeKeywords": [],
        "tags": [],
        "created": int(time.time() * 1000),
        "url": None,
        **dict.fromkeys(TOLD),
        **about,
    }
    return store.put("item", item["id"], item)


def add(store: Documents, ask: Ask) -> dict[str, Any]:
    """A private item with its file."""
    ask.signed()
    name = ask.values.get("filename")
    if ask.values.get("type") != "CSV" or not name or ask.file is None:
        raise denied(400, "'type', 'filename' and 'file' must be specified.")
    if any(one["name"] == name for one in store.every("item")):
        raise denied(409, f"Item with this filename '{name}' already exists.", "CONT_0048")
    item = _new(store, type="CSV", name=name)
    _keep_file(store, item["id"], ask.file)
    _told(store, item, ask)
    return {"success": True, "id": item["id"], "folder": None}


def _told(store: Documents, item: dict[str, Any], ask: Ask) -> None:
    # What is sent empty is left alone, unless the request says otherwise.
    empties = ask.flag("clearEmptyFields")
    told = (key for key in TOLD if key in ask.values and (ask.values[key] or empties))
    changes: dict[str, Any] = {key: ask.values[key] for key in told}
    changes |= {key: [one for one in ask.values[key].split(",") if one] for key in LISTS if key in ask.values}
    store.put("item", item["id"], {**item, **changes, "modified": int(time.time() * 1000)})


def _keep_file(store: Documents, name: str, content: bytes) -> None:
    store.put("file", name, {"content": base64.b64encode(content).decode()})


def file_of(store: Documents, name: str) -> bytes:
    kept = store.get("file", name)
    if kept is None:
        raise forms.gone()
    return base64.b64decode(kept["content"])


def _own(store: Documents, ask: Ask) -> dict[str, Any]:
    ask.signed()
    return forms.item(store, ask, ask.args["item"])


def update(store: Documents, ask: Ask) -> dict[str, Any]:
    item = _own(store, ask)
    if ask.flag("multipart"):
        store.put("parts", item["id"], {})
    elif ask.file is not None:
        _keep_file(store, item["id"], ask.file)
    _told(store, item, ask)
    return {"success": True, "id": item["id"]}


def add_part(store: Documents, ask: Ask) -> dict[str, Any]:
    item, parts = _own(store, ask), store.get("parts", ask.args["item"])
    number = ask.values.get("partNum", "")
    if parts is None or ask.file is None or not number.isdigit():
        raise denied(400, "No multipart upload has begun.")
    store.put("parts", item["id"], {**parts, number: base64.b64encode(ask.file).decode()})
    return {"success": True}


def commit(store: Documents, ask: Ask) -> dict[str, Any]:
    item, parts = _own(store, ask), store.get("parts", ask.args["item"])
    if not parts:
        raise denied(400, "No multipart upload has begun.")
    content = b"".join(base64.b64decode(parts[number]) for number in sorted(parts, key=int))
    _keep_file(store, item["id"], content)
    store.drop("parts", item["id"])
    return {"success": True, "id": item["id"]}


def status(store: Documents, ask: Ask) -> dict[str, Any]:
    item = _own(store, ask)
    return {"itemId": item["id"], **services.polled(store, ask.values.get("jobId", ""))}


def share(store: Documents, ask: Ask) -> dict[str, Any]:
    item, group = _own(store, ask), ask.values.get("groups", "")
    if group not in GROUPS:
        return {"notSharedWith": [group], "itemId": item["id"]}
    access = (
        "public" if ask.flag("everyone") else "org" if ask.flag("org") else "shared" if group else "private"
    )
    store.put("item", item["id"], {**item, "access": access})
    return {"notSharedWith": [], "itemId": item["id"]}


def unshare(store: Documents, ask: Ask) -> dict[str, Any]:
    return {"notUnsharedFrom": [], "itemId": _own(store, ask)["id"]}


def delete(store: Documents, ask: Ask) -> dict[str, Any]:
    item = _own(store, ask)
    store.drop("item", item["id"])
    store.drop("file", item["id"])
    if item["type"] == "Feature Service":
        store.drop("service", item["name"])
        store.clear(item["name"])
    return {"success": True, "itemId": item["id"]}


def create_service(store: Documents, ask: Ask) -> dict[str, Any]:
    ask.signed()
    return _service(store, ask, str(ask.json("createParameters").get("name", "")), layer=None)


def _service(store: Documents, ask: Ask, name: str, *, layer: dict[str, Any] | None) -> dict[str, Any]:
    if not name.replace("_", "a").isalnum():
        raise denied(400, f"Service name '{name}' is not a valid name.")
    if store.get("service", name):
        raise denied(409, f"Service name '{name}' already exists for 'org'", "CONT_0049")
    url = f"http://{ask.request.host}/rest/services/{name}/FeatureServer"
    item = _new(store, type="Feature Service", name=name, title=name, url=url)
    store.put("service", name, {"name": name, "item": item["id"], "url": url, "layer": layer})
    return {
        "success": True,
        "itemId": item["id"],
        "serviceItemId": item["id"],
        "serviceurl": url,
        "encodedServiceURL": url,
        "name": name,
        "type": "Feature Service",
        "size": -1,
    }


def publish(store: Documents, ask: Ask) -> dict[str, Any]:
    """A service of a CSV, with the types of the parameters; with overwrite its rows change in one step."""
    ask.signed()
    source = forms.item(store, ask, ask.values.get("itemid", ""))
    wanted = ask.json("publishParameters")
    definition, name = wanted.get("layerInfo"), str(wanted.get("name", ""))
    if ask.values.get("filetype") != "csv" or not isinstance(definition, dict):
        raise denied(400, "'publishParameters' with 'layerInfo' must be specified.")
    layer = services.new_layer({"id": 0, "indexes": [], **definition})
    known = store.get("service", name)
    if ask.flag("overwrite"):
        if known is None:
            raise denied(400, "The service to overwrite does not exist.")
        before = known["layer"] or {}
        kept = [one for one in before.get("indexes", []) if services.has_field(layer, one["fields"])]
        layer["indexes"] = kept
        store.put("service", name, {**known, "layer": layer})
        made = {"serviceurl": known["url"], "serviceItemId": known["item"], "type": "Feature Service"}
    else:
        made = _service(store, ask, name, layer=layer)
    _fill(store, name, layer, file_of(store, source["id"]), wanted)
    return {"services": [{**made, "jobId": services.job(store)}]}


def _fill(store: Documents, name: str, layer: dict[str, Any], content: bytes, wanted: dict[str, Any]) -> None:
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
    if not rows:
        raise denied(500, "Unable to publish: the file has no rows.")
    store.clear(name)
    types = {field["name"]: field["type"] for field in layer["fields"]}
    for row in rows:
        attributes = {key: _value(types[key], text) for key, text in row.items() if key in types}
        services.put(store, name, layer, attributes, upsert_by=None)


def _value(kind: str, text: str) -> Any:
    if text == "":
        return None
    if kind == "esriFieldTypeDouble":
        return float(text)
    if kind == "esriFieldTypeSmallInteger":
        return int(text)
    if kind == "esriFieldTypeDate":
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
        return round(moment.timestamp() * 1000)
    return text
