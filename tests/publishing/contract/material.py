"""One table with everything that is awkward, its record, and the steps that the tests begin with."""

from __future__ import annotations

import uuid
from typing import Any

import polars as pl

from datafiles.table import Table
from publishing.encode import encode_table, rows_fingerprint, rows_of, table_fingerprint
from publishing.portals.base import Portal
from publishing.records import PortalRecord, record_of

AWKWARD: dict[str, list[str | None]] = {
    "Permit": ["A-1", "A-2", "A-3", "A-4", "A-5"],
    "Remarks": [
        'say "yes", it\'s',
        "two\nlines\r\nand a tab\t",
        "Zoë — 東京 🏛 e\u0301",
        "",
        "a\u2028b\u0085c",
    ],
    "ZIP": ["00501", "06103", None, "0", "007"],
    "Units": ["0", "9007199254740991", "-7", None, "1000000"],
    "Fee": ["12.50", "1e3", "-0.001", "123456789.125", None],
    "Open": ["true", "false", None, "true", "false"],
    "Issued": ["2026-01-02", "1969-12-31", None, "1900-01-01", "2100-02-28"],
    "Checked at": [
        "2026-01-02 10:00:00",
        None,
        "2026-03-08T02:30:01.5",
        "1999-12-31 23:59:59",
        "2026-01-01 00:00",
    ],
    "Latitude": ["41.7637", None, "41.5", "-33.25", "0.5"],
    "Longitude": ["-72.6851", "1.5", "-72.75", "151.125", "0.25"],
}


def table(rows: int = 5, **changes: list[str | None]) -> Table:
    columns = {name: [values[row % 5] for row in range(rows)] for name, values in (AWKWARD | changes).items()}
    columns["Permit"] = [f"A-{row + 1}" for row in range(rows)]
    return Table.of(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)))


def record(of: Table, *, key: str = "", **about: Any) -> PortalRecord:
    words: dict[str, Any] = {
        "name": "Building permits",
        "description": "Permits for <building> & wrecking",
        "tags": ("permits", "building"),
    }
    return record_of(
        columns=of.columns,
        descriptions={name: f"What {name} holds" for name in of.names},
        external_key=key or f"city/pub-{uuid.uuid4().hex[:8]}",
        category="Housing",
        attribution="Department of Buildings",
        licence="CC0_10",
        contact_email="od@example.gov",
        row_label="Permit",
        **(words | about),
    )


def rows(of: Table, described: PortalRecord) -> list[dict[str, Any]]:
    return list(rows_of(encode_table(of, described), described))


def approved(of: Table, described: PortalRecord) -> str:
    """The fingerprint of what was approved."""
    return table_fingerprint(encode_table(of, described))


def held(portal: Portal, remote_id: str, described: PortalRecord, *, anonymous: bool = False) -> str:
    """The fingerprint of what the portal holds, read back whole."""
    read = portal.read_back(remote_id, described.fields, anonymous=anonymous)
    return rows_fingerprint(read, described)


def filled(portal: Portal, of: Table | None = None, **about: Any) -> tuple[str, PortalRecord, Table]:
    """A new private dataset with its rows."""
    of = of or table()
    described = record(of, **about)
    remote_id = portal.create(described).remote_id
    portal.push_chunk(remote_id, rows(of, described))
    return remote_id, described, of


def public(portal: Portal, of: Table | None = None, **about: Any) -> tuple[str, PortalRecord, Table]:
    remote_id, described, of = filled(portal, of, **about)
    portal.set_metadata(remote_id, described)
    portal.publish(remote_id)
    assert portal.set_scope(remote_id, "public").scope == "public"
    return remote_id, described, of
