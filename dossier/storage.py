"""Private storage: files under their own sha256, outside the web root, readable through audited views only."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import connection, transaction

CHUNK = 1 << 20


def private_storage() -> Storage:
    return storages["private"]


def key_of(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def file_keep(path: Path) -> tuple[str, int, str]:
    """Copy a finished local file into private storage. Returns (sha256, bytes, storage key).

    The same bytes are stored once. The copy is compared with the hash before it counts.
    """
    digest, size = hash_file(path)
    key = key_of(digest)
    storage = private_storage()
    if not _kept_again(storage, key):
        with path.open("rb") as source:
            kept = storage.save(key, File(source))
        if kept != key:  # another writer was first with the same bytes
            storage.delete(kept)
    return digest, size, key


def bytes_lock(key: str) -> None:
    """Until the transaction ends nobody else deletes these bytes, or finds that they are there already.

    On SQLite a transaction has the database to itself from its beginning.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


@transaction.atomic
def _kept_again(storage: Storage, key: str) -> bool:
    """Are the bytes there? Then note that they were stored again just now: nobody deletes them meanwhile."""
    bytes_lock(key)
    if not storage.exists(key):
        return False
    try:
        os.utime(storage.path(key))
    except NotImplementedError:
        # A storage without paths (S3) keeps its own times: those of an empty file beside the bytes say it there.
        storage.delete(_note_of(key))
        storage.save(_note_of(key), ContentFile(b""))
    return True


def stored_at(key: str) -> datetime:
    """When somebody stored these bytes last. Raises FileNotFoundError."""
    storage, note = private_storage(), _note_of(key)
    first = storage.get_modified_time(key)
    return max(first, storage.get_modified_time(note)) if storage.exists(note) else first


def forget_key(key: str) -> None:
    """Delete the bytes, and what was noted about them. Only services_bytes knows when."""
    for name in (key, _note_of(key)):
        private_storage().delete(name)


def _note_of(key: str) -> str:
    return f"{key}.again"


def hash_file(path: Path) -> tuple[str, int]:
    hasher, size = hashlib.sha256(), 0
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            hasher.update(chunk)
            size += len(chunk)
    return hasher.hexdigest(), size


def open_key(key: str) -> BinaryIO:
    return cast("BinaryIO", private_storage().open(key, "rb"))


@contextmanager
def local_path(key: str, *, suffix: str = "") -> Iterator[Path]:
    """A path on this machine with the bytes of `key`: the file itself on local storage, else a copy."""
    storage = private_storage()
    try:
        path = Path(storage.path(key))
    except NotImplementedError:
        path = None
    if path is not None and not suffix:
        yield path
        return
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        copy = Path(folder) / f"file{suffix}"
        if path is not None:
            copy.symlink_to(path)
        else:
            with storage.open(key, "rb") as source, copy.open("wb") as target:
                shutil.copyfileobj(source, target, CHUNK)
        yield copy
