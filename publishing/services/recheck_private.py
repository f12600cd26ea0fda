"""Places that nobody may see: which of them are looked at again, and what follows when strangers see one."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from dossier.services import dossier_lock
from publishing.models import Chunk, PortalAsset, Publication
from publishing.selectors import standing_publications
from publishing.services.locks import places_lock
from publishing.services.requests import publication_start_anew
from work.errors import Retry
from work.services import work_queue

Goal = Publication.Goal

_ASK_AGAIN = 60.0


def private_places(before: datetime) -> QuerySet[PortalAsset]:
    """Places that show no release to the public, by what we know, and were not looked at since then."""
    ended = Publication.objects.filter(asset=OuterRef("pk"), finished_at__lt=before)
    waiting = Q(public_check__finished_at__lt=before) | (Q(public_check=None) & Exists(ended))
    return PortalAsset.objects.filter(waiting, public_publication=None)


def copy_there(asset: PortalAsset) -> Publication | None:
    """The copy that the place holds: the one that should be public there, else the one that was sent last."""
    return should_be_public(asset) or asset.publications.first()


def should_be_public(asset: PortalAsset) -> Publication | None:
    """The copy of a release that counts as published, which nobody took back: the place is to show it."""
    return standing_publications().filter(asset=asset).order_by("-release_id", "-pk").first()


def holds_ours(asset: PortalAsset) -> bool:
    """Did we make it, or ever send rows there? Else it was found under our key, and what it shows is of others.

    Wider than `is_our_place`, which asks before rows are sent: where strangers may see ours, a doubt makes it private.
    """
    if asset.create_asked_at is not None:
        return True
    compared = Q(receipt__has_key="private") | Q(receipt__has_key="public") | ~Q(evidence=[])
    return asset.publications.filter(
        compared | Exists(Chunk.objects.filter(publication=OuterRef("pk")))
    ).exists()


def is_of_others(asset: PortalAsset) -> bool:
    """A dataset that was only found under our key: who sees it sees no row of ours, and nothing is done to it."""
    return bool(asset.remote_id) and asset.public_publication_id is None and not holds_ours(asset)


def narrow_at_once(asset: PortalAsset, copy: Publication) -> None:
    """Have a worker make private what strangers see though nobody made it public here; it asks until they do not.

    A place that holds no row of ours is left as it is: that would take away what others published there.

    Call it inside a transaction. Raises Retry while somebody writes there: then it is looked at again.
    """
    if not holds_ours(asset):
        return
    dossier_lock(release_id=copy.release_id)
    places_lock(dataset_id=asset.dataset_id)
    asset.refresh_from_db(fields=["public_publication", "writer"])
    if asset.public_publication_id is not None or asset.writer_id is not None:
        raise Retry(
            "The dataset is being published just now. We look again when that has ended.", after=_ASK_AGAIN
        )
    # As with any copy that may be seen: its place says whose rows these are until they are not seen any more.
    asset.public_publication = copy
    asset.save(update_fields=["public_publication"])
    # Made private, and no more: nothing is sent to a place of which we do not know who changed it.
    Publication.objects.filter(pk=copy.pk).update(goal=Goal.HIDDEN, failure="")
    copy.refresh_from_db(fields=["goal", "failure"])
    publication_start_anew(copy)
    work_queue(copy, urgent=True)
