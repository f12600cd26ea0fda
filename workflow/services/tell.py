"""Letters about background work that ended: each is written once, to whoever waits for it.

Stations do not write letters; they record facts, and the conductor reads here whether somebody must be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from checklists.models import CheckRun
from dossier.models import Fact, FileRead
from dossier.selectors import latest_read
from dossier.services import dossier_lock
from notifications.selectors import letter_written
from notifications.services import message_queue
from privacy.models import Scan
from publishing.models import Publication
from publishing.places import and_words, place_words
from publishing.recheck_page import checks_that_differ, checks_that_were_seen
from publishing.selectors import places_of
from workflow import routing
from workflow.comparing import halt_of
from workflow.context import ReleaseContext
from workflow.models import Refresh
from workflow.policies import stage_holder
from workflow.refreshing import refresh_of
from workflow.services.effects import letter_context
from workflow.services.retraction import retraction_look
from workflow.stages import Stage


def tell_what_ended(context: ReleaseContext, now: datetime) -> None:
    """Write the letters that are due about readings, scans and publications of this release."""
    _unreadable_file(context, now)
    _finished_scan(context, now)
    _private_copy(context, now)
    _failed_publication(context, now)
    _public_copy_differs(context, now)
    _private_copy_seen(context, now)
    _stopped_refresh(context, now)
    retraction_look(release_id=context.release.pk, now=now)


def releases_with_ended_work(*, since: datetime) -> set[int]:
    """Ids of releases in which a reading, a scan, a publication or a refresh has ended since then (six queries)."""
    facts = Fact.objects.filter(kind__in=("scan", "private_copy"), at__gte=since)
    reads = FileRead.objects.filter(finished_at__gte=since).exclude(failed_code="")
    publications = Publication.objects.filter(finished_at__gte=since).exclude(failure="")
    dead = {"finished_at__gte": since, "status": Refresh.Status.DEAD}
    # A scan or checks that stop keep a refresh from being compared.
    stopped = [rows.objects.filter(**dead, release__refresh__route="") for rows in (Scan, CheckRun)]
    found: set[int] = set()
    for rows in (facts, reads, publications, Refresh.objects.filter(**dead), *stopped):
        found |= set(rows.values_list("release_id", flat=True))
    return found


def _unreadable_file(context: ReleaseContext, now: datetime) -> None:
    read = latest_read(context.release.pk)
    if read is None or not read.failed_code:
        return
    line = f", line {read.failed_line}" if read.failed_line else ""
    people = [read.raw.uploaded_by, context.dataset.steward]
    problem = f"The file “{read.raw.name}” could not be read{line}."
    _tell(context, "file_unreadable", people, "release_data", read.created_at, now, problem=problem)


def _finished_scan(context: ReleaseContext, now: datetime) -> None:
    fact = context.facts.get("scan")
    if fact is None or fact.about.get("file") != context.about("file", "file"):
        return
    people = [*routing.holders(context, stage_holder(context, Stage.PRIVACY)), context.dataset.steward]
    findings = fact.data.get("findings", 0)
    _tell(context, "scan_finished", people, "release_privacy", fact.at, now, findings=findings)


def _private_copy(context: ReleaseContext, now: datetime) -> None:
    fact = context.facts.get("private_copy")
    if fact is not None and fact.ok:
        added = context.profile.notify.get("private_copy_ready", ())
        roles = (stage_holder(context, Stage.CDO_REVIEW), Role.COORDINATOR, *added)
        people = [person for role in dict.fromkeys(roles) for person in routing.holders(context, role)]
        _tell(context, "private_copy_ready", people, "release_publication", fact.at, now)


def _failed_publication(context: ReleaseContext, now: datetime) -> None:
    places = places_of(context.release.pk)
    failed = [row for row in places.values() if row.failure and not row.is_live]
    if not failed:
        return
    people = [*routing.holders(context, Role.COORDINATOR), *routing.holders(context, Role.PORTAL_ADMIN)]
    since = max(row.finished_at or row.created_at for row in failed)
    public = [row for row in places.values() if row.is_exposed]
    _tell(
        context,
        "publication_failed",
        people,
        "release_publication",
        since,
        now,
        problem=" ".join(_problem(row, named=len(places) > 1) for row in failed),
        public_in=and_words([_where(row) for row in public]),
    )


def _public_copy_differs(context: ReleaseContext, now: datetime) -> None:
    """Told once for each time that it began to differ; the daily check does not repeat it."""
    differing = checks_that_differ(context.release.pk)
    if not differing:
        return
    people = [context.dataset.steward, *routing.holders(context, Role.PORTAL_ADMIN)]
    problem = " ".join(
        f"{place_words(check.asset.portal, check.asset.domain)}: {check.differs}." for check in differing
    )
    since = max(check.differs_since or now for check in differing)
    _tell(context, "public_copy_differs", people, "release_publication", since, now, problem=problem)


def _private_copy_seen(context: ReleaseContext, now: datetime) -> None:
    """Told once for each time that strangers began to see what nobody had made public."""
    seen = checks_that_were_seen(context.release.pk)
    if not seen:
        return
    roles = (Role.COORDINATOR, Role.PORTAL_ADMIN)
    people = [context.dataset.steward, *(one for role in roles for one in routing.holders(context, role))]
    # Ours come first: they are made private. What others published under our key is left as it is.
    shown = [check for check in seen if not check.is_of_others] or seen
    where = and_words([place_words(check.asset.portal, check.asset.domain) for check in shown])
    since = max(check.differs_since or now for check in shown)
    words = {"problem": where, "of_others": shown[0].is_of_others}
    _tell(context, "private_copy_seen", people, "release_publication", since, now, **words)


def _problem(publication: Publication, *, named: bool) -> str:
    return f"{_where(publication)}: {publication.failure}" if named else publication.failure


def _where(publication: Publication) -> str:
    return place_words(publication.asset.portal, publication.asset.domain)


def _stopped_refresh(context: ReleaseContext, now: datetime) -> None:
    refresh, halt = refresh_of(context), halt_of(context)
    if refresh is None or halt is None or halt.url_name == "release_data":
        return  # of a file that cannot be read the letter of the reading tells
    people = [refresh.asked_by, context.dataset.steward, *routing.holders(context, Role.COORDINATOR)]
    problem = f"{halt.title}. {halt.why}"
    _tell(context, "refresh_stopped", people, "release", halt.since, now, problem=problem, todo=halt.next)


def _tell(
    context: ReleaseContext,
    message_id: str,
    people: Sequence[User | None],
    page: str,
    since: datetime,
    now: datetime,
    **words: Any,
) -> None:
    """Write the letter unless it was written since the thing it tells of happened."""
    release_id = context.release.pk
    if letter_written(release_id=release_id, message_id=message_id, since=since):
        return
    with transaction.atomic():
        # Two workers may settle the same release at once; the second finds the letter of the first.
        dossier_lock(release_id=release_id)
        if letter_written(release_id=release_id, message_id=message_id, since=since):
            return
        message_queue(
            message_id=message_id,
            recipients=[person for person in people if person is not None],
            actor=None,
            context=letter_context(context, None) | words,
            path=reverse(page, args=[release_id]),
            release_id=release_id,
            dataset_id=context.dataset.pk,
            now=max(now, since),
        )
