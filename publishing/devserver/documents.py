"""What a stand-in keeps: documents by kind and id, and rows by table and key, in one SQLite file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from publishing.devserver import papers
from publishing.devserver.database import Database

SCHEMA = f"""
{papers.SCHEMA}
CREATE TABLE IF NOT EXISTS line (
    holder TEXT, number INTEGER, key TEXT, body TEXT NOT NULL, PRIMARY KEY (holder, number));
CREATE UNIQUE INDEX IF NOT EXISTS one_key ON line (holder, key);
"""


class Documents(Database):
    schema = SCHEMA

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.papers = papers.Papers(self.db)

    def settings(self) -> dict[str, Any]:
        return {}

    # documents

    def put(self, kind: str, name: str, body: dict[str, Any]) -> dict[str, Any]:
        return self.papers.put(kind, name, body)

    def get(self, kind: str, name: str) -> dict[str, Any] | None:
        return self.papers.get(kind, name)

    def every(self, kind: str) -> list[dict[str, Any]]:
        return self.papers.every(kind)

    def drop(self, kind: str, name: str) -> None:
        self.papers.drop(kind, name)

    # rows: the body is the row as JSON text, written by who knows its types

    def upsert(self, holder: str, key: str | None, body: str) -> tuple[int, bool]:
        """Put a row in; without a key it is a new one. Returns its number and whether it was new."""
        found = None
        if key is not None:
            found = self.db.execute(
                "SELECT number FROM line WHERE holder = ? AND key = ?", (holder, key)
            ).fetchone()
        if found:
            self.db.execute(
                "UPDATE line SET body = ? WHERE holder = ? AND number = ?", (body, holder, found[0])
            )
            return int(found[0]), False
        last = self.db.execute("SELECT MAX(number) FROM line WHERE holder = ?", (holder,)).fetchone()[0]
        number = int(last or 0) + 1
        self.db.execute("INSERT INTO line VALUES (?, ?, ?, ?)", (holder, number, key, body))
        return number, True

    def count(self, holder: str) -> int:
        return int(self.db.execute("SELECT COUNT(*) FROM line WHERE holder = ?", (holder,)).fetchone()[0])

    def page(self, holder: str, *, limit: int, offset: int = 0) -> list[tuple[int, str]]:
        return self.db.execute(
            "SELECT number, body FROM line WHERE holder = ? ORDER BY number LIMIT ? OFFSET ?",
            (holder, limit, offset),
        ).fetchall()

    def clear(self, holder: str) -> None:
        self.db.execute("DELETE FROM line WHERE holder = ?", (holder,))

    def move(self, source: str, target: str) -> None:
        """The rows of one table become those of another, in one step."""
        self.clear(target)
        self.db.execute("UPDATE line SET holder = ? WHERE holder = ?", (target, source))
