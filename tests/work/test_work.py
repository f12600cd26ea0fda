"""Durable work: claimed once, renewed, retried, swept after a dead worker. Shown on letters, the simplest kind."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from notifications.models import OutgoingMessage
from notifications.services import message_queue
from tests.cast import cast_create
from work import services
from work.errors import Retry, Stop
from work.models import WorkItem
from work.services import work_cancel, work_retry, work_run, work_sweep

Status = WorkItem.Status


@pytest.fixture
def item(db: None) -> OutgoingMessage:
    return make_item()


def make_item() -> OutgoingMessage:
    cast = cast_create()
    return message_queue(
        message_id="publish", recipients=[cast.steward], actor=None, context={"dataset": "Trees"}, path="/"
    )[0]


def fresh(item: OutgoingMessage) -> OutgoingMessage:
    return OutgoingMessage.objects.get(pk=item.pk)


def test_work_that_ends_is_done_and_is_not_run_again(item: OutgoingMessage) -> None:
    runs = []
    assert work_run(OutgoingMessage, item.pk, lambda row, beat: runs.append(row.pk))
    assert not work_run(OutgoingMessage, item.pk, lambda row, beat: runs.append(row.pk))
    assert runs == [item.pk]
    assert fresh(item).status == Status.DONE


def test_passing_trouble_waits_and_shows_its_sentence(item: OutgoingMessage) -> None:
    def handler(row, beat):
        raise Retry("The portal asked us to wait.", after=40)

    work_run(OutgoingMessage, item.pk, handler)
    row = fresh(item)
    assert (row.status, row.error, row.attempts) == (Status.QUEUED, "The portal asked us to wait.", 1)
    assert row.due_at > timezone.now()
    assert row.is_waiting_again


def test_trouble_that_waiting_does_not_cure_stops_until_a_person_starts_it_again(
    item: OutgoingMessage,
) -> None:
    def refused(row, beat):
        raise Stop("The portal refused the key.")

    work_run(OutgoingMessage, item.pk, refused)
    assert (fresh(item).status, fresh(item).error) == (Status.DEAD, "The portal refused the key.")
    work_retry(fresh(item))
    assert (fresh(item).status, fresh(item).attempts) == (Status.QUEUED, 0)


def test_an_unexpected_fault_is_retried_and_then_stops_with_a_plain_sentence(item: OutgoingMessage) -> None:
    def broken(row, beat):
        raise RuntimeError("secret 123-45-6789")

    for _ in range(OutgoingMessage.MAX_ATTEMPTS):
        OutgoingMessage.objects.filter(pk=item.pk).update(due_at=timezone.now())
        work_run(OutgoingMessage, item.pk, broken)
    row = fresh(item)
    assert (row.status, row.error) == (Status.DEAD, services.STOPPED)
    assert "123-45-6789" not in row.error


def test_a_worker_that_died_loses_its_lease_and_another_runs_the_work(
    item: OutgoingMessage, monkeypatch
) -> None:
    nudged = []
    monkeypatch.setattr(services, "task_nudge", lambda name, pk: nudged.append((name, pk)))
    OutgoingMessage.objects.filter(pk=item.pk).update(
        status=Status.RUNNING, lease_token="dead", lease_until=timezone.now() - timedelta(seconds=1)
    )
    assert work_sweep() == 1
    assert nudged == [("notifications.tasks.message_send", item.pk)]
    ran = []
    assert work_run(OutgoingMessage, item.pk, lambda row, beat: ran.append(row.lease_token))
    assert ran != ["dead"]


def test_a_live_lease_is_respected(item: OutgoingMessage) -> None:
    OutgoingMessage.objects.filter(pk=item.pk).update(
        status=Status.RUNNING, lease_token="alive", lease_until=timezone.now() + timedelta(seconds=30)
    )
    assert not work_run(OutgoingMessage, item.pk, lambda row, beat: pytest.fail("ran beside a live worker"))
    assert work_sweep() == 0


def test_a_worker_that_woke_up_too_late_writes_nothing(item: OutgoingMessage) -> None:
    def slow(row, beat):
        OutgoingMessage.objects.filter(pk=row.pk).update(lease_token="another")
        beat(50, "half")
        pytest.fail("went on without its lease")

    work_run(OutgoingMessage, item.pk, slow)
    assert fresh(item).status == Status.RUNNING
    assert fresh(item).lease_token == "another"


def test_cancelled_work_ends_at_its_next_beat(item: OutgoingMessage) -> None:
    def handler(row, beat):
        work_cancel(row)
        beat(10, "on")
        pytest.fail("went on after it was cancelled")

    work_run(OutgoingMessage, item.pk, handler)
    assert fresh(item).status == Status.CANCELLED


def test_a_broker_that_is_down_does_not_fail_the_request(
    db: None, monkeypatch, django_capture_on_commit_callbacks
):
    def down(*args, **kwargs):
        raise ConnectionError("no broker")

    monkeypatch.setattr(services.current_app, "send_task", down)
    with django_capture_on_commit_callbacks(execute=True):
        row = make_item()
    assert fresh(row).status == Status.QUEUED


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_at_once_one_runs_the_row() -> None:
    item = make_item()
    ran: list[int] = []
    barrier = threading.Barrier(4)

    def worker(number: int) -> None:
        try:
            barrier.wait(timeout=10)
            work_run(OutgoingMessage, item.pk, lambda row, beat: ran.append(number))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=worker, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(ran) == 1
    assert fresh(item).attempts == 1
