"""What was fetched from the sources of datasets becomes the next refresh, one file at a time."""

from __future__ import annotations

import logging
from datetime import datetime

from django.core.files import File
from django.db import transaction

from datafiles.errors import DataFileError
from dossier.storage import open_key
from publishing.models import EtlRecord, Fetch
from publishing.selectors_sources import fetches_waiting
from publishing.services.fetches import fetch_refused, fetch_taken
from workflow.errors import MoveRefused
from workflow.models import Dataset, Refresh
from workflow.services.refresh import refresh_on_its_way, refresh_received
from workflow.stages import Stage

log = logging.getLogger(__name__)


def fetched_take(*, dataset_id: int, now: datetime | None = None) -> bool:
    """Hand the file that waits longest (of whole tables: the newest) to the refresh. False when none could be.

    New and changed rows wait until the refresh before them has ended: each file of them is published by itself.
    """
    for fetch in fetches_waiting(dataset_id)[:1]:
        if fetch.record.method != EtlRecord.Method.REPLACE and _is_on_its_way(dataset_id):
            return False
        try:
            with transaction.atomic():
                if not _is_still_waiting(fetch):
                    return False
                refresh = _received(fetch, now)
                fetch_taken(fetch_id=fetch.pk, release_id=refresh.release_id, now=now)
        except MoveRefused as refusal:
            # It stays where it is: the next sweep asks again, and the page says what it waits for.
            fetch_refused(fetch_id=fetch.pk, because=" ".join(refusal.sentences), is_final=False, now=now)
            return False
        except DataFileError as error:
            fetch_refused(fetch_id=fetch.pk, because=error.sentence, is_final=True, now=now)
            return False
        return True
    return False


def fetched_sweep(*, now: datetime | None = None) -> int:
    """Hand over whatever waits. Returns how many files were taken; one that fails keeps no other from it."""
    taken = 0
    for dataset_id in dict.fromkeys(fetch.dataset_id for fetch in fetches_waiting()):
        try:
            taken += fetched_take(dataset_id=dataset_id, now=now)
        except Exception:
            log.exception("What was fetched for dataset %s could not be taken", dataset_id)
    return taken


def _received(fetch: Fetch, now: datetime | None) -> Refresh:
    """Each refresh asks whether the way the data is put together changed: the approved record answers it."""
    before = _compared_with(fetch.dataset_id)
    is_changed = before is not None and before.record_id != fetch.record_id
    with open_key(fetch.storage_key) as source:
        return refresh_received(
            dataset_id=fetch.dataset_id,
            upload=File(source, name=fetch.name),
            name=fetch.name,
            actor=None,
            method_changed=is_changed,
            method_note=fetch.record.change_note if is_changed else "",
            method=fetch.record.method,
            source_rows=fetch.rows if fetch.record.method != EtlRecord.Method.APPEND else None,
            now=now,
        )


def _is_still_waiting(fetch: Fetch) -> bool:
    """The dataset is held: another version of the record may have been approved since the file was looked up."""
    Dataset.objects.select_for_update(of=("self",)).get(pk=fetch.dataset_id)
    return fetch in fetches_waiting(fetch.dataset_id)


def _compared_with(dataset_id: int) -> Fetch | None:
    """The newest fetch whose file became public; while none did, the first that a release took.

    What was taken and never became public was perhaps read by nobody, so it answers nothing.
    """
    taken = Fetch.objects.filter(dataset_id=dataset_id, release__isnull=False).select_related("record")
    public = taken.filter(
        release__stage__in=(Stage.PUBLISHED, Stage.SUPERSEDED),
        # Where a person's file took the place of the fetched one, theirs is what became public.
        release__refresh__origin=Refresh.Origin.FETCH,
    )
    return public.first() or taken.last()


def _is_on_its_way(dataset_id: int) -> bool:
    return refresh_on_its_way(Dataset.objects.get(pk=dataset_id)) is not None
