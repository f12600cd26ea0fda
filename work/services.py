"""Claim, run, finish and sweep durable work (docs/adr/0004).

A row is claimed by one conditional UPDATE, so two workers never run it at once; the lease lapses when a
worker dies, and the sweep nudges the row again. Handlers are idempotent.
"""

from __future__ import annotations

import logging
import random
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from work.errors import LeaseLost, Retry, Stop, WorkCancelled
from work.faults import told_without_values
from work.models import WorkItem

log = logging.getLogger(__name__)

Status = WorkItem.Status
Beat = Callable[[int, str], None]
Handler = Callable[[Any, Beat], None]
UNEXPECTED = "Something unexpected went wrong. It will be tried again; if it stops, tell your portal admin."
STOPPED = (
    "This stopped after several tries. Start it again, and tell your portal admin if it stops once more."
)


def scaled(seconds: float) -> timedelta:
    """A wait, in the one unit that tests may shorten (settings.TIME_SCALE)."""
    return timedelta(seconds=seconds * settings.TIME_SCALE)


def task_name_of(model: type[WorkItem]) -> str:
    """The task that runs rows of `model`. Raises LookupError when settings.WORK_KINDS has none."""
    for label, task in settings.WORK_KINDS:
        if label == model._meta.label:
            return task
    raise LookupError(f"{model._meta.label} is not in settings.WORK_KINDS.")


def task_nudge(name: str, *args: Any, urgent: bool = False) -> None:
    """Send a task by name. A broker that is down costs one sweep interval, never the request.

    `urgent`: to the queue that a worker of its own takes from, so that no long work stands before it.
    """
    queue = settings.URGENT_QUEUE if urgent else None
    try:
        current_app.send_task(name, args=list(args), queue=queue)
    except Exception:  # noqa: BLE001 - any broker fault: the row is committed and the sweep will find it
        log.warning("The broker did not take a nudge for %s; the sweep will.", name)


def work_queue(item: WorkItem, *, urgent: bool = False) -> None:
    """Nudge a worker to run `item` once the present transaction has committed; an urgent one beside all others."""
    name = task_name_of(type(item))
    about = {"urgent": True} if urgent else {}
    transaction.on_commit(lambda: task_nudge(name, item.pk, **about))


def work_run(model: type[WorkItem], pk: int, handler: Handler) -> bool:
    """Claim row `pk`, run `handler(item, beat)`, and write down how it ended.

    Returns False when there was nothing to claim (done already, not due, or another worker has it).
    The handler calls `beat(progress, message)` at least once per lease; it may raise Retry or Stop.
    """
    item = _claim(model, pk)
    if item is None:
        return False
    token = item.lease_token

    def beat(progress: int, message: str = "") -> None:
        _heartbeat(model, pk, token, progress, message)

    try:
        handler(item, beat)
    except (LeaseLost, WorkCancelled):
        return True
    except Retry as error:
        _postpone(model, pk, token, error.sentence, error.after)
    except Stop as error:
        _finish(model, pk, token, Status.DEAD, error.sentence)
    except Exception as error:  # noqa: BLE001 - whatever it was, the row must say that it failed
        log.error("Work %s %s failed: %s", model._meta.label, pk, told_without_values(error))
        _postpone(model, pk, token, UNEXPECTED, None)
    else:
        _finish(model, pk, token, Status.DONE, "")
    return True


@transaction.atomic
def work_retry(item: WorkItem) -> None:
    """Start dead or waiting work again at once, by a person's wish: attempts begin anew."""
    changed = (
        type(item)
        ._default_manager.filter(pk=item.pk)
        .filter(Q(status=Status.DEAD) | Q(status=Status.QUEUED) | Q(status=Status.CANCELLED))
        .update(status=Status.QUEUED, attempts=0, due_at=timezone.now(), error="", finished_at=None)
    )
    if changed:
        work_queue(item)


@transaction.atomic
def work_cancel(item: WorkItem) -> bool:
    """Cancel live work. A running handler notices at its next beat. Returns False when it had ended."""
    return bool(
        type(item)
        ._default_manager.filter(pk=item.pk, status__in=[Status.QUEUED, Status.RUNNING])
        .update(status=Status.CANCELLED, finished_at=timezone.now(), lease_until=None)
    )


def work_sweep(*, now: datetime | None = None) -> int:
    """Nudge every row that is due and unclaimed, or whose worker has died. Returns how many."""
    now = now or timezone.now()
    nudged = 0
    for label, task in settings.WORK_KINDS:
        model = apps.get_model(label)
        due = Q(status=Status.QUEUED, due_at__lte=now - scaled(2))
        orphaned = Q(status=Status.RUNNING, lease_until__lt=now)
        for pk in model._default_manager.filter(due | orphaned).values_list("pk", flat=True)[:200]:
            task_nudge(task, pk)
            nudged += 1
    return nudged


def _claim(model: type[WorkItem], pk: int) -> Any | None:
    now = timezone.now()
    free = Q(status=Status.QUEUED, due_at__lte=now) | Q(status=Status.RUNNING, lease_until__lt=now)
    token = uuid.uuid4().hex
    claimed = (
        model._default_manager.filter(pk=pk)
        .filter(free)
        .update(
            status=Status.RUNNING,
            attempts=F("attempts") + 1,
            lease_token=token,
            lease_until=now + scaled(settings.WORK_LEASE_SECONDS),
            started_at=now,
            finished_at=None,
        )
    )
    return model._default_manager.get(pk=pk) if claimed else None


def _heartbeat(model: type[WorkItem], pk: int, token: str, progress: int, message: str) -> None:
    held = model._default_manager.filter(pk=pk, lease_token=token, status=Status.RUNNING)
    renewed = held.update(
        lease_until=timezone.now() + scaled(settings.WORK_LEASE_SECONDS),
        progress=max(0, min(100, progress)),
        progress_message=message[:300],
    )
    if not renewed:
        row = model._default_manager.filter(pk=pk).values("status").first()
        if row and row["status"] == Status.CANCELLED:
            raise WorkCancelled
        raise LeaseLost


def _postpone(model: type[WorkItem], pk: int, token: str, sentence: str, after: float | None) -> None:
    item = model._default_manager.get(pk=pk)
    if item.attempts >= model.MAX_ATTEMPTS:
        _finish(model, pk, token, Status.DEAD, sentence if sentence != UNEXPECTED else STOPPED)
        return
    # Full jitter: many rows that failed together do not come back together.
    back_off = settings.WORK_BACKOFF_SECONDS * 2 ** (item.attempts - 1)
    wait = after if after is not None else random.uniform(back_off / 2, min(back_off, 900))  # noqa: S311
    model._default_manager.filter(pk=pk, lease_token=token, status=Status.RUNNING).update(
        status=Status.QUEUED, due_at=timezone.now() + scaled(wait), lease_until=None, error=sentence
    )


def _finish(model: type[WorkItem], pk: int, token: str, status: str, sentence: str) -> None:
    changes: dict[str, Any] = {
        "status": status,
        "lease_until": None,
        "finished_at": timezone.now(),
        "error": sentence,
    }
    if status == Status.DONE:
        changes["progress"] = 100
    model._default_manager.filter(pk=pk, lease_token=token, status=Status.RUNNING).update(**changes)
