"""Rows into a dataset's table, many at a time."""

# ruff: noqa: S608 - the names in these statements are our own numbers; values are bound

from __future__ import annotations

import time
from itertools import chain
from typing import Any

from publishing.devserver.http import ApiError
from publishing.devserver.soql import ROW_ID
from publishing.devserver.store import Asset, Store, cell

BATCH = 2000
# The values that are bound in one statement.
PARAMETERS = 2400


def counters() -> dict[str, int]:
    names = ("Rows Deleted", "Rows Updated", "Rows Created", "Errors", "By RowIdentifier", "By SID")
    return dict.fromkeys(names, 0)


class RowWriter:
    """Puts rows in, updates those whose key is there, deletes; counts each as the portal does.

    Cells are in the notation in which they are kept, under the names of the table. Call `flush` at the end.
    """

    def __init__(self, store: Store, asset: Asset) -> None:
        self.store = store
        self.table = asset.truth
        self.key = None if asset.row_identifier is None else cell(asset.row_identifier)
        self.counters = counters()
        self._names: tuple[str, ...] = ()
        self._batch: list[tuple[Any, ...]] = []

    def put(self, cells: dict[str, Any]) -> None:
        """One row, new or known by its key; what it does not name keeps its value. Raises ApiError 400."""
        if self.key is not None:
            self._key(cells)
            self.counters["By RowIdentifier"] += 1
        names = tuple(cells)
        if names != self._names or len(self._batch) >= BATCH:
            self.flush()
            self._names = names
        self._batch.append(tuple(cells.values()))

    def put_rows(self, names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
        """Many rows with cells of these names; the key, where there is one, is among them and never null."""
        self.flush()
        self._names = names
        if self.key is not None:
            self.counters["By RowIdentifier"] += len(rows)
        for start in range(0, len(rows), BATCH):
            self._batch = rows[start : start + BATCH]
            self.flush()

    def put_by_sid(self, row_id: str, cells: dict[str, Any]) -> None:
        """The row with this system id; raises ApiError 400 when there is none."""
        self.flush()
        self.counters["By SID"] += 1
        changes = "".join(f", {name} = ?" for name in cells)
        done = self.store.db.execute(
            f"UPDATE {self.table} SET changed = ?{changes} WHERE {ROW_ID} = ?",
            (time.time(), *cells.values(), row_id),
        ).rowcount
        if not done:
            raise ApiError(400, "no_such_row_to_update", "No such row to update")
        self.counters["Rows Updated"] += 1

    def delete(self, cells: dict[str, Any], row_id: str | None = None) -> None:
        """The row with this system id or, without one, with this key; raises ApiError 400."""
        self.flush()
        if row_id is not None:
            self.counters["By SID"] += 1
            where, value = ROW_ID, row_id
        elif self.key is None:
            raise ApiError(400, "soda.row.delete-without-primary-key", "A row is deleted by its identifier")
        else:
            self.counters["By RowIdentifier"] += 1
            where, value = self.key, self._key(cells)
        if not self.store.db.execute(f"DELETE FROM {self.table} WHERE {where} = ?", (value,)).rowcount:
            raise ApiError(400, "no_such_row_to_delete", "No such row to delete")
        self.counters["Rows Deleted"] += 1

    def _key(self, cells: dict[str, Any]) -> Any:
        key = cells.get(self.key or "")
        if key is None:
            raise ApiError(
                400, "soda.row.primary-key-nonexistent-or-null", "The row identifier is missing or null"
            )
        return key

    def flush(self) -> None:
        if not self._batch:
            return
        moment = time.time()
        conflict = "" if self.key is None else f" ON CONFLICT ({self.key})"
        created = self._insert(moment, f"{conflict} DO NOTHING" if conflict else "")
        if created < len(self._batch):
            # Some are there already, or stand twice in the batch: once more, and the last one holds.
            changes = "".join(f", {name} = excluded.{name}" for name in self._names if name != self.key)
            self._insert(moment, f"{conflict} DO UPDATE SET changed = excluded.changed{changes}")
        self.counters["Rows Created"] += created
        self.counters["Rows Updated"] += len(self._batch) - created
        self._batch = []

    def _insert(self, moment: float, conflict: str) -> int:
        """The batch, many rows in a statement; returns how many were put in or changed."""
        names = "".join(f", {name}" for name in self._names)
        row = f"(?1, ?1{', ?' * len(self._names)})"
        step = max(1, PARAMETERS // max(1, len(self._names)))
        done = 0
        for start in range(0, len(self._batch), step):
            rows = self._batch[start : start + step]
            sql = f"INSERT INTO {self.table} (made, changed{names}) VALUES {', '.join([row] * len(rows))}{conflict}"
            done += self.store.db.execute(sql, (moment, *chain.from_iterable(rows))).rowcount
        return done
