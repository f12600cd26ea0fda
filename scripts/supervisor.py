"""Keep a few programs running in one terminal: log them, restart what died, end all of them together.

Each program is the leader of a process group of its own, so that its children go with it. A guard, one more
process, ends the groups if the supervisor itself is killed: nothing is left behind in any case.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

IMPORTANT = re.compile(r"\b(ERROR|CRITICAL)\b|^Traceback|^\[[^]]+\] \[\d+\] \[(ERROR|CRITICAL)\]")
# Of a program that speaks to the person at the terminal, all but its log.
ROUTINE = re.compile(r"^\d{4}-\d\d-\d\d [\d:,.]+ (DEBUG|INFO|WARNING) ")
PATIENCE = 5.0  # seconds between TERM and KILL
FIRST_WAIT, LONGEST_WAIT, STEADY = 1.0, 30.0, 60.0
LARGEST_LOG = 5_000_000
POSIX = os.name == "posix"

# Reads "+PGID" and "-PGID" from the supervisor; when the pipe closes, ends the groups that are still listed.
GUARD = """
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN); signal.signal(signal.SIGTERM, signal.SIG_IGN)
groups = set()
for line in sys.stdin:
    (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
for number, wait in ((signal.SIGTERM, 3), (signal.SIGKILL, 0)):
    for group in groups:
        try: os.killpg(group, number)
        except ProcessLookupError: pass
    time.sleep(wait if groups else 0)
"""


@dataclass
class Program:
    """One program to keep running."""

    name: str
    command: list[str]
    process: subprocess.Popen[str] | None = None
    started: float = 0.0
    wait: float = FIRST_WAIT
    start_again_at: float | None = None


@dataclass
class Supervisor:
    """Runs programs until `stop` is set. Output goes to <log>/<name>.log; only what is important is shown."""

    root: Path
    log: Path
    environment: dict[str, str]
    programs: list[Program] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.log.mkdir(parents=True, exist_ok=True)
        self.guard = None
        if POSIX:
            self.guard = subprocess.Popen(
                [sys.executable, "-c", GUARD], stdin=subprocess.PIPE, text=True, start_new_session=True
            )
        signals = [signal.SIGINT, signal.SIGTERM] + ([signal.SIGHUP] if POSIX else [])
        for number in signals:
            signal.signal(number, self._asked_to_stop)

    def _asked_to_stop(self, number: int, frame: object) -> None:
        if self.stop.is_set():  # asked twice: no more patience
            for program in self.programs:
                _signal(program, force=True)
        self.stop.set()

    def start(self, name: str, command: list[str]) -> Program:
        """Start a program and keep it running."""
        program = Program(name, command)
        self.programs.append(program)
        self._launch(program)
        return program

    def run_once(self, name: str, command: list[str], *, show: bool = False) -> bool:
        """Run a program to its end. Returns whether it succeeded; stops early when asked to stop."""
        program = Program(name, command)
        self._launch(program, show=show)
        process = program.process
        assert process is not None
        while process.poll() is None and not self.stop.wait(0.05):
            pass
        self._end([program])
        return process.returncode == 0

    def watch(self) -> None:
        """Until `stop` is set, start again what has ended, later each time that it ends soon."""
        parent = os.getppid()
        while not self.stop.wait(0.2):
            if "MAKELEVEL" in os.environ and os.getppid() != parent:
                return  # the `make` that started us is gone
            for program in self.programs:
                self._look_after(program)

    def shut_down(self) -> None:
        """End every program and its children: TERM, and KILL after a few seconds."""
        self._end(self.programs)
        if self.guard and self.guard.stdin:
            with contextlib.suppress(BrokenPipeError):
                self.guard.stdin.close()
            self.guard.wait(timeout=10)

    def _launch(self, program: Program, *, show: bool = False) -> None:
        options: dict[str, object] = {"start_new_session": True} if POSIX else {}
        program.started, program.start_again_at = time.monotonic(), None
        program.process = subprocess.Popen(  # type: ignore[call-overload]
            program.command,
            cwd=self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            **options,
        )
        self._tell_guard("+", program)
        threading.Thread(target=self._keep_log, args=(program, program.process, show), daemon=True).start()

    def _keep_log(self, program: Program, process: subprocess.Popen[str], show: bool) -> None:
        path = self.log / f"{program.name}.log"
        if path.exists() and path.stat().st_size > LARGEST_LOG:
            path.replace(path.with_suffix(".log.1"))
        assert process.stdout is not None
        with path.open("a", buffering=1) as file:
            for line in process.stdout:
                file.write(line)
                if IMPORTANT.search(line) or (show and not ROUTINE.match(line)):
                    print(f"{program.name:>8} | {line.rstrip()}", flush=True)

    def _look_after(self, program: Program) -> None:
        now = time.monotonic()
        assert program.process is not None
        if program.start_again_at is None and program.process.poll() is not None:
            lasted = now - program.started
            program.wait = FIRST_WAIT if lasted > STEADY else program.wait
            self._end([program])  # its children would hold its port, or run its schedule twice
            print(
                f"The {program.name} ended (exit code {program.process.returncode}); "
                f"it starts again in {program.wait:.0f} s. Its log: {self.log / program.name}.log",
                flush=True,
            )
            program.start_again_at = now + program.wait
            program.wait = min(program.wait * 2, LONGEST_WAIT)
        elif program.start_again_at is not None and now >= program.start_again_at:
            self._launch(program)

    def _end(self, programs: list[Program]) -> None:
        """End these programs with all their children: TERM to each, in a while KILL to what is left of its group."""
        for program in programs:
            _signal(program, force=False)
        deadline = time.monotonic() + PATIENCE
        while any(_alive(program) for program in programs) and time.monotonic() < deadline:
            time.sleep(0.05)
        for program in programs:
            _signal(program, force=True)
            if program.process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    program.process.wait(timeout=PATIENCE)
                self._tell_guard("-", program)

    def _tell_guard(self, sign: str, program: Program) -> None:
        if self.guard and self.guard.stdin and program.process:
            with contextlib.suppress(BrokenPipeError):
                self.guard.stdin.write(f"{sign}{program.process.pid}\n")
                self.guard.stdin.flush()


def _signal(program: Program, *, force: bool) -> None:
    """Ask a program to end (it ends its children in its own way), or kill it with all its children."""
    if program.process is None:
        return
    if not POSIX:
        program.process.terminate()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if force:
            os.killpg(program.process.pid, signal.SIGKILL)
        elif program.process.poll() is None:
            os.kill(program.process.pid, signal.SIGTERM)


def _alive(program: Program) -> bool:
    """Whether the program still runs; what it left behind is killed without waiting."""
    return program.process is not None and program.process.poll() is None
