"""What the conductor and people ask of publishing: a permit, a copy in every place it goes to, a new try."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from audit.services import event_record
from datafiles.table import Column, read_columns
from dossier.models import StoredFile
from dossier.selectors import subject_of
from dossier.services import dossier_lock
from dossier.storage import local_path
from publishing.errors import NothingToPublish, PermitMissing
from publishing.models import Permit, PortalAsset, Publication
from publishing.places import place_words
from publishing.records import UTC, PortalRecord, record_of
from publishing.selectors import (
    is_overtaken,
    newest_by_portal,
    portals_of,
    publications_of,
    rules_of,
    valid_permit,
)
from publishing.services.facts import facts_record
from publishing.services.previewing import shared_of
from publishing.services.remote import place_of
from work.services import work_cancel, work_queue, work_retry

if TYPE_CHECKING:
    from accounts.models import User

Goal = Publication.Goal
Reached = Publication.Reached
Status = Publication.Status


def record_build(
    *,
    columns: Iterable[Column | Mapping[str, str]],
    external_key: str,
    name: str,
    description: str,
    descriptions: Mapping[str, str],
    labels: Mapping[str, str] | None = None,
    row_identifier: str | None = None,
    timezone: str = UTC,
    **about: Any,
) -> PortalRecord:
    """The record of a release for the portal. Reads nothing: the same words give the same record and digest.

    `columns` are those of the treated copy in its order, as Column or as {"name", "type", "form"} (what the
    `treated` fact holds, or treated_columns). `descriptions` and `labels` go by column name, `row_identifier`
    is the name of a column with unique values, or None. `timezone` is that of the program. `about`: category,
    tags, attribution, licence, contact_email, row_label, update_frequency. Raises KeyError for an unknown row
    identifier.
    """
    return record_of(
        external_key=external_key,
        name=name,
        description=description,
        columns=[_column(column) for column in columns],
        descriptions=descriptions,
        labels=labels,
        row_identifier=row_identifier,
        timezone=timezone,
        **about,
    )


def _column(column: Column | Mapping[str, str]) -> Column:
    if isinstance(column, Column):
        return column
    return Column(column["name"], column.get("type", "text"), column.get("form", "text"))


def treated_file(*, release_id: int, treated_sha256: str) -> StoredFile:
    """The treated copy with these bytes. Raises NothingToPublish."""
    file = StoredFile.objects.filter(
        release_id=release_id, kind=StoredFile.Kind.TREATED, sha256=treated_sha256
    ).last()
    if file is None:
        raise NothingToPublish(
            "There is no treated copy to publish. Decide every privacy finding first; the copy is then made."
        )
    return file


def treated_columns(*, release_id: int, treated_sha256: str) -> tuple[Column, ...]:
    """Columns and types of the treated copy, without reading a row."""
    file = treated_file(release_id=release_id, treated_sha256=treated_sha256)
    with local_path(file.storage_key) as path:
        return read_columns(path)


@transaction.atomic
def permit_write(
    *,
    release_id: int,
    treated_sha256: str,
    record_digest: str,
    approvers: list[dict[str, Any]],
    expires_at: datetime,
    described: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> Permit:
    """Allow these bytes under this record to become public. Called by the door at approval, nowhere else.

    `described` is what the catalogue will say of the data besides the record. An earlier permit of the
    release is revoked: only what was approved last may become public.
    """
    now = now or timezone.now()
    Permit.objects.filter(release_id=release_id, revoked_at=None).update(revoked_at=now)
    return Permit.objects.create(
        release_id=release_id,
        treated_sha256=treated_sha256,
        record_digest=record_digest,
        approvers=approvers,
        described=dict(described or {}),
        written_at=now,
        expires_at=expires_at,
    )


@transaction.atomic
def publication_request(
    *,
    release_id: int,
    record: PortalRecord,
    treated_sha256: str,
    goal: str,
    now: datetime | None = None,
) -> Publication:
    """Ask for the private copy, or for the public one, in every place that the program sends such data to.

    Asking again for the same thing changes nothing. Returns the publication in the first place; the others stand
    beside it (selectors.places_of). `goal` is "private" or "public". Publications of earlier copies of the release
    are cancelled. Raises PermitMissing for a public goal without a permit for exactly this copy, NothingToPublish
    without a copy.
    """
    now = now or timezone.now()
    dossier_lock(release_id=release_id)
    permit = valid_permit(release_id, treated_sha256=treated_sha256, record_digest=record.digest, now=now)
    if goal == Goal.PUBLIC and permit is None:
        raise PermitMissing(
            "Nothing becomes public without an approval of exactly this copy and this description. "
            "The copy or its description changed after the approval, or the approval has expired: "
            "ask for a new decision."
        )
    treated_file(release_id=release_id, treated_sha256=treated_sha256)
    before = publications_of(release_id)
    copy = (treated_sha256, record.digest)
    is_newest = not before or before[0].copy == copy
    standing = {row.asset.portal: row for row in reversed(before) if row.copy == copy}
    rows = []
    for portal in portals_for(release_id, record):
        row = standing.get(portal)
        if row is None:
            row = _begin(release_id, portal, record, treated_sha256, goal, permit, now)
        elif not _take_up(row, goal, permit, now, is_newest=is_newest):
            rows.append(row)
            continue
        rows.append(row)
        publication_event("publishing.requested", row, now=now, data={"goal": Goal(goal).label.lower()})
        work_queue(row)
    # A copy that is being taken back goes on being taken back, whatever comes after it.
    for earlier in before:
        if earlier.pk not in {row.pk for row in rows} and earlier.goal != Goal.HIDDEN:
            work_cancel(earlier)
    if goal == Goal.PUBLIC:
        _overtake(rows)
    return rows[0]


def portals_for(release_id: int, record: PortalRecord) -> tuple[str, ...]:
    """The portals that this copy goes to: those of the program that take such data and are there.

    A portal that is not set up is asked all the same where the release waits for it: it then says what is missing.
    """
    portals = portals_of(release_id, record)
    needed = rules_of(release_id).waited_for(portals)
    return tuple(portal for portal in portals if portal in needed or place_of(portal))


def _begin(
    release_id: int,
    portal: str,
    record: PortalRecord,
    treated_sha256: str,
    goal: str,
    permit: Permit | None,
    now: datetime,
) -> Publication:
    return Publication.objects.create(
        release_id=release_id,
        asset=_asset(release_id, portal),
        treated_sha256=treated_sha256,
        record_digest=record.digest,
        record=record.as_json(),
        goal=goal,
        permit=permit,
        created_at=now,
        requested_at=now,
        due_at=now,
    )


def _take_up(
    publication: Publication, goal: str, permit: Permit | None, now: datetime, *, is_newest: bool
) -> bool:
    """Give a publication that exists the goal; False when it is on its way there, or further, already."""
    on_its_way = publication.goal in (goal, Goal.PUBLIC) and publication.status != Status.CANCELLED
    if on_its_way and is_newest:
        return False
    if not is_newest:
        # Another copy was sent to the place since: what the ledger says of it is void.
        publication.chunks.all().delete()
        publication.working_id, publication.reached = "", Reached.NONE
        # With whom it was shared is kept: that has to be taken back.
        publication.receipt = shared_of(publication)
        publication.method, publication.base = "", None
    publication.goal = goal
    publication.permit = permit or publication.permit
    publication.failure = ""
    publication.requested_at = now
    publication.save(
        update_fields=[
            *("goal", "permit", "failure", "requested_at"),
            *("working_id", "receipt", "reached", "method", "base"),
        ]
    )
    publication_start_anew(publication)
    return True


def _overtake(rows: Iterable[Publication]) -> None:
    """What an earlier release still wanted to make public in these places must not come after this one."""
    for row in rows:
        late = Publication.objects.filter(asset=row.asset_id, goal=Goal.PUBLIC).exclude(
            release_id__gte=row.release_id
        )
        for other in late.exclude(reached=Reached.PUBLIC):
            work_cancel(other)


def publication_start_anew(publication: Publication) -> None:
    """Queue it whatever its state; a worker that runs it now loses the row at its next beat."""
    Publication.objects.filter(pk=publication.pk).update(
        status=Status.QUEUED,
        attempts=0,
        due_at=timezone.now(),
        lease_until=None,
        lease_token="",
        error="",
        finished_at=None,
    )


@transaction.atomic
def publication_resume(
    *, release_id: int, actor: User | None, portal: str = "", now: datetime | None = None
) -> Publication | None:
    """The button: start a stopped or waiting publication again, where its ledger ends.

    `portal` names the place; without it, every place is started that stands still. `actor` is None where a command
    does it. Returns the first that was started, None when there is nothing to resume: also where a later release
    went to the public meanwhile.
    """
    dossier_lock(release_id=release_id)
    still = [
        row
        for code, row in newest_by_portal(release_id).items()
        if portal in ("", code) and row.can_resume and not is_overtaken(row)
    ]
    for row in still:
        row.failure = ""
        row.save(update_fields=["failure"])
        publication_event("publishing.resumed", row, actor=actor, now=now)
        facts_record(row, now=now)
        work_retry(row)
    return still[0] if still else None


def _asset(release_id: int, portal: str) -> PortalAsset:
    """The place of the release's dataset on this portal."""
    dataset_id = subject_of(release_id)["dataset_id"]
    asset, _ = PortalAsset.objects.get_or_create(
        dataset_id=dataset_id, portal=portal, domain=place_of(portal)
    )
    return asset


def publication_event(
    action: str,
    publication: Publication,
    *,
    actor: User | None = None,
    data: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> None:
    """An audit event about a publication; it names the place."""
    place = place_words(publication.asset.portal, publication.asset.domain)
    event_record(
        action=action,
        actor=actor,
        subject=publication,
        data={"place": place, **(data or {})},
        now=now,
        **subject_of(publication.release_id),
    )
