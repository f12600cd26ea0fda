"""The reading process: `python -m datafiles.child`, a request as JSON on stdin, the answer as JSON on stdout.

It reads a file nobody has looked at yet, so it runs under limits of its own, with no access to the database
and no secret in its environment. Nothing it prints holds a value of the file.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from datafiles.errors import DataFileError
from datafiles.limits import Limits

MEMORY_SENTENCE = (
    "The file needs more memory to read than is allowed. Split the table, for example by year, or upload "
    "it as CSV if it is a workbook."
)
_PR_SET_PDEATHSIG = 1
# ENOMEM and EAGAIN in the words of the system, of the loader of libraries, and of Rust.
_NO_ROOM = (
    "Cannot allocate memory",
    "Resource temporarily unavailable",
    "failed to map segment",
    "os error 12",
)


def confine(limits: Limits) -> None:
    """Bound this process: memory, processor time, no core file, low priority, and death with its parent."""
    if hasattr(os, "nice"):
        os.nice(5)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # On a machine that is smaller than the limit, this process is the one that must go.
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")
    try:
        import resource
    except ImportError:  # Windows has no such limits; the wall clock still holds
        return
    memory = limits.memory_mb * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(request: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Read the file, write its columnar copy, and tell what is in it, without values."""
    # Imported under the limits: these libraries reserve memory when they load.
    from datafiles.fingerprint import file_sha256
    from datafiles.intake import take

    path, folder = Path(request["path"]), Path(request["out_dir"])
    columnar = folder / "table.parquet"
    taken = take(path, name=request["name"], limits=limits, scratch=folder, columnar=columnar)
    return {
        "rows": taken.profile["rows"],
        "columns": [{"name": one.name, "type": one.type, "form": one.form} for one in taken.columns],
        "notes": taken.notes,
        "profile": taken.profile,
        "sha256": file_sha256(path),
        "row_fingerprint": taken.row_fingerprint,
        "columnar": columnar.name,
    }


def _lacks_memory(error: BaseException) -> bool:
    """Is this how a library says that the limit keeps it from loading, from starting a thread, or from more room?"""
    return isinstance(error, MemoryError) or any(sign in str(error) for sign in _NO_ROOM)


def main() -> None:
    """Answer one request. An error of the file is an answer; anything else ends with a non-zero exit."""
    request = json.load(sys.stdin)
    limits = Limits(**request["limits"])
    confine(limits)
    try:
        answer = {"ok": True, "result": read(request, limits)}
    except DataFileError as error:
        answer = {"ok": False, "error": error.to_dict()}
    except BaseException as error:  # a library written in Rust panics outside of Exception
        if not _lacks_memory(error):
            raise
        answer = {"ok": False, "error": DataFileError(MEMORY_SENTENCE, code="memory").to_dict()}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
