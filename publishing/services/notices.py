"""Notices on portals: above the description of data that is to go, and with data that is gone or withdrawn."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from accounts.selectors import profile_for
from audit.services import event_record
from dossier.selectors import subject_of
from publishing.models import PortalAsset, PortalNotice, Publication
from publishing.portals.base import Federates, NotFound, Portal, Retires
from publishing.records import PortalRecord
from publishing.services.recheck_private import is_of_others
from publishing.services.remote import open_portal, told_as_work
from work.errors import Retry
from work.models import WorkItem
from work.services import Beat, work_queue

Wanted = PortalNotice.Wanted
_PROGRESS = 50


@transaction.atomic
def notices_put(
    *, dataset_id: int, wanted: str, text: str = "", now: datetime | None = None
) -> list[PortalNotice]:
    """Have every portal that holds the dataset say `text` about it; asking again for the same changes nothing.

    `wanted`: "announced" above the public description, with the mark in title and keywords that the program's
    profile asks for; "gone" with a copy that was made private; "none" to take all that off a public description.
    Returns the notices that a worker now brings to their places.
    """
    now = now or timezone.now()
    changed = []
    prefix, tag = _marks(dataset_id) if wanted == Wanted.ANNOUNCED else ("", "")
    for asset in PortalAsset.objects.filter(dataset_id=dataset_id).exclude(remote_id=""):
        notice = PortalNotice.objects.select_for_update(of=("self",)).filter(asset=asset).first()
        if notice is None and wanted == Wanted.NONE:
            continue
        copy = asset.public_publication_id
        marked = notice is not None and (notice.title_prefix, notice.tag) == (prefix, tag)
        if notice is not None and marked and _stands(notice, wanted, text, copy):
            continue
        notice = notice or PortalNotice(asset=asset)
        notice.wanted, notice.text, notice.wanted_at, notice.publication_id = wanted, text, now, copy
        notice.title_prefix, notice.tag = prefix, tag
        notice.status, notice.attempts, notice.due_at = WorkItem.Status.QUEUED, 0, timezone.now()
        notice.lease_until, notice.lease_token, notice.error = None, "", ""
        notice.save()
        work_queue(notice)
        changed.append(notice)
    return changed


def _marks(dataset_id: int) -> tuple[str, str]:
    """How the program marks data that is to go (DOMAIN b4: Connecticut's title prefix and keyword)."""
    dataset = apps.get_model("workflow", "Dataset")._default_manager.select_related("program")
    rules = profile_for(dataset.get(pk=dataset_id).program).retirement
    return rules.notice_title_prefix, rules.notice_tag


def _stands(notice: PortalNotice, wanted: str, text: str, copy: int | None) -> bool:
    """True while the same was wished for the same copy, and nobody gave it up."""
    same = (notice.wanted, notice.text) == (wanted, text)
    of_this_copy = wanted != Wanted.ANNOUNCED or notice.publication_id == copy
    return same and of_this_copy and notice.status != WorkItem.Status.DEAD


def notice_run(notice: PortalNotice, beat: Beat) -> None:
    """The handler of a notice row: idempotent. Raises Retry or Stop with the sentence for people."""

    def tell(message: str) -> None:
        beat(_PROGRESS, message)

    # Where nothing is there, nothing could say anything.
    with told_as_work(), suppress(NotFound), open_portal(tell, notice.asset.portal) as portal:
        _bring(notice, portal)
    PortalNotice.objects.filter(pk=notice.pk, wanted=notice.wanted, text=notice.text).update(
        sites=notice.sites, put_at=timezone.now()
    )


def _bring(notice: PortalNotice, portal: Portal) -> None:
    asset = notice.asset
    copy = _copy_of(asset)
    if copy is None or not asset.remote_id:
        return
    if is_of_others(asset):
        # Others made it and filled it: what becomes of ours is no news there.
        return
    if notice.wanted == Wanted.GONE:
        if asset.public_publication_id is not None:
            raise Retry("The dataset is being made private first. Its note follows at once.", after=5)
        if isinstance(portal, Retires):
            portal.retire(asset.remote_id, notice.text)
        if isinstance(portal, Federates):
            notice.sites = portal.shown_on(asset.remote_id)
    elif asset.public_publication_id is not None:
        portal.set_metadata(asset.remote_id, record_noticed(copy, notice))
    _event(notice, copy)


def _copy_of(asset: PortalAsset) -> Publication | None:
    """The copy that is public, else the one that was there last."""
    return asset.public_publication or asset.publications.first()


def record_noticed(copy: Publication, notice: PortalNotice | None) -> PortalRecord:
    """What a place says of this copy: as approved, and below a notice with its marks while one is announced."""
    record = PortalRecord.from_json(copy.record)
    if notice is None or notice.wanted != Wanted.ANNOUNCED:
        return record
    tags = record.tags if not notice.tag or notice.tag in record.tags else (*record.tags, notice.tag)
    return replace(
        record,
        name=f"{notice.title_prefix} {record.name}".strip(),
        description=f"{notice.text}\n\n{record.description}".strip(),
        tags=tags,
    )


def _event(notice: PortalNotice, copy: Publication) -> None:
    event_record(
        action="publishing.notice_put",
        actor=None,
        subject=notice,
        data={"wanted": notice.get_wanted_display().lower(), "place": notice.asset.domain},
        **subject_of(copy.release_id),
    )
