"""The stand-in portal as a process of its own: tests reach it over HTTP, as they would a real portal."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tests.services.processes import answers, free_port, running


@dataclass(frozen=True)
class StandIn:
    """Where it listens and the key it takes."""

    port: int
    state: Path
    tls_port: int = 0
    pid: int = 0
    key_id: str = "standin-key"
    key_secret: str = "standin-secret"
    app_token: str = "standin-app-token"

    @property
    def domain(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.domain}"

    @property
    def tls_domain(self) -> str:
        """Where the same portal speaks https; clients need `ca_file` to believe it."""
        return f"127.0.0.1:{self.tls_port}"

    @property
    def ca_file(self) -> Path:
        return self.state / "standin-ca.pem"

    @property
    def environment(self) -> dict[str, str]:
        """What a process of ours must be told to publish here."""
        return {
            "SOCRATA_SCHEME": "http",
            "SOCRATA_DOMAIN": self.domain,
            "SOCRATA_KEY_ID": self.key_id,
            "SOCRATA_KEY_SECRET": self.key_secret,
            "SOCRATA_APP_TOKEN": self.app_token,
        }


@contextlib.contextmanager
def standin_portal(state: Path, *, port: int | None = None, tls: bool = False) -> Iterator[StandIn]:
    """Run `python -m publishing.devserver` with its contents in `state` until the block ends."""
    portal = StandIn(port=port or free_port(), state=state, tls_port=free_port() if tls else 0)
    state.mkdir(parents=True, exist_ok=True)
    where = ["--port", str(portal.port), "--state", str(state)]
    if tls:
        where += ["--tls-port", str(portal.tls_port)]
    command = [sys.executable, "-m", "publishing.devserver", *where]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    log = state.with_suffix(".log")
    ports = [portal.port, portal.tls_port] if tls else [portal.port]
    with running(command, log=log, ready=lambda: all(map(answers, ports)), env=environment) as process:
        yield replace(portal, pid=process.pid)
