"""Shapes on the map: GeoJSON or WKT in, longitude before latitude, GeoJSON kept."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

TYPES = {
    "point": "Point",
    "multipoint": "MultiPoint",
    "line": "LineString",
    "multiline": "MultiLineString",
    "polygon": "Polygon",
    "multipolygon": "MultiPolygon",
}
DEPTHS = {"point": 0, "multipoint": 1, "line": 1, "multiline": 2, "polygon": 2, "multipolygon": 3}
_WKT = re.compile(r"^\s*([A-Za-z]+)\s*(\(.*\))\s*$", re.DOTALL)
_PAIR = re.compile(r"(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s+(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)")


def read(kind: str, value: Any) -> str:
    """The shape as the portal keeps it; raises ValueError with the end of a sentence."""
    shape = _from_text(kind, value) if isinstance(value, str) else value
    if not isinstance(shape, dict) or shape.get("type") != TYPES[kind]:
        raise ValueError(f"is not a {kind}")
    coordinates = _checked(shape.get("coordinates"), DEPTHS[kind], kind)
    return json.dumps({"type": TYPES[kind], "coordinates": coordinates})


def as_text(kept: str) -> str:
    """The shape as the CSV of the portal has it: WKT."""
    shape = json.loads(kept)
    coordinates = [shape["coordinates"]] if shape["type"] == "Point" else shape["coordinates"]
    return f"{shape['type'].upper()} {_nested(coordinates)}"


def _nested(part: list[Any]) -> str:
    if not isinstance(part[0], list):
        return " ".join(str(number) for number in part)
    return f"({', '.join(_nested(item) for item in part)})"


def point(latitude: Decimal, longitude: Decimal) -> str:
    return read("point", {"type": "Point", "coordinates": [longitude, latitude]})


def _from_text(kind: str, text: str) -> Any:
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)
        except ValueError as error:
            raise ValueError(f"is not a {kind}") from error
    match = _WKT.match(text)
    if match is None or match[1].upper() != TYPES[kind].upper():
        raise ValueError(f"is not a {kind}")
    # POINT (1 2) reads as [1,2]; POLYGON ((1 2, 3 4)) as [[[1,2],[3,4]]].
    pairs = _PAIR.sub(r"[\1,\2]", match[2]).replace("(", "[").replace(")", "]")
    try:
        coordinates = json.loads(pairs)
    except ValueError as error:
        raise ValueError(f"is not a {kind}") from error
    return {"type": TYPES[kind], "coordinates": coordinates[0] if kind == "point" else coordinates}


def _checked(part: Any, depth: int, kind: str) -> Any:
    if depth:
        if not isinstance(part, list) or not part:
            raise ValueError(f"is not a {kind}")
        return [_checked(item, depth - 1, kind) for item in part]
    if not isinstance(part, list) or len(part) not in (2, 3):
        raise ValueError(f"is not a {kind}")
    try:
        longitude, latitude = (float(number) for number in part[:2])
    except (TypeError, ValueError) as error:
        raise ValueError(f"is not a {kind}") from error
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise ValueError("lies outside the world: longitude comes first, then latitude")
    return [longitude, latitude]
