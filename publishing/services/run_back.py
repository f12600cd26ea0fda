"""The way back: a copy made private, or what was to take its place discarded while an earlier release stays public."""

from __future__ import annotations

from django.db import transaction

from dossier.services import dossier_lock
from publishing.models import Publication
from publishing.portals.base import BadRequest, Forbidden, NotFound, StepsBack
from publishing.selectors import standing_publications
from publishing.services.facts import facts_record
from publishing.services.locks import places_lock
from publishing.services.previewing import shared_of, sharing_end
from publishing.services.recheck import recheck_place
from publishing.services.recheck_private import is_of_others
from publishing.services.run_base import Reached, Step
from publishing.services.run_extras import Extras
from work.errors import Retry

Goal = Publication.Goal

_LATE_WAIT = 60.0


class GoingBack(Extras):
    """Asked when a copy must not be public, or not any more."""

    def hide(self) -> None:
        """Make the dataset private, unless what is public there belongs to another release, or to others."""
        self.tell("Making the dataset private.")
        self.asset.refresh_from_db(
            fields=["public_publication", "earlier_public", "remote_id", "create_asked_at"]
        )
        mine = self.asset.public_publication_id in (None, self.item.pk) and not is_of_others(self.asset)
        if self.asset.remote_id and mine and self.step_back():
            mine = False
        if self.asset.remote_id and mine:
            try:
                self.make_private(self.asset.remote_id)
                self._look_again_if_late()
            except NotFound:
                self.keep_place("")
        with transaction.atomic():
            self.under_lock("Writing down that it is private.")
            if mine and self.asset.public_publication_id == self.item.pk:
                self.asset.public_publication = self.asset.earlier_public = None
                self.asset.save(update_fields=["public_publication", "earlier_public"])
            was_public = self.item.reached == Reached.PUBLIC
            self.item.receipt = {key: value for key, value in self.item.receipt.items() if key != "public"}
            self.item.reached = Reached.PRIVATE if "private" in self.item.receipt else Reached.NONE
            self.item.failure = ""
            self.item.save(update_fields=["receipt", "reached", "failure"])
            facts_record(self.item)
            if was_public:
                self.event("publishing.taken_back", {})
        if mine:
            self.require_gone_elsewhere(self.asset.remote_id)

    def make_private(self, remote_id: str) -> None:
        """The dataset and its filtered views; no request for more is left with the portal's reviewers."""
        odd = self.hide_views(remote_id)
        sharing_end(self.asset, self.portal)
        remote = self.portal.set_scope(remote_id, "private")
        probe = self.portal.verify_public(remote_id, key_field=self.record.row_identifier)
        if remote.scope != "private" or probe.visible:
            raise Retry("The portal still shows the dataset to the public. We try again at once.", after=5)
        if remote.waiting:
            raise Retry(
                "The dataset is private, and the request to make it public is still with the reviewers of the "
                "portal. We withdraw it again at once.",
                after=5,
            )
        if odd:
            raise Retry(
                f"The portal has not made every filtered view private: {', '.join(odd)}. We try again at once.",
                after=5,
            )

    def _look_again_if_late(self) -> None:
        """A worker that died while it made this public asks nobody any more whether the portal obeyed it after all.

        So it counts as private when it is found so a second time, whichever copy was on its way. Raises Retry the
        first time.
        """
        if not Publication.objects.filter(asset=self.asset, step=Step.EXPOSE).update(step=""):
            return
        self.item.refresh_from_db(fields=["step"])
        raise Retry(
            "The dataset is private. The portal was asked to make it public just before and may obey late, so we "
            "look again in a minute.",
            after=_LATE_WAIT,
        )

    # nothing new was shown

    def step_back(self) -> bool:
        """Discard what was to take the place of an earlier release, which stays public. False where that is too late.

        Only where the portal says that our working copy is still one, and lets it go: else nobody knows what it shows,
        and the dataset is made private.
        """
        portal, asset = self.portal, self.asset
        if not isinstance(portal, StepsBack) or not self._stands_earlier():
            return False
        if not self.item.working_id or self.item.working_id == asset.remote_id:
            return False
        try:
            if not portal.step_back(asset.remote_id, self.item.working_id):
                return False
        except (NotFound, Forbidden, BadRequest):
            return False
        return self._put_back()

    def _stands_earlier(self) -> bool:
        """Ours is the last claim to the place, and what was public before is to be so: nobody took it back since."""
        if self.asset.public_publication_id != self.item.pk or self.asset.earlier_public_id is None:
            return False
        earlier = standing_publications().filter(pk=self.asset.earlier_public_id)
        return earlier.exclude(pk=self.item.pk).exists()

    def _put_back(self) -> bool:
        """Write down that the place shows the earlier release, and have that compared. False when that ended meanwhile.

        No look at the lease: what the portal did has to be written down by whoever saw it.
        """
        with transaction.atomic():
            dossier_lock(release_id=self.item.release_id)
            places_lock(dataset_id=self.asset.dataset_id)
            self.asset.refresh_from_db(fields=["public_publication", "earlier_public"])
            self.item.refresh_from_db(fields=["goal", "receipt"])
            if self.item.goal == Goal.PUBLIC or not self._stands_earlier():
                return False
            self.asset.public_publication, self.asset.earlier_public = self.asset.earlier_public, None
            self.asset.save(update_fields=["public_publication", "earlier_public"])
            self.item.chunks.all().delete()
            # The private copy is gone with the working copy; with whom it was shared is kept until that is taken back.
            self.item.receipt, self.item.reached = shared_of(self.item), Reached.NONE
            self.item.working_id, self.item.method, self.item.base, self.item.step = "", "", None, ""
            fields = ["receipt", "reached", "working_id", "method", "base", "step"]
            self.item.save(update_fields=fields)
            facts_record(self.item)
            self.event("publishing.stepped_back", {})
            recheck_place(self.asset)
        return True
