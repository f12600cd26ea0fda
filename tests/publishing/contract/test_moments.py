"""Moments with a zone on their way to every portal: on the clock of the program, and equal when they come back."""

from __future__ import annotations

from typing import Any

import polars as pl

from datafiles.table import Table
from publishing.portals.base import Portal
from publishing.records import PortalRecord
from tests.publishing.contract import material

# An evening in July, one in winter, and both of the half past one of a night in autumn.
MOMENTS = [
    *("2026-07-01T23:15:00-04:00", "2026-01-02T03:15:00Z"),
    *("2026-11-01T05:30:00+00:00", "2026-11-01T06:30:00+00:00"),
]
CLOCK = [
    *("2026-07-01T23:15:00.000", "2026-01-01T22:15:00.000"),
    *("2026-11-01T01:30:00.000", "2026-11-01T01:30:00.000"),
]


def published(portal: Portal) -> tuple[str, PortalRecord, str]:
    columns: dict[str, list[Any]] = {"Name": ["a", "b", "c", "d"], "At": MOMENTS, "Seen": [*CLOCK[:3], None]}
    table = Table.of(pl.DataFrame(columns))
    record = material.record(table, timezone="America/New_York")
    remote_id = portal.create(record).remote_id
    portal.push_chunk(remote_id, material.rows(table, record))
    portal.set_metadata(remote_id, record)
    portal.publish(remote_id)
    return remote_id, record, material.approved(table, record)


def test_moments_stand_on_the_portal_as_the_clocks_of_the_program_show_them(portal: Portal) -> None:
    remote_id, record, approved = published(portal)
    assert material.held(portal, remote_id, record) == approved
    rows = sorted(portal.read_back(remote_id, record.fields), key=lambda row: str(row["name"]))
    assert [str(row["at"])[:19] for row in rows] == [text[:19] for text in CLOCK]
    (words,) = [one.description for one in portal.view(remote_id).columns if one.field_name == "at"]
    assert words.endswith("Times are local: time zone America/New_York.")
