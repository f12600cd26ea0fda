"""A whole table as one CSV file on disk, cut in parts at the ends of rows, always in the same places."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from publishing.copies import TreatedCopy
from publishing.encode import CHUNK_BYTES
from publishing.loads import Part, WholeLoad

PART_BYTES = 4 << 20
# Rows that are written at once; a part ends between two of these steps, or within one that is too large.
_STEP = 500


def upper_size(load: WholeLoad) -> int:
    """More bytes than the file can have, without writing it."""
    return len(load.parts) * CHUNK_BYTES


class FileLoad:
    """The CSV of a copy. The same copy gives the same bytes, so an upload goes on where it stopped."""

    def __init__(self, copy: TreatedCopy, folder: Path, tell: Callable[[int], None]) -> None:
        self.copy = copy
        self.rows = copy.rows
        self.path = folder / "table.csv"
        self.parts: list[Part] = []
        self.offsets: list[int] = []
        self.size = 0
        self._write(tell)

    def _write(self, tell: Callable[[int], None]) -> None:
        start = rows = size = 0
        with self.path.open("wb") as file:
            for lines, count in self._steps():
                if rows and size + len(lines) > PART_BYTES:
                    self._cut(start, rows, size)
                    start, rows, size = start + rows, 0, 0
                file.write(lines)
                rows, size = rows + count, size + len(lines)
                tell(start + rows)
        self._cut(start, rows, size)

    def _cut(self, start: int, rows: int, size: int) -> None:
        self.parts.append(Part(len(self.parts) + 1, start, rows))
        self.offsets.append(self.size)
        self.size += size

    def _steps(self) -> Iterator[tuple[bytes, int]]:
        """The header, then rows in steps none of which is larger than a part."""
        names = pl.DataFrame(schema=dict.fromkeys(self.copy.record.fields, pl.String))
        yield names.write_csv().encode(), 0
        for frame in self.copy.frames():
            for step in frame.iter_slices(_STEP):
                yield from _fitting(step)

    def body(self, part: Part) -> bytes:
        number = part.number - 1
        end = self.offsets[number + 1] if number + 1 < len(self.offsets) else self.size
        with self.path.open("rb") as file:
            file.seek(self.offsets[number])
            return file.read(end - self.offsets[number])

    def frame(self, part: Part) -> pl.DataFrame:
        return self.copy.frame(part.start, part.rows)

    def keys(self, part: Part) -> list[str]:
        return []


def _fitting(frame: pl.DataFrame) -> Iterator[tuple[bytes, int]]:
    lines = frame.write_csv(include_header=False).encode()
    if len(lines) <= PART_BYTES or frame.height < 2:
        yield lines, frame.height
        return
    middle = frame.height // 2
    yield from _fitting(frame.head(middle))
    yield from _fitting(frame.tail(frame.height - middle))
