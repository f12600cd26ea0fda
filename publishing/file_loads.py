"""A whole table as one CSV file on disk, cut in parts at the ends of rows, always in the same places."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import polars as pl

from publishing.copies import TreatedCopy
from publishing.loads import Part

PART_BYTES = 4 << 20
# Rows that are written at once; a part ends between two of these steps, or within one that is too large.
_STEP = 5_000


class FileLoad:
    """The CSV of a copy, written while every cell of it is looked at. Raises EncodingError as a survey does.

    The same copy gives the same bytes, so an upload goes on where it stopped. `cuts` is where the survey cuts the
    same rows for a portal that takes them as rows.
    """

    def __init__(self, copy: TreatedCopy, folder: Path, tell: Callable[[int], None]) -> None:
        self.copy = copy
        self.rows = copy.rows
        self.path = folder / "table.csv"
        self.parts: list[Part] = []
        self.offsets: list[int] = []
        self.size = 0
        names = pl.DataFrame(schema=dict.fromkeys(copy.record.fields, pl.String))
        with self.path.open("wb") as file:
            self._start = self._rows = 0
            self._bytes = file.write(names.write_csv().encode())
            self.cuts = copy.survey(tell, lambda frame: self._write(file, frame))
        self._cut()

    def _write(self, file: BinaryIO, frame: pl.DataFrame) -> None:
        """The next rows, in steps none of which is larger than a part."""
        for step in frame.iter_slices(_STEP):
            for lines, count in _fitting(step):
                if self._rows and self._bytes + len(lines) > PART_BYTES:
                    self._cut()
                self._rows += count
                self._bytes += file.write(lines)

    def _cut(self) -> None:
        """A part ends here."""
        self.parts.append(Part(len(self.parts) + 1, self._start, self._rows))
        self.offsets.append(self.size)
        self.size += self._bytes
        self._start, self._rows, self._bytes = self._start + self._rows, 0, 0

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
