"""The private copy shared with the people who preview it, by their accounts on the portal; taken back afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from audit.services import event_record
from dossier.selectors import subject_of
from dossier.services import dossier_lock
from publishing.models import PortalAsset, Publication
from publishing.places import place_words
from publishing.portals.base import Portal, PortalError, SharesPrivately
from publishing.selectors import publications_of
from publishing.services.remote import open_portal
from work.errors import Stop

if TYPE_CHECKING:
    from accounts.models import User

SHARED = "shared"
_IMPATIENT = {"tries": 2, "read_seconds": 10.0}


@dataclass(frozen=True)
class SharedPlace:
    """What came of sharing on one portal: a sentence, and whether it is good news."""

    place: str
    sentence: str
    ok: bool


def preview_share(*, release_id: int, emails: Sequence[str], actor: User) -> list[SharedPlace]:
    """Let these people see the private copies of a release, where the portal knows them.

    Returns a line for each place. Nobody else gets to see anything; `sharing_end` takes it back.
    """
    return [
        _share(publication, emails, actor)
        for publication in publications_of(release_id)
        if publication.receipt.get("private") and publication.reached == Publication.Reached.PRIVATE
    ]


def _share(publication: Publication, emails: Sequence[str], actor: User) -> SharedPlace:
    asset = publication.asset
    place = place_words(asset.portal, asset.domain)
    try:
        with open_portal(_quiet, asset.portal, **_IMPATIENT) as portal:
            if not isinstance(portal, SharesPrivately):
                return SharedPlace(
                    place, "This portal cannot share a private copy with single people.", False
                )
            shared = portal.share(asset.remote_id, emails)
    except (Stop, PortalError) as error:
        return SharedPlace(place, error.sentence, False)
    with transaction.atomic():
        dossier_lock(release_id=publication.release_id)
        publication.refresh_from_db(fields=["receipt"])
        known = publication.receipt.get(SHARED, [])
        publication.receipt = {**publication.receipt, SHARED: sorted({*known, *shared.with_})}
        publication.save(update_fields=["receipt"])
        event_record(
            action="publishing.preview_shared",
            actor=actor,
            subject=publication,
            data={"people": len(shared.with_), "place": place},
            **subject_of(publication.release_id),
        )
    return SharedPlace(place, _words(shared.with_, shared.unknown), not shared.unknown)


def _words(given: Sequence[str], unknown: Sequence[str]) -> str:
    told = f"Shared with {', '.join(given)}; they sign in to the portal to see it." if given else ""
    if not unknown:
        return told or "There is nobody to share it with."
    missing = (
        f"The portal has no user with the address {', '.join(unknown)}: ask your portal admin to invite them "
        "there, or show them the rows here, on the Data tab."
    )
    return f"{told} {missing}".strip()


def sharing_end(asset: PortalAsset, portal: Portal) -> None:
    """Take back what was shared of any copy in this place; called before it is public, and when it is taken back."""
    rows = [row for row in Publication.objects.filter(asset=asset) if row.receipt.get(SHARED)]
    if not rows or not isinstance(portal, SharesPrivately):
        return
    portal.unshare(asset.remote_id, sorted({email for row in rows for email in row.receipt[SHARED]}))
    for row in rows:
        ended = row.receipt[SHARED]
        with transaction.atomic():
            dossier_lock(release_id=row.release_id)
            row.refresh_from_db(fields=["receipt"])
            # Whoever was added since we read it is taken back the next time.
            left = [email for email in row.receipt.get(SHARED, []) if email not in ended]
            receipt = {key: value for key, value in row.receipt.items() if key != SHARED}
            row.receipt = {**receipt, SHARED: left} if left else receipt
            row.save(update_fields=["receipt"])


def shared_of(publication: Publication) -> dict[str, Any]:
    """What a receipt keeps when the rest of it is void: with whom the copy was shared, until that is taken back."""
    return {key: value for key, value in publication.receipt.items() if key == SHARED}


def _quiet(why: str) -> None:
    """Nobody watches a progress bar here."""
