"""From the treated copy to rows on the portal: a private place, and every row once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import polars as pl
from django.utils import timezone

from publishing import encode
from publishing.loads import Part, WholeLoad
from publishing.measures import Measures
from publishing.pipeline import ahead
from publishing.portals.base import (
    BadRequest,
    ChunkReceipt,
    DeletesRows,
    FindsRows,
    NotFound,
    RemoteAsset,
    TakesJson,
)
from publishing.refusals import EncodingError
from publishing.selectors import is_our_place
from publishing.services.run_base import Step
from publishing.services.run_file import Filing
from publishing.services.run_load import Method
from work.errors import Retry, Stop
from work.services import scaled

# An answer to "create" that got lost: so long we look for the dataset before we create it again.
_LOOK_AGAIN = timedelta(minutes=3)


class Sending(Filing):
    """Steps PREPARE, SEND and SAVE."""

    # the dataset

    def prepare(self) -> bool:
        """A private place for the rows. Returns whether an earlier release is public there now."""
        remote = self._place()
        public_before = remote.scope != "private"
        if public_before and self.asset.public_publication_id is None:
            raise Stop(
                f"Others can see the dataset under our key {self.record.external_key} on the portal, and we "
                "did not make it so. Ask your portal admin what it is; no row was sent there."
            )
        self._require_ours(remote)
        if remote.waiting and not public_before and self.asset.public_publication_id != self.item.pk:
            # An earlier copy was handed to the portal's reviewers: their yes would show whatever is there by then.
            remote = self.portal.set_scope(remote.remote_id, "private")
        try:
            self._make_ready(remote)
        except EncodingError:
            # Nothing goes over. A working copy may be open already: the portal made it while we looked at the rows.
            self.tidy(remote)
            raise
        return public_before

    def _make_ready(self, remote: RemoteAsset) -> None:
        if self.take_up_file() or self._sent_whole() or self._changes_only(remote):
            return
        as_file = self.write_file()
        self.tidy(remote)
        if as_file:
            self.begin_file(remote)
        else:
            self._aim(self.portal.working_copy(remote.remote_id) if remote.published else remote)

    def _changes_only(self, remote: RemoteAsset) -> bool:
        return self.take_up_changes() or (remote.published and self.begin_changes(remote))

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

    def _require_ours(self, remote: RemoteAsset) -> None:
        """Rows of others are never written over: a dataset that was found under our key is ours once it is empty."""
        if is_our_place(self.asset):
            return
        with suppress(NotFound):
            if self.portal.count(remote.remote_id):
                raise Stop(
                    f"The dataset under our key {self.record.external_key} on the portal holds rows that we did not "
                    "send, so no row was sent there. If it may be used for this dataset, ask your portal admin to "
                    "empty or delete it on the portal, then press Resume."
                )
        self.asset.create_asked_at = timezone.now()
        self.asset.save(update_fields=["create_asked_at"])

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
        self.item.working_id, self.item.method, self.item.base = "", "", None
        self.item.save(update_fields=["working_id", "method", "base"])

    def _aim(self, target: RemoteAsset) -> None:
        """Make `target` ready for every row: our columns, our row identifier, and nobody else's rows."""
        total = len(self.load.parts)
        known = (target.remote_id, total, Method.WHOLE)
        if known != (self.item.working_id, self.item.chunks_total, self.item.method):
            # Another place, or parts that are cut otherwise: what the ledger says is of no use.
            self.item.chunks.all().delete()
            self.item.working_id, self.item.chunks_total, self.item.method = known
            self.item.base = None
            self.item.save(update_fields=["working_id", "chunks_total", "method", "base"])
        if self.parts_there():
            return
        self.portal.empty(target.remote_id)
        wanted = {(column.field_name, column.type) for column in self.record.columns}
        if {(column.field_name, column.type) for column in target.columns} != wanted:
            target = self.portal.fit_columns(target.remote_id, self.record)
        # A draft of before may say another zone of its moments, and ArcGIS reads ours by what the draft says.
        if not target.published or target.row_identifier != self.record.row_identifier:
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

    def send(self) -> None:
        """Every part that the ledger does not have yet, each written down when the portal confirmed it.

        The next part is made ready while the portal answers; parts go over one by one, in their order.
        """
        if self.file is not None:
            self.send_file()
            return
        if self._sent_whole():
            return
        parts = self.load.parts
        self.begin(Step.SEND, f"Sending {self.load.rows:,} of {self.copy.rows:,} rows.")
        expected = Measures(self.record) if isinstance(self.load, WholeLoad) else None
        for part, rows, sha256 in ahead(self._made(self.parts_there(), expected)):
            self.progress = self.between(Step.PREPARE, Step.SEND, (part.number - 1) / len(parts))
            self.tell(f"Sending part {part.number:,} of {len(parts):,}; {_sent(part, self.load.rows)}.")
            receipt = self._push(part, rows)
            # A worker that lost its lease meanwhile must not write into the ledger of the next one.
            self.tell(f"Part {part.number:,} of {len(parts):,} has arrived.")
            self.write_down(part, sha256, receipt)
        self.expected = expected

    def _made(self, done: set[int], expected: Measures | None) -> Iterator[tuple[Part, Any, str]]:
        """Parts that are missing, ready to go; parts that are there are only measured."""
        as_json = isinstance(self.portal, TakesJson)
        for part in self.load.parts:
            missing = part.number not in done
            if part.deletes:
                keys = self.load.keys(part)
                if missing:
                    yield part, keys, hashlib.sha256("\n".join(keys).encode()).hexdigest()
                continue
            if not missing and expected is None:
                continue
            frame = self.load.frame(part)
            if expected is not None:
                expected.add(frame)
            if missing:
                rows = encode.JsonRows(frame, self.record)
                yield part, rows if as_json else list(encode.rows_of(frame, self.record)), rows.sha256

    def _push(self, part: Part, rows: Any) -> ChunkReceipt:
        target = self.item.working_id
        if part.deletes and isinstance(self.portal, DeletesRows):
            return self._take_out(self.portal, rows)
        if isinstance(self.portal, TakesJson):
            return self.portal.push_json(target, rows)
        return self.portal.push_chunk(target, rows)

    def _take_out(self, portal: DeletesRows, keys: list[str]) -> ChunkReceipt:
        """By key. A portal may refuse a request in which one row is gone already: then those that are not."""
        target = self.item.working_id
        try:
            return portal.delete_rows(target, keys)
        except BadRequest:
            if not isinstance(portal, FindsRows):
                raise
            self.wait_for_replicas(target)
            pages = list(portal.rows_of_keys(target, self.record, keys))
            found = encode.portal_text(pl.concat(pages), self.record)
            there = found.get_column(self.record.row_identifier).to_list()
            if len(there) == len(keys):
                raise
        return portal.delete_rows(target, there) if there else ChunkReceipt(200, "", 0, 0, 0)

    def _sent_whole(self) -> bool:
        """The ledger has every part of this place."""
        decided = bool(self.item.working_id and self.item.method)
        return decided and len(self.parts_there()) == self.item.chunks_total

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


def _sent(part: Part, rows: int) -> str:
    if part.deletes:
        return f"{part.start:,} rows taken out"
    return f"{part.start:,} of {rows:,} rows sent"
