"""Once more, later: does the public still see what was approved, and nothing else, or was it changed on the portal?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.services import event_record
from dossier.selectors import subject_of
from publishing.models import PortalAsset, PortalNotice, Publication, PublicCheck
from publishing.models.recheck import AUDIENCE, OF_OTHERS
from publishing.places import place_words
from publishing.portals.base import NotFound, Portal, Proves
from publishing.records import PortalRecord
from publishing.services.notices import record_noticed
from publishing.services.recheck_private import (
    copy_there,
    holds_ours,
    narrow_at_once,
    private_places,
    should_be_public,
)
from publishing.services.remote import open_portal, place_of, told_as_work
from publishing.services.run_base import Step
from publishing.services.run_compare import Comparing
from publishing.services.taking_back import stopped_take_backs_anew
from work.errors import Retry
from work.services import Beat, scaled, task_nudge, work_queue

if TYPE_CHECKING:
    from accounts.models import User

Status = PublicCheck.Status
_ASK_AGAIN = 60.0
_CONDUCTOR = "workflow.tasks.settle"


@transaction.atomic
def recheck_request(
    *, release_id: int, actor: User | None = None, now: datetime | None = None
) -> list[PublicCheck]:
    """Have every public copy of this release compared again; one that is being compared is left to it.

    Returns the checks that a worker now makes: none when nothing of the release is public.
    """
    now = now or timezone.now()
    assets = PortalAsset.objects.filter(public_publication__release_id=release_id).exclude(remote_id="")
    asked = [check for asset in assets if (check := _ask(asset, actor, now)) is not None]
    if asked and actor is not None:
        places = ", ".join(place_words(check.asset.portal, check.asset.domain) for check in asked)
        event_record(
            action="publishing.recheck_asked",
            actor=actor,
            subject=asked[0],
            data={"place": places},
            now=now,
            **subject_of(release_id),
        )
    return asked


def rechecks_sweep(*, now: datetime | None = None) -> int:
    """Ask for a check of every place that was not looked at for as long as the settings say. Returns how many.

    Of what is public: is it what was approved? Of what is not: does really nobody see it? What should have become
    private in that time and has not is asked for again.
    """
    now = now or timezone.now()
    if not settings.PUBLISHING_RECHECK_HOURS:
        return 0
    before = now - scaled(settings.PUBLISHING_RECHECK_HOURS * 3600)
    waiting = Q(public_check=None, public_publication__finished_at__lt=before) | Q(
        public_check__finished_at__lt=before
    )
    public = PortalAsset.objects.filter(waiting, public_publication__reached=Publication.Reached.PUBLIC)
    private = private_places(before).exclude(remote_id="")
    # Of a portal that we left nothing can be asked.
    due = [*public.exclude(remote_id=""), *(one for one in private if one.domain == place_of(one.portal))]
    with transaction.atomic():
        asked = sum(_ask(asset, None, now) is not None for asset in due)
    return asked + stopped_take_backs_anew(before=before)


def recheck_place(asset: PortalAsset, *, now: datetime | None = None) -> None:
    """Have what a place shows compared soon; call it in the transaction of the change."""
    _ask(asset, None, now or timezone.now())


def _ask(asset: PortalAsset, actor: User | None, now: datetime) -> PublicCheck | None:
    check, _ = PublicCheck.objects.select_for_update(of=("self",)).get_or_create(
        asset=asset, defaults={"status": Status.DONE}
    )
    if check.is_live:
        return None
    check.asked_by, check.status, check.attempts, check.due_at = actor, Status.QUEUED, 0, now
    check.lease_until, check.lease_token, check.error = None, "", ""
    check.save()
    work_queue(check)
    return check


def recheck_run(check: PublicCheck, beat: Beat) -> None:
    """The handler of a check. Raises Retry while waiting may help, Stop when a person must act."""
    asset = check.asset
    publication = asset.public_publication or copy_there(asset)
    if publication is None or not asset.remote_id:
        _write(check, None, [])
        return
    before = asset.public_publication_id
    if asset.writer_id is not None:
        raise Retry(
            "The dataset is being published just now. We compare it when that has ended.", after=_ASK_AGAIN
        )
    look = _Look(publication, beat)
    with told_as_work(), open_portal(look.tell, asset.portal) as portal:
        look.portal = portal
        evidence = look.evidence() if before else look.hidden()
    asset.refresh_from_db(fields=["public_publication", "writer"])
    if asset.public_publication_id != before or asset.writer_id is not None:
        raise Retry(
            "The dataset was published anew while we compared it. We compare it again.", after=_ASK_AGAIN
        )
    beat(99, "Writing down what was compared.")
    as_it_should = all(proof["ok"] for proof in evidence)
    _write(check, None if as_it_should and not before else publication, evidence)


class _Look(Comparing):
    """A comparison alone: it writes nothing, neither to the portal nor to the publication."""

    portal: Portal

    def evidence(self) -> list[dict[str, Any]]:
        """The dataset as a stranger finds it, beside what was approved."""
        remote_id = self.asset.remote_id
        try:
            remote = self.portal.view(remote_id)
        except NotFound:
            return [self.proof("The dataset on the portal", "there", "gone: it was deleted")]
        probe = self.portal.verify_public(remote_id, key_field=self.record.row_identifier)
        seen = "public" if remote.scope == "public" and probe.visible else "private"
        found = [self.proof(AUDIENCE, "public", seen), self.schema_proof(remote)]
        if not all(proof["ok"] for proof in found):
            return found
        record = self._record_there()
        if isinstance(self.portal, Proves) and record is not None:
            told = self.portal.proofs(remote_id, record)
            found += [self.proof(one.what, one.expected, one.found, counts=one.counts) for one in told]
        with self.opened():
            return found + self.compare_rows(remote_id, anonymous=True, after=Step.SAVE, step=Step.CHECK)

    def hidden(self) -> list[dict[str, Any]]:
        """Of a place that shows no release: nobody sees it from outside. A release that counts as published is seen."""
        try:
            remote = self.portal.view(self.asset.remote_id)
        except NotFound:
            return []
        probe = self.portal.verify_public(self.asset.remote_id, key_field=self.record.row_identifier)
        if remote.scope == "public" or probe.visible:
            return [self.proof(AUDIENCE, "private", "public" if holds_ours(self.asset) else OF_OTHERS)]
        wanted = "public" if should_be_public(self.asset) else "private"
        return [self.proof(AUDIENCE, wanted, "private")]

    def _record_there(self) -> PortalRecord | None:
        """What the place is to say of the dataset: with a notice of ours above it; None while one is on its way."""
        notice = PortalNotice.objects.filter(asset=self.asset).first()
        if notice is None or notice.wanted != PortalNotice.Wanted.ANNOUNCED:
            on_its_way = notice is not None and notice.status != PortalNotice.Status.DONE
            return None if on_its_way else self.record
        if notice.status != PortalNotice.Status.DONE:
            return None
        # A newer copy has none until it is put there too.
        return record_noticed(self.item, notice if notice.publication_id == self.item.pk else None)


@transaction.atomic
def _write(check: PublicCheck, publication: Publication | None, evidence: list[dict[str, Any]]) -> None:
    """The result; an event when it is another one than before, and the conductor tells people.

    What strangers see of ours without leave is made private at once.
    """
    now, was_seen, of_before = timezone.now(), check.is_seen_without_leave, check.publication
    wrong = [proof for proof in evidence if not proof["ok"]]
    before = check.differs if publication is not None and check.publication_id == publication.pk else ""
    check.differs = _Look.told_difference(wrong) if wrong else ""
    check.differs_since = (check.differs_since if before else now) if wrong else None
    check.publication, check.evidence, check.checked_at = publication, evidence, now
    fields = ["publication", "evidence", "checked_at", "differs", "differs_since"]
    check.save(update_fields=fields)
    if publication is None:
        if was_seen and of_before is not None:
            _event(check, "publishing.private_again", of_before)
        return
    if check.is_seen_without_leave:
        narrow_at_once(check.asset, publication)
    if check.differs != before:
        _event(check, _action(check) if wrong else "publishing.public_equal_again", publication)
    if wrong:
        transaction.on_commit(lambda: task_nudge(_CONDUCTOR, publication.release_id))


def _action(check: PublicCheck) -> str:
    """What the history says of a check that found something wrong."""
    if check.is_of_others:
        return "publishing.others_were_seen"
    return "publishing.private_was_seen" if check.is_seen_without_leave else "publishing.public_differs"


def _event(check: PublicCheck, action: str, publication: Publication) -> None:
    place = place_words(check.asset.portal, check.asset.domain)
    event_record(
        action=action,
        actor=None,
        subject=check,
        data={"what": check.differs, "place": place},
        **subject_of(publication.release_id),
    )
