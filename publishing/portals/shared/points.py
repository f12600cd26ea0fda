"""Which columns say where a row lies on the map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from publishing.records import NUMBER, PortalColumn

LATITUDE = ("latitude", "lat", "y_latitude")
LONGITUDE = ("longitude", "lon", "lng", "long", "x_longitude")


def point_fields(columns: Iterable[PortalColumn]) -> tuple[str, str] | None:
    """The fields that hold latitude and longitude in degrees, by their names, or None."""
    numbers = [column.field_name for column in columns if column.type == NUMBER]
    latitude = next((name for name in numbers if name in LATITUDE), None)
    longitude = next((name for name in numbers if name in LONGITUDE), None)
    return (latitude, longitude) if latitude and longitude else None


def point_of(row: Mapping[str, Any], fields: tuple[str, str]) -> tuple[float, float] | None:
    """Longitude and latitude of a row, or None where it has none that are on Earth."""
    try:
        latitude, longitude = (Decimal(str(row[name])) for name in fields)
        on_earth = abs(latitude) <= 90 and abs(longitude) <= 180
    except (InvalidOperation, KeyError):
        return None
    return (float(longitude), float(latitude)) if on_earth else None
