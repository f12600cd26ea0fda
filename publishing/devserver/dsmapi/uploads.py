"""The bytes of a source on their way in: at once, or in chunks that come in any order."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import IO, Any

from publishing.devserver.dsmapi.shapes import refusal
from publishing.devserver.store import Store

CHUNK_SIZE = 4_194_304
PARALLEL = 4


def path_of(store: Store, source: dict[str, Any]) -> Path:
    folder = store.directory / "uploads"
    folder.mkdir(exist_ok=True)
    return folder / str(source["id"])


def blocks_of(store: Store, source: dict[str, Any]) -> Path:
    """Where `blocks` keeps what it read from the file; gone as soon as the file changes."""
    return path_of(store, source).with_suffix(".blocks")


def whole(store: Store, source: dict[str, Any], body: IO[bytes]) -> None:
    _forget_blocks(store, source)
    body.seek(0)
    with path_of(store, source).open("wb") as file:
        shutil.copyfileobj(body, file)


def begin(store: Store, source: dict[str, Any]) -> None:
    _forget_blocks(store, source)
    path_of(store, source).write_bytes(b"")
    store.db.execute("DELETE FROM chunk WHERE source = ?", (source["id"],))


def chunk(store: Store, source: dict[str, Any], number: int, offset: int, body: IO[bytes], size: int) -> None:
    """One chunk; the same chunk again takes the place of the first. Raises ApiError 413 and 400."""
    if size > CHUNK_SIZE:
        raise refusal(413, "chunk_too_large", f"A chunk is at most {CHUNK_SIZE} bytes", size=size)
    path = path_of(store, source)
    if not path.exists():
        raise refusal(400, "not_initiated", "The upload was not initiated")
    _forget_blocks(store, source)
    body.seek(0)
    with path.open("r+b") as file:
        file.seek(offset)
        shutil.copyfileobj(body, file)
    store.db.execute("INSERT OR REPLACE INTO chunk VALUES (?, ?, ?, ?)", (source["id"], number, offset, size))


def _forget_blocks(store: Store, source: dict[str, Any]) -> None:
    shutil.rmtree(blocks_of(store, source), ignore_errors=True)


def check_complete(store: Store, source: dict[str, Any], last: int, total: int) -> None:
    """Raises ApiError 400 unless chunks 0 to `last` lie end to end and make `total` bytes."""
    rows = store.rows(
        "SELECT number, start, size FROM chunk WHERE source = ? ORDER BY number", [source["id"]]
    )
    at = 0
    for wanted, (number, start, size) in enumerate(rows):
        if number != wanted or start != at:
            raise refusal(400, "missing_chunks", f"Chunk {wanted} is missing or out of place", chunk=wanted)
        at = start + size
    if len(rows) != last + 1 or at != total:
        raise refusal(
            400, "missing_chunks", f"{len(rows)} chunks with {at} bytes came, not {last + 1} with {total}"
        )
    store.db.execute("DELETE FROM chunk WHERE source = ?", (source["id"],))
