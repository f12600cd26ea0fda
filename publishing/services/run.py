"""One run of a publication by a worker: one writer per dataset, errors as sentences, facts at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.services import event_record
from dossier.selectors import subject_of
from dossier.services import dossier_lock
from publishing.models import PortalAsset, Publication
from publishing.places import place_words
from publishing.services.facts import facts_record
from publishing.services.remote import KINDS, open_portal, place_of, told_as_work
from publishing.services.run_verify import Verifying
from work.errors import LeaseLost, Retry, Stop, WorkCancelled
from work.services import Beat, scaled

Goal = Publication.Goal
Step = Publication.Step
Status = Publication.Status

_ASK_AGAIN = 15.0
_BUSY = "Another publication of this dataset is running. This one goes on when it has ended."
_UNEXPECTED = (
    "Something unexpected went wrong on every try, so the publication stopped. Nothing more was made public. "
    "Press Resume to try again, and tell your portal admin if it stops once more."
)


class Run(Verifying):
    """All steps in their order. Every step may be run again at any time."""

    def go(self) -> None:
        if self.item.goal == Goal.HIDDEN:
            self.hide()
            return
        if self.item.goal == Goal.PUBLIC:
            self.check_permit()
        self.begin(Step.PREPARE, "Signing in to the portal.")
        self.portal.check_key()
        # Read anew, now that we hold the place: a run before us may have made it, or put back what was there.
        self.asset.refresh_from_db(
            fields=["public_publication", "earlier_public", "remote_id", "create_asked_at"]
        )
        if self.item.goal == Goal.PRIVATE and self.asset.public_publication_id == self.item.pk:
            self.hide()
        with self.opened():
            public_before = self.prepare()
            self.send()
            self.save(public_before)
            self.compare(public_before)
            if self.item.goal == Goal.PUBLIC:
                self.expose()
                self.check_outside()


def publication_run(publication: Publication, beat: Beat) -> None:
    """The handler of a publication row (work.services.work_run): idempotent, resumed where the ledger ends.

    Raises Retry while waiting may help (the portal is down, throttles, is locked), Stop when a person must
    act (a refused key, a refused request, a copy that differs), each with the sentence for people.
    """
    try:
        _settle_place(publication)
        with _only_writer(publication.asset, publication) as renew:

            def renewing(progress: int, message: str = "") -> None:
                beat(progress, message)
                if not renew():
                    raise Retry(_BUSY, after=_ASK_AGAIN)

            _go(publication, renewing)
    except Stop as stop:
        _stopped(publication, stop.sentence)
        raise
    except Retry as wait:
        if publication.attempts >= publication.MAX_ATTEMPTS:
            tried = f"We tried {publication.attempts} times and stopped. Press Resume to try again."
            sentence = f"{wait.sentence} {tried}"
            _stopped(publication, sentence)
            raise Stop(sentence) from None
        raise
    except (LeaseLost, WorkCancelled):
        raise
    except Exception:
        if publication.attempts >= publication.MAX_ATTEMPTS:
            _stopped(publication, _UNEXPECTED)
        raise


def _go(publication: Publication, beat: Beat) -> None:
    run = Run(publication, beat)
    with told_as_work(), open_portal(run.tell, publication.asset.portal) as portal:
        run.portal = portal
        run.go()


def _settle_place(publication: Publication) -> None:
    """Follow the settings to another portal while nothing is there yet; leave no copy behind."""
    asset = publication.asset
    place = place_of(asset.portal)
    if asset.domain == place:
        return
    if asset.remote_id:
        raise Stop(
            f"The copy of this dataset is on {asset.domain}, and the portal is now {place or 'not set'}. Ask "
            f"your portal admin to set {KINDS[asset.portal].place} back, or to decide what becomes of the copy "
            "there."
        )
    publication.asset, _ = PortalAsset.objects.get_or_create(
        dataset_id=asset.dataset_id, portal=asset.portal, domain=place
    )
    publication.save(update_fields=["asset"])


@contextmanager
def _only_writer(asset: PortalAsset, publication: Publication) -> Iterator:  # type: ignore[type-arg]
    """Hold the dataset on the portal: a second writer would meet the portal's lock, or mix two copies.

    What it gives renews the hold, and says whether it still is ours.
    """

    def take() -> bool:
        now = timezone.now()
        free = Q(writer=None) | Q(writer=publication) | Q(writer_until__lt=now)
        until = now + scaled(settings.WORK_LEASE_SECONDS)
        mine = PortalAsset.objects.filter(free, pk=asset.pk)
        return bool(mine.update(writer=publication, writer_until=until + timedelta(seconds=1)))

    if not take():
        raise Retry(_BUSY, after=_ASK_AGAIN)
    try:
        yield take
    finally:
        # Not from under the hands of the next worker, where this one lost its work.
        still = Q(writer__lease_token=publication.lease_token) | ~Q(writer__status=Status.RUNNING)
        PortalAsset.objects.filter(still, pk=asset.pk, writer=publication).update(
            writer=None, writer_until=None
        )


@transaction.atomic
def _stopped(publication: Publication, sentence: str) -> None:
    """Write down why, where the gates and the page read it; not over the work of the next worker."""
    dossier_lock(release_id=publication.release_id)
    held = Publication.objects.filter(
        pk=publication.pk, lease_token=publication.lease_token, status=Status.RUNNING
    )
    if not held.update(failure=sentence):
        return
    publication.refresh_from_db(fields=["failure", "goal", "reached", "receipt"])
    facts_record(publication)
    event_record(
        action="publishing.stopped",
        actor=None,
        subject=publication,
        data={
            "step": Publication.Step(publication.step).label if publication.step else "Start",
            "place": place_words(publication.asset.portal, publication.asset.domain),
        },
        **subject_of(publication.release_id),
    )
