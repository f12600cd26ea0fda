"""Once more, later: does the public still see what was approved, or did somebody change it on the portal?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.services import event_record
from dossier.selectors import subject_of
from publishing.errors import PublishingError
from publishing.models import PortalAsset, PortalNotice, Publication, PublicCheck
from publishing.places import place_words
from publishing.portals.base import NotFound, Portal, PortalError, Proves, Throttled
from publishing.refusals import EncodingError
from publishing.services.remote import open_portal
from publishing.services.run_base import Step
from publishing.services.run_compare import Comparing
from work.errors import Retry, Stop
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
    """Ask for a check of every public copy that was not compared for as long as the settings say. Returns how many."""
    now = now or timezone.now()
    if not settings.PUBLISHING_RECHECK_HOURS:
        return 0
    before = now - scaled(settings.PUBLISHING_RECHECK_HOURS * 3600)
    waiting = Q(public_check=None, public_publication__finished_at__lt=before) | Q(
        public_check__finished_at__lt=before
    )
    due = PortalAsset.objects.filter(waiting, public_publication__reached=Publication.Reached.PUBLIC)
    with transaction.atomic():
        return sum(_ask(asset, None, now) is not None for asset in due.exclude(remote_id=""))


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
    publication = asset.public_publication
    if publication is None:
        # Taken back meanwhile: there is nothing that has to be equal.
        _write(check, None, [])
        return
    if asset.writer_id is not None:
        raise Retry(
            "The dataset is being published just now. We compare it when that has ended.", after=_ASK_AGAIN
        )
    look = _Look(publication, beat)
    try:
        with open_portal(look.tell, asset.portal) as portal:
            look.portal = portal
            evidence = look.evidence()
    except PortalError as error:
        if error.permanent:
            raise Stop(error.sentence) from None
        after = error.retry_after if isinstance(error, Throttled) else None
        raise Retry(error.sentence, after=after) from None
    except (EncodingError, PublishingError) as error:
        raise Stop(error.sentence) from None
    asset.refresh_from_db(fields=["public_publication", "writer"])
    if asset.public_publication_id != publication.pk or asset.writer_id is not None:
        raise Retry(
            "The dataset was published anew while we compared it. We compare it again.", after=_ASK_AGAIN
        )
    beat(99, "Writing down what was compared.")
    _write(check, publication, evidence)


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
        found = [self.proof("Who may see it", "public", seen), self.schema_proof(remote)]
        if not all(proof["ok"] for proof in found):
            return found
        # A notice of ours above the description is no change by others.
        if isinstance(self.portal, Proves) and not PortalNotice.objects.filter(asset=self.asset).exists():
            told = self.portal.proofs(remote_id, self.record)
            found += [self.proof(one.what, one.expected, one.found, counts=one.counts) for one in told]
        with self.opened():
            return found + self.compare_rows(remote_id, anonymous=True, after=Step.SAVE, step=Step.CHECK)


@transaction.atomic
def _write(check: PublicCheck, publication: Publication | None, evidence: list[dict[str, Any]]) -> None:
    """The result; an event when it is another one than before, and the conductor tells people."""
    now = timezone.now()
    wrong = [proof for proof in evidence if not proof["ok"]]
    before = check.differs if publication is not None and check.publication_id == publication.pk else ""
    check.differs = _Look.told_difference(wrong) if wrong else ""
    check.differs_since = (check.differs_since if before else now) if wrong else None
    check.publication, check.evidence, check.checked_at = publication, evidence, now
    fields = ["publication", "evidence", "checked_at", "differs", "differs_since"]
    check.save(update_fields=fields)
    if publication is None:
        return
    if check.differs != before:
        event_record(
            action="publishing.public_differs" if wrong else "publishing.public_equal_again",
            actor=None,
            subject=check,
            data={"what": check.differs, "place": place_words(check.asset.portal, check.asset.domain)},
            **subject_of(publication.release_id),
        )
    if wrong:
        transaction.on_commit(lambda: task_nudge(_CONDUCTOR, publication.release_id))
