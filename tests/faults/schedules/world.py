"""A portal that counts what it is asked, with a second door where citizens look, and workers that can be killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from publishing.devserver.faults import Fault, FaultBox, Hit
from publishing.devserver.server import PortalServer
from tests.services.celery_worker import subprocess_environment
from tests.services.processes import die_with_parent, end
from tests.services.standin import StandIn

TIME_SCALE = "0.02"


class Watch(FaultBox):
    """The faults on order, and what else is to happen when the portal has been asked so often."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.as_file = False
        self._due: list[tuple[int, Callable[[], None]]] = []

    def begin(self, faults: tuple[dict[str, Any], ...], due: list[tuple[int, Callable[[], None]]]) -> None:
        self.clear()
        self.asked, self.as_file = 0, False
        self._due = sorted(due, key=lambda one: one[0])
        for fault in faults:
            self.add(fault)

    def take(self, hit: Hit) -> Fault | None:
        self.asked += 1
        self.as_file = self.as_file or "/chunk/" in hit.path
        while self._due and self._due[0][0] <= self.asked:
            _, act = self._due.pop(0)
            act()
        return super().take(hit)


class Workers:
    """One worker at a time. When it is killed the next one is started, as `make run` and containers do."""

    def __init__(self, standin: StandIn) -> None:
        self._environment = subprocess_environment(**standin.environment, TIME_SCALE=TIME_SCALE)
        self._process: subprocess.Popen[bytes] | None = None
        self._count = 0

    def kill(self) -> None:
        """With -9, and everything it has started."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def keep(self) -> None:
        """See that one is running."""
        if self._process is not None and self._process.poll() is None:
            return
        self._count += 1
        folder = Path(settings.VAR_DIR)
        (folder / "log").mkdir(parents=True, exist_ok=True)
        with (folder / "log" / f"pusher-{self._count}.log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "celery", "-A", "tests.faults.schedules.small_steps", "worker"),
                    *("-B", "-s", str(folder / f"beat-pusher-{self._count}"), "-c", "2"),
                    *("-n", f"pusher-{self._count}@test", "--loglevel", "WARNING"),
                    *("--without-gossip", "--without-mingle", "--without-heartbeat"),
                ],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent if sys.platform == "linux" else None,
            )

    def close(self) -> None:
        if self._process is not None:
            end(self._process)


class World:
    """The portal (`standin` says where), its faults (`watch`), the citizens' door (`outside`) and the workers."""

    def __init__(self, state: Path) -> None:
        self.watch = Watch()
        keys = {StandIn.key_id: StandIn.key_secret}
        self._portal = PortalServer(("127.0.0.1", 0), state=state, keys=keys)
        self._portal.faults = self.watch
        store = self._portal.store
        self._outside = PortalServer(("127.0.0.1", 0), state=state, keys=keys, store=lambda _: store)
        self.standin = StandIn(port=self._portal.server_address[1], state=state)
        self.outside = f"http://127.0.0.1:{self._outside.server_address[1]}"
        for server in (self._portal, self._outside):
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.workers = Workers(self.standin)

    def flush_redis(self) -> None:
        if settings.REDIS_URL:
            import redis

            redis.Redis.from_url(settings.REDIS_URL).flushall()

    def close(self) -> None:
        self.workers.close()
        self._outside.shutdown()
        self._portal.shutdown()
        self._portal.server_close()


@contextlib.contextmanager
def world(folder: Path) -> Iterator[World]:
    """Everything a push needs but the database, until the block ends."""
    made = World(folder / "portal")
    try:
        yield made
    finally:
        made.close()
