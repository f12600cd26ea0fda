"""Shapes in one notation: WKT, longitude before latitude, in degrees of WGS 84; and the GeoJSON that maps want.

Lines and polygons are always written as their plural, so that a column has one type whichever its rows hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import polars as pl

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
# The notation itself, for polars: most of what a portal gives back is in it already.
_DIGITS = rf"\.[0-9]{{0,{DECIMALS - 1}}}[1-9]"
_PLAIN = rf"(?:0|-?0{_DIGITS}|-?[1-9][0-9]*(?:{_DIGITS})?)"
_PLACES = rf"\({_PLAIN} {_PLAIN}(?:, {_PLAIN} {_PLAIN})*\)"
_RINGS = rf"\({_PLACES}(?:, {_PLACES})*\)"
_USUAL = {
    "point": rf"^POINT \({_PLAIN} {_PLAIN}\)$",
    "multiline": rf"^MULTILINESTRING {_RINGS}$",
    "multipolygon": rf"^MULTIPOLYGON \({_RINGS}(?:, {_RINGS})*\)$",
}
_BYTES_AT_ONCE = 4 << 20


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


def shapes_told(kind: str, values: pl.Series) -> pl.Series:
    """A column of such shapes in the notation; what is no shape of this type stays as it is."""
    if values.str.contains(_USUAL[kind]).all():
        return values
    size = max(1, int(values.str.len_bytes().sum() or 0))
    step = max(1, values.len() * _BYTES_AT_ONCE // size)
    return pl.concat([_rewritten(kind, values.slice(at, step)) for at in range(0, values.len(), step)])


def _rewritten(kind: str, values: pl.Series) -> pl.Series:
    """Column by column as far as polars can; the few that are written in an odd way one by one."""
    text = pl.col("text")
    frame = values.alias("text").to_frame().with_columns(usual=text.str.contains(_USUAL[kind]))
    frame = frame.with_columns(told=pl.when("usual").then(text).otherwise(_tidy(kind, frame)))
    good = pl.col("told").str.contains(_USUAL[kind])
    odd = frame.filter(text.is_not_null() & ~good.fill_null(value=False)).get_column("text").unique()
    known = {value: shape_told(kind, value) for value in odd}
    told = pl.when(good).then("told").otherwise(text.replace(known) if known else text)
    return frame.select(told.alias(values.name)).to_series()


def _tidy(kind: str, frame: pl.DataFrame) -> pl.Series:
    """Blanks, plurals and rounded numbers of shapes as most programs write them; anything may come of others."""
    text, word, single = pl.col("text"), _GEOJSON[kind].upper(), _SINGLE.get(kind, "-")
    body = (
        pl.when(text.str.starts_with(single))
        .then(pl.format("({})", text.str.strip_prefix(single)))
        .when(text.str.starts_with(word))
        .then(text.str.strip_prefix(word))
    )
    apart = body.str.replace_many(["(", ")", ","], [" ( ", " ) ", " , "]).str.split(" ")
    parts = frame.select(part=apart).with_row_index("at").explode("part")
    part = pl.col("part")
    number = part.cast(pl.Float64, strict=False).round(DECIMALS).cast(pl.String).str.strip_suffix(".0")
    number = pl.when(number == "-0").then(pl.lit("0")).otherwise(number)
    joined = (
        parts.with_columns(part=pl.when(part != "").then(pl.coalesce(number, part)))
        .group_by("at", maintain_order=True)
        .agg(part.str.join(" "))
    )
    tight = part.str.replace_many(["( ", " )", " ,"], ["(", ")", ","])
    return joined.select(pl.format(f"{word} {{}}", tight)).to_series()


def shape_told(kind: str, value: Any) -> Any:
    """The notation of one value from a portal; what is no such shape stays as it is, and is told as a difference."""
    try:
        return notation(kind, value)
    except ValueError:
        return value


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
