"""The copy compared with what was approved: read back whole, and from outside when it is public."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl
from django.db import transaction
from django.utils import timezone

from dossier.services import dossier_lock
from publishing import encode
from publishing.errors import PermitMissing
from publishing.models import Publication
from publishing.portals.base import NotFound, RemoteAsset
from publishing.records import PortalRecord
from publishing.selectors import valid_permit
from publishing.services.facts import facts_record
from publishing.services.run_base import Reached, RunBase, Step
from work.errors import Retry, Stop

Goal = Publication.Goal

_REVIEWER_WAIT = 300.0
_PAGE = 10_000


class Verifying(RunBase):
    """Steps COMPARE, EXPOSE and CHECK, and the way back to private."""

    def compare(self, frame: pl.DataFrame, public_before: bool) -> None:
        """Read the copy back whole; it equals the treated copy, or the publication stops here."""
        self.begin(Step.COMPARE, "Reading the private copy back.")
        remote = self.portal.view(self.item.working_id)
        evidence = [
            self._proof("Columns and types", *_schemas(self.record, remote)),
            *self._compare_rows(frame, remote.remote_id, anonymous=False, after=Step.SAVE, step=Step.COMPARE),
        ]
        if not public_before:
            evidence.append(self._proof("Who may see it", "private", remote.scope))
        self._judge(evidence, "The private copy on the portal differs from the approved copy")
        receipt = {
            "remote_id": self.asset.remote_id,
            "working_id": remote.remote_id,
            "url": self.portal.public_url(remote.remote_id),
            "rows": frame.height,
            "columns": len(self.record.columns),
            "verified": "whole",
            "fingerprint": encode.table_fingerprint(frame),
        }
        already = self.item.reached != Reached.NONE and self.item.receipt.get("private") == receipt
        if not already:
            self.reach(Reached.PRIVATE, "private", receipt, "publishing.private_copy_made")

    def _compare_rows(
        self, frame: pl.DataFrame, remote_id: str, *, anonymous: bool, after: Step, step: Step
    ) -> list[dict[str, Any]]:
        rows = self.portal.read_back(remote_id, self.record.fields, anonymous=anonymous)
        counted = self._counting(rows, frame.height, after, step)
        found = encode.rows_fingerprint(counted, self.record)
        expected = encode.table_fingerprint(frame)
        where = " as a stranger reads them" if anonymous else ""
        return [
            self._proof(f"Rows{where}", f"{frame.height:,}", f"{int(found.split(':')[0]):,}"),
            self._proof(f"Fingerprint of all rows{where}", expected, found),
        ]

    def _counting(
        self, rows: Iterable[dict[str, Any]], total: int, after: Step, step: Step
    ) -> Iterator[dict[str, Any]]:
        for number, row in enumerate(rows, start=1):
            if number % _PAGE == 0:
                self.progress = self.between(after, step, number / max(1, total))
                self.tell(f"Compared {number:,} of {total:,} rows.")
            yield row

    def _proof(self, what: str, expected: str, found: str) -> dict[str, Any]:
        return {
            "what": what,
            "expected": expected,
            "found": found,
            "ok": expected == found,
            "at": timezone.now().isoformat(timespec="seconds"),
        }

    def _judge(self, evidence: list[dict[str, Any]], sentence: str) -> None:
        """Keep the evidence; when it speaks against the copy, void the ledger: a resume sends anew."""
        wrong = [proof for proof in evidence if not proof["ok"]]
        self.item.evidence = evidence
        self.item.save(update_fields=["evidence"])
        if not wrong:
            return
        names = " and ".join(proof["what"].lower() for proof in wrong)
        with transaction.atomic():
            dossier_lock(release_id=self.item.release_id)
            self.item.chunks.all().delete()
            self.item.working_id = ""
            self.item.receipt = {}
            self.item.reached = Reached.NONE
            self.item.save(update_fields=["working_id", "receipt", "reached"])
            self.event("publishing.copy_differs", {"what": names})
        raise Stop(f"{sentence}: {names}. Nothing more was made public. Press Resume to send it all again.")

    # public

    def check_permit(self) -> None:
        """Nothing becomes public without a permit for these bytes under this record, valid now."""
        self.item.refresh_from_db(fields=["goal"])
        permit = valid_permit(
            self.item.release_id,
            treated_sha256=self.item.treated_sha256,
            record_digest=self.record.digest,
        )
        if permit is None or self.item.goal != Goal.PUBLIC:
            raise PermitMissing(
                "The approval of this copy no longer holds, so it stays private. Ask for a new decision."
            )
        self.item.permit = permit
        self.item.save(update_fields=["permit"])

    def expose(self) -> None:
        """Widen the audience, and look what came of it: a 200 does not say that it is public now."""
        self.begin(Step.EXPOSE, "Making the dataset public.")
        self.check_permit()
        self.asset.public_publication = self.item
        self.asset.save(update_fields=["public_publication"])
        working = self.working()
        if not working.published:
            working = self.portal.publish(working.remote_id)
            self.keep_target(working)
        remote = self.portal.set_scope(working.remote_id, "public")
        if remote.waiting:
            Publication.objects.filter(pk=self.item.pk).update(attempts=0)
            self.item.attempts = 0
            raise Retry(
                "The portal has its own approval queue, and a reviewer there has to say yes before the "
                "dataset is public. We look again every few minutes.",
                after=_REVIEWER_WAIT,
            )
        if remote.scope != "public":
            raise Stop(
                "The portal took the request to make the dataset public and left it private. Ask your portal "
                "admin whether our account may publish, then press Resume."
            )

    def check_outside(self, frame: pl.DataFrame) -> None:
        """As a stranger: the page, a count, a query, and every row once more."""
        self.begin(Step.CHECK, "Checking the public copy from outside, without a key.")
        remote_id = self.item.working_id
        self.wait_for_replicas(remote_id)
        probe = self.portal.verify_public(remote_id, key_field=self.record.row_identifier)
        if not probe.visible:
            raise Retry("The portal does not show the dataset to the public yet. We look again soon.")
        evidence = [
            *self.item.evidence,
            self._proof("Answer to a stranger", "200", str(probe.view_status)),
            self._proof("Rows counted from outside", f"{frame.height:,}", f"{probe.rows:,}"),
            self._proof("Rows of a sample query", str(min(5, frame.height)), str(probe.sample_rows)),
            *self._compare_rows(frame, remote_id, anonymous=True, after=Step.EXPOSE, step=Step.CHECK),
        ]
        if any(not proof["ok"] for proof in evidence):
            self.portal.set_scope(remote_id, "private")
        self._judge(evidence, "What the public sees differs from the approved copy, so it was taken back")
        receipt = {
            "remote_id": remote_id,
            "public_url": self.portal.public_url(remote_id),
            "query_url": self.portal.query_url(remote_id),
            "rows": frame.height,
            "columns": len(self.record.columns),
            "verified": "whole, from outside",
            "fingerprint": encode.table_fingerprint(frame),
            "permit": self.item.permit_id,
        }
        self.reach(Reached.PUBLIC, "public", receipt, "publishing.public_copy_made")

    # taken back

    def hide(self) -> None:
        """Make the dataset private, unless what is public there belongs to another release."""
        self.tell("Making the dataset private.")
        mine = self.asset.public_publication_id in (None, self.item.pk)
        if self.asset.remote_id and mine:
            try:
                remote = self.portal.set_scope(self.asset.remote_id, "private")
                probe = self.portal.verify_public(self.asset.remote_id, key_field=self.record.row_identifier)
                if remote.scope != "private" or probe.visible:
                    raise Retry(
                        "The portal still shows the dataset to the public. We try again at once.", after=5
                    )
            except NotFound:
                self.keep_place("")
        with transaction.atomic():
            dossier_lock(release_id=self.item.release_id)
            if mine:
                self.asset.public_publication = None
                self.asset.save(update_fields=["public_publication"])
            was_public = self.item.reached == Reached.PUBLIC
            self.item.receipt = {key: value for key, value in self.item.receipt.items() if key != "public"}
            self.item.reached = Reached.PRIVATE if self.item.receipt else Reached.NONE
            self.item.failure = ""
            self.item.save(update_fields=["receipt", "reached", "failure"])
            facts_record(self.item)
            if was_public:
                self.event("publishing.taken_back", {})


def _schemas(record: PortalRecord, remote: RemoteAsset) -> tuple[str, str]:
    """How many columns, approved and found; where they differ, which."""
    wanted = {(column.field_name, column.type) for column in record.columns}
    there = {(column.field_name, column.type) for column in remote.columns}
    expected, found = f"{len(wanted)} columns", f"{len(there)} columns"
    odd = sorted({name for name, _ in wanted ^ there})
    return expected, f"{found}, other: {', '.join(odd)}" if odd else found
