"""The folders of the catalogue, and the few steps in which something there changes for readers.

    root/
        drafts/NAME/           rows on their way, private
        store/NAME/VERSION/    the files of one version; `current` names the one that holds
        public/                all that a web server may show
            index.html, data.json, style.css
            datasets/NAME      a link to store/NAME/current, while the dataset is public;
                               to notes/NAME, once it has ended with a note that says why
        notes/NAME/            that note, shown while the link leads to it

A change for readers is one rename, which a file system does whole or not at all.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

NEXT = ".next"
_PRIVATE, _SERVED = 0o700, 0o755


class Tree:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.drafts, self.store, self.public = root / "drafts", root / "store", root / "public"
        self.datasets, self.notes = self.public / "datasets", root / "notes"

    def make(self) -> None:
        """The folders themselves. Raises OSError."""
        for folder, mode in (
            (self.drafts, _PRIVATE),
            (self.store, _SERVED),
            (self.public, _SERVED),
            (self.datasets, _SERVED),
            (self.notes, _SERVED),
        ):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(mode)

    def try_writing(self) -> None:
        """Raises OSError where we may not write."""
        self.make()
        for folder in (self.drafts, self.store, self.public):
            probe = folder / f".probe-{secrets.token_hex(4)}"
            probe.write_bytes(b"")
            probe.unlink()

    # one dataset

    def draft(self, name: str) -> Path:
        return self.drafts / name

    def begin_draft(self, name: str, fill: Callable[[Path], None]) -> None:
        """A draft that is there with what `fill` puts into it, or not at all. Raises OSError."""
        for left in self.drafts.glob(f".{name}-????????"):
            shutil.rmtree(left, ignore_errors=True)
        beside = self.drafts / f".{name}-{secrets.token_hex(4)}"
        beside.mkdir(mode=_PRIVATE)
        fill(beside)
        beside.rename(self.draft(name))

    def has_draft(self, name: str) -> bool:
        return self.draft(name).is_dir()

    def current(self, name: str) -> Path | None:
        """The folder of the version that holds, or None before the first."""
        link = self.store / name / "current"
        return link.resolve() if link.is_dir() else None

    def is_public(self, name: str) -> bool:
        link = self.datasets / name
        try:
            return link.is_symlink() and os.readlink(link) != self._from_datasets(self.notes / name)
        except FileNotFoundError:
            return False

    def names_public(self) -> list[str]:
        names = (path.name for path in self.datasets.iterdir() if path.is_dir())
        return sorted(name for name in names if self.is_public(name))

    def new_version(self, name: str) -> Path:
        home = self.store / name
        if not home.is_dir():
            home.mkdir(mode=_PRIVATE, parents=True)
        folder = home / f"version-{secrets.token_hex(8)}"
        folder.mkdir(mode=_SERVED)
        return folder

    def switch(self, name: str, version: Path) -> None:
        """From now on this version holds: for us, and for readers when the dataset is public."""
        _link(self.store / name / "current", version.name)
        self._sweep(name, keep=version)

    def show(self, name: str) -> None:
        (self.store / name).chmod(_SERVED)
        _link(self.datasets / name, self._from_datasets(self.store / name / "current"))
        shutil.rmtree(self.notes / name, ignore_errors=True)

    def hide(self, name: str) -> None:
        """Readers find nothing, or the note that stands there already."""
        if self.is_public(name):
            (self.datasets / name).unlink(missing_ok=True)
        self._close(name)

    def end(self, name: str, fill: Callable[[Path], None]) -> None:
        """From now on readers find the note that `fill` writes where the dataset was."""
        note = self.notes / name
        note.mkdir(exist_ok=True)
        note.chmod(_SERVED)
        fill(note)
        _link(self.datasets / name, self._from_datasets(note))
        self._close(name)

    def _close(self, name: str) -> None:
        home = self.store / name
        if home.is_dir():
            home.chmod(_PRIVATE)

    def _from_datasets(self, folder: Path) -> str:
        return os.path.relpath(folder, self.datasets)

    def drop_draft(self, name: str) -> None:
        shutil.rmtree(self.draft(name), ignore_errors=True)

    def _sweep(self, name: str, *, keep: Path) -> None:
        for path in (self.store / name).glob("version-*"):
            if path.name.split(".")[0] == keep.name:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _link(link: Path, target: str) -> None:
    beside = link.with_name(f".{link.name}-{secrets.token_hex(4)}")
    beside.symlink_to(target, target_is_directory=True)
    beside.replace(link)


def on_disk(path: Path) -> None:
    """What was written is kept by the disk itself before anything points to it."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def write_whole(path: Path, parts: Iterable[str]) -> None:
    """A file that is there whole or as it was before."""
    beside = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    with beside.open("w", encoding="utf-8", newline="") as file:
        for part in parts:
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
    beside.chmod(0o644)
    beside.replace(path)
