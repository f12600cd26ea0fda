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

from publishing.copies import TreatedCopy
from publishing.pipeline import ahead
from publishing.records import PortalRecord
from publishing.refusals import refused_key

_SEEDS = (secrets.randbits(63), secrets.randbits(63))
_ROWS_AT_ONCE = 100_000
# Beyond this share of the rows, sending everything is simpler and hardly slower.
MOST = 0.5
DELETES_AT_ONCE = 5_000
_SCHEMA = {"key": pl.String, "one": pl.UInt64, "two": pl.UInt64, "place": pl.Int64}
_NOWHERE = np.empty(0, dtype=np.int64)


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
    here, there, shares = folder / "new", folder / "old", shares_of(old.rows, new.rows)
    for copy, place, words in ((old, there, "public copy"), (new, here, "new copy")):
        write_index(told(_marked(copy, raw=alike), copy.rows, words, tell), place, shares)
    return compare(there, here, new.record)


def compare(old: Path, new: Path, record: PortalRecord) -> Difference:
    """The same for two indexes that `write_index` wrote in as many shares."""
    changed, added, vanished = [_NOWHERE], [_NOWHERE], list[str]()
    for share in sorted(share.name for share in new.iterdir()):
        before, after = _read(old / share), _read(new / share)
        keys = after.get_column("key")
        if keys.null_count() or keys.is_duplicated().any():
            raise refused_key(record)
        both = after.join(before, on="key", how="left", suffix="_old")
        is_new = pl.col("place_old").is_null()
        is_other = (pl.col("one") != pl.col("one_old")) | (pl.col("two") != pl.col("two_old"))
        added.append(both.filter(is_new).get_column("place").to_numpy())
        changed.append(both.filter(~is_new & is_other).get_column("place").to_numpy())
        gone = before.join(after, on="key", how="anti", nulls_equal=True)
        vanished += gone.get_column("key").to_list()
    return Difference(np.sort(np.concatenate(changed)), np.sort(np.concatenate(added)), sorted(vanished))


def shares_of(*rows: int) -> int:
    """In how many shares indexes of so many rows are kept, so that one of them is small."""
    return max(1, -(-max(rows) // _ROWS_AT_ONCE))


def write_index(marked: Iterable[pl.DataFrame], path: Path, shares: int) -> None:
    """Keep keys, hashes and places of rows under `path`, each share of the keys in a folder of its own."""
    folders = [path / f"{share:06d}" for share in range(shares)]
    for folder in folders:
        folder.mkdir(parents=True)
    rows = 0
    for number, frame in enumerate(marked):
        placed = frame.with_columns(place=pl.int_range(rows, rows + frame.height))
        mine = pl.col("key").hash(_SEEDS[0]) % shares
        for share, folder in enumerate(folders):
            part = placed.filter(mine == share)
            part.write_parquet(folder / f"{number:06d}.parquet", compression="uncompressed", statistics=False)
        rows += frame.height


def _read(share: Path) -> pl.DataFrame:
    frames = [pl.read_parquet(file) for file in sorted(share.iterdir())]
    return pl.concat(frames) if frames else pl.DataFrame(schema=_SCHEMA)


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


def _marked(copy: TreatedCopy, *, raw: bool) -> Iterator[pl.DataFrame]:
    wide = 2 * copy.step
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
