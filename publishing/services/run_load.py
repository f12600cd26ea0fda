"""Which rows go over: everything, or what changed since the copy of this dataset that is public."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from django.conf import settings
from django.utils import timezone

from dossier.storage import local_path
from publishing.changes import MOST, difference
from publishing.copies import TreatedCopy
from publishing.errors import NothingToPublish
from publishing.loads import ChangesLoad, Part, WholeLoad
from publishing.models import Chunk, Publication
from publishing.pipeline import meanwhile
from publishing.portals.base import ChunkReceipt, CopiesRows, DeletesRows, NotFound, RemoteAsset, TidiesUp
from publishing.records import PortalRecord
from publishing.services.requests import treated_file
from publishing.services.run_base import RunBase

Method = Publication.Method


class Loading(RunBase):
    """What `prepare` asks: a load, and a place on the portal that is ready for it."""

    copy: TreatedCopy
    load: WholeLoad | ChangesLoad
    folder: Path

    @contextmanager
    def opened(self) -> Iterator[None]:
        """The treated copy, read slice by slice, and a folder for what must be kept aside meanwhile."""
        self.tell("Opening the treated copy.")
        file = treated_file(release_id=self.item.release_id, treated_sha256=self.item.treated_sha256)
        with (
            local_path(file.storage_key) as path,
            TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder,
        ):
            self.copy = TreatedCopy(path, self.record, self.portal.capabilities.limits)
            self.folder = Path(folder)
            yield

    def whole_load(self) -> WholeLoad:
        self.tell("Looking at every row before anything is sent.")

        def looked(rows: int) -> None:
            self.tell(f"Looked at {rows:,} of {self.copy.rows:,} rows.")

        return WholeLoad(self.copy, self.copy.survey(looked))

    def take_up_changes(self) -> bool:
        """Go on with changes that were begun: the same working copy, the same parts. False when it is gone."""
        base = self.item.base
        if self.item.method != Method.CHANGES or base is None or not self.item.working_id:
            return False
        try:
            if self.portal.view(self.item.working_id).published:
                return False
        except NotFound:
            return False
        with self._public_copy(base) as before:
            if before is None:
                return False
            found = difference(before, self.copy, self._room("difference"), self.tell)
        self.load = ChangesLoad(self.copy, found, self._room("again"))
        return len(self.load.parts) == self.item.chunks_total

    def begin_changes(self, remote: RemoteAsset) -> bool:
        """Open a working copy that begins with the public rows, when that is worth it and they are ours.

        False when everything has to be sent: the portal cannot do it, other columns or another row identifier,
        most rows changed, or the portal does not hold what we published last. A working copy that is open by then
        is discarded with what else was left open.
        """
        base = self._earlier()
        if base is None or not isinstance(self.portal, CopiesRows):
            return False
        with self._public_copy(base) as before:
            if before is None or _too_many(abs(before.rows - self.copy.rows), self.copy):
                return False
            # A key that is empty or there twice is refused before anything is opened.
            self.copy.refuse_unkeyed()
            load, target = self._compared_and_opened(self.portal, remote, before)
        if load is None or not self._holds(target, base):
            return False
        self.load = load
        self.item.chunks.all().delete()
        self.item.method, self.item.base = Method.CHANGES, base
        self.item.working_id, self.item.chunks_total = target.remote_id, len(self.load.parts)
        self.item.save(update_fields=["method", "base", "working_id", "chunks_total"])
        return True

    def _compared_and_opened(
        self, portal: CopiesRows, remote: RemoteAsset, before: TreatedCopy
    ) -> tuple[ChangesLoad | None, RemoteAsset]:
        """The helper looks at what is different while the portal copies its rows: each takes its time.

        No load where most rows are different. Raises EncodingError for a changed row that no portal takes.
        """
        room, first = self._room("difference"), self._room("first")
        loads = list[ChangesLoad]()

        def compare(earlier: TreatedCopy) -> None:
            found = difference(earlier, self.copy, room)
            if not _too_many(found.count, self.copy):
                loads.append(ChangesLoad(self.copy, found, first))

        def still() -> None:
            self.tell("Comparing the new copy with the one that is public.")

        still()
        with meanwhile([before], compare, still):
            if isinstance(portal, TidiesUp):
                portal.discard_leftovers(remote.remote_id)
            target = portal.working_copy_with_rows(remote.remote_id)
            self.wait_for_replicas(target.remote_id)
        return next(iter(loads), None), target

    def _earlier(self) -> Publication | None:
        """The copy that is public there, when a difference to it can be sent."""
        base = self.asset.public_publication
        if base is None or base.pk == self.item.pk or "public" not in base.receipt:
            return None
        if not isinstance(self.portal, DeletesRows) or self.item.method == Method.WHOLE:
            return None
        before = PortalRecord.from_json(base.record)
        same = before.row_identifier == self.record.row_identifier and _schema(before) == _schema(self.record)
        return base if same else None

    @contextmanager
    def _public_copy(self, base: Publication) -> Iterator[TreatedCopy | None]:
        """The rows of an earlier publication; None when they are not kept any more."""
        with ExitStack() as kept:
            try:
                file = treated_file(release_id=base.release_id, treated_sha256=base.treated_sha256)
                path = kept.enter_context(local_path(file.storage_key))
                before = TreatedCopy(path, PortalRecord.from_json(base.record))
            except (NothingToPublish, FileNotFoundError):
                yield None
                return
            yield before

    def _holds(self, target: RemoteAsset, base: Publication) -> bool:
        """Does the portal hold what we made public: as many rows, the same columns, the same key?"""
        there = {(column.field_name, column.type) for column in target.columns}
        return (
            there >= set(_schema(self.record))
            and target.row_identifier == self.record.row_identifier
            and self.portal.count(target.remote_id) == base.receipt["public"]["rows"]
        )

    # the ledger

    def write_down(self, part: Part, sha256: str, receipt: ChunkReceipt) -> None:
        """Keep in the ledger that the portal confirmed a part."""
        Chunk.objects.update_or_create(
            publication=self.item,
            target=self.item.working_id,
            number=part.number,
            defaults={
                "first_row": part.start + 1,
                "rows": part.rows,
                "deletes": part.deletes,
                "sha256": sha256,
                "status_code": receipt.status,
                "request_id": receipt.request_id,
                "created": receipt.created,
                "updated": receipt.updated,
                "requests": receipt.requests,
                "at": timezone.now(),
            },
        )

    def parts_there(self) -> set[int]:
        """The parts that the ledger has of this place."""
        return set(self.item.chunks.filter(target=self.item.working_id).values_list("number", flat=True))

    def _room(self, name: str) -> Path:
        return Path(mkdtemp(dir=self.folder, prefix=name))


def _too_many(rows: int, copy: TreatedCopy) -> bool:
    """So many rows are different that everything is sent."""
    return rows > MOST * max(1, copy.rows)


def _schema(record: PortalRecord) -> list[tuple[str, str]]:
    return [(column.field_name, column.type) for column in record.columns]
