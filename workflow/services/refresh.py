"""A public dataset is renewed: a new file opens the next release, which takes over what was said of the last one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from accounts.profiles import profile_of
from audit.services import event_record
from dossier.models import Contribution, FileRead
from dossier.services import fact_forget
from dossier.services_files import file_receive
from privacy.personal_values import raw_values_in
from work.services import task_nudge, work_cancel
from workflow import policies
from workflow.context import context_of
from workflow.errors import MoveRefused
from workflow.metadata import refusal_of
from workflow.models import Dataset, Refresh, Release
from workflow.services.datasets import open_release_of, release_open
from workflow.stages import OPEN_STAGES, Stage

if TYPE_CHECKING:
    from accounts.models import User

Origin, Method = Refresh.Origin, Refresh.Method


@transaction.atomic
def refresh_received(
    *,
    dataset_id: int,
    upload: File,
    name: str,
    actor: User | None,
    method_changed: bool,
    method_note: str = "",
    method: str = "",
    source_rows: int | None = None,
    now: datetime | None = None,
) -> Refresh:
    """Take a new file of a public dataset, and have it compared with what is public.

    Without `actor` the file was fetched. `method_changed` answers the question that each refresh asks: did the
    structure, or the way the data is put together or aggregated, change? `method` is append, upsert or replace (""
    takes the dataset's own), `source_rows` what the source system counts today. A file that arrives while an
    earlier one is still being compared takes its place, but what a program fetched never that of a person; that the
    method changed stays said when one fetched file follows another.
    Returns the refresh. Raises MoveRefused and DataFileError with a sentence, PermissionDenied.
    """
    now = now or timezone.now()
    dataset = Dataset.objects.select_for_update(of=("self",)).get(pk=dataset_id)
    base = Release.objects.filter(dataset=dataset, stage=Stage.PUBLISHED).first()
    if base is None:
        raise MoveRefused(
            "Nothing of this dataset is public, so there is nothing to refresh. Prepare a release of it first."
        )
    if actor is not None:
        policies.check_action(actor, "refresh", context_of(base.pk, now=now))
    if sentence := raw_values_in(method_note):
        raise MoveRefused(sentence)
    method = method_for(dataset, base, method)
    origin = Origin.UPLOAD if actor else Origin.FETCH
    refresh = _open_refresh(dataset, origin) or _open(dataset, base, actor, now)
    if actor is None:
        method_changed, method_note = (
            refresh.method_changed or method_changed,
            method_note or refresh.method_note,
        )
    refresh.origin, refresh.method, refresh.asked_by = origin, method, actor
    refresh.method_changed, refresh.method_note = method_changed, method_note.strip()
    _begin_anew(refresh)
    refresh.save()
    # What a fetch counts in a file of changes is not the whole table.
    _count_source(dataset, source_rows if actor or method == Method.REPLACE else None, now)
    event_record(
        action="workflow.refresh_received",
        actor=actor,
        subject=refresh.release,
        data={"method": method, "origin": origin, "method_changed": method_changed, "base": base.number},
        note=refresh.method_note,
        program_id=dataset.program_id,
        dataset_id=dataset.pk,
        release_id=refresh.release_id,
        now=now,
    )
    file_receive(release_id=refresh.release_id, upload=upload, name=name, actor=actor, now=now)
    transaction.on_commit(lambda: task_nudge("workflow.tasks.settle", refresh.release_id))
    return refresh


def method_for(dataset: Dataset, base: Release, method: str = "") -> str:
    """How this refresh changes what is public. Raises MoveRefused where the program does not allow it."""
    profile = profile_of(base.profile)
    allowed = profile.updates.methods
    wanted = method or dataset.update_method or (allowed[0] if len(allowed) == 1 else Method.REPLACE)
    if wanted not in allowed:
        raise MoveRefused(refusal_of(profile, wanted))
    return str(wanted)


def _open_refresh(dataset: Dataset, origin: str) -> Refresh | None:
    """The refresh on its way whose file the new one replaces; None when none is on its way. Raises MoveRefused."""
    release = open_release_of(dataset)
    if release is None:
        return None
    refresh = Refresh.objects.select_for_update(of=("self",)).filter(release=release).first()
    if refresh is None or refresh.route or release.stage != Stage.INVENTORY:
        raise MoveRefused(
            f"Release {release.number} of this dataset is on its way ({release.get_stage_display()}). Finish or "
            "withdraw it first; then it can be refreshed."
        )
    if release.held_at:
        raise MoveRefused("The refresh on its way is on hold. Resume it first.")
    if refresh.origin == Origin.FETCH and refresh.method != Method.REPLACE:
        raise MoveRefused(
            "Rows that were fetched before are being compared, and this file would push them aside. Wait until "
            "that refresh has ended."
        )
    if origin == Origin.FETCH and refresh.origin == Origin.UPLOAD:
        raise MoveRefused("Somebody uploaded a file for this refresh, so the fetched one is not taken now.")
    return refresh


def _open(dataset: Dataset, base: Release, actor: User | None, now: datetime) -> Refresh:
    """Open the next release, and take over what was decided about the data as such."""
    release = release_open(dataset=dataset, actor=actor, now=now)
    Release.objects.filter(pk=release.pk).update(output_decision=base.output_decision)
    # Four eyes hold across refreshes: who shaped what was approved shaped this one, too.
    Contribution.objects.bulk_create(
        Contribution(release=release, user_id=row.user_id, what=row.what, at=row.at)
        for row in base.contributions.exclude(what="file")
    )
    return Refresh(release=release, base=base, created_at=now, status=Refresh.Status.DONE)


def _begin_anew(refresh: Refresh) -> None:
    """Whatever was measured of an earlier file speaks of another refresh."""
    if refresh.pk:
        work_cancel(refresh)
        refresh.status = Refresh.Status.CANCELLED
        for read in FileRead.objects.filter(release=refresh.release_id, status__in=["queued", "running"]):
            work_cancel(read)
    refresh.merged_sha256 = refresh.delta_sha256 = refresh.carried_for = ""
    refresh.new_rows = refresh.changed_rows = refresh.repeated_rows = None
    refresh.report, refresh.sentence, refresh.reasons = {}, "", []
    refresh.measured_digest, refresh.measured_at, refresh.decision = "", None, ""
    fact_forget(release_id=refresh.release_id, kind="drift")


def _count_source(dataset: Dataset, rows: int | None, now: datetime) -> None:
    """What the source counted on an earlier day says nothing of this file."""
    changes: dict[str, Any] = {
        "source_rows": rows,
        "source_rows_as_of": timezone.localdate(now) if rows is not None else None,
    }
    Dataset.objects.filter(pk=dataset.pk).update(**changes)


def refresh_on_its_way(dataset: Dataset) -> Refresh | None:
    """The refresh of a dataset that is open; None without one."""
    return (
        Refresh.objects.filter(release__dataset=dataset, release__stage__in=OPEN_STAGES)
        .exclude(origin=Origin.HAND)
        .select_related("release", "base")
        .first()
    )
