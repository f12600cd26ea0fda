"""The broker without Redis: a reader never sees a message half."""

from __future__ import annotations

import threading
from pathlib import Path
from queue import Empty

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


def test_the_scheme_means_our_transport(tmp_path: Path) -> None:
    assert (
        app.conf.task_always_eager is not None
    )  # the application is configured, so the scheme is registered
    assert isinstance(connection(tmp_path).transport, Transport)


def test_messages_written_while_somebody_reads_all_arrive_whole(tmp_path: Path) -> None:
    queue = Queue("nudges", Exchange("nudges"), "nudges")

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
                break
            arrived.add(message.payload["number"])
            message.ack()
        writer.join()
    assert arrived == set(range(MESSAGES))
