"""A release that people prepare of data that is public already is compared with what is public, for its reviewers.

A refresh is compared to decide which way it goes (workflow.services.refresh_run); here the way is settled, the full
review, and only the report is wanted. A worker measures, as it may take long. Source: FEATURES M32.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.services import event_record
from datafiles.drift import Drift, drift_between
from datafiles.drift_words import drift_sentence
from dossier.selectors import current_columnar
from dossier.services import digest_of, dossier_lock
from dossier.storage import local_path
from privacy.detectors import REGISTRY_VERSION
from privacy.found import entities_of
from work.services import Beat, work_queue
from workflow.context import ReleaseContext, context_of
from workflow.models import Refresh, Release
from workflow.refreshing import comparison_of, refresh_of
from workflow.stages import Stage

NOT_FOUND = "The file of the release that is public is not found here, so nobody knows what changed."


def comparison_is_due(context: ReleaseContext) -> bool:
    """Its file is read and scanned, data of this dataset is public, and the two were not compared as they are now."""
    release, file = context.release, context.facts.get("file")
    if release.number == 1 or refresh_of(context) is not None or file is None or not file.ok:
        return False
    if context.about("scan", "file") != context.about("file", "file"):
        return False
    item = comparison_of(context)
    if item is None:
        return _public_of(release) is not None
    if item.is_live or item.measured_digest == _digest(context, item):
        return False
    return item.status != Refresh.Status.DEAD or item.finished_at is None or item.finished_at < file.at


@transaction.atomic
def comparison_start(context: ReleaseContext, now: datetime) -> None:
    """Have a worker compare the two. Called by the conductor."""
    dossier_lock(release_id=context.release.pk)
    base = _public_of(context.release)
    item = Refresh.objects.filter(release=context.release).first()
    if item is None and base is not None:
        item = Refresh.objects.create(
            release=context.release,
            base=base,
            origin=Refresh.Origin.HAND,
            method=Refresh.Method.REPLACE,
            route=Refresh.Decision.FULL,
            created_at=now,
            status=Refresh.Status.DONE,
        )
    if item is None or item.origin != Refresh.Origin.HAND or item.is_live:
        return
    Refresh.objects.filter(pk=item.pk).update(
        status=Refresh.Status.QUEUED, attempts=0, due_at=now, error="", finished_at=None
    )
    work_queue(item)


def comparison_run(item: Refresh, beat: Beat, now: datetime | None = None) -> None:
    """Measure what differs and write it down: what a worker runs. Idempotent."""
    context = context_of(item.release_id, now=now)
    digest = _digest(context, item)
    drift = drift_measured(item, beat)
    report, sentence = told(item, drift, [])
    with transaction.atomic():
        dossier_lock(release_id=item.release_id)
        beat(99, "Writing down what changed")  # the row must still be ours, inside the transaction
        context = context_of(item.release_id, now=now)
        if not context.release.is_open or _digest(context, item) != digest:
            return  # something changed while we measured; the conductor asks again
        at = now or timezone.now()
        Refresh.objects.filter(pk=item.pk).update(
            report=report, sentence=sentence, measured_digest=digest, measured_at=at
        )
        event_record(
            action="workflow.release_compared",
            actor=None,
            subject=context.release,
            data={"sentence": sentence, "base": item.base.number},
            program_id=context.dataset.program_id,
            dataset_id=context.dataset.pk,
            release_id=item.release_id,
            now=at,
        )


def drift_measured(item: Refresh, beat: Beat) -> Drift | None:
    """What differs between the two files; None where one of them is not here any more."""
    base, present = current_columnar(item.base_id), current_columnar(item.release_id)
    if base is None or present is None:
        return None
    with local_path(base.storage_key) as before, local_path(present.storage_key) as now:
        return drift_between(before, now, beat)


def told(
    item: Refresh, drift: Drift | None, missing: list[str], lost: str = NOT_FOUND
) -> tuple[dict[str, Any], str]:
    """The report as it is kept, and its sentence; `lost` is the sentence where a file is gone."""
    found = {
        "missing": missing,
        "found_before": entities_of(item.base_id),
        "found_now": entities_of(item.release_id),
    }
    if drift is None:
        return found, lost
    return {**found, **drift.to_dict()}, drift_sentence(drift)


def _public_of(release: Release) -> Release | None:
    return Release.objects.filter(dataset=release.dataset_id, stage=Stage.PUBLISHED).first()


def _digest(context: ReleaseContext, item: Refresh) -> str:
    """Names the two files that were compared, and the detectors whose findings stand beside."""
    return digest_of([context.about("file", "file"), item.base_id, REGISTRY_VERSION])
