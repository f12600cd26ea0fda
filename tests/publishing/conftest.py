"""A real stand-in portal in its own process, and the real adapter that talks to it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from publishing.portals.socrata import SocrataConfig, SocrataPortal

ROOT = Path(__file__).resolve().parents[2]
KEY = ("test-key", "test-secret")


class Standin:
    """The process, and the orders that a test gives it."""

    def __init__(self, port: int) -> None:
        self.domain = f"127.0.0.1:{port}"
        self.base = f"http://{self.domain}"

    def fault(self, kind: str, **about: Any) -> None:
        answer = requests.post(f"{self.base}/__standin/faults", json={"kind": kind, **about}, timeout=5)
        assert answer.status_code == 200, answer.text

    def settings(self, **values: Any) -> None:
        answer = requests.post(f"{self.base}/__standin/settings", json=values, timeout=5)
        assert answer.status_code == 200, answer.text

    def quiet(self) -> None:
        requests.delete(f"{self.base}/__standin/faults", timeout=5)
        self.settings(
            approvals="automatic", lag_seconds=0, catalog_lag_seconds=0, row_errors="fatal", categories=[]
        )

    def log(self) -> list[dict[str, Any]]:
        return requests.get(f"{self.base}/__standin/log", timeout=5).json()

    def get(self, path: str, *, signed: bool = True, **params: Any) -> requests.Response:
        return requests.get(f"{self.base}{path}", params=params, auth=KEY if signed else None, timeout=10)

    def assets(self, external_key: str) -> list[dict[str, Any]]:
        views = self.get("/api/views.json", limit=1000).json()
        return [view for view in views if view.get("resourceName") == external_key]

    def config(self, **changes: Any) -> SocrataConfig:
        about = {
            "domain": self.domain,
            "scheme": "http",
            "key_id": KEY[0],
            "key_secret": KEY[1],
            "app_token": "test-token",
            "wait_scale": 0.01,
            "read_seconds": 5.0,
        }
        return SocrataConfig(**{**about, **changes})


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def standin_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    standin = Standin(_free_port())
    command = [sys.executable, "-m", "publishing.devserver", "--port", standin.domain.split(":")[1]]
    process = subprocess.Popen(
        [*command, "--state", str(tmp_path_factory.mktemp("standin"))],
        cwd=ROOT,
        env={**os.environ, "STANDIN_KEY_ID": KEY[0], "STANDIN_KEY_SECRET": KEY[1]},
        stdout=subprocess.DEVNULL,
    )
    for _ in range(100):
        try:
            requests.get(standin.base, timeout=1)
            break
        except requests.ConnectionError:
            time.sleep(0.05)
    yield standin
    process.terminate()
    assert process.wait(timeout=5) == 0


@pytest.fixture
def standin(standin_process: Standin) -> Iterator[Standin]:
    standin_process.quiet()
    yield standin_process
    standin_process.quiet()


@pytest.fixture
def portal(standin: Standin) -> Iterator[SocrataPortal]:
    with SocrataPortal(standin.config()) as portal:
        yield portal
