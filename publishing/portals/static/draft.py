"""Rows on their way into a file: a small database, so that the same rows may arrive twice."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_PAGE = 10_000


@contextmanager
def opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """The rows of the draft in `folder`. What happens in the block is kept whole or not at all."""
    database = sqlite3.connect(folder / "rows.sqlite3")
    try:
        database.execute(
            "CREATE TABLE IF NOT EXISTS rows (place INTEGER PRIMARY KEY, key TEXT UNIQUE, body TEXT)"
        )
        with database:
            yield database
    finally:
        database.close()


def upsert(folder: Path, rows: list[dict[str, Any]], key: str) -> tuple[int, int]:
    """Put rows in by their key; returns how many are new and how many were there."""
    lines = [(str(row[key]), json.dumps(row, ensure_ascii=False)) for row in rows]
    with opened(folder) as database:
        before = _count(database)
        database.executemany(
            "INSERT INTO rows (key, body) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body",
            lines,
        )
        created = _count(database) - before
    return created, len(rows) - created


def emptied(folder: Path) -> None:
    with opened(folder) as database:
        database.execute("DELETE FROM rows")


def count(folder: Path) -> int:
    with opened(folder) as database:
        return _count(database)


def read(folder: Path) -> Iterator[dict[str, Any]]:
    """Every row, in the order of its first arrival."""
    place = 0
    while True:
        with opened(folder) as database:
            page = database.execute(
                "SELECT place, body FROM rows WHERE place > ? ORDER BY place LIMIT ?", (place, _PAGE)
            ).fetchall()
        if not page:
            return
        yield from (json.loads(body) for _, body in page)
        place = page[-1][0]


def _count(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT COUNT(*) FROM rows").fetchone()[0])
