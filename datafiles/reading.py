"""Reading a file in a process of its own, under limits, from the caller's side.

An executed process, never multiprocessing: a Celery worker may not fork its own kind, and a library that
aborts on lack of memory must take only the reading with it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datafiles.child import MEMORY_SENTENCE
from datafiles.errors import DataFileError
from datafiles.limits import Limits

_ROOT = Path(__file__).resolve().parent.parent
_TICK_SECONDS = 0.5
# Passed on to the reading process; nothing else of the environment is.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What a reading found, and where its columnar copy lies (inside the out_dir of the caller)."""

    rows: int
    columns: list[dict[str, str]]
    notes: list[dict[str, str]]
    profile: dict[str, Any]
    sha256: str
    row_fingerprint: str
    columnar: Path
    seconds: float


def read_in_child(
    path: Path,
    *,
    name: str,
    out_dir: Path,
    limits: Limits | None = None,
    tick: Callable[[float], None] = lambda seconds: None,
) -> ReadResult:
    """Read the file at `path`, named `name` by its owner, into a columnar copy in `out_dir`.

    `tick(seconds)` is called about twice a second, so that a caller can renew a lease; what it raises ends the
    reading and is passed on. Raises DataFileError with a sentence for people, whatever went wrong.
    """
    limits = limits or Limits()
    request = {"path": str(path), "name": name, "out_dir": str(out_dir), "limits": limits.to_dict()}
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "datafiles.child"],
        cwd=_ROOT,
        env={key: os.environ[key] for key in _ENVIRONMENT if key in os.environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a library's message may quote cells
        text=True,
    )
    try:
        output = _wait(process, json.dumps(request), limits, tick, started)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    if process.returncode != 0:
        raise _death(process.returncode, limits)
    answer = json.loads(output)
    if not answer["ok"]:
        raise DataFileError.from_dict(answer["error"])
    result = answer["result"]
    return ReadResult(
        **{key: value for key, value in result.items() if key != "columnar"},
        columnar=out_dir / result["columnar"],
        seconds=round(time.monotonic() - started, 3),
    )


def _wait(
    process: subprocess.Popen[str],
    request: str,
    limits: Limits,
    tick: Callable[[float], None],
    started: float,
) -> str:
    """The output of the process; ticks while it runs. Raises DataFileError past the wall-clock limit."""
    to_send: str | None = request
    while True:
        try:
            output, _ = process.communicate(input=to_send, timeout=_TICK_SECONDS)
        except subprocess.TimeoutExpired:
            to_send = None
            elapsed = time.monotonic() - started
            if elapsed > limits.wall_seconds:
                raise _too_slow(limits) from None
            tick(elapsed)
        else:
            return output


def _too_slow(limits: Limits) -> DataFileError:
    minutes = max(1, round(limits.wall_seconds / 60))
    return DataFileError(
        f"Reading the file took longer than {minutes} {'minute' if minutes == 1 else 'minutes'} and was "
        "stopped. Split the table, for example by year, or upload it as CSV if it is a workbook.",
        code="too_slow",
    )


def _death(returncode: int, limits: Limits) -> DataFileError:
    """Why the process died, as far as its exit code tells: an abort is what libraries do without memory."""
    if returncode == -getattr(signal, "SIGXCPU", 0):
        return _too_slow(limits)
    if returncode in (-signal.SIGABRT, -getattr(signal, "SIGKILL", 0), -signal.SIGSEGV):
        return DataFileError(MEMORY_SENTENCE, code="memory")
    return DataFileError(
        "The file could not be read, and it is not clear why. Save the table again as CSV, and upload "
        "that; if that fails too, send this sentence to your portal admin.",
        code="unreadable",
    )
