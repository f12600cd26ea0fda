"""Running a piece of Python in a fresh process, ours or the peers', and what it took.

A snippet is source text. It finds its input (anything JSON can hold) in `given`, puts what it found into
`answer`, and does the work that is timed inside `with measured():`, so that imports and preparation are not.

    found = in_peer("pycanon", '''
    import pandas
    from pycanon import anonymity
    frame = pandas.read_csv(given["path"])
    with measured():
        answer = int(anonymity.k_anonymity(frame, given["quasi"]))
    ''', {"path": str(path), "quasi": ["zip", "sex"]})
    found.answer, found.seconds, found.peak_mb
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / ".bench"
# What runs before and after a snippet. The peak is of the largest process, libraries included; Linux keeps it
# for the program itself (VmHWM), where getrusage would hand down the peak of who started it.
_FRAME = """
import contextlib, json, sys, time
given = json.load(open(sys.argv[1]))
answer, seconds, cpu = None, [0.0], [0.0]

@contextlib.contextmanager
def measured():
    began, used = time.perf_counter(), time.process_time()
    yield
    seconds[0] += time.perf_counter() - began
    cpu[0] += time.process_time() - used

def peak_mb():
    import resource
    scale = 1024 * 1024 if sys.platform == "darwin" else 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / scale
    try:
        with open("/proc/self/status") as status:
            own = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    except OSError:
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale
    return max(own, children)

{snippet}

found = {{"answer": answer, "seconds": seconds[0], "peak_mb": peak_mb(), "cpu": cpu[0]}}
json.dump(found, open(sys.argv[2], "w"))
"""


class PeerMissing(Exception):
    """The peer cannot be measured here; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a snippet found, the seconds of its measured part, the peak memory of its process.

    `note` says under what terms the seconds hold: "timed on 1,000 rows, scaled". `cpu` are the seconds of all
    processors together: on a machine that is busy otherwise they tell more than those of the clock.
    """

    answer: Any
    seconds: float
    peak_mb: float
    note: str = ""
    cpu: float = 0.0

    def scaled(self, factor: float, on: str) -> Answer:
        """The same work `factor` times as large, by proportion; `on` names the slice that was timed."""
        note = f"timed on {on}, scaled"
        return Answer(self.answer, self.seconds * factor, self.peak_mb, note, self.cpu * factor)


def in_peer(name: str, snippet: str, given: dict[str, Any] | None = None, *, limit: float = 300) -> Answer:
    """Run a snippet where the peer `name` (as in peers.txt) is installed. Raises PeerMissing."""
    python = BENCH / "bin" / "python"
    if not python.exists():
        raise PeerMissing(f"{name} is not installed: `make bench` does it")
    for wanted, fault in json.loads((BENCH / "missing.json").read_text()).items():
        if wanted.lower().startswith(name.lower()):
            raise PeerMissing(f"{name} cannot be installed here: {fault}")
    return _run(python, name, snippet, given or {}, limit)


def in_own(snippet: str, given: dict[str, Any] | None = None, *, limit: float = 300) -> Answer:
    """Run a snippet in a fresh process of our own environment, so that the peak memory is the work's."""
    return _run(Path(sys.executable), "our own code", snippet, given or {}, limit)


def processor(pid: int) -> float:
    """Seconds of processor that this process has used so far."""
    ticks = os.sysconf("SC_CLK_TCK")
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / ticks


def _run(python: Path, name: str, snippet: str, given: dict[str, Any], limit: float) -> Answer:
    with tempfile.TemporaryDirectory() as folder:
        program, question, found = (Path(folder) / part for part in ("run.py", "given.json", "found.json"))
        program.write_text(_FRAME.format(snippet=textwrap.dedent(snippet)))
        question.write_text(json.dumps(given))
        environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
        if python == Path(sys.executable):
            environment["PYTHONPATH"] = str(ROOT)
        try:
            done = subprocess.run(
                [str(python), str(program), str(question), str(found)],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=limit,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PeerMissing(f"{name} did not end within {limit:,.0f} seconds") from None
        if done.returncode != 0 or not found.exists():
            last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise PeerMissing(f"{name} ended with {done.returncode}: {last[:200]}")
        return Answer(**json.loads(found.read_text()))
