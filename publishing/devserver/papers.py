"""JSON documents by kind and id, for what is looked up by its id and nothing else."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

SCHEMA = "CREATE TABLE IF NOT EXISTS doc (kind TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id));"


class Papers:
    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def put(self, kind: str, name: str | int, body: dict[str, Any]) -> dict[str, Any]:
        # An update keeps the place in the order of arrival.
        self.db.execute(
            "INSERT INTO doc VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
            (kind, str(name), json.dumps(body, default=str)),
        )
        return body

    def get(self, kind: str, name: str | int) -> dict[str, Any] | None:
        row = self.db.execute("SELECT body FROM doc WHERE kind = ? AND id = ?", (kind, str(name))).fetchone()
        return json.loads(row[0]) if row else None

    def every(self, kind: str) -> list[dict[str, Any]]:
        rows = self.db.execute("SELECT body FROM doc WHERE kind = ? ORDER BY rowid", (kind,)).fetchall()
        return [json.loads(body) for (body,) in rows]

    def drop(self, kind: str, name: str | int) -> None:
        self.db.execute("DELETE FROM doc WHERE kind = ? AND id = ?", (kind, str(name)))
