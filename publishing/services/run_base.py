"""What every step of a run shares: the lease, the progress, and how results are written down."""

from __future__ import annotations

import time
from typing import Any

from django.db import transaction

from audit.services import event_record
from dossier.selectors import subject_of
from dossier.services import dossier_lock
from publishing.models import Publication
from publishing.places import place_words
from publishing.portals.base import NotFound, Portal, RemoteAsset
from publishing.records import PortalRecord
from publishing.services.facts import facts_record
from publishing.services.locks import places_lock
from work.errors import Retry
from work.services import Beat, scaled

Reached = Publication.Reached
Step = Publication.Step

# Seconds between two mentions: enough for whoever watches, and for a cancelled run to end soon.
_SELDOM = 0.25
_REPLICA_POLLS = 20
_REPLICA_WAIT = 3.0
# How far each step gets the progress bar.
_UNTIL = {Step.PREPARE: 5, Step.SEND: 55, Step.SAVE: 60, Step.COMPARE: 78, Step.EXPOSE: 82, Step.CHECK: 99}


class RunBase:
    """One worker's pass over one publication: what it holds, and how it speaks and writes."""

    portal: Portal

    def __init__(self, publication: Publication, beat: Beat) -> None:
        self.item = publication
        self.asset = publication.asset
        self.record = PortalRecord.from_json(publication.record)
        self.beat = beat
        self.progress = 0
        self._said, self._said_at = "", -_SELDOM

    def tell(self, message: str) -> None:
        """Renew the lease and say what happens now."""
        self.beat(self.progress, message)
        self._said, self._said_at = message, time.monotonic()

    def mention(self, message: str) -> None:
        """The same a few times a second at most: for the many small steps of reading."""
        if time.monotonic() - self._said_at >= _SELDOM:
            self.tell(message)

    def still(self) -> None:
        """Renew the lease where there is nothing new to say."""
        self.mention(self._said)

    def under_lock(self, message: str) -> None:
        """Inside a transaction: lock the release, its places and this row. Raises LeaseLost, WorkCancelled.

        A run whose work was taken back meanwhile ends here, and nothing is written. The beat comes last: it locks
        the row of the publication.
        """
        dossier_lock(release_id=self.item.release_id)
        places_lock(dataset_id=self.asset.dataset_id)
        self.tell(message)
        # With whom it was shared, or what else was written since we read it, is not to be lost.
        self.item.refresh_from_db(fields=["goal", "receipt", "reached"])
        self.asset.refresh_from_db(fields=["public_publication", "earlier_public"])

    def keep_place(self, remote_id: str) -> None:
        self.asset.remote_id = remote_id
        self.asset.url = self.portal.public_url(remote_id) if remote_id else ""
        if not remote_id:
            self.asset.create_asked_at = None
        self.asset.save(update_fields=["remote_id", "url", "create_asked_at"])

    def working(self) -> RemoteAsset:
        """What holds our rows now: a working copy that was published meanwhile has become the dataset."""
        try:
            return self.portal.view(self.item.working_id)
        except NotFound:
            remote = self.portal.view(self.asset.remote_id)
            self.keep_target(remote)
            return remote

    def keep_target(self, remote: RemoteAsset) -> None:
        if remote.remote_id != self.item.working_id:
            self.item.chunks.update(target=remote.remote_id)
            self.item.working_id = remote.remote_id
            self.item.save(update_fields=["working_id"])

    def wait_for_replicas(self, remote_id: str) -> None:
        for _ in range(_REPLICA_POLLS):
            if self.portal.is_replicated(remote_id):
                return
            self.tell("The portal is still copying the rows to where they are read. We wait for it.")
            time.sleep(scaled(_REPLICA_WAIT).total_seconds())
        raise Retry(
            "The portal has not finished copying the rows to where they are read. We look again soon."
        )

    def begin(self, step: Step, message: str) -> None:
        steps = list(_UNTIL)
        before = steps[steps.index(step) - 1] if steps.index(step) else None
        self.progress = _UNTIL[before] if before else 1
        self.tell(message)
        if self.item.step != step:
            self.item.step = step
            self.item.save(update_fields=["step"])

    def between(self, before: Step, after: Step, share: float) -> int:
        return int(_UNTIL[before] + (_UNTIL[after] - _UNTIL[before]) * min(1.0, share))

    def reach(self, reached: Reached, audience: str, receipt: dict[str, Any], action: str) -> None:
        """The result, its fact and its event, together or not at all."""
        with transaction.atomic():
            self.under_lock("Writing down what was compared.")
            self.item.receipt = {**self.item.receipt, audience: receipt}
            self.item.reached = reached
            self.item.failure = ""
            self.item.save(update_fields=["receipt", "reached", "failure"])
            facts_record(self.item)
            self.event(action, {"rows": receipt["rows"]})

    def event(self, action: str, data: dict[str, Any]) -> None:
        event_record(
            action=action,
            actor=None,
            subject=self.item,
            data={"place": place_words(self.asset.portal, self.asset.domain), **data},
            **subject_of(self.item.release_id),
        )
