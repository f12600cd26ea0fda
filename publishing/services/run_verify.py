"""The copy compared with what was approved: read back whole, and from outside when it is public."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q

from dossier.services import dossier_lock
from publishing.errors import PermitMissing
from publishing.models import PortalAsset, Publication
from publishing.portals.base import SUBMITTED, RemoteAsset, Submitted
from publishing.selectors import valid_permit
from publishing.services.locks import places_lock
from publishing.services.previewing import shared_of, sharing_end
from publishing.services.requests import publication_start_anew
from publishing.services.run_back import GoingBack
from publishing.services.run_base import Reached, Step
from publishing.services.run_load import Method
from work.errors import LeaseLost, Retry, Stop
from work.services import work_queue

Goal = Publication.Goal

_REVIEWER_WAIT = 300.0


class Verifying(GoingBack):
    """Steps COMPARE, EXPOSE and CHECK."""

    # Whose rows the place showed when we laid claim to it.
    _before: int | None = None

    def compare(self, public_before: bool) -> None:
        """Read the copy back; it equals the treated copy, or the publication stops here."""
        self.begin(Step.COMPARE, "Reading the private copy back.")
        remote = self.portal.view(self.item.working_id)
        evidence = [
            self.schema_proof(remote),
            *self.compare_rows(remote.remote_id, anonymous=False, after=Step.SAVE, step=Step.COMPARE),
        ]
        evidence += self.beside(remote.remote_id, public_before=public_before)
        if not public_before:
            evidence.append(self.proof("Who may see the private copy", "private", remote.scope))
        sentence = "The private copy on the portal differs from the approved copy"
        if remote.published and remote.scope != "private":
            # An earlier run made it public, and did not get to look at it from outside.
            sentence = self._take_back_unless_equal(remote.remote_id, evidence)
        self._judge(evidence, sentence)
        receipt = {
            "remote_id": self.asset.remote_id,
            "working_id": remote.remote_id,
            "url": self.portal.public_url(remote.remote_id),
            "rows": self.copy.rows,
            "columns": len(self.record.columns),
            "verified": self.verified,
            "fingerprint": self.approved,
        }
        already = self.item.reached != Reached.NONE and self.item.receipt.get("private") == receipt
        if not already:
            self.reach(Reached.PRIVATE, "private", receipt, "publishing.private_copy_made")

    def _judge(self, evidence: list[dict[str, Any]], sentence: str) -> None:
        """Keep the evidence; when it speaks against the copy, void the ledger: a resume sends anew."""
        wrong = [proof for proof in evidence if not proof["ok"]]
        names = self.told_difference(wrong)
        changes = self.item.method == Method.CHANGES
        with transaction.atomic():
            self.under_lock("Writing down what was compared.")
            self.item.evidence = evidence
            self.item.save(update_fields=["evidence"])
            if not wrong:
                return
            self.item.chunks.all().delete()
            self.item.working_id = ""
            # What was changed is not what we thought: from now on everything is sent.
            self.item.method = Method.WHOLE
            # With whom it was shared is kept: that has to be taken back.
            self.item.receipt = shared_of(self.item)
            self.item.reached = Reached.NONE
            self.item.save(update_fields=["working_id", "method", "receipt", "reached"])
            self.event("publishing.copy_differs", {"what": names})
        if changes:
            raise Retry(
                f"The rows that were public on the portal were not those that we had published: {names}. So "
                "every row is sent now, not only what changed; what is public stays as it is until that is "
                "compared.",
                after=1,
            )
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
        with transaction.atomic():
            # A retraction takes the same locks: it sees what we write here, or we see that it took the goal away.
            self.under_lock("Making the dataset public.")
            self.check_permit()
            if self.asset.public_publication_id != self.item.pk:
                # Until our rows are shown, this is what the public sees.
                self.asset.earlier_public = self.asset.public_publication
                self.asset.public_publication = self.item
                self.asset.save(update_fields=["public_publication", "earlier_public"])
            self._before = self.asset.earlier_public_id
        try:
            remote = self._widen()
        finally:
            # Also when no answer came: the portal may have obeyed.
            self._narrow_if_unwanted()
        if remote.waiting:
            raise self._submitted(
                f"{SUBMITTED}: the portal has its own approval queue, and a reviewer there has to say yes before "
                "the dataset is public. It is not public now. We look again every few minutes."
            )
        if remote.scope != "public":
            raise Stop(
                "The portal took the request to make the dataset public and left it private. Ask your portal "
                "admin whether our account may publish, then press Resume."
            )

    def _widen(self) -> RemoteAsset:
        working = self.working()
        if not working.published:
            try:
                working = self.portal.publish(working.remote_id)
            except Submitted as submitted:
                raise self._submitted(submitted.sentence) from None
            self.keep_target(working)
        self._forget_earlier()
        sharing_end(self.asset, self.portal)
        return self.portal.set_scope(working.remote_id, "public")

    def _forget_earlier(self) -> None:
        """Our rows are published: there is no way back to the earlier ones any more."""
        if self.asset.earlier_public_id is not None:
            self.asset.earlier_public = None
            self.asset.save(update_fields=["earlier_public"])

    def _narrow_if_unwanted(self) -> None:
        """Taken back while the portal made it public: private again at once, and a run that looks from outside.

        Where nothing new was shown yet, the earlier release stays public.

        The run that takes it back may have ended before the portal obeyed us, so this says anew whose rows may be
        seen: that is asked after until they are not.
        """
        with transaction.atomic():
            dossier_lock(release_id=self.item.release_id)
            places_lock(dataset_id=self.asset.dataset_id)
            self.item.refresh_from_db(fields=["goal"])
            if self.item.goal == Goal.PUBLIC:
                return
            # Another run may have put back what was there before; what the portal did for us came after that.
            shown = Q(public_publication=None) | Q(public_publication=self._before)
            places = PortalAsset.objects.filter(shown, pk=self.asset.pk)
            places.update(public_publication=self.item, earlier_public=None)
            self.asset.refresh_from_db(fields=["public_publication", "earlier_public"])
            publication_start_anew(self.item)
            work_queue(self.item, urgent=True)
        if self.asset.remote_id and not self.step_back():
            self.portal.set_scope(self.asset.remote_id, "private")
        # The portal has answered us: no other run has to wait for what it may still do.
        Publication.objects.filter(pk=self.item.pk, step=Step.EXPOSE).update(step="")
        raise LeaseLost

    def _submitted(self, sentence: str) -> Retry:
        """Waiting for people on the portal is no failed try."""
        Publication.objects.filter(pk=self.item.pk).update(attempts=0)
        self.item.attempts = 0
        return Retry(sentence, after=_REVIEWER_WAIT)

    def check_outside(self) -> None:
        """As a stranger: the page, a count, a query, and every row once more."""
        self.begin(Step.CHECK, "Checking the public copy from outside, without a key.")
        remote_id = self.item.working_id
        self.wait_for_replicas(remote_id)
        probe = self.portal.verify_public(remote_id, key_field=self.record.row_identifier)
        if not probe.visible:
            raise Retry("The portal does not show the dataset to the public yet. We look again soon.")
        rows = self.copy.rows
        evidence = [
            *self.item.evidence,
            self.proof("Answer to a stranger", "200", str(probe.view_status)),
            self.proof("Rows counted from outside", f"{rows:,}", f"{probe.rows:,}"),
            self.proof("Rows of a sample query", str(min(5, rows)), str(probe.sample_rows)),
            *self.compare_rows(remote_id, anonymous=True, after=Step.EXPOSE, step=Step.CHECK),
            *self.beside_public(remote_id, self.item.evidence),
        ]
        self._judge(evidence, self._take_back_unless_equal(remote_id, evidence))
        receipt = {
            "remote_id": remote_id,
            "public_url": self.portal.public_url(remote_id),
            "query_url": self.portal.query_url(remote_id),
            "rows": rows,
            "columns": len(self.record.columns),
            "verified": f"{self.verified}, from outside",
            "fingerprint": self.approved,
            "permit": self.item.permit_id,
        }
        self.reach(Reached.PUBLIC, "public", receipt, "publishing.public_copy_made")

    def _take_back_unless_equal(self, remote_id: str, evidence: list[dict[str, Any]]) -> str:
        """What is public and differs is made private, its views too. Returns the sentence; raises Retry until it is."""
        if any(not proof["ok"] for proof in evidence):
            self.tell("What the public sees differs. Making it private.")
            self.make_private(remote_id)
        return "What the public sees differs from the approved copy, so it was taken back"
