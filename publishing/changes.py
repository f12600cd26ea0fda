"""What is different between two copies of one dataset: the rows to write, and the keys of the rows to take out.

The copies are compared by a hash of each key and one of each row, kept in small files beside one another, a share
of the keys at a time: memory stays the same whatever the size. Hashes live as long as the process. Should two keys
or two rows share one, which they hardly ever do, the portal holds something else in the end than what was approved:
the comparison of all rows finds that, and everything is sent.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from publishing.copies import TreatedCopy
from publishing.pipeline import ahead
from publishing.records import PortalRecord

_SEED = secrets.randbits(63)
_ROWS_AT_ONCE = 250_000
# Beyond this share of the rows, sending everything is simpler and hardly slower.
MOST = 0.5
DELETES_AT_ONCE = 5_000
_SCHEMA = {"key": pl.UInt64, "row": pl.UInt64, "place": pl.Int64}
_NOWHERE = np.empty(0, dtype=np.int64)

Positions = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Places:
    """Where two tables differ: positions in the new one (`changed`, `added`) and in the old one (`gone`)."""

    changed: Positions
    added: Positions
    gone: Positions


@dataclass(frozen=True)
class Difference:
    """From an old table to a new one.

    `changed` and `added` are positions in the new table (from 0, ascending), `vanished` keys of the old one.
    """

    changed: Positions
    added: Positions
    vanished: list[str]

    @property
    def to_write(self) -> Positions:
        return np.sort(np.concatenate([self.changed, self.added]))

    @property
    def count(self) -> int:
        return len(self.changed) + len(self.added) + len(self.vanished)


def difference(
    old: TreatedCopy, new: TreatedCopy, folder: Path, tell: Callable[[str], None] = lambda _: None
) -> Difference:
    """What makes `new` out of `old`; both under the same fields and the same row identifier.

    `tell` hears how far it is. The keys of both are there in every row, and never twice (refuse_unkeyed).
    """
    # Equal text of columns that are written the same way is equal on the portal too, without encoding it.
    alike = _written(old) == _written(new)
    here, there, shares = folder / "new", folder / "old", shares_of(old.rows, new.rows)
    helped = [ahead(_marked(copy, raw=alike)) for copy in (old, new)]
    before = told(helped[0], old.rows, "public copy", tell)
    after = told(helped[1], new.rows, "new copy", tell)
    # Turn by turn: while a part of one is written down, the helpers read on in both.
    write_indexes({there: before, here: after}, shares)
    found = compare(there, here)
    return Difference(found.changed, found.added, sorted(old.keys_at(found.gone)))


def _written(copy: TreatedCopy) -> list[tuple[str, str, str]]:
    """How each column is written, in its file and on the portal."""
    columns = zip(copy.columns, copy.record.data_columns, strict=True)
    return [(column.type, column.form, target.timezone) for column, target in columns]


def compare(old: Path, new: Path) -> Places:
    """The same for two indexes that `write_indexes` wrote in as many shares."""
    changed, added, gone = [_NOWHERE], [_NOWHERE], [_NOWHERE]
    for share in sorted(share.name for share in new.iterdir()):
        before, after = _read(old / share), _read(new / share)
        both = after.join(before, on="key", how="left", suffix="_old")
        is_new = pl.col("place_old").is_null()
        is_other = pl.col("row") != pl.col("row_old")
        added.append(both.filter(is_new).get_column("place").to_numpy())
        changed.append(both.filter(~is_new & is_other).get_column("place").to_numpy())
        gone.append(before.join(after, on="key", how="anti").get_column("place").to_numpy())
    # A portal may hold a key twice: its row is one place all the same.
    return Places(*(np.unique(np.concatenate(places)) for places in (changed, added, gone)))


def shares_of(*rows: int) -> int:
    """In how many shares indexes of so many rows are kept, so that one of them is small."""
    return max(1, -(-max(rows) // _ROWS_AT_ONCE))


def write_indexes(marked: Mapping[Path, Iterable[pl.DataFrame]], shares: int) -> None:
    """Keep keys, hashes and places of rows under each path, each share of the keys in a folder of its own."""
    writers = [_write_index(frames, path, shares) for path, frames in marked.items()]
    while writers:
        writers = [writer for writer in writers if next(writer, None) is not None]


def _write_index(marked: Iterable[pl.DataFrame], path: Path, shares: int) -> Iterator[int]:
    """One part with each turn; yields how many rows are written."""
    folders = [path / f"{share:06d}" for share in range(shares)]
    for folder in folders:
        folder.mkdir(parents=True)
    rows = 0
    for number, frame in enumerate(marked):
        placed = frame.with_columns(place=pl.int_range(rows, rows + frame.height))
        mine = pl.col("key") % shares
        for share, folder in enumerate(folders):
            part = placed.filter(mine == share)
            part.write_parquet(folder / f"{number:06d}.parquet", compression="uncompressed", statistics=False)
        rows += frame.height
        yield rows


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
        yield _marks(frame.get_column(record.row_identifier), frame.hash_rows(_SEED))


def _marked(copy: TreatedCopy, *, raw: bool) -> Iterator[pl.DataFrame]:
    if not raw:
        yield from marks_of(copy.frames(), copy.record)
        return
    for start, stop in copy.blocks():
        hashes = [frame.hash_rows(_SEED) for frame in copy.narrow(start, stop)]
        yield _marks(copy.keys_of(start, stop), pl.DataFrame(hashes).hash_rows(_SEED))


def _marks(keys: pl.Series, rows: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"key": keys.cast(pl.String).hash(_SEED), "row": rows})
