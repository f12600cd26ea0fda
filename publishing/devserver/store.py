"""What the portal keeps: assets (a JSON document each) and a table of rows per asset, in one SQLite file."""

# ruff: noqa: S608 - the names in these statements are our own numbers; values are bound

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publishing.devserver import pagination, papers
from publishing.devserver.database import Database
from publishing.devserver.http import ApiError

ALPHABET = "23456789abcdefghijkmnpqrstuvwxyz"
FIRST_COLUMN_ID = 500_000_000
DEFAULT_SETTINGS: dict[str, Any] = {
    "approvals": "automatic",  # or "manual": widening the audience waits for a reviewer
    "lag_seconds": 0,  # how long reads stay behind writes
    "catalog_lag_seconds": 0,  # how long the catalogue stays behind the portal
    "strict_content_type": False,
    "max_body_bytes": 0,  # a longer write of rows is answered 413; 0: as long as they like
    "row_errors": "fatal",  # or "count": a bad row is left out and counted in "Errors"
    "categories": [],  # empty: every category is known
    "custom_fields": {},  # {set: {field: {"required": true}}} that the domain knows; empty: every one
    "geocoding_pending": 0,  # how many looks at the geocoder until it is through; nothing is published before
    "federates_to": [],  # other sites that show what is public here
    "federation_lag_seconds": 0,  # how long they go on showing what no longer is
    "synced": [],  # assets that another portal writes: nobody else may
    "copy_polls": 0,  # how often a working copy answers 202 before it exists
    "source_polls": 1,  # how many looks at a source, or at an output schema, before it is finished
    "job_seconds": 5.0,  # when a job is done though nobody looks; each look brings it a stage further
    "job_failures": 0,  # how many of the next jobs fail
    "transform_errors": "cell",  # or "row": a value that cannot be made is left empty, or its row left out
    "apply_makes_public": False,  # whether a revision that names no permission makes public
    "approve_revisions": False,  # whether a revision of a public dataset waits for a reviewer
    "tokenless_per_minute": 0,  # requests without an app token for each address; 0: as many as they like
    "tokenless_retry_after": "1",  # the header of the 429 then; empty: none
}
SCHEMA = f"""
{papers.SCHEMA}
CREATE TABLE IF NOT EXISTS asset (
    oid INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, doc TEXT NOT NULL, stage TEXT NOT NULL,
    scope TEXT NOT NULL, group_id INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 0,
    behind_until REAL NOT NULL DEFAULT 0, created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS submission (
    id INTEGER PRIMARY KEY AUTOINCREMENT, asset TEXT NOT NULL, state TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS chunk (
    source INTEGER, number INTEGER, start INTEGER, size INTEGER, PRIMARY KEY (source, number));
CREATE TABLE IF NOT EXISTS rows_0 (
    sid INTEGER PRIMARY KEY AUTOINCREMENT, made REAL, changed REAL,
    c1 TEXT, c2 TEXT, c3 TEXT, c4 TEXT, c5 TEXT, c6 TEXT, c7 TEXT, c8 TEXT, c9 TEXT);
CREATE TABLE IF NOT EXISTS bad_row (holder TEXT, start INTEGER, body TEXT, PRIMARY KEY (holder, start));
"""


@dataclass
class Asset:
    oid: int
    id: str
    doc: dict[str, Any]
    stage: str
    scope: str
    group: int
    version: int
    behind_until: float
    created: float

    @property
    def columns(self) -> list[dict[str, Any]]:
        return self.doc["columns"]

    @property
    def open_to_all(self) -> bool:
        return self.scope == "public" and self.stage == "published"

    @property
    def row_identifier(self) -> dict[str, Any] | None:
        column_id = self.doc.get("metadata", {}).get("rowIdentifier")
        return next((column for column in self.columns if column["id"] == column_id), None)

    @property
    def truth(self) -> str:
        return f"rows_{self.oid}"

    @property
    def replica(self) -> str:
        return f"replica_{self.oid}"

    @property
    def behind(self) -> bool:
        return time.time() < self.behind_until


class Store(Database):
    schema = SCHEMA

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.papers = papers.Papers(self.db)
        self.pagination = pagination.Pagination(self.db)

    # settings

    def settings(self) -> dict[str, Any]:
        rows = self.db.execute("SELECT name, value FROM setting").fetchall()
        return DEFAULT_SETTINGS | {name: json.loads(value) for name, value in rows}

    def set_settings(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            if name not in DEFAULT_SETTINGS:
                raise ApiError(400, "invalid_request", f"Unknown setting {name}")
            self.db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, json.dumps(value)))

    def reset_settings(self) -> None:
        self.db.execute("DELETE FROM setting")

    def next_number(self, name: str, first: int) -> int:
        row = self.db.execute("SELECT value FROM counter WHERE name = ?", (name,)).fetchone()
        number = first if row is None else row[0] + 1
        self.db.execute("INSERT OR REPLACE INTO counter VALUES (?, ?)", (name, number))
        return number

    # assets

    def asset(self, name: str) -> Asset | None:
        """The asset with this four-by-four or, as the real portal allows, this resource name."""
        row = self.db.execute("SELECT * FROM asset WHERE id = ?", (name,)).fetchone()
        if row is not None:
            return self._asset(row)
        return next(
            (asset for asset in self.assets() if name and asset.doc.get("resourceName") == name), None
        )

    def assets(self) -> list[Asset]:
        return [self._asset(row) for row in self.db.execute("SELECT * FROM asset ORDER BY oid")]

    def _asset(self, row: tuple[Any, ...]) -> Asset:
        oid, name, doc, *rest = row
        return Asset(oid, name, json.loads(doc), *rest)

    def add_asset(self, doc: dict[str, Any], *, group: int | None = None) -> Asset:
        name = "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(2))
        for column in doc["columns"]:
            column["id"] = self.next_number("column", FIRST_COLUMN_ID)
            column["tableColumnId"] = column["id"] - FIRST_COLUMN_ID // 2
        cursor = self.db.execute(
            "INSERT INTO asset (id, doc, stage, scope, group_id, created) "
            "VALUES (?, ?, 'unpublished', 'private', ?, ?)",
            (name, json.dumps(doc), group or 0, time.time()),
        )
        if group is None:
            self.db.execute("UPDATE asset SET group_id = oid WHERE oid = ?", (cursor.lastrowid,))
        asset = self.asset(name)
        assert asset is not None  # noqa: S101 - it was inserted a few lines above
        self._make_table(asset)
        return asset

    def save(self, asset: Asset) -> None:
        self.db.execute(
            "UPDATE asset SET doc = ?, stage = ?, scope = ? WHERE oid = ?",
            (json.dumps(asset.doc), asset.stage, asset.scope, asset.oid),
        )

    def drop(self, asset: Asset) -> None:
        self.db.execute(f"DROP TABLE IF EXISTS {asset.truth}")
        self.db.execute(f"DROP TABLE IF EXISTS {asset.replica}")
        self.db.execute("DELETE FROM asset WHERE oid = ?", (asset.oid,))
        self.db.execute("DELETE FROM submission WHERE asset = ?", (asset.id,))

    # rows

    def _make_table(self, asset: Asset) -> None:
        columns = "".join(f", {cell(column)} TEXT" for column in asset.columns)
        self.db.execute(
            f"CREATE TABLE {asset.truth} "
            f"(sid INTEGER PRIMARY KEY AUTOINCREMENT, made REAL, changed REAL{columns})"
        )
        self.index(asset)

    def index(self, asset: Asset) -> None:
        """Keep the row identifier unique; raises sqlite3.IntegrityError when the rows there are not."""
        wanted = None if asset.row_identifier is None else cell(asset.row_identifier)
        there = self.db.execute(f"PRAGMA index_info(key_{asset.oid})").fetchone()
        if wanted == (there and there[2]):
            return
        self.drop_index(asset)
        if wanted is not None:
            self.db.execute(f"CREATE UNIQUE INDEX key_{asset.oid} ON {asset.truth} ({wanted})")

    def drop_index(self, asset: Asset) -> None:
        self.db.execute(f"DROP INDEX IF EXISTS key_{asset.oid}")

    def add_column(self, asset: Asset, column: dict[str, Any]) -> None:
        column["id"] = self.next_number("column", FIRST_COLUMN_ID)
        column["tableColumnId"] = column["id"] - FIRST_COLUMN_ID // 2
        asset.columns.append(column)
        self.db.execute(f"ALTER TABLE {asset.truth} ADD COLUMN {cell(column)} TEXT")
        self.save(asset)

    def copy_rows(self, source: Asset, target: Asset) -> None:
        theirs, ours = (
            ["sid", "made", "changed", *(cell(column) for column in asset.columns)]
            for asset in (source, target)
        )
        if self._fields(source) == theirs and self._fields(target) == ours:
            # All of a table into one of the same form: SQLite copies rows and index without taking them apart.
            self.db.execute(f"INSERT INTO {target.truth} SELECT * FROM {source.truth}")
            return
        self.db.execute(
            f"INSERT INTO {target.truth} ({', '.join(ours)}) SELECT {', '.join(theirs)} FROM {source.truth}"
        )

    def _fields(self, asset: Asset) -> list[str]:
        """The columns of the table itself: those that the dataset does not show any more are among them."""
        return [row[1] for row in self.db.execute(f"PRAGMA table_info({asset.truth})")]

    def rows(self, sql: str, params: Iterable[Any]) -> list[tuple[Any, ...]]:
        return self.db.execute(sql, tuple(params)).fetchall()

    def before_write(self, asset: Asset) -> None:
        """With lag switched on, reads go on seeing what was there before the first write of a burst."""
        lag = self.settings()["lag_seconds"]
        if lag and not asset.behind:
            self.db.execute(f"DROP TABLE IF EXISTS {asset.replica}")
            self.db.execute(f"CREATE TABLE {asset.replica} AS SELECT * FROM {asset.truth}")
            # Its columns may be others by the time it is read.
            self.papers.put("replica", asset.oid, {"columns": asset.columns})
        until = time.time() + lag if lag else 0
        self.db.execute(
            "UPDATE asset SET version = version + 1, behind_until = ? WHERE oid = ?", (until, asset.oid)
        )


def cell(column: dict[str, Any]) -> str:
    return f"c{column['id']}"
