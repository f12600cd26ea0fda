"""What goes over to a portal, cut in parts that are always the same: the whole table, or what changed in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import polars as pl

from publishing import encode
from publishing.changes import DELETES_AT_ONCE, Difference
from publishing.copies import TreatedCopy


@dataclass(frozen=True)
class Part:
    """One step of the ledger: rows `start` to `start + rows` of what is written, or of what is taken out."""

    number: int
    start: int
    rows: int
    deletes: bool = False
    # Which of the files kept aside holds them, and from which row on.
    file: int = 0
    offset: int = 0


class WholeLoad:
    """Every row of the copy, cut as its survey says."""

    def __init__(self, copy: TreatedCopy, cuts: Iterable[encode.ChunkPlan]) -> None:
        self.copy = copy
        self.rows = copy.rows
        self.parts = [Part(cut.number, cut.start, cut.rows) for cut in cuts]

    def frame(self, part: Part) -> pl.DataFrame:
        return self.copy.frame(part.start, part.rows)

    def keys(self, part: Part) -> list[str]:
        return []


class ChangesLoad:
    """The rows that changed or are new, kept aside in the common notation, and the keys of those that vanished."""

    def __init__(self, copy: TreatedCopy, found: Difference, folder: Path) -> None:
        self.found = found
        self.rows = len(found.changed) + len(found.added)
        self._folder = folder
        self.parts: list[Part] = []
        self._keep(copy.at(found.to_write))
        gone = len(found.vanished)
        # What vanished leaves last, in requests of its own.
        for start in range(0, gone, DELETES_AT_ONCE):
            rows = min(DELETES_AT_ONCE, gone - start)
            self.parts.append(Part(len(self.parts) + 1, start, rows, deletes=True))

    def _keep(self, frames: Iterable[pl.DataFrame]) -> None:
        """Rows for about one step or more in each file: all of them together may be more than memory holds."""
        waiting: list[pl.DataFrame] = []
        for number, frame in enumerate(chain(frames, [None])):
            if frame is not None:
                waiting.append(frame)
            if waiting and (frame is None or sum(part.height for part in waiting) >= encode.CHUNK_ROWS):
                self._keep_file(number, pl.concat(waiting))
                waiting = []

    def _keep_file(self, number: int, rows: pl.DataFrame) -> None:
        rows.write_parquet(self._file(number), compression="lz4", statistics=False)
        before = self.parts[-1].start + self.parts[-1].rows if self.parts else 0
        for cut in encode.plan_chunks(rows):
            place = len(self.parts) + 1
            self.parts.append(Part(place, before + cut.start, cut.rows, file=number, offset=cut.start))

    def _file(self, number: int) -> Path:
        return self._folder / f"changes-{number}.parquet"

    def frame(self, part: Part) -> pl.DataFrame:
        return pl.scan_parquet(self._file(part.file)).slice(part.offset, part.rows).collect()

    def keys(self, part: Part) -> list[str]:
        return self.found.vanished[part.start : part.start + part.rows]
