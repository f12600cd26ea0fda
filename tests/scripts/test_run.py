"""`make run` without demo data, for real: it starts, answers, keeps its data, and ends at once."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.services.processes import REPOSITORY, answers, end, free_port, wait_until


def _start(folder: Path, port: int, portal: int) -> subprocess.Popen[bytes]:
    unwanted = (
        "MAKELEVEL",
        "TEST_VAR_DIR",
        "REDIS_URL",
        "DATABASE_URL",
        "DJANGO_SETTINGS_MODULE",
        "SOCRATA_DOMAIN",
    )
    environment = {name: value for name, value in os.environ.items() if name not in unwanted} | {
        "VAR_DIR": str(folder / "var"),
        "PORT": str(port),
        "SOCRATA_PORT": str(portal),
        "DEMO": "0",
    }
    with (folder / "screen").open("w") as screen:
        return subprocess.Popen(
            [sys.executable, "scripts/run.py"],
            cwd=REPOSITORY,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=screen,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


@pytest.mark.slow
def test_it_starts_answers_keeps_its_data_and_ends_at_once(tmp_path: Path) -> None:
    port, portal = free_port(), free_port()
    screen, database = tmp_path / "screen", tmp_path / "var" / "db.sqlite3"
    made: set[int] = set()
    for _ in range(2):
        house = _start(tmp_path, port, portal)
        try:
            wait_until(
                lambda house=house: "Ready after" in screen.read_text() or house.poll() is not None,
                seconds=240,
                what="make run being ready",
            )
            assert house.poll() is None, screen.read_text()
            assert urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz").status == 200
            assert answers(portal)
            assert (tmp_path / "var" / "address").read_text() == f"http://127.0.0.1:{port}"
            house.send_signal(signal.SIGINT)
            assert house.wait(timeout=30) == 0, screen.read_text()
        finally:
            end(house)
        assert not answers(port)
        assert not answers(portal)
        made.add(database.stat().st_ino)
    assert len(made) == 1, "the second start made a new database"
    assert stat.S_IMODE((tmp_path / "var" / "secret_key").stat().st_mode) == 0o600


def test_a_taken_port_is_named_with_the_variable_that_changes_it(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        house = _start(tmp_path, port, free_port())
        assert house.wait(timeout=20) == 1
    assert f"Port {port}" in (tmp_path / "screen").read_text()
    assert "PORT=" in (tmp_path / "screen").read_text()
