"""A large table sent as one file: a draft on the portal that nobody sees, part after part, then closed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from publishing.file_loads import FileLoad
from publishing.loads import Part, WholeLoad
from publishing.measures import Measures
from publishing.pipeline import ahead, meanwhile
from publishing.portals.base import LoadsFiles, NotFound, RemoteAsset, TidiesUp
from publishing.services.run_base import Step
from publishing.services.run_load import Loading, Method

_BAR = "Writing the table as one file."


class Filing(Loading):
    """What `prepare`, `send` and `save` ask where the portal takes whole files."""

    file: FileLoad | None = None
    # What was measured of the treated copy on its way, when all of it went.
    expected: Measures | None = None

    def tidy(self, remote: RemoteAsset) -> None:
        """Discard what an earlier publication, or somebody on the portal, left open there."""
        if isinstance(self.portal, TidiesUp):
            self.portal.discard_leftovers(remote.remote_id, keep=self.item.working_id)

    def take_up_file(self) -> bool:
        """Go on with a draft that was begun. False when there is none, or it is gone."""
        if not isinstance(self.portal, LoadsFiles) or not self.portal.is_draft(self.item.working_id):
            return False
        try:
            draft = self.portal.view(self.item.working_id)
        except NotFound:
            return False
        if draft.row_identifier is not None:
            # The portal has read the file: nothing is left to send.
            return True
        self.file = self._file_load()
        return len(self.file.parts) == self.item.chunks_total

    def write_file(self) -> bool:
        """Look at every row, and write the table as one file where the portal takes one.

        False when it goes over as rows: then these are ready.
        """
        portal = self.portal
        if not isinstance(portal, LoadsFiles) or not portal.wants_file(self.copy.most_bytes):
            self.load = self.whole_load()
            return False
        file = self._file_load()
        if portal.wants_file(file.size):
            self.file = file
            return True
        file.path.unlink()
        self.load = WholeLoad(self.copy, file.cuts)
        return False

    def begin_file(self, remote: RemoteAsset) -> None:
        """Open a draft for the file that was written."""
        file, portal = self.file, self.portal
        if file is None or not isinstance(portal, LoadsFiles):
            return
        draft = portal.open_draft(remote.remote_id, self.record)
        self.item.chunks.all().delete()
        self.item.working_id, self.item.chunks_total = draft.remote_id, len(file.parts)
        self.item.method, self.item.base = Method.WHOLE, None
        self.item.save(update_fields=["working_id", "chunks_total", "method", "base"])

    def _file_load(self) -> FileLoad:
        def written(rows: int) -> None:
            self.tell(f"{_BAR} {rows:,} of {self.copy.rows:,} rows so far.")

        self.tell(_BAR)
        return FileLoad(self.copy, self._room("file"), written)

    def send_file(self) -> None:
        """Every part that the ledger does not have yet; then the portal reads the file."""
        file, portal = self.file, self.portal
        if file is None or not isinstance(portal, LoadsFiles):
            return
        target = self.item.working_id
        self.begin(Step.SEND, f"Sending {file.rows:,} rows as one file of {file.size / (1 << 20):,.0f} MB.")
        expected = Measures(self.record)
        with meanwhile(self.copy.frames(), expected.add, lambda: self.tell("Counting the approved rows.")):
            self._send_parts(file, portal, target)
            self.tell("The portal is reading the file.")
            portal.close_file(
                target, parts=len(file.parts), size=file.size, rows=file.rows, record=self.record
            )
        self.expected = expected

    def _send_parts(self, file: FileLoad, portal: LoadsFiles, target: str) -> None:
        """The next part is read while the portal takes the one before."""
        done = self.parts_there()
        missing = [part for part in file.parts if part.number not in done]
        for part, body, sha256 in ahead(_read(file, missing)):
            self.progress = self.between(Step.PREPARE, Step.SEND, (part.number - 1) / len(file.parts))
            self.tell(f"Sending part {part.number:,} of {len(file.parts):,} of the file.")
            receipt = portal.put_part(target, part.number - 1, file.offsets[part.number - 1], body)
            # A worker that lost its lease meanwhile must not write into the ledger of the next one.
            self.tell(f"Part {part.number:,} of {len(file.parts):,} has arrived.")
            self.write_down(part, sha256, receipt)


def _read(file: FileLoad, parts: list[Part]) -> Iterator[tuple[Part, bytes, str]]:
    for part in parts:
        body = file.body(part)
        yield part, body, hashlib.sha256(body).hexdigest()
