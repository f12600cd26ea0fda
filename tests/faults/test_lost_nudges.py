"""The broker only carries nudges: whatever it forgets or refuses, the sweep finds the row and runs it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from celery import current_app

from dossier.models import StoredFile
from dossier.selectors import facts
from notifications.models import OutgoingMessage
from notifications.services import message_queue
from tests.cast import Cast
from tests.faults.conftest import PATIENCE
from tests.services.celery_worker import empty_broker
from tests.services.processes import free_port, wait_until
from tests.services.smtp import SmtpSink
from workflow.models import Release

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROWS = 200


def everything_is_done(release: Release) -> bool:
    """File read, scanned and checked, and the letter about the new dataset on its way."""
    known = facts(release.pk)
    letters = OutgoingMessage.objects.filter(release_id=release.pk)
    return {"file", "scan", "quality_checks"} <= set(known) and not letters.exclude(status="done").exists()


def test_a_flushed_broker_loses_no_work(
    cast: Cast,
    release: Release,
    hand_in: Callable[[int], StoredFile],
    smtp_sink: SmtpSink,
    celery_worker_process: Any,
) -> None:
    os.killpg(celery_worker_process.pid, signal.SIGSTOP)
    try:
        hand_in(ROWS)
        write_letters(release, cast)
        empty_broker()
    finally:
        os.killpg(celery_worker_process.pid, signal.SIGCONT)
    wait_until(lambda: everything_is_done(release), seconds=PATIENCE, what="All work that was queued")
    assert_done_once(release, smtp_sink)


def test_a_broker_that_is_down_while_work_is_queued_delays_it_only(
    release: Release,
    hand_in: Callable[[int], StoredFile],
    smtp_sink: SmtpSink,
    celery_worker_process: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(current_app.conf, "broker_write_url", f"redis://127.0.0.1:{free_port()}/0")
    monkeypatch.setattr(current_app.amqp, "_producer_pool", None)
    hand_in(ROWS)
    assert "The broker did not take a nudge" in caplog.text
    wait_until(lambda: everything_is_done(release), seconds=PATIENCE, what="All work that was queued")
    assert_done_once(release, smtp_sink)


def write_letters(release: Release, cast: Cast) -> None:
    """More nudges than a worker that was stopped while listening could still be handed."""
    message_queue(
        message_id="publish",
        recipients=list(cast.people.values()),
        actor=None,
        context={"dataset": release.dataset.title},
        path="/",
        release_id=release.pk,
    )


def assert_done_once(release: Release, sink: SmtpSink) -> None:
    assert facts(release.pk)["scan"].data["findings"]
    assert OutgoingMessage.objects.filter(release_id=release.pk).count() == len(sink.letters)
