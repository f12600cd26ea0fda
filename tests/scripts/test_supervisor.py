"""The supervisor of `make run`: keeps programs running, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.processes import REPOSITORY, end, wait_until

# A program with a child of its own, and one that does not listen to TERM.
PARENT = "import subprocess,os; print(os.getpid()); subprocess.Popen(['sleep','600']); import time; time.sleep(600)"
STUBBORN = (
    "import signal,time; signal.signal(15,signal.SIG_IGN); print('ERROR: never',flush=True); time.sleep(600)"
)
HOUSE = f"""
import sys
from pathlib import Path
from scripts.supervisor import Supervisor
keeper = Supervisor(Path.cwd(), Path(sys.argv[1]), {{"PYTHONUNBUFFERED": "1"}})
keeper.start("parent", [sys.executable, "-c", {PARENT!r}])
keeper.start("stubborn", [sys.executable, "-c", {STUBBORN!r}])
keeper.watch()
keeper.shut_down()
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {name: value for name, value in os.environ.items() if name != "MAKELEVEL"}
    with (tmp_path / "screen").open("w") as screen:
        process = subprocess.Popen(
            [sys.executable, "-c", HOUSE, str(tmp_path)],
            cwd=REPOSITORY,
            env=environment,
            stdout=screen,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    wait_until(
        lambda: len(_groups(tmp_path)) > 0 and _shown(tmp_path), seconds=20, what="the programs starting"
    )
    yield process
    for group in _groups(tmp_path):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    end(process)


def _shown(folder: Path) -> str:
    return (folder / "screen").read_text()


def _groups(folder: Path) -> list[int]:
    """The process groups that the parent program has led, one for each of its starts."""
    log = folder / "parent.log"
    return [int(line) for line in log.read_text().split()] if log.exists() else []


def _alive(group: int) -> bool:
    """Whether a process of the group still runs. One that ended and was not yet collected (Z) does not."""
    return any(other == group and state != "Z" for other, state in _processes())


def _processes() -> Iterator[tuple[int, str]]:
    """The process group and state of every process; `ps` where there is no /proc."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
            yield int(group), state
    if not Path("/proc/self/stat").exists():
        listing = subprocess.run(
            ["ps", "-eo", "pgid=,stat="], capture_output=True, text=True, check=True
        ).stdout
        yield from ((int(line.split()[0]), line.split()[1][0]) for line in listing.splitlines())


def test_asked_to_stop_it_ends_every_program_with_its_children(
    house: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    (group,) = _groups(tmp_path)
    house.send_signal(signal.SIGINT)
    assert house.wait(timeout=15) == 0
    wait_until(lambda: not _alive(group), seconds=3, what="the children ending")


def test_a_program_that_died_is_started_again_and_its_children_are_not_left(
    house: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    (first,) = _groups(tmp_path)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: len(_groups(tmp_path)) == 2, seconds=10, what="the second start")
    wait_until(lambda: not _alive(first), seconds=3, what="the first one's children ending")
    assert _alive(_groups(tmp_path)[1])
    assert "The parent ended" in _shown(tmp_path)


def test_killed_outright_it_leaves_nothing_running(house: subprocess.Popen[bytes], tmp_path: Path) -> None:
    (group,) = _groups(tmp_path)
    house.kill()
    house.wait()
    wait_until(lambda: not _alive(group), seconds=10, what="the guard ending the programs")


def test_only_lines_that_matter_reach_the_screen(house: subprocess.Popen[bytes], tmp_path: Path) -> None:
    assert "stubborn | ERROR: never" in _shown(tmp_path)
    assert str(_groups(tmp_path)[0]) not in _shown(tmp_path)
