"""What the conductor and people ask of publishing: a permit, a copy, a new try, taking a copy back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from accounts.profiles import profile_of
from audit.services import event_record
from datafiles.table import Column, read_columns
from dossier.models import StoredFile
from dossier.selectors import subject_of
from dossier.services import dossier_lock
from dossier.storage import local_path
from publishing.errors import NothingToPublish, PermitMissing
from publishing.models import Permit, PortalAsset, Publication
from publishing.records import PortalRecord, record_of
from publishing.selectors import publication_of, valid_permit
from publishing.services.remote import place_of
from work.services import work_cancel, work_queue, work_retry

if TYPE_CHECKING:
    from accounts.models import User

Goal = Publication.Goal
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
    **about: Any,
) -> PortalRecord:
    """The record of a release for the portal. Reads nothing: the same words give the same record and digest.

    `columns` are those of the treated copy in its order, as Column or as {"name", "type", "form"} (what the
    `treated` fact holds, or treated_columns). `descriptions` and `labels` go by column name, `row_identifier`
    is the name of a column with unique values, or None. `about`: category, tags, attribution, licence,
    contact_email, row_label, update_frequency. Raises KeyError for an unknown row identifier.
    """
    return record_of(
        external_key=external_key,
        name=name,
        description=description,
        columns=[_column(column) for column in columns],
        descriptions=descriptions,
        labels=labels,
        row_identifier=row_identifier,
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
    """Ask for the private copy, or for the public one. Asking again for the same thing changes nothing.

    `goal` is "private" or "public". Publications of earlier copies of the release are cancelled. Raises
    PermitMissing for a public goal without a permit for exactly this copy, NothingToPublish without a copy.
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
    publication, created = Publication.objects.get_or_create(
        release_id=release_id,
        treated_sha256=treated_sha256,
        record_digest=record.digest,
        defaults={
            "asset": _asset(release_id),
            "record": record.as_json(),
            "goal": goal,
            "permit": permit,
            "created_at": now,
            "requested_at": now,
            "due_at": now,
        },
    )
    for earlier in Publication.objects.filter(release_id=release_id).exclude(pk=publication.pk):
        work_cancel(earlier)
    if not created and not _take_up(publication, goal, permit, now):
        return publication
    _event("publishing.requested", publication, now=now, data={"goal": Goal(goal).label.lower()})
    work_queue(publication)
    return publication


def _take_up(publication: Publication, goal: str, permit: Permit | None, now: datetime) -> bool:
    """Give a publication that exists the goal; False when it is on its way there, or further, already."""
    on_its_way = publication.goal in (goal, Goal.PUBLIC) and publication.status != Status.CANCELLED
    if on_its_way:
        return False
    publication.goal = goal
    publication.permit = permit or publication.permit
    publication.failure = ""
    publication.requested_at = now
    publication.save(update_fields=["goal", "permit", "failure", "requested_at"])
    _start_anew(publication)
    return True


def _start_anew(publication: Publication) -> None:
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
def publication_resume(*, release_id: int, actor: User, now: datetime | None = None) -> Publication | None:
    """The button: start a stopped or waiting publication again, where its ledger ends.

    Returns None when there is nothing to resume.
    """
    dossier_lock(release_id=release_id)
    publication = publication_of(release_id)
    if publication is None or not (publication.status == Status.DEAD or publication.is_waiting_again):
        return None
    publication.failure = ""
    publication.save(update_fields=["failure"])
    _event("publishing.resumed", publication, actor=actor, now=now)
    work_retry(publication)
    return publication


@transaction.atomic
def publication_make_private(*, release_id: int, now: datetime | None = None) -> Publication | None:
    """Take the copy back: the permit ends now, and a worker makes the dataset private at once.

    For a retraction, and for every return or end of a release: a copy that is private already is only
    checked. Returns None when the release has no copy on a portal. What another release of the dataset
    has public stays as it is.
    """
    now = now or timezone.now()
    Permit.objects.filter(release_id=release_id, revoked_at=None).update(revoked_at=now)
    publication = publication_of(release_id)
    if publication is None:
        return None
    Publication.objects.filter(pk=publication.pk).update(goal=Goal.HIDDEN, failure="")
    publication.refresh_from_db(fields=["goal", "failure"])
    _start_anew(publication)
    _event("publishing.take_back_asked", publication, now=now)
    work_queue(publication)
    return publication


@transaction.atomic
def publication_stay_private(*, release_id: int, now: datetime | None = None) -> Publication | None:
    """Stop a publication on its way to the public; its permit stays. For a hold, or a date moved away.

    A worker that runs it now loses the row at its next beat, and the next run hides what was exposed
    already. Returns None when nothing was on its way to the public.
    """
    publication = publication_of(release_id)
    if publication is None or not publication.is_going_public:
        return None
    Publication.objects.filter(pk=publication.pk).update(goal=Goal.PRIVATE, failure="")
    publication.refresh_from_db(fields=["goal", "failure"])
    _start_anew(publication)
    _event("publishing.requested", publication, now=now, data={"goal": Goal.PRIVATE.label.lower()})
    work_queue(publication)
    return publication


def _asset(release_id: int) -> PortalAsset:
    """The place of the dataset on the first portal that the release's program names."""
    release = apps.get_model("workflow", "Release").objects.select_related("profile").get(pk=release_id)
    portal = next(iter(profile_of(release.profile).publication.get("portals", ())), "socrata")
    asset, _ = PortalAsset.objects.get_or_create(
        dataset_id=release.dataset_id, portal=portal, domain=place_of(portal)
    )
    return asset


def _event(
    action: str,
    publication: Publication,
    *,
    actor: User | None = None,
    data: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=publication,
        data=data,
        now=now,
        **subject_of(publication.release_id),
    )
