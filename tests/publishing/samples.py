"""Small synthetic tables and their records."""

from __future__ import annotations

import uuid
from typing import Any

import polars as pl

from datafiles.table import Table
from publishing.encode import encode_rows
from publishing.records import PortalRecord, record_of

COLUMNS: dict[str, list[str | None]] = {
    "Permit number": ["A-1", "A-2", "A-3", "A-4"],
    "Issued": ["2026-01-02", "2026-01-03", None, "1999-12-31"],
    "Fee": ["12.50", "7.0", "1e3", None],
    "Units": ["1", "2", None, "40"],
    "Open": ["true", "false", "true", None],
    "Checked at": ["2026-01-02 10:00:00", None, "2026-01-02T10:00:01.5", "2026-01-03 00:00"],
    "Remarks": ["it's \u00fc", None, 'say "yes"', "tab\tend"],
}


def table(rows: int = 4) -> Table:
    """Rows of permits; more than four repeat the values, with a number of their own."""
    frame = {
        name: [values[row % 4] for row in range(rows)]
        for name, values in COLUMNS.items()
        if name != "Permit number"
    }
    numbers = {"Permit number": [f"A-{row + 1}" for row in range(rows)]}
    return Table.of(pl.DataFrame(numbers | frame, schema=dict.fromkeys(COLUMNS, pl.String)))


def record(of: Table, **about: Any) -> PortalRecord:
    about = {"external_key": f"pub-{uuid.uuid4().hex[:8]}", "name": "Building permits"} | about
    described = {name: f"What {name} holds" for name in of.names}
    return record_of(
        description="Permits for building",
        columns=of.columns,
        descriptions=described,
        category="Housing",
        tags=("permits",),
        attribution="Department of Buildings",
        licence="CC0_10",
        contact_email="od@example.gov",
        row_label="Permit",
        **about,
    )


def rows(of: Table, described: PortalRecord) -> list[dict[str, Any]]:
    return list(encode_rows(of, described))
