"""The files of a dataset: rows as CSV and GeoJSON, its dictionary, and a description for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from publishing.portals.shared.dictionary import dictionary_csv
from publishing.portals.shared.points import point_fields, point_of
from publishing.portals.static.tree import on_disk, write_whole
from publishing.records import CALENDAR_DATE, CHECKBOX, NUMBER, PortalRecord
from publishing.shapes import SHAPES, geojson

# We read what we wrote, and nothing limits how long a polygon is.
csv.field_size_limit(2**31 - 1)
DATA, MAP, DICTIONARY, PACKAGE = "data.csv", "data.geojson", "dictionary.csv", "datapackage.json"
PAGE = "index.html"
# Beside the folder of the version, out of what is served.
RECORD = ".record.json"
_TYPES = {NUMBER: "number", CHECKBOX: "boolean", CALENDAR_DATE: "datetime"}


def write_rows(folder: Path, record: PortalRecord, rows: Iterable[dict[str, Any]]) -> int:
    """The CSV and, where the record has shapes or a point, the GeoJSON, in one pass; returns the number of rows."""
    draw = _drawing(record)
    count = 0
    with (folder / DATA).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(record.fields)
        shapes = (folder / MAP).open("w", encoding="utf-8") if draw else io.StringIO()
        with shapes:
            shapes.write('{"type":"FeatureCollection","features":[')
            for row in rows:
                writer.writerow([_cell(row.get(name)) for name in record.fields])
                if draw:
                    shapes.write(",\n" if count else "\n")
                    shapes.write(json.dumps(_feature(row, record, draw(row)), ensure_ascii=False))
                count += 1
            shapes.write("\n]}\n")
    for name in (DATA, MAP):
        if (folder / name).exists():
            (folder / name).chmod(0o644)
            on_disk(folder / name)
    return count


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _drawing(record: PortalRecord) -> Callable[[dict[str, Any]], dict[str, Any] | None] | None:
    """How the shape of a row is found: its first column of shapes, else latitude and longitude, else not."""
    column = next((column for column in record.columns if column.type in SHAPES), None)
    places = point_fields(record.columns)

    def shape(row: dict[str, Any]) -> dict[str, Any] | None:
        value = row.get(column.field_name) if column else None
        return geojson(column.type, value) if column and value else None

    def point(row: dict[str, Any]) -> dict[str, Any] | None:
        place = point_of(row, places) if places else None
        return {"type": "Point", "coordinates": list(place)} if place else None

    return shape if column else point if places else None


def _feature(row: dict[str, Any], record: PortalRecord, geometry: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {name: row.get(name) for name in record.fields},
    }


def write_description(folder: Path, record: PortalRecord, rows: int) -> None:
    """Everything beside the rows but the page."""
    write_whole(folder / DICTIONARY, [dictionary_csv(record)])
    package = json.dumps(_package(folder, record, rows), indent=1, ensure_ascii=False)
    write_whole(folder / PACKAGE, [package])


def about(record: PortalRecord) -> dict[str, Any]:
    """What the description for programs says of the dataset besides its files."""
    return {
        "title": record.name,
        "description": record.description,
        "keywords": list(record.tags),
        "category": record.category,
        "licenses": [{"name": record.licence}] if record.licence else [],
        "contributors": [{"title": record.attribution, "email": record.contact_email, "role": "publisher"}],
    }


def _package(folder: Path, record: PortalRecord, rows: int) -> dict[str, Any]:
    """Frictionless Data Package: what a program needs to read the CSV rightly."""
    fields = [
        {
            "name": column.field_name,
            "title": column.name,
            "type": _TYPES.get(column.type, "string"),
            "description": column.description,
        }
        for column in record.columns
    ]
    return {
        "profile": "tabular-data-package",
        "name": folder.parent.name,
        **about(record),
        "updated": datetime.now(UTC).isoformat(timespec="seconds"),
        "resources": [
            {
                "name": "data",
                "path": DATA,
                "rows": rows,
                "encoding": "utf-8",
                "schema": {"fields": fields, "primaryKey": record.row_identifier, "missingValues": [""]},
            }
        ],
    }


def keep_record(folder: Path, record: PortalRecord, rows: int) -> None:
    text = json.dumps({"record": record.as_json(), "rows": rows}, ensure_ascii=False)
    write_whole(folder.parent / f"{folder.name}{RECORD}", [text])


def kept_record(folder: Path) -> tuple[PortalRecord, int]:
    """What the version in this folder was made from, and its number of rows."""
    data = json.loads((folder.parent / f"{folder.name}{RECORD}").read_text("utf-8"))
    return PortalRecord.from_json(data["record"]), int(data["rows"])


def rows_of(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The rows of a CSV that we wrote; an empty cell is nothing."""
    for row in csv.DictReader(lines):
        yield {name: value or None for name, value in row.items()}
