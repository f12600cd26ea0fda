"""The DataStore of the stand-in: typed tables over resources, each call whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from publishing.devserver.ckan.packages import Action, invalid, now, seen, signed
from publishing.devserver.documents import Documents
from publishing.devserver.http import ApiError, Request, Response

FIELD = re.compile(r'[^_"\s][^"]{0,62}')
LARGEST_PAGE = 32_000
_ZONE = re.compile(r"(Z|[+-]\d{2}:?\d{2})$")


@dataclass(frozen=True)
class Raw:
    """A result that is JSON text already: numbers in it keep every digit."""

    text: str


def _number(value: Any) -> str:
    if isinstance(value, (bool, dict, list)):
        raise ValueError
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise ValueError from error
    if not number.is_finite():
        raise ValueError
    return format(number, "f")


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    if "\x00" in text:
        raise ValueError
    return json.dumps(text)


def _bool(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if str(value).lower() in ("true", "false", "t", "f", "yes", "no"):
        return "true" if str(value).lower()[0] in "ty" else "false"
    raise ValueError


def _timestamp(value: Any) -> str:
    if not isinstance(value, str) or _ZONE.search(value[10:]):
        raise ValueError
    moment = datetime.fromisoformat(value).isoformat()
    return json.dumps(moment.rstrip("0") if "." in moment else moment)


WRITERS = {"text": _text, "numeric": _number, "bool": _bool, "timestamp": _timestamp}


def _table(store: Documents, request: Request, name: Any) -> dict[str, Any]:
    table = store.get("table", str(name))
    if table is None:
        raise ApiError(404, None, f'Resource "{name}" was not found.')
    seen(store, request, table["package"])
    return table


def create(store: Documents, request: Request, asked: dict[str, Any]) -> dict[str, Any]:
    signed(request, "update the resource")
    if ("resource" in asked) == ("resource_id" in asked):
        raise invalid(resource=["resource cannot be used with resource_id, and one of them is needed"])
    fields, keys = asked.get("fields") or [], asked.get("primary_key") or []
    for field in fields:
        if not FIELD.fullmatch(str(field.get("id", ""))) or field["id"] != field["id"].strip():
            raise invalid(fields=[f'"{field.get("id")}" is not a valid field name'])
        if field.get("type") not in WRITERS:
            raise invalid(fields=[f'"{field.get("type")}" is not a valid field type'])
    table = (
        _new_table(store, request, asked)
        if "resource" in asked
        else _table(store, request, asked["resource_id"])
    )
    there = {field["id"]: field["type"] for field in table["fields"]}
    if there and any(there.get(field["id"], field["type"]) != field["type"] for field in fields):
        raise invalid(fields=["Supplied field has another type than the table"])
    if set(keys) - {field["id"] for field in fields}:
        raise invalid(primary_key=["Field is not a field of the table"])
    table = {**table, "fields": fields or table["fields"], "key": keys or table["key"]}
    store.put("table", table["id"], table)
    _write(store, table, asked.get("records") or [])
    return {"resource_id": table["id"], "fields": table["fields"], "primary_key": table["key"]}


def _new_table(store: Documents, request: Request, asked: dict[str, Any]) -> dict[str, Any]:
    package = seen(store, request, asked["resource"].get("package_id"))
    name = str(uuid.uuid4())
    resource = {
        **asked["resource"],
        "id": name,
        "package_id": package["id"],
        "datastore_active": True,
        "url_type": "datastore",
        "url": f"http://{request.host}/datastore/dump/{name}",
        "created": now(),
    }
    store.put("package", package["id"], {**package, "resources": [*package["resources"], resource]})
    return {"id": name, "package": package["id"], "fields": [], "key": []}


def upsert(store: Documents, request: Request, asked: dict[str, Any]) -> dict[str, Any]:
    signed(request, "update the resource")
    table = _table(store, request, asked.get("resource_id"))
    method = asked.get("method", "upsert")
    if method != "insert" and not table["key"]:
        raise invalid(table=["table does not have a unique key defined"])
    _write(store, table, asked.get("records") or [], keyed=method != "insert")
    if "x-standin-corrupt" in request.headers:
        _corrupt(store, table)
    return {"resource_id": table["id"], "method": method}


def _write(
    store: Documents, table: dict[str, Any], records: list[dict[str, Any]], *, keyed: bool = True
) -> None:
    types = {field["id"]: field["type"] for field in table["fields"]}
    for number, record in enumerate(records):
        unknown = set(record) - set(types)
        if unknown:
            raise invalid(records=[f'row "{number + 1}" has extra keys "{min(unknown)}"'], records_row=number)
        parts = []
        for name, kind in types.items():
            value = record.get(name)
            try:
                parts.append(f"{json.dumps(name)}: {'null' if value is None else WRITERS[kind](value)}")
            except ValueError:
                said = f'invalid input syntax for type {kind}: "{value}"'
                raise invalid(records=[said], records_row=number) from None
        key = json.dumps([str(record.get(name)) for name in table["key"]]) if table["key"] else None
        if table["key"] and any(record.get(name) is None for name in table["key"]):
            raise invalid(key=[f'fields "{", ".join(table["key"])}" are missing'], records_row=number)
        _, new = store.upsert(table["id"], key, "{" + ", ".join(parts) + "}")
        if not new and not keyed:
            raise invalid(records=["duplicate key value violates unique constraint"], records_row=number)


def _corrupt(store: Documents, table: dict[str, Any]) -> None:
    text = next(field["id"] for field in table["fields"] if field["type"] == "text")
    number, body = store.page(table["id"], limit=1)[0]
    row = json.loads(body, parse_float=Decimal) | {text: "changed on the way"}
    changed = json.dumps(row, default=str)
    store.db.execute(
        "UPDATE line SET body = ? WHERE holder = ? AND number = ?", (changed, table["id"], number)
    )


def search(store: Documents, request: Request, asked: dict[str, Any]) -> Raw:
    table = _table(store, request, asked.get("resource_id"))
    if asked.get("filters") or asked.get("q"):
        raise invalid(filters=["The stand-in does not filter"])
    names = [field["id"] for field in table["fields"]]
    wanted = asked.get("fields") or ["_id", *names]
    if set(wanted) - {"_id", *names}:
        raise invalid(fields=[f'field "{min(set(wanted) - {"_id", *names})}" not found in table'])
    if str(asked.get("sort") or "_id").split()[0] not in ("_id", *names):
        raise invalid(sort=["field not found in table"])
    limit = min(int(asked.get("limit", 100)), LARGEST_PAGE)
    rows = store.page(table["id"], limit=limit, offset=int(asked.get("offset", 0)))
    records = ", ".join(_record(number, body, wanted) for number, body in rows)
    about: dict[str, Any] = {
        "resource_id": table["id"],
        "limit": limit,
        "fields": [{"id": name} for name in wanted],
    }
    if asked.get("include_total", True) is not False:
        about["total"] = store.count(table["id"])
    head = json.dumps(about).rstrip("}")
    return Raw(f'{head}, "records": [{records}]}}')


def _record(number: int, body: str, wanted: list[str]) -> str:
    # Numbers stay the texts they are: only the kept JSON text has every digit.
    row = json.loads(body, parse_float=_Digits, parse_int=_Digits)
    row["_id"] = _Digits(number)
    parts = (
        f"{json.dumps(name)}: {row.get(name) if isinstance(row.get(name), _Digits) else json.dumps(row.get(name))}"
        for name in wanted
    )
    return "{" + ", ".join(parts) + "}"


class _Digits(str):
    """A number as the text it was written in."""


def info(store: Documents, request: Request, asked: dict[str, Any]) -> dict[str, Any]:
    table = _table(store, request, asked.get("id") or asked.get("resource_id"))
    fields = [
        {**field, "schema": {"native_type": field["type"], "uniquekey": table["key"] == [field["id"]]}}
        for field in table["fields"]
    ]
    return {"meta": {"id": table["id"], "count": store.count(table["id"])}, "fields": fields}


def delete_records(store: Documents, request: Request, asked: dict[str, Any]) -> dict[str, Any]:
    signed(request, "update the resource")
    table = _table(store, request, asked.get("resource_id"))
    if asked.get("filters") != {}:
        raise invalid(filters=["The stand-in deletes all rows or none: filters must be {}"])
    store.clear(table["id"])
    return {"resource_id": table["id"], "filters": {}}


def dump(store: Documents, request: Request) -> Response:
    """/datastore/dump/ID: the whole table as CSV."""
    table = _table(store, request, request.path.rsplit("/", 1)[1])
    names = [field["id"] for field in table["fields"]]
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(["_id", *names])
    for number, body in store.page(table["id"], limit=-1):
        row = json.loads(body, parse_float=_Digits, parse_int=_Digits)
        writer.writerow([number, *("" if row[name] is None else row[name] for name in names)])
    return Response(200, lines.getvalue().encode(), "text/csv; charset=utf-8")


ACTIONS: dict[str, Action] = {
    "datastore_create": create,
    "datastore_upsert": upsert,
    "datastore_search": search,
    "datastore_info": info,
    "datastore_records_delete": delete_records,
}
