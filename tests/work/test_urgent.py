"""What is urgent goes to a queue of its own, and is not lost when nobody takes from it."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from work import services


def test_an_urgent_nudge_goes_to_the_queue_of_its_own_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, Any]] = []
    monkeypatch.setattr(
        services.current_app, "send_task", lambda name, args, queue=None: sent.append((name, queue))
    )
    services.task_nudge("some.task", 1)
    services.task_nudge("some.task", 1, urgent=True)
    assert sent == [("some.task", None), ("some.task", settings.URGENT_QUEUE)]


def test_a_broker_that_is_down_costs_an_urgent_nudge_only_a_sweep(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def down(*args: Any, **about: Any) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(services.current_app, "send_task", down)
    services.task_nudge("some.task", 1, urgent=True)
    assert "The broker did not take a nudge" in caplog.text
