"""What our records and rows look like in ArcGIS, and what its items and layers look like to us."""

from __future__ import annotations

import csv
import html
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from publishing.portals.base import BadRequest, RemoteAsset, RemoteColumn
from publishing.portals.shared.points import point_fields, point_of
from publishing.records import CALENDAR_DATE, CHECKBOX, NUMBER, TEXT, PortalColumn, PortalRecord
from publishing.shapes import SHAPES

# There is no type for true and false: 1 and 0 in the only whole numbers that we use.
TYPES = {
    TEXT: "esriFieldTypeString",
    NUMBER: "esriFieldTypeDouble",
    CHECKBOX: "esriFieldTypeSmallInteger",
    CALENDAR_DATE: "esriFieldTypeDate",
}
OURS = {theirs: ours for ours, theirs in TYPES.items()}
TEXT_LENGTH = 4096
WGS84 = {"wkid": 4326}
INDEX = "workflow_row_key"
# Type keywords of ours.
KEY, SOURCE, DRAFT, NEXT = "workflow-key:", "workflow-source:", "workflow-draft", "workflow-next:"
_TAKEN = frozenset(
    (
        *("objectid", "fid", "oid", "globalid", "shape", "shape__area", "shape__length"),
        *("creationdate", "creator", "editdate", "editor"),
    )
)
_ESCAPE = "f__"
_SHAPE, _ZONE = "workflowShape", "workflowTimeZone"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# names


def to_theirs(name: str) -> str:
    """A field under a name that ArcGIS does not use itself."""
    return f"{_ESCAPE}{name}" if name in _TAKEN or name.startswith(_ESCAPE) else name


def to_ours(name: str) -> str:
    return name.removeprefix(_ESCAPE)


# the item


def descriptive(record: PortalRecord) -> dict[str, Any]:
    """The description is shown as HTML: ours is text."""
    return {
        "title": record.name,
        "snippet": record.description[:250],
        "description": as_html(record.description),
        "tags": [tag.replace(",", " ") for tag in record.tags] or ["open data"],
        "accessInformation": record.attribution,
        "licenseInfo": record.licence,
    }


def as_html(text: str) -> str:
    return html.escape(text, quote=False)


def keywords(item: dict[str, Any], prefix: str) -> list[str]:
    """What stands behind our keywords of this kind."""
    found = item.get("typeKeywords") or []
    return [text.removeprefix(prefix) for text in found if text.startswith(prefix)]


def is_draft(item: dict[str, Any]) -> bool:
    return DRAFT in (item.get("typeKeywords") or []) or bool(keywords(item, NEXT))


# the layer


def layer(record: PortalRecord) -> dict[str, Any]:
    """A layer of points where the record says where its rows lie, else a table."""
    places = point_fields(record.columns)
    about: dict[str, Any] = {
        "name": record.name[:80],
        "type": "Feature Layer" if places else "Table",
        "objectIdField": "OBJECTID",
        "fields": [_object_id(), *(field_of(column) for column in record.columns)],
        "indexes": [index(record.row_identifier)],
    }
    if places:
        about |= {"geometryType": "esriGeometryPoint", "extent": _world(), "hasZ": False, "hasM": False}
    return about


def _object_id() -> dict[str, Any]:
    return {"name": "OBJECTID", "type": "esriFieldTypeOID", "alias": "OBJECTID", "nullable": False}


def _world() -> dict[str, Any]:
    return {"xmin": -180, "ymin": -90, "xmax": 180, "ymax": 90, "spatialReference": WGS84}


def field_of(column: PortalColumn) -> dict[str, Any]:
    field = {
        "name": to_theirs(column.field_name),
        "type": TYPES.get(column.type, TYPES[TEXT]),
        "alias": column.name,
        "description": described(column),
        "nullable": True,
    }
    return field | ({"length": TEXT_LENGTH} if field["type"] == TYPES[TEXT] else {})


def described(column: PortalColumn) -> str:
    """ArcGIS keeps a field's description as JSON in a text.

    Shapes are texts here; of which type is told with it, and so is the zone of moments that we write on a local clock.
    """
    about = {_SHAPE: column.type} if column.type in SHAPES else {}
    about |= {_ZONE: column.timezone} if column.timezone else {}
    return json.dumps({"value": column.description, "fieldValueType": "", **about})


def index(row_identifier: str) -> dict[str, Any]:
    return {"name": INDEX, "fields": to_theirs(row_identifier), "isUnique": True, "isAscending": True}


def fields_of(definition: dict[str, Any]) -> list[dict[str, Any]]:
    return [field for field in definition.get("fields", []) if field["type"] in OURS]


def key_of(definition: dict[str, Any]) -> str | None:
    return next(
        (
            one["fields"]
            for one in definition.get("indexes", [])
            if one.get("isUnique") and one["name"] == INDEX
        ),
        None,
    )


def asset_of(item: dict[str, Any], definition: dict[str, Any], *, source_access: str) -> RemoteAsset:
    """`source_access`: who sees the file beside the service; the wider of the two counts."""
    seen = {item.get("access", "private"), source_access}
    open_to = next((scope for scope in ("public", "org", "shared") if scope in seen), "private")
    key = key_of(definition)
    return RemoteAsset(
        remote_id=item["id"],
        name=item.get("title") or "",
        published=not is_draft(item),
        scope=open_to,
        columns=tuple(
            RemoteColumn(to_ours(field["name"]), field.get("alias") or "", _kind(field), _words(field))
            for field in fields_of(definition)
        ),
        row_identifier=to_ours(key) if key else None,
        group=None,
    )


def _kind(field: dict[str, Any]) -> str:
    told = _told(field).get(_SHAPE)
    return told if told in SHAPES else OURS[field["type"]]


def _words(field: dict[str, Any]) -> str:
    return str(_told(field).get("value") or "")


def _told(field: dict[str, Any]) -> dict[str, Any]:
    """The description of a field; one that is no JSON was written by somebody else, and is its words."""
    try:
        told = json.loads(field.get("description") or "{}")
    except ValueError:
        told = None
    return told if isinstance(told, dict) else {"value": field["description"]}


def _zones(definition: dict[str, Any]) -> dict[str, tzinfo | None]:
    """The zone of each field's moments in our notation, where it is not UTC, as ArcGIS keeps them."""
    return {to_ours(field["name"]): _zone(field) for field in fields_of(definition)}


def _zone(field: dict[str, Any]) -> tzinfo | None:
    told = _told(field).get(_ZONE)
    try:
        return ZoneInfo(told) if isinstance(told, str) else None
    except (KeyError, ValueError):
        return None  # not written by us: the comparison tells


# rows out


def features(rows: list[dict[str, Any]], definition: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows as features. Raises BadRequest for a number that ArcGIS would round, naming the column only."""
    types = {to_ours(field["name"]): OURS[field["type"]] for field in fields_of(definition)}
    unknown = sorted({name for row in rows for name in row} - set(types))
    if unknown:
        raise BadRequest(f"The dataset has no column {unknown[0]}. Nothing of this step was sent.")
    places, zones = _places(definition), _zones(definition)
    return [
        {
            "attributes": {
                to_theirs(name): sent(types[name], name, value, zones[name]) for name, value in row.items()
            },
            **_geometry(row, places),
        }
        for row in rows
    ]


def _places(definition: dict[str, Any]) -> tuple[str, str] | None:
    if not definition.get("geometryType"):
        return None
    return point_fields(
        PortalColumn(to_ours(field["name"]), "", OURS[field["type"]]) for field in fields_of(definition)
    )


def _geometry(row: dict[str, Any], places: tuple[str, str] | None) -> dict[str, Any]:
    point = point_of(row, places) if places else None
    return {"geometry": {"x": point[0], "y": point[1], "spatialReference": WGS84}} if point else {}


def sent(kind: str, name: str, value: Any, zone: tzinfo | None = None) -> Any:
    if value is None or kind == TEXT:
        return value
    if kind == NUMBER:
        number = float(value)
        if Decimal(repr(number)) != Decimal(str(value)):
            raise BadRequest(
                f"Column {name} holds numbers with more digits than ArcGIS keeps (about 15), and it would "
                "round them. Publish the column as text, or round it in the file, then publish again."
            )
        return number
    if kind == CHECKBOX:
        return 1 if value in (True, "true") else 0
    return (datetime.fromisoformat(value).replace(tzinfo=zone or UTC) - _EPOCH) // timedelta(milliseconds=1)


def write_csv(file: TextIO, definition: dict[str, Any], rows: Iterable[dict[str, Any]]) -> None:
    """The rows as ArcGIS reads them from a file: 1 and 0, dates with a blank, nothing for null."""
    types = {to_ours(field["name"]): OURS[field["type"]] for field in fields_of(definition)}
    zones = _zones(definition)
    writer = csv.writer(file)
    writer.writerow([to_theirs(name) for name in types])
    for row in rows:
        writer.writerow([_cell(kind, row.get(name), zones[name]) for name, kind in types.items()])


def _cell(kind: str, value: Any, zone: tzinfo | None) -> str:
    if value is None:
        return ""
    if kind == CHECKBOX:
        return "1" if value in (True, "true") else "0"
    if kind == CALENDAR_DATE and zone:
        moment = datetime.fromisoformat(value).replace(tzinfo=zone).astimezone(UTC)
        return moment.replace(tzinfo=None).isoformat(" ", "milliseconds")
    return str(value).replace("T", " ", 1) if kind == CALENDAR_DATE else str(value)


def example_row(record: PortalRecord) -> dict[str, Any]:
    """A row that holds nothing of anybody: ArcGIS makes no service of a file without one."""
    values = {TEXT: "x", NUMBER: "1", CHECKBOX: True, CALENDAR_DATE: "2000-01-01T00:00:00.000"}
    return {column.field_name: values.get(column.type, "x") for column in record.columns}


def publish_parameters(name: str, definition: dict[str, Any]) -> dict[str, Any]:
    places = _places(definition)
    where = {"locationType": "none"}
    if places:
        latitude, longitude = (to_theirs(one) for one in places)
        where = {
            "locationType": "coordinates",
            "latitudeFieldName": latitude,
            "longitudeFieldName": longitude,
        }
    return {
        "name": name,
        "type": "csv",
        "columnDelimiter": ",",
        "qualifier": '"',
        "sourceSR": WGS84,
        **where,
        "layerInfo": {
            key: definition[key]
            for key in ("name", "type", "fields", "geometryType", "objectIdField")
            if key in definition
        },
    }


# rows in


def rows_of(answer: list[dict[str, Any]], definition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    kinds = [
        (field["name"], to_ours(field["name"]), OURS[field["type"]], _zone(field))
        for field in fields_of(definition)
    ]
    for feature in answer:
        values = feature.get("attributes", {})
        yield {ours: _received(kind, values.get(theirs), zone) for theirs, ours, kind, zone in kinds}


def _received(kind: str, value: Any, zone: tzinfo | None) -> Any:
    if kind == CHECKBOX and value in (0, 1):
        return value == 1
    if kind == CALENDAR_DATE and isinstance(value, (int, Decimal)):
        moment = _EPOCH + timedelta(milliseconds=int(value))
        moment = moment.astimezone(zone) if zone else moment
        return moment.replace(tzinfo=None).isoformat(timespec="milliseconds")
    return value
