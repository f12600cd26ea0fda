"""Where the pages of a dataset begin: an offset found once is not walked to again from the first row."""

# ruff: noqa: S608 - the names in these statements are our own numbers; values are bound

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from dataclasses import dataclass, field

# Of how many datasets; a reader pages through one at a time.
KEPT = 16


@dataclass
class _Known:
    """Offsets and the row numbers there, both rising, for one version of a dataset."""

    version: int
    offsets: list[int] = field(default_factory=lambda: [0])
    numbers: list[int] = field(default_factory=lambda: [0])


class Pagination:
    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._known: dict[str, _Known] = {}

    def row_at(self, table: str, version: int, offset: int) -> int | None:
        """The number (sid) of the row at this offset in the order of arrival; None behind the last row.

        A version is told once for each state of the table.
        """
        known = self._known.pop(table, None)
        if known is None or known.version != version:
            known = _Known(version)
        self._known[table] = known
        if len(self._known) > KEPT:
            del self._known[next(iter(self._known))]
        at = bisect_right(known.offsets, offset)
        found = self.db.execute(
            f"SELECT sid FROM {table} WHERE sid >= ? ORDER BY sid LIMIT 1 OFFSET ?",
            (known.numbers[at - 1], offset - known.offsets[at - 1]),
        ).fetchone()
        if found is None:
            return None
        if known.offsets[at - 1] != offset:
            known.offsets.insert(at, offset)
            known.numbers.insert(at, found[0])
        return int(found[0])
