"""Shapes in one notation: WKT, longitude before latitude, in degrees of WGS 84; and the GeoJSON that maps want.

Lines and polygons are always written as their plural, so that a column has one type whichever its rows hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

# Types of the portals' common ground, by the forms in which a column of WKT is written (datafiles.inference).
# Shapes of another form, or of several, have no type of their own: they go as text.
SHAPE_OF_FORM = {
    "geometry_point": "point",
    "geometry_line": "multiline",
    "geometry_polygon": "multipolygon",
}
SHAPES = frozenset(SHAPE_OF_FORM.values())
# A tenth of a millimetre: less than what a portal loses on the way.
DECIMALS = 9
_GEOJSON = {"point": "Point", "multiline": "MultiLineString", "multipolygon": "MultiPolygon"}
_SINGLE = {"multiline": "LINESTRING", "multipolygon": "POLYGON"}
_TEXT = re.compile(r"\s*([A-Za-z]+)\s*(\([-+0-9.eE,()\s]*\))\s*")
_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_PAIR = re.compile(r"([-0-9.]+) ([-0-9.]+)")


def notation(kind: str, value: Any) -> str:
    """A shape of this type, as WKT or GeoJSON, in the notation. Raises ValueError for anything else."""
    text = _text_of(value) if isinstance(value, Mapping) else str(value)
    match = _TEXT.fullmatch(text)
    if match is None:
        raise ValueError("This is no shape.")
    word, body = match[1].upper(), match[2]
    if word == _SINGLE.get(kind):
        body = f"({body})"
    elif word != _GEOJSON[kind].upper():
        raise ValueError(f"This is no {kind}.")
    body = _NUMBER.sub(_rounded, " ".join(body.split()))
    return f"{_GEOJSON[kind].upper()} {re.sub(r' ?([(),]) ?', _tidied, body)}"


def geojson(kind: str, text: str) -> dict[str, Any]:
    """A shape in the notation as the geometry of a GeoJSON feature."""
    lists = _PAIR.sub(r"[\1,\2]", text.partition(" ")[2]).replace("(", "[").replace(")", "]")
    coordinates = json.loads(lists)
    return {"type": _GEOJSON[kind], "coordinates": coordinates[0] if kind == "point" else coordinates}


def _tidied(match: re.Match[str]) -> str:
    return ", " if match[1] == "," else match[1]


def _rounded(match: re.Match[str]) -> str:
    plain = f"{float(match[0]):.{DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if plain == "-0" else plain


def _text_of(shape: Mapping[str, Any]) -> str:
    coordinates = shape.get("coordinates")
    return f"{shape.get('type')} {_nested(coordinates if shape.get('type') != 'Point' else [coordinates])}"


def _nested(part: Any) -> str:
    """Lists of lists of numbers, as WKT writes them."""
    if not isinstance(part, list | tuple):
        raise ValueError("This is no shape.")
    if part and not isinstance(part[0], list | tuple):
        return " ".join(str(number) for number in part)
    return f"({','.join(_nested(item) for item in part)})"
