"""Fetching: what is due by schedule or by a person's wish, its failure budget, and the rest of a host.

The third failure in a row parks the refresh of a dataset and tells its people once; hosts that fail for several
datasets are left alone for a while. What came lies in private storage until the conductor takes it.
"""

from __future__ import annotations

import logging
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.selectors import profile_for
from audit.services import event_record
from datafiles.limits import human_bytes
from dossier.storage import file_keep
from publishing.errors import EtlRefused
from publishing.models import EtlRecord, Fetch, RefreshState
from publishing.selectors import dataset_is_public
from publishing.selectors_sources import host_rests_until, is_paused, record_in_force
from publishing.services import hosts
from publishing.services.parking import refresh_park
from publishing.services.secrets import limits_of_fetch, secrets_for
from publishing.services.timetable import next_due
from publishing.sources import KINDS
from publishing.sources.base import Fetched, SourceFault
from work.errors import LeaseLost, Retry, Stop, WorkCancelled
from work.faults import told_without_values
from work.services import Beat, task_nudge, work_queue, work_retry

if TYPE_CHECKING:
    from accounts.models import User

log = logging.getLogger(__name__)

FAILURE_BUDGET = 3
# After the first failure in a row, and four times as long after the second.
FIRST_WAIT = 300.0
_UNEXPECTED = "Something unexpected went wrong while the data was fetched. Tell your portal admin."
# The conductor's task that takes what was fetched into a release.
CONDUCTOR = "workflow.tasks.refreshes"


@transaction.atomic
def fetch_request(*, dataset_id: int, actor: User, now: datetime | None = None) -> Fetch:
    """Fetch now, by a person's wish: a parked refresh runs again, and one that waits goes at once.

    Returns the fetch. Raises EtlRefused with a sentence where nothing may be fetched.
    """
    now = now or timezone.now()
    state = _state(dataset_id)
    record = record_in_force(dataset_id)
    if record is None or state is None:
        raise EtlRefused("No version of the record is approved yet, so nothing is fetched.")
    if record.source == "upload":
        raise EtlRefused("This dataset is refreshed by upload: open the next release, and upload the file.")
    if is_paused(dataset_id):
        raise EtlRefused("The version that waits for approval says that nothing is fetched until then.")
    hosts.host_wake(host=KINDS[record.source].host(record.config))
    state.failures, state.parked_at, state.parked_because = 0, None, ""
    if state.due_at is None or state.due_at <= now:
        state.due_at = next_due(record, after=now, zone=_zone(dataset_id))
    state.save()
    live = Fetch.objects.filter(dataset_id=dataset_id, status__in=["queued", "running"]).first()
    if live is not None:
        work_retry(live)
        _event("source.fetch_asked", live, actor, {}, now)
        return live
    fetch = _queued(record, Fetch.Cause.PERSON, actor, now)
    _event("source.fetch_asked", fetch, actor, {}, now)
    return fetch


def fetches_sweep(*, now: datetime | None = None) -> int:
    """Queue every fetch that is due. Returns how many. Datasets without a public release wait for one."""
    now = now or timezone.now()
    due = RefreshState.objects.filter(due_at__lte=now, parked_at=None).values_list("dataset_id", flat=True)
    started = 0
    for dataset_id in list(due):
        try:
            started += fetch_start(dataset_id=dataset_id, now=now)
        except IntegrityError:
            # Another sweep was faster: its fetch stands.
            continue
    return started


@transaction.atomic
def fetch_start(*, dataset_id: int, now: datetime) -> bool:
    """Queue the fetch of one dataset that is due. False when something keeps it from that."""
    state, record = _state(dataset_id), record_in_force(dataset_id)
    if state is None or record is None or state.parked_at or state.due_at is None or state.due_at > now:
        return False
    if is_paused(dataset_id) or not dataset_is_public(dataset_id):
        return False
    state.due_at = next_due(record, after=now, zone=_zone(dataset_id))
    state.save(update_fields=["due_at"])
    if Fetch.objects.filter(dataset_id=dataset_id, status__in=["queued", "running"]).exists():
        return False
    _queued(record, Fetch.Cause.SCHEDULE, None, now)
    return True


def fetch_run(item: Fetch, beat: Beat, *, now: datetime | None = None) -> None:
    """Ask the source once: the handler that publishing.tasks runs. Idempotent.

    Raises Retry while the budget lasts or the host rests, and Stop when a person must look.
    """
    if item.outcome in (Fetch.Outcome.NEW, Fetch.Outcome.SAME):
        return
    record = item.record
    if record.state != EtlRecord.State.APPROVED:
        raise Stop(f"Version {record.version} of the record is not in force any more.")
    host = KINDS[record.source].host(record.config)
    if until := host_rests_until(host, now=now):
        wait = (until - (now or timezone.now())).total_seconds() / (settings.TIME_SCALE or 1)
        raise Retry(f"{host} failed several times, so it is left alone for a while.", after=max(1.0, wait))
    beat(5, "Asking the source")
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        into = Path(folder) / "fetched"
        try:
            found = _ask(item, into, beat)
        except SourceFault as fault:
            _failed(item, fault, beat, now or timezone.now())
        # What came before is not stored again: a look that brings nothing new has no row that lets go of it.
        kept = None if found.is_same or _came_before(item, found) else file_keep(into)
    with transaction.atomic():
        beat(95, "Storing what came")  # the row must still be ours, inside the transaction
        _succeeded(item, found, kept, now or timezone.now())


@transaction.atomic
def fetch_taken(*, fetch_id: int, release_id: int, now: datetime | None = None) -> Fetch:
    """Note that a release took the file; of whole tables also the older files that it passes."""
    now = now or timezone.now()
    fetch = Fetch.objects.select_for_update(of=("self",)).select_related("record").get(pk=fetch_id)
    waiting = Fetch.objects.filter(dataset_id=fetch.dataset_id, outcome=Fetch.Outcome.NEW, taken_at=None)
    passed = (
        waiting.filter(pk__lte=fetch.pk)
        if fetch.record.method == EtlRecord.Method.REPLACE
        else waiting.filter(pk=fetch.pk)
    )
    passed.update(release_id=release_id, taken_at=now, waits_because="")
    fetch.refresh_from_db()
    return fetch


@transaction.atomic
def fetch_refused(*, fetch_id: int, because: str, is_final: bool, now: datetime | None = None) -> None:
    """Note why the next release does not take the file: for now, or, where it cannot be read at all, for good."""
    fetch = Fetch.objects.select_for_update(of=("self",)).get(pk=fetch_id)
    fetch.waits_because = because
    if is_final:
        fetch.taken_at = now or timezone.now()
    fetch.save(update_fields=["waits_because", "taken_at"])


def _ask(item: Fetch, into: Path, beat: Beat) -> Fetched:
    """What the source says. Whatever goes wrong becomes a SourceFault: no message of a library is kept."""
    state = RefreshState.objects.get(dataset_id=item.dataset_id)
    record = item.record
    known = state.validators if state.validators_of == record.digest else {}
    secrets = secrets_for(dataset=_dataset(item.dataset_id))
    try:
        return KINDS[record.source].fetch(record.config, secrets, into, limits_of_fetch(), beat, known=known)
    except (SourceFault, LeaseLost, WorkCancelled):
        raise
    except Exception as error:  # noqa: BLE001 - it counts against the budget like any other failure
        log.error("Fetch %s failed: %s", item.pk, told_without_values(error))
        raise SourceFault(_UNEXPECTED) from None


def _came_before(item: Fetch, found: Fetched) -> bool:
    """True when the same bytes came as the last time."""
    return RefreshState.objects.filter(dataset_id=item.dataset_id, last_sha256=found.sha256).exists()


def _succeeded(item: Fetch, found: Fetched, kept: tuple[str, int, str] | None, now: datetime) -> None:
    state = _state(item.dataset_id)
    if state is None:
        raise Stop("The refresh of this dataset was ended meanwhile.")
    hosts.host_answered(host=KINDS[item.record.source].host(item.record.config))
    state.failures, state.last_looked_at = 0, now
    state.validators, state.validators_of = found.validators, item.record.digest
    item.fetched_at = now
    if kept is None:
        item.outcome, item.result = Fetch.Outcome.SAME, _same_words(found, state)
    else:
        item.outcome = Fetch.Outcome.NEW
        item.sha256, item.size, item.storage_key = kept
        item.rows, item.name = found.rows, _name(item, found, now)
        item.result = _new_words(found)
        state.last_sha256, state.last_new_at = kept[0], now
        _event("source.fetched", item, None, {"size": kept[1], "sha256": kept[0]}, now)
        transaction.on_commit(lambda: task_nudge(CONDUCTOR, item.dataset_id))
    state.save()
    item.save(
        update_fields=[
            *("outcome", "result", "sha256", "size", "rows", "name", "storage_key", "fetched_at"),
        ]
    )


def _failed(item: Fetch, fault: SourceFault, beat: Beat, now: datetime) -> NoReturn:
    """Count a failure: try again while the budget lasts, else park the refresh and tell its people."""
    with transaction.atomic():
        beat(90, "Writing down what is wrong")
        state = _state(item.dataset_id)
        if state is None:
            raise Stop(fault.sentence)
        state.failures += 1
        state.last_looked_at = now
        state.save(update_fields=["failures", "last_looked_at"])
        if fault.is_host:
            hosts.host_failed(host=KINDS[item.record.source].host(item.record.config), now=now)
        over = fault.final or state.failures >= FAILURE_BUDGET
        Fetch.objects.filter(pk=item.pk).update(
            result=fault.sentence, outcome=Fetch.Outcome.FAILED if over else Fetch.Outcome.NONE
        )
        if over:
            refresh_park(state=state, record=item.record, because=fault.sentence, now=now)
    if over:
        raise Stop(fault.sentence)
    wait = FIRST_WAIT * 4 ** (state.failures - 1)
    raise Retry(fault.sentence, after=max(wait, fault.after or 0.0))


def _queued(record: EtlRecord, cause: str, actor: User | None, now: datetime) -> Fetch:
    fetch = Fetch.objects.create(
        dataset_id=record.dataset_id,
        record=record,
        cause=cause,
        asked_by=actor,
        created_at=now,
        due_at=min(now, timezone.now()),
    )
    work_queue(fetch)
    return fetch


def _state(dataset_id: int) -> RefreshState | None:
    """How the refresh stands, held until the transaction ends."""
    return RefreshState.objects.select_for_update(of=("self",)).filter(dataset_id=dataset_id).first()


def _dataset(dataset_id: int) -> Any:
    rows = apps.get_model("workflow", "Dataset")._default_manager.select_related("program", "department")
    return rows.get(pk=dataset_id)


def _zone(dataset_id: int) -> str:
    return profile_for(_dataset(dataset_id).program).timezone


def _name(item: Fetch, found: Fetched, now: datetime) -> str:
    """A name of our own: that of the source could hold what is nobody's business."""
    day = timezone.localtime(now).date().isoformat()
    return f"{_dataset(item.dataset_id).inventory_id}-{day}{Path(found.name).suffix}"


def _new_words(found: Fetched) -> str:
    rows = f", {found.rows:,} rows" if found.rows is not None else ""
    return f"{human_bytes(found.size)}{rows}."


def _same_words(found: Fetched, state: RefreshState) -> str:
    if found.is_same:
        return "The source says that its data did not change."
    since = (
        f", unchanged since {timezone.localtime(state.last_new_at):%-d %b %Y}" if state.last_new_at else ""
    )
    return f"The same bytes came as the last time{since}."


def _event(action: str, fetch: Fetch, actor: User | None, data: dict[str, Any], now: datetime) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=fetch,
        data=data,
        program_id=_dataset(fetch.dataset_id).program_id,
        dataset_id=fetch.dataset_id,
        now=now,
    )
