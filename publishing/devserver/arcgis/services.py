"""Hosted layers of the stand-in: definition, rows, queries, and jobs that take a moment."""

from __future__ import annotations

import json
import re
import secrets
from typing import Any

from publishing.devserver.arcgis import forms
from publishing.devserver.arcgis.forms import Ask, denied
from publishing.devserver.documents import Documents

MAX_RECORDS = 2000
POLLS = 1
NOT_NULL = re.compile(r"(\w+) IS NOT NULL", re.IGNORECASE)
CHECKS: dict[str, tuple[type, ...]] = {
    "esriFieldTypeString": (str,),
    "esriFieldTypeDouble": (int, float),
    "esriFieldTypeSmallInteger": (int,),
    "esriFieldTypeDate": (int,),
}


# jobs


def job(store: Documents) -> str:
    name = secrets.token_hex(8)
    store.put("job", name, {"polls": POLLS})
    return name


def polled(store: Documents, name: str) -> dict[str, Any]:
    """Working at first, then done; no job is done at once."""
    known = store.get("job", name)
    if known and known["polls"] > 0:
        store.put("job", name, {"polls": known["polls"] - 1})
        return {"status": "processing", "statusMessage": "in progress"}
    return {"status": "completed", "statusMessage": "completed"}


def job_status(store: Documents, ask: Ask) -> dict[str, Any]:
    forms.service(store, ask)
    ask.signed()
    working = polled(store, ask.args["job"])["status"] == "processing"
    return {"status": "InProgress" if working else "Completed"}


# the definition


def new_layer(definition: dict[str, Any]) -> dict[str, Any]:
    fields = definition.get("fields") or []
    names = [str(field.get("name", "")) for field in fields]
    if len({name.lower() for name in names}) != len(names) or not all(
        re.fullmatch(r"[A-Za-z]\w*", n) for n in names
    ):
        raise denied(400, "Field names are not valid.")
    for field in fields:
        if field.get("type") not in {*CHECKS, "esriFieldTypeOID"}:
            raise denied(400, f"Field type {field.get('type')} is not supported.")
    if not has_field({"fields": fields}, "OBJECTID"):
        fields = [{"name": "OBJECTID", "type": "esriFieldTypeOID", "alias": "OBJECTID"}, *fields]
    return {**definition, "fields": fields, "indexes": definition.get("indexes") or []}


def has_field(layer: dict[str, Any], name: str) -> bool:
    return any(field["name"] == name for field in layer["fields"])


def root(store: Documents, ask: Ask) -> dict[str, Any]:
    found = forms.service(store, ask)
    shown = [{"id": found["layer"]["id"], "name": found["layer"].get("name")}] if found["layer"] else []
    spatial = bool(found["layer"] and found["layer"].get("geometryType"))
    return {
        "serviceItemId": found["item"],
        "maxRecordCount": MAX_RECORDS,
        "layers": shown if spatial else [],
        "tables": [] if spatial else shown,
    }


def layer(store: Documents, ask: Ask) -> dict[str, Any]:
    return {**forms.layer(store, ask), "maxRecordCount": MAX_RECORDS, "supportsAppend": True}


def _save(store: Documents, ask: Ask, changed: dict[str, Any] | None) -> dict[str, Any]:
    store.put("service", ask.args["name"], {**forms.service(store, ask), "layer": changed})
    return {"success": True}


def add_to_service(store: Documents, ask: Ask) -> dict[str, Any]:
    ask.signed()
    wanted = ask.json("addToDefinition")
    parts = [*wanted.get("layers", []), *wanted.get("tables", [])]
    if len(parts) != 1 or forms.service(store, ask)["layer"] is not None:
        raise denied(400, "Unable to add to the definition.")
    return _save(store, ask, new_layer({"id": 0, **parts[0]}))


def delete_from_service(store: Documents, ask: Ask) -> dict[str, Any]:
    ask.signed()
    store.clear(ask.args["name"])
    return _save(store, ask, None)


def add_to_layer(store: Documents, ask: Ask) -> dict[str, Any]:
    ask.signed()
    found, wanted = forms.layer(store, ask), ask.json("addToDefinition").get("indexes", [])
    for index in wanted:
        if not has_field(found, index.get("fields", "")):
            raise denied(400, "The field of the index does not exist.")
        if any(one["name"] == index["name"] for one in found["indexes"]):
            raise denied(400, "The index already exists.")
        _rekey(store, ask.args["name"], index["fields"])
    return _save(store, ask, {**found, "indexes": [*found["indexes"], *wanted]})


def _rekey(store: Documents, name: str, field: str) -> None:
    rows = store.page(name, limit=-1)
    keys = [str(json.loads(body)["attributes"].get(field)) for _, body in rows]
    if len(set(keys)) != len(keys):
        raise denied(400, "The values are not unique.")
    for (number, _), key in zip(rows, keys, strict=True):
        store.db.execute("UPDATE line SET key = ? WHERE holder = ? AND number = ?", (key, name, number))


def delete_from_layer(store: Documents, ask: Ask) -> dict[str, Any]:
    ask.signed()
    found = forms.layer(store, ask)
    gone = {index["name"] for index in ask.json("deleteFromDefinition").get("indexes", [])}
    kept = [index for index in found["indexes"] if index["name"] not in gone]
    return _save(store, ask, {**found, "indexes": kept})


def update_layer(store: Documents, ask: Ask) -> dict[str, Any]:
    ask.signed()
    found = forms.layer(store, ask)
    changes = {field.get("name"): field for field in ask.json("updateDefinition").get("fields", [])}
    if set(changes) - {field["name"] for field in found["fields"]}:
        raise denied(400, "The field does not exist.")
    fields = [{**field, **changes.get(field["name"], {})} for field in found["fields"]]
    return _save(store, ask, {**found, "fields": fields})


def truncate(store: Documents, ask: Ask) -> dict[str, Any]:
    ask.signed()
    forms.layer(store, ask)
    store.clear(ask.args["name"])
    return {"success": True}


# rows


def put(
    store: Documents,
    name: str,
    layer: dict[str, Any],
    attributes: dict[str, Any],
    *,
    upsert_by: str | None,
    geometry: dict[str, Any] | None = None,
) -> None:
    """One row; by the unique key it takes the place of the one that is there."""
    types = {field["name"]: field["type"] for field in layer["fields"]}
    for key, value in attributes.items():
        if key not in types or (value is not None and not isinstance(value, CHECKS.get(types[key], ()))):
            raise denied(400, f"Invalid value '{value}' for field '{key}'.")
    unique = upsert_by or next((one["fields"] for one in layer["indexes"] if one.get("isUnique")), None)
    key_text = str(attributes.get(unique)) if unique else None
    known = {field["name"]: None for field in layer["fields"] if field["type"] != "esriFieldTypeOID"}
    store.upsert(name, key_text, json.dumps({"attributes": known | attributes, "geometry": geometry}))


def upload(store: Documents, ask: Ask) -> dict[str, Any]:
    ask.signed()
    forms.service(store, ask)
    if ask.file is None:
        raise denied(400, "A file must be specified.")
    name = f"i{secrets.token_hex(8)}"
    store.put("upload", name, {"content": ask.file.decode()})
    return {"success": True, "item": {"itemID": name, "itemName": "rows.json", "committed": True}}


def append(store: Documents, ask: Ask) -> dict[str, Any]:
    """Upsert of an uploaded feature collection: every row or, when one does not fit, none."""
    ask.signed()
    found = forms.layer(store, ask)
    kept = store.get("upload", ask.values.get("appendUploadId", ""))
    if kept is None or ask.values.get("appendUploadFormat") != "featureCollection":
        raise denied(400, "Invalid upload.")
    key = ask.values.get("upsertMatchingField") if ask.flag("upsert") else None
    if ask.flag("upsert") and not any(
        one.get("isUnique") and one["fields"] == key for one in found["indexes"]
    ):
        raise denied(400, "The upsert matching field must have a unique index.")
    try:
        rows = json.loads(kept["content"])["layers"][0]["featureSet"]["features"]
    except (ValueError, LookupError) as error:
        raise denied(400, "The upload is not a feature collection.") from error
    for row in rows:
        attributes = row["attributes"]
        put(store, ask.args["name"], found, attributes, upsert_by=key, geometry=row.get("geometry"))
    store.drop("upload", ask.values["appendUploadId"])
    if "x-standin-corrupt" in ask.request.headers:
        _corrupt(store, ask.args["name"], found)
    return {
        "statusUrl": f"http://{ask.request.host}/rest/services/{ask.args['name']}/FeatureServer/jobs/{job(store)}"
    }


def _corrupt(store: Documents, name: str, layer: dict[str, Any]) -> None:
    text = next(field["name"] for field in layer["fields"] if field["type"] == "esriFieldTypeString")
    number, body = store.page(name, limit=1)[0]
    row = json.loads(body)
    row["attributes"][text] = "changed on the way"
    store.db.execute(
        "UPDATE line SET body = ? WHERE holder = ? AND number = ?", (json.dumps(row), name, number)
    )


def query(store: Documents, ask: Ask) -> dict[str, Any]:
    found = forms.layer(store, ask)
    where = ask.values.get("where", "")
    match = NOT_NULL.fullmatch(where)
    if where != "1=1" and not (match and has_field(found, match[1])):
        raise denied(400, "Cannot perform query. Invalid query parameters.")
    name = ask.args["name"]
    if ask.flag("returnCountOnly"):
        return {"count": store.count(name)}
    limit = min(int(ask.values.get("resultRecordCount") or MAX_RECORDS), MAX_RECORDS)
    offset = int(ask.values.get("resultOffset") or 0)
    rows = store.page(name, limit=limit, offset=offset)
    shapes = found.get("geometryType") and ask.values.get("returnGeometry", "true") != "false"
    features = []
    for number, body in rows:
        row = json.loads(body)
        feature = {"attributes": {"OBJECTID": number, **row["attributes"]}}
        features.append(feature | ({"geometry": row["geometry"]} if shapes else {}))
    return {
        "objectIdFieldName": "OBJECTID",
        "fields": found["fields"],
        "features": features,
        "exceededTransferLimit": offset + len(rows) < store.count(name),
    }
