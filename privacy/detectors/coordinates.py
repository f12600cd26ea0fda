"""Exact places: latitude and longitude by range and by shape, points, and coordinates of a plane."""

from __future__ import annotations

import polars as pl

from privacy.evidence import NEGATIVE, Detector, Reading, Said, phrase_in

LATITUDE = ("lat", "latitude", "y lat", "latitud", "breitengrad", "lat dd", "gps lat")
LONGITUDE = ("lon", "lng", "long", "longitude", "longitud", "laengengrad", "lon dd", "gps lon", "gps long")
POINT = (
    *("the geom", "geom", "geolocation", "geo point", "geopoint", "lat lon", "lat long", "latlon"),
    *("latlng", "coordinates", "coordinate", "coords", "geo", "gps", "point", "location"),
    *("georeference", "shape", "wkt", "geometry", "lonlat"),
)
PLANE = (
    *("x coord", "y coord", "x coordinate", "y coordinate", "xcoord", "ycoord", "easting", "northing"),
    *("state plane", "res x", "res y", "geo x", "geo y", "point x", "point y", "loc x", "loc y"),
)
AGAINST = (
    *("acc", "accel", "accelerometer", "gyro", "term", "description", "name", "angle", "lateral"),
    *("delta", "error", "pixel", "screen", "velocity", "force", "length", "page", "desc", "text"),
    *("form", "answer", "jump", "haul"),
)
# Words that put a place where somebody lives or what happened to somebody.
OF_A_HOME = (
    *("home", "residence", "residential", "house", "owner", "patient", "victim", "client", "applicant"),
    *("resident", "person", "student", "employee", "caller", "complainant", "user", "device"),
    *("offender", "suspect", "tenant", "member", "rider"),
)
_NUMBER = r"^\s*-?[0-9]{1,3}\.[0-9]+\s*$"
_PAIR = (
    r"(?i)^\s*(?:SRID=[0-9]+;)?\s*(?:POINT\s*Z?\s*\(|\("
    r"|\[)?\s*-?[0-9]{1,3}\.[0-9]{2,}[\s,;]+-?[0-9]{1,3}\.[0-9]{2,}(?:[\s,]+-?[0-9.]+)?\s*[)\]]?\s*$"
)
_PLANAR = r"^\s*-?[0-9]{5,8}(?:\.[0-9]+)?\s*$"
_ANGLE = r"[0-9]{1,3}°\s?[0-9]{1,2}['′]\s?[0-9.]*[\"″]?\s?"
_DEGREES = rf"^\s*{_ANGLE}[NSEW]\s*$"
_DEGREES_PAIR = rf"^\s*{_ANGLE}[NS][\s,;/]*{_ANGLE}[EW]\s*$"
# A column that is called so and nothing else may hold anything; degrees of the United States are places.
_UNITED_STATES: dict[tuple[str, ...], tuple[float, float]] = {("x",): (-180.0, -64.0), ("y",): (13.0, 72.0)}
# No state but Alaska and Texas is much wider.
_WIDEST = 6.0
_METRES_OF_A_DEGREE = 111_320
_SAMPLE = 2_000
_MOST = 0.8
# A place with so many decimals (about 110 m) is exact.
EXACT = 3


def fits(values: pl.Series) -> pl.Series:
    """Which values are written like a latitude, a longitude, a point or a place on a plane."""
    return values.str.contains(rf"{_NUMBER}|{_PAIR}|{_PLANAR}|{_DEGREES}|{_DEGREES_PAIR}")


def reads(column: Reading) -> Said | None:
    """Reads a column by its name and by the range and the decimals of its values."""
    if phrase_in(column.tokens, AGAINST + NEGATIVE):
        return None
    head = column.values.head(_SAMPLE)
    if column.type == "geometry" or _share(head.str.contains(_PAIR)) >= _MOST:
        return _place(column, "Its values are points", _decimals(head))
    if _share(head.str.contains(_DEGREES_PAIR)) >= _MOST:
        return _place(column, "Its values are points in degrees", 4)
    for phrases, limit in ((LATITUDE, 90), (LONGITUDE, 180)):
        phrase = phrase_in(column.tokens, phrases)
        if phrase and _in_range(head, limit):
            return _place(
                column,
                f"The column is named “{phrase[0]}” and its values lie within {limit} degrees",
                _decimals(head),
            )
        if phrase and _share(head.str.contains(_DEGREES)) >= _MOST:
            return _place(column, f"The column is named “{phrase[0]}”", 4)
    phrase = phrase_in(column.tokens, PLANE)
    if (phrase and _in_range(head, 180) and _decimals(head) >= EXACT) or _on_axis(column.tokens, head):
        name = phrase[0] if phrase else column.tokens[0]
        said = f"The column is named “{name}” and its values are degrees"
        return _place(column, said, _decimals(head))
    if (
        phrase
        and column.type in ("integer", "decimal", "text")
        and _share(head.str.contains(_PLANAR)) >= _MOST
    ):
        return _place(column, f"The column is named “{phrase[0]}” and its values are places on a plane", 5)
    if phrase_in(column.tokens, LATITUDE[:2] + LONGITUDE[:4]) and not column.filled:
        return Said("confirm", 0.4, "The column is named like a coordinate; it holds no values to judge by.")
    return None


def _place(column: Reading, why: str, decimals: int) -> Said:
    metres = _METRES_OF_A_DEGREE / 10**decimals
    size = (
        f"about {metres:,.0f} metres"
        if metres >= 2
        else ("about 1 metre" if metres >= 0.5 else "less than a metre")
    )
    home = phrase_in(column.tokens, OF_A_HOME)
    members = fits(column.values)
    if home and decimals >= EXACT:
        said = f"{why}, exact to {size}, beside “{home[0]}”: it may show where somebody lives."
        return Said("flag", 0.9, said, members, group="direct")
    kind = "exact" if decimals >= EXACT else "rough"
    return Said("confirm", 0.5, f"{why}: a place, {kind} to {size}.", members)


def _decimals(values: pl.Series) -> int:
    """How many decimals most values have: trailing zeros say nothing."""
    places = values.str.extract(r"\.([0-9]+)", 1).str.strip_chars_end("0").str.len_bytes()
    return int(places.quantile(0.75) or 0)


def _in_range(values: pl.Series, limit: int) -> bool:
    shaped = values.filter(values.str.contains(_NUMBER))
    if len(shaped) < _MOST * len(values) or not len(shaped):
        return False
    numbers = shaped.str.strip_chars().cast(pl.Float64, strict=False)
    return _share(numbers.abs() <= limit) >= _MOST and _decimals(values) >= 2


def _on_axis(tokens: tuple[str, ...], values: pl.Series) -> bool:
    """Exact degrees of one region of the United States under a bare “X” or “Y”."""
    limits = _UNITED_STATES.get(tokens)
    if limits is None or not _in_range(values, 180) or _decimals(values) < EXACT:
        return False
    numbers = values.str.strip_chars().cast(pl.Float64, strict=False).drop_nulls()
    low, high = float(numbers.quantile(0.05) or 0), float(numbers.quantile(0.95) or 0)
    return limits[0] <= low and high <= limits[1] and high - low <= _WIDEST


def _share(members: pl.Series) -> float:
    return int(members.sum()) / len(members) if len(members) else 0.0


DETECTOR = Detector(
    name="coordinates",
    version=2,
    entity="COORDINATES",
    label="exact place",
    group="quasi",
    explanation=(
        "Latitude and longitude by range and decimals, points, and coordinates of a plane; says how many "
        "metres."
    ),
    headers=LATITUDE + LONGITUDE + PLANE,
    fits=fits,
    against=AGAINST,
    types=("text", "integer", "decimal", "geometry"),
    reads=reads,
)
