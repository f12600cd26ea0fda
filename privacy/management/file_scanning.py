"""Scanning one file as a command does: block by block where the format allows it, never the table as a whole."""

from __future__ import annotations

import hashlib
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import polars as pl

from datafiles.fingerprint import file_sha256
from datafiles.limits import Limits
from datafiles.readers import IN_BLOCKS, size_check, suffix_check
from datafiles.readers.blocks import ahead, csv_blocks
from datafiles.reading import read_in_child
from datafiles.table import Column, Table, read_blocks, read_columns
from privacy.management.column_names import columns_named
from privacy.risk.classes import ClassTable
from privacy.risk.profile import RiskProfile, profile_of
from privacy.risk.wildcard import wildcard_sizes
from privacy.scanner import Scanner, ScanResult, scan


@dataclass(frozen=True, slots=True)
class Risk:
    """The risk profile over the columns asked for, and k with null as any value."""

    profile: RiskProfile
    k_null_wildcard: int


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """What was found in a file, what the file is, and what it took; `notes` say what of it was not read."""

    result: ScanResult
    sha256: str
    bytes: int
    seconds: float
    peak_rss_mb: int
    risk: Risk | None
    notes: list[str]


def warm_up() -> None:
    """Load what the first scan of a process loads: lists of names, compiled patterns."""
    scan(
        Table.of(pl.DataFrame({"remarks": ["Called Maria Garcia today about her case"], "owner": ["Li Wu"]}))
    )


def file_scan(
    path: Path, *, limits: Limits, quasi: Sequence[str] = (), sensitive: Sequence[str] = ()
) -> ScannedFile:
    """Scan the file at `path`, and measure the risk over `quasi`; columns are named as options name them.

    Raises DataFileError with the sentence that says why it cannot be read, CommandError for a name it lacks.
    """
    started = time.perf_counter()
    suffix = suffix_check(path.name)
    size_check(path.stat().st_size, limits)
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(max_workers=1) as aside:
        folder = Path(name)
        digest = _Digest(path, aside)
        columns, blocks, notes = _opened(path, suffix, limits, folder, digest)
        names, blocks = _names(blocks)
        quasi, sensitive = columns_named(names, quasi), columns_named(names, sensitive)
        kept = _Kept(folder, list(dict.fromkeys([*quasi, *sensitive])))
        result, columns = _scanned(columns, kept.passing(blocks))
        risk = _risk(kept.frame(), quasi, sensitive, columns) if quasi and result.rows else None
        sha256 = digest.text()
    return ScannedFile(
        result=result,
        sha256=sha256,
        bytes=path.stat().st_size,
        seconds=time.perf_counter() - started,
        peak_rss_mb=_peak_mb(),
        risk=risk,
        notes=notes,
    )


def _opened(
    path: Path, suffix: str, limits: Limits, folder: Path, digest: _Digest
) -> tuple[Sequence[Column] | None, Iterator[pl.DataFrame], list[str]]:
    """The blocks of a file, its columns where their types are known before, and what the reader has to say."""
    if suffix in IN_BLOCKS:
        return None, ahead(csv_blocks(path, limits=limits, scratch=folder, seen=digest.take)), []
    read = read_in_child(path.resolve(), name=path.name, out_dir=folder, limits=limits)
    notes = [note["sentence"] for note in read.notes]
    return read_columns(read.columnar), read_blocks(read.columnar), notes


def _names(blocks: Iterator[pl.DataFrame]) -> tuple[list[str], Iterator[pl.DataFrame]]:
    """The names of the columns, and the blocks again."""
    first = next(blocks)
    return first.columns, chain([first], blocks)


def _scanned(
    columns: Sequence[Column] | None, blocks: Iterator[pl.DataFrame]
) -> tuple[ScanResult, Sequence[Column]]:
    first = next(blocks)
    with Scanner(first.columns, typed=columns is None) as scanner:
        scanner.add(first)
        for block in blocks:
            scanner.add(block)
        columns = scanner.types() if columns is None else columns
        return scanner.finish(columns), columns


class _Digest:
    """The sha256 of a file, made aside of the bytes that are read anyhow."""

    def __init__(self, path: Path, aside: Executor) -> None:
        self.path, self._aside = path, aside
        self._sum, self._size = hashlib.sha256(), 0
        self._last: Future[None] | None = None

    def take(self, data: bytes) -> None:
        """The next bytes of the file. Waits until those before are summed up: few are in memory at once."""
        self._settle()
        self._size += len(data)
        self._last = self._aside.submit(self._sum.update, data)

    def _settle(self) -> None:
        if self._last is not None:
            self._last.result()

    def text(self) -> str:
        """Of the whole file: what did not come by is read now."""
        self._settle()
        return self._sum.hexdigest() if self._size == self.path.stat().st_size else file_sha256(self.path)


class _Kept:
    """Some columns of the blocks that pass by, kept on disk."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self.folder, self.names = folder, list(names)

    def passing(self, blocks: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        for number, block in enumerate(blocks):
            if self.names:
                block.select(self.names).write_parquet(
                    self.folder / f"kept-{number:06d}.parquet", compression="lz4", statistics=False
                )
            yield block

    def frame(self) -> pl.LazyFrame:
        return pl.scan_parquet(self.folder / "kept-*.parquet") if self.names else pl.LazyFrame()


def _risk(
    frame: pl.LazyFrame, quasi: Sequence[str], sensitive: Sequence[str], columns: Sequence[Column]
) -> Risk:
    numbers = [one.name for one in columns if one.type in ("integer", "decimal")]
    table = ClassTable.of(frame, quasi, sensitive=sensitive, ordered=numbers)
    return Risk(profile_of(table, deep=False), int(wildcard_sizes(table).min()))


def _peak_mb() -> int:
    """The most memory this process, or one it started, has held so far."""
    kilobytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            own = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return max(kilobytes, own) // 1024
