"""What is different between two copies of one dataset: the rows to write, and the keys of the rows to take out.

The copies are compared by key and by two hashes of each row, kept in small files beside one another, a share of
the keys at a time: memory stays the same whatever the size. Hashes live as long as the process.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from publishing import encode
from publishing.copies import TreatedCopy
from publishing.pipeline import ahead
from publishing.records import PortalRecord

_SEEDS = (secrets.randbits(63), secrets.randbits(63))
_ROWS_AT_ONCE = 250_000
# Beyond this share of the rows, sending everything is simpler and hardly slower.
MOST = 0.5
DELETES_AT_ONCE = 5_000


@dataclass(frozen=True)
class Difference:
    """From an old table to a new one.

    `changed` and `added` are positions in the new table (from 0, ascending), `vanished` keys of the old one.
    """

    changed: np.ndarray[Any, Any]
    added: np.ndarray[Any, Any]
    vanished: list[str]

    @property
    def to_write(self) -> np.ndarray[Any, Any]:
        return np.sort(np.concatenate([self.changed, self.added]))

    @property
    def count(self) -> int:
        return len(self.changed) + len(self.added) + len(self.vanished)


def difference(
    old: TreatedCopy, new: TreatedCopy, folder: Path, tell: Callable[[str], None] = lambda _: None
) -> Difference:
    """What makes `new` out of `old`; both under the same fields and the same row identifier.

    `tell` hears how far it is. Raises EncodingError when a key of the new table is empty or there twice.
    """
    # Equal text of columns that are written the same way is equal on the portal too, without encoding it.
    alike = [(c.type, c.form) for c in old.columns] == [(c.type, c.form) for c in new.columns]
    here, there = folder / "new", folder / "old"
    for copy, place, words in ((old, there, "public copy"), (new, here, "new copy")):
        write_index(told(_marked(copy, raw=alike), copy.rows, words, tell), place)
    return compare(there, here, new.record)


def compare(old: Path, new: Path, record: PortalRecord) -> Difference:
    """The same for two indexes that `write_index` wrote."""
    first, second = _Index(old), _Index(new)
    parts = max(1, -(-max(first.rows, second.rows) // _ROWS_AT_ONCE))
    changed, added, vanished = [], [], list[str]()
    for part in range(parts):
        before, after = first.share(part, parts), second.share(part, parts)
        if after.get_column("key").null_count() or after.get_column("key").is_duplicated().any():
            raise encode.refused_key(record)
        both = after.join(before, on="key", how="left", suffix="_old")
        is_new = pl.col("place_old").is_null()
        is_other = (pl.col("one") != pl.col("one_old")) | (pl.col("two") != pl.col("two_old"))
        added.append(both.filter(is_new).get_column("place").to_numpy())
        changed.append(both.filter(~is_new & is_other).get_column("place").to_numpy())
        vanished += before.join(after, on="key", how="anti", nulls_equal=True).get_column("key").to_list()
    return Difference(np.sort(np.concatenate(changed)), np.sort(np.concatenate(added)), sorted(vanished))


def write_index(marked: Iterable[pl.DataFrame], path: Path) -> None:
    """Keep keys and hashes of rows, part by part, in files under `path`."""
    path.mkdir()
    for number, frame in enumerate(marked):
        frame.write_parquet(path / f"{number:06d}.parquet", compression="uncompressed", statistics=False)


def told(
    marked: Iterable[pl.DataFrame], total: int, words: str, tell: Callable[[str], None]
) -> Iterator[pl.DataFrame]:
    """The same parts, and `tell` hears how many rows have gone by."""
    rows = 0
    for frame in marked:
        rows += frame.height
        tell(f"Read {rows:,} of {total:,} rows of the {words}.")
        yield frame


def marks_of(frames: Iterable[pl.DataFrame], record: PortalRecord) -> Iterator[pl.DataFrame]:
    """Keys and hashes of rows that are in the common notation."""
    for frame in frames:
        yield _marks(frame, frame.get_column(record.row_identifier))


class _Index:
    def __init__(self, path: Path) -> None:
        self.files = sorted(path.iterdir())
        heights = [pl.scan_parquet(file).select(pl.len()).collect().item() for file in self.files]
        self.starts = np.concatenate([[0], np.cumsum(heights)]).astype(int)
        self.rows = int(self.starts[-1])

    def share(self, part: int, parts: int) -> pl.DataFrame:
        """The rows whose key falls into this share, with their places."""
        mine = pl.col("key").hash(_SEEDS[0]) % parts == part
        frames = [
            pl.read_parquet(file)
            .with_columns(place=pl.int_range(int(start), int(start) + pl.len()))
            .filter(mine)
            for file, start in zip(self.files, self.starts, strict=False)
        ]
        return pl.concat(frames) if frames else pl.DataFrame(schema=_SCHEMA)


_SCHEMA = {"key": pl.String, "one": pl.UInt64, "two": pl.UInt64, "place": pl.Int64}


def _marked(copy: TreatedCopy, *, raw: bool) -> Iterator[pl.DataFrame]:
    wide = 4 * copy.step
    slices = ((start, copy.raw(start, wide)) for start in range(0, copy.rows, wide))
    for start, frame in ahead(slices):
        if raw:
            keys = copy.keys_of(frame, range(start, start + frame.height))
            yield _marks(frame, keys)
        else:
            told = copy.encoded(frame, range(start, start + frame.height))
            yield _marks(told, told.get_column(copy.record.row_identifier))


def _marks(frame: pl.DataFrame, keys: pl.Series) -> pl.DataFrame:
    one, two = (frame.hash_rows(seed) for seed in _SEEDS)
    return pl.DataFrame({"key": keys, "one": one, "two": two}, schema_overrides={"key": pl.String})
