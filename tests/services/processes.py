"""Start a program for the tests, wait until it answers, and end it whatever happens."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A TCP port on this machine that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(ready: Callable[[], bool], *, seconds: float, what: str, every: float = 0.05) -> None:
    """Wait for `ready()`; raise TimeoutError that names `what` when it takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {seconds:.0f} seconds.")
        time.sleep(every)


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.5):
        return True
    return False


def end(process: subprocess.Popen[bytes], *, seconds: float = 5) -> None:
    """End a process started with its own session, and all its children: TERM, then KILL."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=seconds)
    process.wait(timeout=seconds)


def die_with_parent() -> None:
    """Linux: when a test run is killed outright, what it started goes too (prctl PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


@contextlib.contextmanager
def running(
    command: list[str],
    *,
    log: Path,
    ready: Callable[[], bool],
    env: dict[str, str] | None = None,
    seconds: float = 30,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` in its own session until the block ends; its output goes to `log`.

    Raises RuntimeError with the end of the log when it dies before it is `ready()`.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent if sys.platform == "linux" else None,
        )
    try:
        what = f"{' '.join(command[:4])} being ready"
        wait_until(lambda: process.poll() is not None or ready(), seconds=seconds, what=what)
        if process.poll() is not None:
            raise RuntimeError(f"{' '.join(command)} ended:\n{log.read_text(errors='replace')[-3000:]}")
        yield process
    finally:
        end(process)
