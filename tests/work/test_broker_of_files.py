"""The broker without Redis: a reader never sees a message half."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection, Exchange, Queue

from opendata_portal.broker import Transport
from opendata_portal.celery import app

MESSAGES = 200


def connection(folder: Path) -> Connection:
    return Connection(
        "filesystem://",
        transport_options={
            "data_folder_in": str(folder),
            "data_folder_out": str(folder),
            "control_folder": str(folder / "control"),
        },
    )


def queue_of(name: str) -> Queue:
    # kombu remembers what is bound to what for the whole process: each test has names of its own.
    return Queue(name, Exchange(name), name)


def test_the_scheme_means_our_transport(tmp_path: Path) -> None:
    assert (
        app.conf.task_always_eager is not None
    )  # the application is configured, so the scheme is registered
    assert isinstance(connection(tmp_path).transport, Transport)


def test_a_message_is_whole_before_it_stands_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, object]] = []

    def look(beside: Path, place: Path) -> None:
        assert not place.exists()
        seen.append(json.loads(Path(beside).read_text()))
        Path(beside).rename(place)

    monkeypatch.setattr("opendata_portal.broker.os.replace", look)
    with (
        connection(tmp_path) as link,
        link.SimpleQueue(queue_of("one")) as queue,
    ):
        queue.put({"number": 1})
        assert len(seen) == 1
        assert queue.get(timeout=5).payload == {"number": 1}


def test_messages_written_while_somebody_reads_all_arrive_whole(tmp_path: Path) -> None:
    queue = queue_of("many")

    def write() -> None:
        with connection(tmp_path) as link, link.SimpleQueue(queue) as sending:
            for number in range(MESSAGES):
                sending.put({"number": number, "filling": "x" * 20_000})

    writer = threading.Thread(target=write)
    arrived: set[int] = set()
    with connection(tmp_path) as link, link.SimpleQueue(queue) as reading:
        writer.start()
        while len(arrived) < MESSAGES:
            try:
                message = reading.get(timeout=5)
            except Empty:
                if writer.is_alive():
                    continue
                break
            arrived.add(message.payload["number"])
            message.ack()
        writer.join()
    assert arrived == set(range(MESSAGES))
