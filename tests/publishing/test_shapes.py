"""Releases with shapes: published with their types, as rows and as one file, and drawn by the portal."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from datafiles.table import Column, Table
from publishing import file_loads
from publishing.places import drawn_types
from publishing.portals.socrata import SocrataPortal
from publishing.records import PortalRecord, record_of
from publishing.shapes import geojson, shape_told, shapes_told
from tests.cast import Cast
from tests.publishing.conftest import Orders
from tests.publishing.contract.test_shapes import LARGE, RING
from tests.publishing.releases import Prepared, public

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_steps")]


def areas(rows: int = 6) -> Table:
    """More than one page of districts, one of them with a long border."""
    small = [f"POLYGON ((-72.{n} 41, -72 41, -72 41.5, -72.{n} 41))" for n in range(1, rows)]
    return Table.of(pl.DataFrame({"District": [f"D-{n}" for n in range(rows)], "Area": [LARGE, *small]}))


def drawn(orders: Orders, remote_id: str) -> dict[str, Any]:
    """What a stranger's map gets: the shape of each district."""
    told = orders.get(f"/resource/{remote_id}.geojson", signed=False).json()
    return {one["properties"]["district"]: one["geometry"] for one in told["features"]}


def test_a_release_with_polygons_is_public_as_polygons(cast: Cast, orders: Orders) -> None:
    publication = public(Prepared(cast, areas()))
    shapes = drawn(orders, publication.asset.remote_id)
    assert {shape["type"] for shape in shapes.values()} == {"MultiPolygon"}
    assert len(shapes) == 6 and len(shapes["D-0"]["coordinates"][0][0]) == len(RING) + 1
    assert shapes["D-1"]["coordinates"] == [[[[-72.1, 41.0], [-72.0, 41.0], [-72.0, 41.5], [-72.1, 41.0]]]]
    columns = PortalRecord.from_json(publication.record).columns
    assert drawn_types("socrata", columns) == {"multipolygon"} and drawn_types("arcgis_geo", columns) == set()


def test_a_large_table_with_polygons_goes_as_one_file(
    cast: Cast, orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SocrataPortal, "wants_file", lambda portal, size: True)
    monkeypatch.setattr(file_loads, "PART_BYTES", 4000)
    publication = public(Prepared(cast, areas()))
    assert publication.chunks.count() > 1
    assert len(drawn(orders, publication.asset.remote_id)["D-0"]["coordinates"][0][0]) == len(RING) + 1


def test_what_was_described_as_text_before_stays_text(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast, Table.of(areas().frame.tail(5)))
    described = prepared.record.as_json()
    described["columns"] = [
        {**column, "type": "text"} for column in described["columns"] if column["name"] == "Area"
    ]
    columns = [column for column in prepared.record.as_json()["columns"] if column["name"] != "Area"]
    prepared.record = PortalRecord.from_json({**described, "columns": [*columns, *described["columns"]]})
    publication = public(prepared)
    rows = orders.get(f"/resource/{publication.asset.remote_id}.json", signed=False).json()
    assert rows[0]["area"] == "POLYGON ((-72.1 41, -72 41, -72 41.5, -72.1 41))"


WRITTEN = {
    "point": [
        ("POINT(-72.50  -0.0)", "POINT (-72.5 0)"),
        ("POINT (1e-7 72.1234567894)", "POINT (0.0000001 72.123456789)"),
        ("(1 2)", "(1 2)"),
        ("POLYGON ((0 0, 1 1, 1 0, 0 0))", "POLYGON ((0 0, 1 1, 1 0, 0 0))"),
        (None, None),
    ],
    "multiline": [("LINESTRING ( 1 2 ,3 4 )", "MULTILINESTRING ((1 2, 3 4))"), (None, None)],
    "multipolygon": [
        (
            "POLYGON((0 0,1 1,1 0,0 0),(0 0, 1 1, 1 0, 0 0))",
            "MULTIPOLYGON (((0 0, 1 1, 1 0, 0 0), (0 0, 1 1, 1 0, 0 0)))",
        ),
        ("MULTIPOLYGON (((0 0, 1 1, 1 0, 0 0)))", "MULTIPOLYGON (((0 0, 1 1, 1 0, 0 0)))"),
    ],
}


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_shape_has_one_notation_however_it_is_written(kind: str) -> None:
    given, wanted = (list(side) for side in zip(*WRITTEN[kind], strict=True))
    assert shapes_told(kind, pl.Series(given, dtype=pl.String)).to_list() == wanted
    assert shapes_told(kind, pl.Series(wanted, dtype=pl.String)).to_list() == wanted
    assert [text and shape_told(kind, text) for text in given] == wanted
    assert shape_told(kind, geojson(kind, wanted[0])) == wanted[0]


def test_shapes_that_no_map_shows_and_shapes_that_identify_rows_go_as_text() -> None:
    columns = [Column("Grid", "geometry", "geometry"), Column("Area", "geometry", "geometry_polygon")]

    def types(key: str | None) -> list[str]:
        about: dict[str, Any] = {"external_key": "k", "name": "n", "description": "d", "descriptions": {}}
        record = record_of(columns=columns, row_identifier=key, **about)
        return [column.type for column in record.data_columns]

    assert types(None) == ["text", "multipolygon"]
    assert types("Area") == ["text", "text"]
