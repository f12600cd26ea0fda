"""In which forms a public copy can be had on a portal (DCAT distributions), from the portal's own receipt."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from publishing.dcat.record import Form

CSV, JSON, GEOJSON = "text/csv", "application/json", "application/geo+json"
# Types of columns that are drawn on a map.
SHAPES = frozenset(
    {"point", "multipoint", "line", "multiline", "polygon", "multipolygon", "location", "geometry"}
)


def forms_of(portal: str, receipt: Mapping[str, Any], column_types: Collection[str]) -> tuple[Form, ...]:
    """The forms of one public copy; none where the receipt does not say where it is.

    A receipt that lists its own `forms` is believed: rows of `title`, `url` and, where they are known,
    `media_type`, `format` and `is_file`.
    """
    if receipt.get("forms"):
        return tuple(Form(**{key: row[key] for key in _KEYS if key in row}) for row in receipt["forms"])
    page, query = receipt.get("public_url", ""), receipt.get("query_url", "")
    if portal == "socrata" and page and receipt.get("remote_id"):
        return _socrata(page, receipt["remote_id"], query, SHAPES & set(column_types))
    if portal == "static" and query:
        return (Form("The whole table as CSV", query, CSV, "CSV", is_file=True),)
    found = [Form("Page on the portal", page, "text/html", "HTML")] if page else []
    found += [Form("Query address", query, format="API")] if query else []
    if portal == "arcgis_geo" and query and SHAPES & set(column_types):
        found.append(Form("Query address, GeoJSON", f"{query}?{_FEATURES}", GEOJSON, "API"))
    return tuple(found)


_FEATURES = "where=1%3D1&outFields=*&f=geojson"
_KEYS = ("title", "url", "media_type", "format", "is_file")


def _socrata(page: str, remote_id: str, query: str, shapes: Collection[str]) -> tuple[Form, ...]:
    """The whole table as CSV, the query interface (SODA), and GeoJSON where there is something to draw."""
    parts = urlsplit(page)
    host = f"{parts.scheme}://{parts.netloc}"
    found = [
        Form(
            "The whole table as CSV",
            f"{host}/api/views/{remote_id}/rows.csv?accessType=DOWNLOAD",
            CSV,
            "CSV",
            is_file=True,
        ),
        Form("Query interface (SODA), JSON", query or f"{host}/resource/{remote_id}.json", JSON, "API"),
    ]
    if shapes:
        url = f"{host}/resource/{remote_id}.geojson"
        found.append(Form("Query interface (SODA), GeoJSON", url, GEOJSON, "API"))
    return tuple(found)
