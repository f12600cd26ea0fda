"""From the treated copy to rows on the portal: a private place, and every row once."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
from django.utils import timezone

from datafiles.table import read_columnar
from dossier.storage import local_path
from publishing import encode
from publishing.models import Chunk
from publishing.portals.base import NotFound, RemoteAsset
from publishing.services.requests import treated_file
from publishing.services.run_base import RunBase, Step
from work.errors import Retry, Stop
from work.services import scaled

# An answer to "create" that got lost: so long we look for the dataset before we create it again.
_LOOK_AGAIN = timedelta(minutes=3)


class Sending(RunBase):
    """Steps PREPARE, SEND and SAVE."""

    def load(self) -> pl.DataFrame:
        """The treated copy in the notation of the portal."""
        self.tell("Reading the treated copy.")
        file = treated_file(release_id=self.item.release_id, treated_sha256=self.item.treated_sha256)
        with local_path(file.storage_key) as path:
            frame = encode.encode_table(read_columnar(path), self.record)
        self.tell("The treated copy is read.")
        return frame

    # the dataset

    def prepare(self, plan: list[encode.ChunkPlan]) -> bool:
        """A private place for the rows. Returns whether an earlier release is public there now."""
        remote = self._place()
        public_before = remote.scope != "private"
        if public_before and self.asset.public_publication_id is None:
            raise Stop(
                f"Others can see the dataset under our key {self.record.external_key} on the portal, and we "
                "did not make it so. Ask your portal admin what it is; no row was sent there."
            )
        if not self._sent_whole(plan):
            target = self.portal.working_copy(remote.remote_id) if remote.published else remote
            self._aim(target, plan)
        return public_before

    def _place(self) -> RemoteAsset:
        """The dataset on the portal: the stored one, else the one with our key, else a new one."""
        if self.asset.remote_id:
            try:
                return self.portal.view(self.asset.remote_id)
            except NotFound:
                self._forget_place()
        found = self.portal.find(self.record)
        if found is not None:
            remote = self.portal.view(found)
        else:
            self._refuse_second_dataset()
            self.asset.create_asked_at = timezone.now()
            self.asset.save(update_fields=["create_asked_at"])
            remote = self.portal.create(self.record)
        self.keep_place(remote.remote_id)
        return remote

    def _refuse_second_dataset(self) -> None:
        asked = self.asset.create_asked_at
        if asked is not None and timezone.now() < asked + scaled(_LOOK_AGAIN.total_seconds()):
            raise Retry(
                "We asked the portal to create the dataset and its answer got lost. We look for it for a few "
                "minutes before we ask again, so that there is never a second one.",
                after=20,
            )

    def _forget_place(self) -> None:
        """Somebody deleted the dataset on the portal: what the ledger says of it is void."""
        self.keep_place("")
        self.item.chunks.all().delete()
        self.item.working_id = ""
        self.item.save(update_fields=["working_id"])

    def _aim(self, target: RemoteAsset, plan: list[encode.ChunkPlan]) -> None:
        """Make `target` ready for our rows: our columns, our row identifier, and nobody else's rows."""
        if target.remote_id != self.item.working_id or self.item.chunks_total != len(plan):
            self.item.working_id = target.remote_id
            self.item.chunks_total = len(plan)
            self.item.save(update_fields=["working_id", "chunks_total"])
        if self._done():
            return
        self.portal.empty(target.remote_id)
        wanted = {(column.field_name, column.type) for column in self.record.columns}
        if {(column.field_name, column.type) for column in target.columns} != wanted:
            target = self.portal.fit_columns(target.remote_id, self.record)
        if target.row_identifier != self.record.row_identifier:
            self.portal.set_metadata(target.remote_id, self.record)
        self._require_keyed(target.remote_id)

    def _require_keyed(self, remote_id: str) -> None:
        """Without a row identifier a repeated step would append: then nothing is sent at all."""
        if self.portal.view(remote_id).row_identifier != self.record.row_identifier:
            raise Stop(
                f"The portal does not take {self.record.row_identifier} as row identifier, so rows could "
                "double. Ask your portal admin to set it on the dataset, then press Resume."
            )

    # the rows

    def send(self, frame: pl.DataFrame, plan: list[encode.ChunkPlan]) -> None:
        """Every chunk that the ledger does not have yet, each written down when the portal confirmed it."""
        if self._sent_whole(plan):
            return
        self.begin(Step.SEND, f"Sending {frame.height:,} rows.")
        done = self._done()
        for chunk in plan:
            if chunk.number in done:
                continue
            self.progress = self.between(Step.PREPARE, Step.SEND, (chunk.number - 1) / len(plan))
            sent = f"{chunk.start:,} of {frame.height:,} rows sent"
            self.tell(f"Sending part {chunk.number:,} of {len(plan):,}; {sent}.")
            rows = list(encode.rows_of(frame.slice(chunk.start, chunk.rows), self.record))
            receipt = self.portal.push_chunk(self.item.working_id, rows)
            # A worker that lost its lease meanwhile must not write into the ledger of the next one.
            self.tell(f"Part {chunk.number:,} of {len(plan):,} has arrived.")
            Chunk.objects.update_or_create(
                publication=self.item,
                target=self.item.working_id,
                number=chunk.number,
                defaults={
                    "first_row": chunk.start + 1,
                    "rows": chunk.rows,
                    "sha256": encode.chunk_sha256(rows),
                    "status_code": receipt.status,
                    "request_id": receipt.request_id,
                    "created": receipt.created,
                    "updated": receipt.updated,
                    "requests": receipt.requests,
                    "at": timezone.now(),
                },
            )

    def _done(self) -> set[int]:
        return set(self.item.chunks.filter(target=self.item.working_id).values_list("number", flat=True))

    def _sent_whole(self, plan: list[encode.ChunkPlan]) -> bool:
        return bool(self.item.working_id) and len(self._done()) == len(plan) == self.item.chunks_total

    # described and saved

    def save(self, public_before: bool) -> None:
        """Describe it, and publish the working state while it is private.

        Where an earlier release is public, the working copy stays one until everything is compared.
        """
        self.begin(Step.SAVE, "Describing the dataset on the portal.")
        working = self.working()
        self.wait_for_replicas(working.remote_id)
        self.portal.set_metadata(working.remote_id, self.record)
        if not working.published and not public_before:
            self.tell("Saving it on the portal, still private.")
            self.keep_target(self.portal.publish(working.remote_id))
