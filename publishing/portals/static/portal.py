"""The catalogue of plain files: how each thing that publishing asks for is done with folders and renames."""

from __future__ import annotations

import errno
import itertools
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from publishing.portals.base import (
    BadRequest,
    Capabilities,
    ChunkReceipt,
    Forbidden,
    NotFound,
    Proof,
    PublicProbe,
    RemoteAsset,
    RemoteColumn,
    Retryable,
)
from publishing.portals.shared.names import slug
from publishing.portals.static import draft, files, pages
from publishing.portals.static.config import StaticConfig
from publishing.portals.static.outside import Outside
from publishing.portals.static.proving import proofs_of, proofs_of_draft
from publishing.portals.static.tree import NEXT, Tree, write_whole
from publishing.records import PortalRecord
from publishing.refusals import Limits

# With the ending of a working copy it still fits where ids of portals are kept.
LONGEST = 34
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,33}(?:\.next)?")
_FILE = re.compile(r"[a-z0-9][a-z0-9_-]*\.(?:json|xml|txt)")


class StaticPortal:
    """publishing.portals.base.Portal for a folder. One instance per piece of work; close it afterwards."""

    name = "static"
    capabilities = Capabilities(
        atomic_replace=True,
        row_key_required=True,
        has_queue=False,
        exact_numbers=True,
        stable_ids=True,
        limits=Limits(text=None),
    )

    def __init__(self, config: StaticConfig) -> None:
        self.config = config
        self.tree = Tree(config.root)
        self.outside = Outside(config)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *about: object) -> None:
        self.outside.close()

    def check_key(self) -> None:
        """There is no key: may we write where the files go?"""
        with self._writing("write into the catalogue"):
            self.tree.try_writing()

    # the dataset

    def find(self, record: PortalRecord) -> str | None:
        name = slug(record.external_key, longest=LONGEST)
        return name if self.tree.current(name) or self.tree.has_draft(name) else None

    def create(self, record: PortalRecord) -> RemoteAsset:
        name = slug(record.external_key, longest=LONGEST)
        if self.find(record):
            raise BadRequest(f"The catalogue holds a dataset under {name} already. Nothing was changed.")
        self._begin(name, record)
        return self.view(name)

    def _begin(self, name: str, record: PortalRecord) -> None:
        with self._writing("create the dataset"):
            self.tree.make()
            self.tree.begin_draft(name, lambda folder: files.keep_record(folder / "rows", record, 0))

    def view(self, remote_id: str) -> RemoteAsset:
        name = _checked(remote_id)
        with self._files("read the dataset"):
            current = self.tree.current(name)
            if current is None and not self.tree.has_draft(name):
                raise NotFound(f"The catalogue at {self.config.address} has no such dataset any more.")
            record, _ = files.kept_record(current or self.tree.draft(name) / "rows")
            public = self.tree.is_public(name)
        return _asset(name, record, published=current is not None, public=public)

    def working_copy(self, remote_id: str) -> RemoteAsset:
        name = f"{_checked(remote_id).removesuffix(NEXT)}{NEXT}"
        if not self.tree.has_draft(name):
            with self._files("open a working copy"):
                record, _ = files.kept_record(self._current(remote_id))
            self._begin(name, record)
        return self.view(name)

    def fit_columns(self, remote_id: str, record: PortalRecord) -> RemoteAsset:
        folder = self._draft(remote_id)
        with self._writing("fit the columns"):
            draft.emptied(folder)
            files.keep_record(folder / "rows", record, 0)
        return self.view(remote_id)

    def set_metadata(self, remote_id: str, record: PortalRecord) -> None:
        """A draft is only told; a version that holds gets new descriptions and a new page, one by one."""
        name = _checked(remote_id)
        with self._writing("describe the dataset"):
            if self.tree.has_draft(name) and self.tree.current(name) is None:
                files.keep_record(self.tree.draft(name) / "rows", record, 0)
                return
            current = self._current(name)
            before, rows = files.kept_record(current)
            if before != record:
                self._describe(current, record, rows)
                self._index()

    def proofs(self, remote_id: str, record: PortalRecord) -> list[Proof]:
        """What the files say of the dataset and its columns, beside what the record says."""
        name = _checked(remote_id)
        with self._files("read what describes the dataset"):
            current = self.tree.current(name)
            if current is not None:
                return proofs_of(current, record)
            kept, _ = files.kept_record(self._draft(name) / "rows")
            return proofs_of_draft(kept, record)

    def _describe(self, folder: Path, record: PortalRecord, rows: int) -> None:
        files.write_description(folder, record, rows)
        write_whole(folder / files.PAGE, [pages.dataset(folder, record, rows)])
        files.keep_record(folder, record, rows)

    # rows

    def empty(self, remote_id: str) -> None:
        folder = self._draft(remote_id)
        with self._writing("empty the working copy"):
            draft.emptied(folder)

    def push_chunk(self, remote_id: str, rows: list[dict[str, Any]]) -> ChunkReceipt:
        folder = self._draft(remote_id)
        with self._writing("add rows"):
            record, _ = files.kept_record(folder / "rows")
            strange = sorted({name for row in rows for name in row} - set(record.fields))
            if strange:
                raise BadRequest(f"The dataset has no column {strange[0]}. Nothing of this step was kept.")
            created, updated = draft.upsert(folder, rows, record.row_identifier)
        return ChunkReceipt(status=200, request_id="", created=created, updated=updated, errors=0)

    def is_replicated(self, remote_id: str) -> bool:
        return True

    def count(self, remote_id: str, *, anonymous: bool = False) -> int:
        name = _checked(remote_id)
        if anonymous:
            return self.outside.count(name)
        with self._files("count the rows"):
            current = self.tree.current(name)
            return files.kept_record(current)[1] if current else draft.count(self._draft(name))

    def read_back(
        self, remote_id: str, fields: list[str], *, anonymous: bool = False
    ) -> Iterator[dict[str, Any]]:
        name = _checked(remote_id)
        rows = self.outside.rows(name) if anonymous else self._rows(name)
        for row in rows:
            yield {field: row.get(field) for field in fields}

    def _rows(self, name: str) -> Iterator[dict[str, Any]]:
        with self._files("read the rows back"):
            current = self.tree.current(name)
            if current is None:
                yield from draft.read(self._draft(name))
                return
            with (current / files.DATA).open(encoding="utf-8", newline="") as lines:
                yield from files.rows_of(lines)

    # who sees it

    def publish(self, remote_id: str) -> RemoteAsset:
        """Write the files of a new version, then let it hold: readers get the old one or the new one."""
        name = _checked(remote_id).removesuffix(NEXT)
        if not self.tree.has_draft(remote_id):
            return self.view(name)
        with self._writing("publish the working state"):
            folder = self._draft(remote_id)
            record, _ = files.kept_record(folder / "rows")
            version = self.tree.new_version(name)
            rows = files.write_rows(version, record, draft.read(folder))
            self._describe(version, record, rows)
            self.tree.switch(name, version)
            self.tree.drop_draft(remote_id)
            self._index()
        return self.view(name)

    def set_scope(self, remote_id: str, scope: str) -> RemoteAsset:
        name = _checked(remote_id)
        with self._writing("change who may see it"):
            if scope == "public":
                self._current(name)
                self.tree.show(name)
            else:
                self.tree.hide(name)
            self._index()
        return self.view(name)

    def retire(self, remote_id: str, note: str) -> RemoteAsset:
        """The address goes on to answer: with the note, and without the data. Nothing where none was shown yet."""
        name = _checked(remote_id)
        with self._writing("note that it ended"):
            current = self.tree.current(name)
            if current is None:
                self.tree.hide(name)
                return self.view(name)
            record, _ = files.kept_record(current)
            self.tree.make()
            page = pages.ended(record, note)
            self.tree.end(name, lambda folder: write_whole(folder / files.PAGE, [page]))
            self._index()
        return self.view(name)

    def verify_public(self, remote_id: str, *, key_field: str) -> PublicProbe:
        name = _checked(remote_id)
        status = self.outside.status(name)
        if status != 200:
            return PublicProbe(status, None, None)
        sample = list(itertools.islice(self.outside.rows(name), 5))
        keyed = [row for row in sample if row.get(key_field) is not None]
        return PublicProbe(200, self.outside.count(name), len(keyed))

    def public_url(self, remote_id: str) -> str:
        return f"{self.config.address}/datasets/{_checked(remote_id)}/{files.PAGE}"

    def query_url(self, remote_id: str) -> str:
        return f"{self.config.address}/datasets/{_checked(remote_id)}/{files.DATA}"

    def file_url(self, name: str) -> str:
        return f"{self.config.address}/{_checked_file(name)}"

    def place(self, name: str, text: str) -> bool:
        """Put a file of ours beside the first page, such as data.json, and link it there."""
        path = self.tree.public / _checked_file(name)
        with self._writing("write into the catalogue"):
            self.tree.make()
            if path.is_file() and path.read_bytes() == text.encode():
                return False
            write_whole(path, [text])
            self._index()
        return True

    # the files

    def _current(self, name: str) -> Path:
        current = self.tree.current(_checked(name))
        if current is None:
            raise NotFound(f"The catalogue at {self.config.address} holds no version of this dataset yet.")
        return current

    def _draft(self, name: str) -> Path:
        """Where rows may be written. Raises BadRequest for what is published, NotFound for nothing."""
        if self.tree.has_draft(_checked(name)):
            return self.tree.draft(name)
        if self.tree.current(name) is not None:
            raise BadRequest("A published dataset is never emptied: its rows change in a working copy.")
        raise NotFound(f"The catalogue at {self.config.address} has no such dataset any more.")

    def _index(self) -> None:
        """The first page. Another worker may show a dataset meanwhile: then once more."""
        for _ in range(10):
            names = self.tree.names_public()
            found = pages.entries((name, self._current(name)) for name in names)
            catalogue = (self.tree.public / "data.json").exists()
            write_whole(
                self.tree.public / files.PAGE,
                [pages.index(self.config.title, found, has_catalogue=catalogue)],
            )
            write_whole(self.tree.public / "style.css", [pages.STYLE])
            if names == self.tree.names_public():
                return

    @contextmanager
    def _writing(self, what: str) -> Iterator[None]:
        """As `_files`, for what changes something. Raises ValueError where we only look."""
        if self.config.read_only:
            raise ValueError("This catalogue is only read; nothing was written to its folder.")
        with self._files(what):
            yield

    @contextmanager
    def _files(self, what: str) -> Iterator[None]:
        """Trouble of the file system as one of our errors."""
        try:
            yield
        except OSError as error:
            number = error.errno or 0
            sentence = (
                f"The folder of the catalogue did not let us {what} ({errno.errorcode.get(number, number)})."
            )
            if number in (errno.EACCES, errno.EPERM, errno.EROFS):
                raise Forbidden(
                    f"{sentence} Ask your portal admin to let the workers write to STATIC_CATALOGUE_ROOT, "
                    "then press Resume."
                ) from None
            raise Retryable(f"{sentence} We try again by ourselves.") from None
        except sqlite3.Error as error:
            # A full disk, or another process that holds the file; what it says could quote a row.
            raise Retryable(
                f"The rows kept for the catalogue did not let us {what} ({type(error).__name__}). We try again "
                "by ourselves; if this stays, ask your portal admin for room and rights in STATIC_CATALOGUE_ROOT."
            ) from None


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a dataset in the catalogue.")
    return name


def _checked_file(name: str) -> str:
    if not _FILE.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a file for the catalogue.")
    return name


def _asset(name: str, record: PortalRecord, *, published: bool, public: bool) -> RemoteAsset:
    return RemoteAsset(
        remote_id=name,
        name=record.name,
        published=published,
        scope="public" if public else "private",
        columns=tuple(
            RemoteColumn(column.field_name, column.name, column.type, column.description)
            for column in record.columns
        ),
        row_identifier=record.row_identifier,
        group=None,
    )
