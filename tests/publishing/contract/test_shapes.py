"""Shapes on their way to every portal: as large as they are, as a map can show them, and equal when they come back."""

from __future__ import annotations

import polars as pl
import pytest

from datafiles.table import Table
from publishing.encode import encode_table, portal_text, rows_of, table_fingerprint
from publishing.portals.base import Portal, ReadsText
from publishing.records import PortalRecord
from publishing.refusals import EncodingError
from tests.publishing.contract import material

# More than the 131,072 characters at which Python's reader of CSV stops by itself.
RING = [(-73 - n / 100_000, 41 + n / 100_000) for n in range(8000)]
LARGE = f"POLYGON (({', '.join(f'{x:.6f} {y:.6f}' for x, y in [*RING, RING[0]])}))"
SHAPES: dict[str, list[str | None]] = {
    "Name": ["a", "b", "c", "d"],
    "Area": [LARGE, "MULTIPOLYGON(((-72.50 41,-72 41,-72 41.5,-72.50 41)))", None, LARGE],
    "Street": [
        "LINESTRING (-72 41, -72.123456789012 41.5)",
        None,
        "LINESTRING(1 2,3 4)",
        "LINESTRING (1 2, 3 4)",
    ],
    "Door": ["POINT (-72.6851 41.7637)", "POINT(1 2)", "POINT (-72.10 41)", None],
}
TYPES = {"area": "multipolygon", "street": "multiline", "door": "point"}


def shapes(portal: Portal) -> Table:
    """All rows, or those whose shapes are no longer than the portal takes them."""
    most = portal.capabilities.limits.shape
    rows = [n for n, area in enumerate(SHAPES["Area"]) if most is None or len(area or "") <= most]
    return Table.of(pl.DataFrame({name: [values[n] for n in rows] for name, values in SHAPES.items()}))


def sent(portal: Portal, table: Table) -> tuple[str, PortalRecord]:
    record = material.record(table)
    remote_id = portal.create(record).remote_id
    frame = encode_table(table, record, portal.capabilities.limits)
    portal.push_chunk(remote_id, list(rows_of(frame, record)))
    portal.set_metadata(remote_id, record)
    portal.publish(remote_id)
    return remote_id, record


def test_shapes_have_a_type_and_come_back_as_they_were_approved(portal: Portal) -> None:
    table = shapes(portal)
    remote_id, record = sent(portal, table)
    types = {column.field_name: column.type for column in record.columns}
    assert types == types | {"area": "multipolygon", "street": "multiline", "door": "point"}
    assert {column.field_name: column.type for column in portal.view(remote_id).columns} == types
    approved = encode_table(table, record, portal.capabilities.limits)
    assert material.held(portal, remote_id, record) == table_fingerprint(approved)
    if isinstance(portal, ReadsText):
        pages = portal.read_text(remote_id, record.fields)
        assert portal_text(pl.concat(pages), record).equals(approved)


def test_a_portal_takes_texts_as_long_as_it_says(portal: Portal) -> None:
    most = portal.capabilities.limits.text
    table = Table.of(pl.DataFrame({"Name": ["a" * 5000, "b"]}))
    if most is None:
        remote_id, record = sent(portal, table)
        assert material.held(portal, remote_id, record) == table_fingerprint(
            encode_table(table, record, portal.capabilities.limits)
        )
        return
    with pytest.raises(EncodingError, match="4,096 bytes in 1 row"):
        sent(portal, table)
