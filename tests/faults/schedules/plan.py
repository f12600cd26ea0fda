"""What goes wrong during one push: drawn from a seed, so that a seed that found something finds it again."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from publishing.devserver.faults import random_schedule

CHUNK_ROWS = 40
# A slow answer takes longer than the reader waits.
SLOW_SECONDS = 6.0
_MOST_ROWS = 5 * CHUNK_ROWS
# A push of so many rows, with its verification, takes about so many requests.
_REQUESTS = 45
_FAULTS = (1, 1, 1, 2, 3)
_KILLS = (0, 0, 1, 1, 2)
_FLUSHES = (0, 0, 1)


@dataclass(frozen=True)
class Plan:
    """One push and its faults. A worker dies, or Redis forgets everything, when the portal has been asked so often.

    With `refresh` the dataset is public already and the push brings its next rows; `keyed` rows have a number of
    their own, by which only those that changed are sent.
    """

    seed: int
    refresh: bool
    keyed: bool
    rows: int
    faults: tuple[dict[str, Any], ...]
    kills: tuple[int, ...]
    flushes: tuple[int, ...]

    def __str__(self) -> str:
        what = ("keyed " if self.keyed else "") + ("refresh" if self.refresh else "first push")
        faults = ", ".join(_words(fault) for fault in self.faults)
        kills = "".join(f"; killed at request {number}" for number in self.kills)
        flushes = "".join(f"; Redis flushed at request {number}" for number in self.flushes)
        return f"seed {self.seed}: {what} of {self.rows} rows; {faults}{kills}{flushes}"


def plan_of(seed: int) -> Plan:
    """The plan of a seed; equal seeds give equal plans."""
    dice = random.Random(seed)
    return Plan(
        seed=seed,
        refresh=dice.random() < 0.5,
        keyed=dice.random() < 0.5,
        rows=dice.randint(1, _MOST_ROWS),
        faults=tuple(random_schedule(seed, dice.choice(_FAULTS), seconds=SLOW_SECONDS)),
        kills=tuple(sorted(dice.randint(1, _REQUESTS) for _ in range(dice.choice(_KILLS)))),
        flushes=tuple(sorted(dice.randint(1, _REQUESTS) for _ in range(dice.choice(_FLUSHES)))),
    )


def _words(fault: dict[str, Any]) -> str:
    status = f" {fault['status']}" if "status" in fault else ""
    when = f" {fault['when']} the work" if "when" in fault else ""
    return f"{fault['kind']}{status}{when} x{fault['times']} after {fault['skip']}"
