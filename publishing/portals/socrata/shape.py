"""How Socrata writes a dataset down: ids, columns, descriptive fields, and the view it answers with."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from publishing.portals.base import ProtocolError, RemoteAsset, RemoteColumn
from publishing.portals.shared.points import point_fields
from publishing.records import PortalColumn, PortalRecord

FOUR_BY_FOUR = re.compile(r"[a-z0-9]{4}-[a-z0-9]{4}")

POINT = "point"
POINT_NAME = "Location"
# The mark by which we know the column that we made from the ones we were given; it is not one of the record.
POINT_DESCRIPTION = "The point of latitude and longitude on the map, made of these two columns."


def is_id(text: object) -> bool:
    return isinstance(text, str) and FOUR_BY_FOUR.fullmatch(text) is not None


def checked_id(text: str) -> str:
    """A four-by-four, or an error of ours: nothing else is ever put into a path."""
    if not is_id(text):
        raise ValueError(f"{text!r} is not the id of a dataset on Socrata.")
    return text


def resource_name(record: PortalRecord) -> str:
    """The external key as Socrata takes it in an address: the mark by which we find the dataset again."""
    return re.sub(r"[^a-z0-9]+", "-", record.external_key.lower()).strip("-")


def list_of(data: Any, key: str) -> list[dict[str, Any]]:
    if not isinstance(data, dict) or not isinstance(data.get(key), list):
        raise ProtocolError("The portal's catalogue answered something else than a list. We ask again.")
    return data[key]


def descriptive(record: PortalRecord) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": record.name,
        "description": record.description,
        "tags": list(record.tags),
        "attribution": record.attribution,
        "category": record.category or None,
        "licenseId": record.licence or None,
    }
    return {key: value for key, value in fields.items() if value is not None}


def with_custom_fields(there: Any, record: PortalRecord) -> dict[str, dict[str, Any]]:
    """The custom fields of the portal with ours among them; what others filled stays, and what is empty is null."""
    sets = {name: dict(fields) for name, fields in there.items()} if isinstance(there, dict) else {}
    for place, field, value in record.custom_fields:
        if value:
            sets.setdefault(place, {})[field] = value
        elif field in sets.get(place, {}):
            sets[place][field] = None
    return sets


# columns


def columns_of(record: PortalRecord) -> list[dict[str, Any]]:
    """Every column as a new dataset gets it: those of the record, then the point made of two of them."""
    bodies = [column_body(column, place) for place, column in enumerate(record.columns, start=1)]
    point = point_column(record)
    return [*bodies, point] if point else bodies


def column_body(column: PortalColumn, position: int) -> dict[str, Any]:
    return {
        "name": column.name,
        "fieldName": column.field_name,
        "dataTypeName": column.type,
        "description": column.description,
        "position": position,
    }


def point_column(record: PortalRecord) -> dict[str, Any] | None:
    """The column for the map, where the record has latitude and longitude; else None."""
    if point_fields(record.columns) is None:
        return None
    taken = set(record.fields)
    name = next(name for name in _point_names() if name not in taken)
    return {
        "name": POINT_NAME,
        "fieldName": name,
        "dataTypeName": POINT,
        "description": POINT_DESCRIPTION,
        "position": len(record.columns) + 1,
    }


def _point_names() -> Iterable[str]:
    yield "location"
    for number in range(1, 1000):
        yield f"location_point_{number}"


def is_ours(column: dict[str, Any]) -> bool:
    """Is it the column that we made for the map?"""
    return column.get("dataTypeName") == POINT and column.get("description") == POINT_DESCRIPTION


def data_columns(view: dict[str, Any]) -> list[dict[str, Any]]:
    """The columns of the data in the portal's order: none of the system's, and not our point."""
    columns = [
        column
        for column in view.get("columns", [])
        if not column["fieldName"].startswith(":") and not is_ours(column)
    ]
    return sorted(columns, key=lambda column: column.get("position", 0))


def asset_of(view: Any) -> RemoteAsset:
    if not isinstance(view, dict) or not is_id(view.get("id")):
        raise ProtocolError(
            "The portal did not describe the dataset when asked. We ask again.", ambiguous=True
        )
    columns = data_columns(view)
    identifier = (view.get("metadata") or {}).get("rowIdentifier")
    shown = any("public" in grant.get("flags", []) for grant in view.get("grants", []))
    scope = view.get("permissions", {}).get("scope") or ("public" if shown else "private")
    return RemoteAsset(
        remote_id=view["id"],
        name=view.get("name", ""),
        published=view.get("publicationStage") == "published",
        scope="public" if shown else scope,
        columns=tuple(
            RemoteColumn(
                column["fieldName"], column["name"], column["dataTypeName"], column.get("description") or ""
            )
            for column in columns
        ),
        row_identifier=next(
            (column["fieldName"] for column in columns if str(column["id"]) == str(identifier)), None
        ),
        group=view.get("publicationGroup"),
        waiting=bool(view.get("pendingGrants")),
    )
