"""Files that are no rows: attachments and whole-file assets, kept on disk under a number of their own."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from publishing.devserver.store import Store

PIECE = 262_144


def keep(store: Store, file: IO[bytes], *, name: str, content_type: str, asset: str | None) -> dict[str, Any]:
    """Keep a copy of `file`; returns what is known of it, its `id` first."""
    number = str(uuid.uuid4())
    path = where(store, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    file.seek(0)
    with path.open("wb") as target:
        shutil.copyfileobj(file, target, PIECE)
    about = {
        "id": number,
        "filename": name,
        "content_type": content_type,
        "size": path.stat().st_size,
        "asset": asset,
    }
    return store.papers.put("blob", number, about)


def find(store: Store, number: str) -> dict[str, Any] | None:
    return store.papers.get("blob", number)


def where(store: Store, number: str) -> Path:
    return store.directory / "blobs" / number


def pieces(store: Store, number: str) -> Iterator[bytes]:
    with where(store, number).open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
