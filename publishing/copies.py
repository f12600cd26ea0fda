"""A treated copy on its way to a portal: read from its file a slice at a time, never as a whole."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from datafiles.table import count_rows, read_columns, rows_per_block
from publishing import encode
from publishing.pipeline import ahead
from publishing.records import CALENDAR_DATE, PortalRecord
from publishing.refusals import USUAL_LIMITS, Limits, refuse_unfit, refused_key, unfit_rows
from publishing.shapes import SHAPES

# A slice is about 5 MB of text, and what the file packs together; it is read in these steps where nothing else
# asks for others.
_CELLS_PER_SLICE = 300_000
# Nothing limits how long a polygon is: fewer rows at once then.
_SHAPE_ROWS = 2_000
# Of half a block of the file, so many columns are unpacked at once.
_COLUMNS_AT_ONCE = 3
# So many keys are told apart at once; a longer table is gone through several times.
_KEYS_AT_ONCE = 1_000_000
# A date is written as a moment there.
_MOMENT_BYTES = 24


class TreatedCopy:
    """The rows of one treated file in the notation of the portal. Raises EncodingError where they do not fit."""

    def __init__(self, path: Path, record: PortalRecord, limits: Limits = USUAL_LIMITS) -> None:
        self.path = path
        self.record = record
        self.limits = limits
        self.columns = read_columns(path)
        encode.check_columns(self.columns, record)
        self.rows = count_rows(path)
        self.step = max(1_000, _CELLS_PER_SLICE // max(1, len(self.columns)))
        self._shapes = sum(column.type in SHAPES for column in record.columns)
        if self._shapes:
            self.step = min(self.step, _SHAPE_ROWS)

    @property
    def most_bytes(self) -> int:
        """No table of so many cells that the portal takes is larger."""
        if self.limits.text is None or (self._shapes and self.limits.shape is None):
            return sys.maxsize
        longest = max(self.limits.text, self.limits.shape or 0)
        return self.rows * len(self.columns) * (longest + encode.OVERHEAD)

    def raw(self, start: int, rows: int) -> pl.DataFrame:
        """Rows as they stand in the file, from position `start` (from 0) on."""
        return pl.scan_parquet(self.path, use_statistics=False).slice(start, rows).collect()

    def frame(self, start: int, rows: int) -> pl.DataFrame:
        """The same rows in the common notation."""
        frame = self.raw(start, rows)
        return self.encoded(frame, range(start, start + frame.height))

    def encoded(self, raw: pl.DataFrame, positions: range | np.ndarray[Any, Any]) -> pl.DataFrame:
        return encode.encode_rows_at(raw, self.columns, self.record, positions)

    def starts(self) -> range:
        return range(0, self.rows, self.step)

    def frames(self) -> Iterator[pl.DataFrame]:
        """The whole table in the common notation, slice by slice."""
        for start in self.starts():
            yield self.frame(start, self.step)

    def at(self, positions: np.ndarray[Any, Any]) -> Iterator[pl.DataFrame]:
        """The rows at these positions (from 0, ascending) in the common notation, some at a time."""
        for start, stop in self.blocks():
            low, high = np.searchsorted(positions, (start, stop))
            for first in range(low, high, self.step):
                here = positions[first : min(first + self.step, high)]
                # Values of their own: a few rows must not keep the text of their whole block in memory.
                parts = [part[here - start].select(pl.all() + "") for part in self.narrow(start, stop)]
                raw = pl.concat(parts, how="horizontal")
                refuse_unfit(unfit_rows(raw, self.record, self.limits), int(here[0]))
                yield self.encoded(raw, here)

    def blocks(self) -> Iterator[tuple[int, int]]:
        """Halves of the blocks of a table: small, and hardly more is unpacked than is read."""
        step = max(1, rows_per_block(len(self.columns)) // 2)
        for start in range(0, self.rows, step):
            yield start, min(start + step, self.rows)

    def narrow(self, start: int, stop: int) -> Iterator[pl.DataFrame]:
        """Rows as they stand in the file, a few columns at a time: a block is too large to be read whole."""
        source = pl.scan_parquet(self.path, use_statistics=False)
        for first in range(0, len(self.columns), _COLUMNS_AT_ONCE):
            columns = range(first, min(first + _COLUMNS_AT_ONCE, len(self.columns)))
            yield source.select(pl.nth(*columns)).slice(start, stop - start).collect()

    def reader(self) -> Reader:
        """The whole table in the common notation, as many rows at a time as are asked for."""
        return Reader(self.frames())

    def survey(
        self, tell: Callable[[int], None], keep: Callable[[pl.DataFrame], None] | None = None
    ) -> list[encode.ChunkPlan]:
        """Look at every cell before anything is sent: what no portal takes is refused here.

        `tell` hears how many rows were looked at, and `keep` gets them in the common notation. Returns where
        the table is cut. Raises EncodingError.
        """
        sizes = np.empty(self.rows, dtype=np.uint32)
        for start, raw, frame in ahead(self._slices(encoded=keep is not None)):
            refuse_unfit(unfit_rows(raw, self.record, self.limits), start)
            sizes[start : start + raw.height] = self._sizes(raw)
            if keep is not None and frame is not None:
                keep(frame)
            tell(start + raw.height)
        self.refuse_unkeyed()
        return encode.plan_chunks(sizes)

    def _slices(self, *, encoded: bool) -> Iterator[tuple[int, pl.DataFrame, pl.DataFrame | None]]:
        """Where each slice begins, its rows as they stand in the file, and in the notation if that is asked."""
        for start in self.starts():
            raw = self.raw(start, self.step)
            places = range(start, start + raw.height)
            yield start, raw, self.encoded(raw, places) if encoded else None

    def _sizes(self, raw: pl.DataFrame) -> np.ndarray[Any, Any]:
        """About the bytes of each row as JSON, without writing it: names, values, and dates as moments."""
        fixed = sum(len(name.encode()) + encode.OVERHEAD for name in self.record.fields)
        fixed += _MOMENT_BYTES * sum(column.type == CALENDAR_DATE for column in self.record.columns)
        frame = raw.clone()
        frame.columns = [str(number) for number in range(frame.width)]
        cells = pl.all().cast(pl.String).str.len_bytes().fill_null(0)
        sizes: np.ndarray[Any, Any] = (
            frame.select(pl.sum_horizontal(cells).cast(pl.UInt32)).to_series().to_numpy()
        )
        return sizes + np.uint32(fixed)

    def refuse_unkeyed(self) -> None:
        """A key of the data must be there in every row, and never twice: otherwise rows would overwrite rows."""
        if self.record.has_own_key:
            return
        parts = max(1, -(-self.rows // _KEYS_AT_ONCE))
        for part in range(parts):
            kept = [np.empty(0, dtype=np.uint64)]
            for keys in self.keys():
                if keys.null_count():
                    raise refused_key(self.record)
                marks = keys.hash(7).to_numpy()
                kept.append(marks[marks % parts == part])
            sorted_marks = np.sort(np.concatenate(kept))
            twice = np.unique(sorted_marks[1:][sorted_marks[1:] == sorted_marks[:-1]])
            if len(twice) and self._really_twice(pl.Series(twice)):
                raise refused_key(self.record)

    def _really_twice(self, marks: pl.Series) -> bool:
        """Different keys may share a mark, though hardly ever: then the keys themselves decide."""
        suspects = [keys.filter(keys.hash(7).is_in(marks.implode())) for keys in self.keys()]
        return bool(pl.concat(suspects).is_duplicated().any())

    def keys(self) -> Iterator[pl.Series]:
        """The row identifier of every row in the common notation, slice by slice."""
        for start, stop in self.blocks():
            yield self.keys_of(start, stop)

    def keys_at(self, positions: np.ndarray[Any, Any]) -> list[str]:
        """The row identifiers of the rows at these positions (from 0, ascending)."""
        found = list[str]()
        for start, stop in self.blocks():
            low, high = np.searchsorted(positions, (start, stop))
            if low < high:
                found += self.keys_of(start, stop).gather(positions[low:high] - start).to_list()
        return found

    def keys_of(self, start: int, stop: int) -> pl.Series:
        """The row identifiers of some rows in the common notation."""
        if self.record.has_own_key:
            return pl.Series(np.arange(start, stop) + 1).cast(pl.String)
        source = pl.scan_parquet(self.path, use_statistics=False).select(pl.nth(self._key_place))
        return self._told_key(source.slice(start, stop - start).collect().to_series())

    @property
    def _key_place(self) -> int:
        names = [column.field_name for column in self.record.data_columns]
        return names.index(self.record.row_identifier)

    def _told_key(self, values: pl.Series) -> pl.Series:
        place = self._key_place
        return encode.column_notation(values, self.columns[place], self.record.data_columns[place])


class Reader:
    """Rows that come in slices, given out in pages of any size."""

    def __init__(self, slices: Iterator[pl.DataFrame]) -> None:
        self._slices = slices
        self._left: list[pl.DataFrame] = []

    def take(self, rows: int) -> pl.DataFrame | None:
        """The next rows, fewer where the table ends, None after its end."""
        held = sum(part.height for part in self._left)
        while held < rows and (part := next(self._slices, None)) is not None:
            self._left.append(part)
            held += part.height
        if not self._left:
            return None
        whole = pl.concat(self._left)
        rest = whole[rows:]
        self._left = [rest] if rest.height else []
        return whole[:rows]
