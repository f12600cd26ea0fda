"""Faults on order: how a stand-in misbehaves when a test, or a curious developer, asks it to.

This is the list of hooks for whoever writes a fault harness.

**Ordering.** Over HTTP, from this machine only: `POST /__standin/faults` with one fault as a JSON object, a list of
them, or `{"schedule": SEED, "length": N}` for N faults drawn by `random_schedule`; `DELETE /__standin/faults` ends
all; `GET /__standin/faults` lists what is on order, every kind, and every route by name. In code:
`PortalServer.faults.add({...})`. Orders live in memory: a restart forgets them.

**Where.** `route`: a regular expression searched in the name of the route (`router.ROUTES`: "rows.upsert",
"views.publish", "dsmapi.chunk", ...); `path`: one searched in the path; `method`; `anonymous`: true for requests
without a key, false for those with one. Every request of every route passes here; what begins with /__standin/ does
not.

**When.** `skip` requests that match are let through first, then `times` are hit (-1: for ever). `chance` below 1 hits
that share of them, drawn by `random.Random(seed)`: the same seed and the same requests give the same hits. `when` is
"before" (nothing is done) or "after" (done and kept, and then the fault): for `status`, `html`, `redirect` ("before"
unless said otherwise) and `slow` ("after" unless said otherwise).

**What.** The kinds below are those of SOCRATA.md 7.9: 429 once or often (`status` with `status=429`, `times`,
`retry_after` or none), 500, 502 as HTML (`html`), 503, 504, connections cut before and after the work is kept, slow
answers with the work kept, 202 with a ticket, 413 above `bytes`, 409 for the write lock (`status` with `status=409`,
`code="soda.dataset.cannot-acquire-write-lock"`), JSON cut in the middle, `Errors` above zero, a redirect; and
`corrupt`, a value that is not kept as it was given. Lag of replication, of the catalogue and of federation, the
approval queue, 202 for working copies, geocoding that goes on, a job that fails or takes long, and throttling of
requests without an app token are settings, not faults: `POST /__standin/settings`, see `store.DEFAULT_SETTINGS`.

**Seeds.** `random_schedule(seed, length)` is a plain function: equal arguments give equal faults, on every machine.
"""

from __future__ import annotations

import random
import re
import threading
from dataclasses import dataclass, field
from typing import Any

KINDS = (
    "status",  # answer `status` with the portal's JSON body (`retry_after`, `code`, `message`)
    "html",  # answer `status` with an HTML page, as a proxy in front of the portal does
    "reset_before",  # cut the connection before anything is done
    "reset_after",  # do it, then cut the connection before the answer
    "slow",  # do it, then wait `seconds` before the answer
    "errors",  # a row write that leaves out `count` rows and counts them in "Errors"
    "ticket",  # do it, answer 202 with a ticket that becomes the answer after `polls` polls
    "truncated",  # do it, and stop in the middle of the JSON
    "redirect",  # answer 302 to another path
    "too_large",  # answer 413 when the body is longer than `bytes`
    "corrupt",  # a row write that keeps the first row with one text value changed
)
# The faults of a push that passes when it is tried again.
PASSING: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 429, "code": "too-many-requests", "message": "Too many requests"},
    {"kind": "status", "status": 429, "code": "too-many-requests", "retry_after": "1"},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 500, "when": "after"},
    {"kind": "html", "status": 502},
    {"kind": "html", "status": 502, "when": "after"},
    {"kind": "status", "status": 503, "code": "service-unavailable"},
    {"kind": "status", "status": 504, "code": "execution_timeout", "when": "after"},
    {"kind": "status", "status": 409, "code": "soda.dataset.cannot-acquire-write-lock"},
    {"kind": "reset_before"},
    {"kind": "reset_after"},
    {"kind": "slow"},
    {"kind": "ticket"},
    {"kind": "too_large", "bytes": 4096},
    {"kind": "truncated"},
    {"kind": "errors"},
    {"kind": "redirect"},
)
MAX_SKIP = 25
MAX_TIMES = 3


@dataclass
class Fault:
    kind: str
    route: str = ""
    method: str = ""
    path: str = ""
    times: int = 1
    skip: int = 0
    chance: float = 1.0
    seed: int | None = None
    when: str = ""
    status: int = 500
    code: str = "internal_error"
    message: str = "Internal error"
    retry_after: str | None = None
    seconds: float = 1.0
    count: int = 1
    polls: int = 2
    bytes: int = 1_048_576
    anonymous: bool | None = None
    dice: random.Random = field(default_factory=random.Random, repr=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"Unknown fault {self.kind!r}. Known: {', '.join(KINDS)}")
        if self.when not in ("", "before", "after"):
            raise ValueError("when is before or after")
        try:
            re.compile(self.path)
            re.compile(self.route)
        except re.error as error:
            raise ValueError(f"path and route are regular expressions: {error}") from error
        self.dice = random.Random(self.seed)  # noqa: S311 - which request is hit is no secret

    def speaks_of(self, hit: Hit) -> bool:
        if self.method and self.method != hit.method:
            return False
        if self.anonymous is not None and self.anonymous is not hit.anonymous:
            return False
        if self.kind == "too_large" and hit.size <= self.bytes:
            return False
        return bool(re.search(self.path, hit.path) and re.search(self.route, hit.route))


@dataclass(frozen=True)
class Hit:
    """What a fault may ask about a request."""

    method: str
    path: str
    route: str
    size: int
    anonymous: bool


class FaultBox:
    """The faults that are ordered and not used up; `times` -1 never ends."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, data: dict[str, Any]) -> Fault:
        fault = Fault(**data)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def listed(self) -> list[dict[str, Any]]:
        with self._lock:
            return [
                {name: value for name, value in vars(fault).items() if name != "dice"}
                for fault in self._faults
            ]

    def take(self, hit: Hit) -> Fault | None:
        """The first fault that speaks of this request, one use of it spent."""
        with self._lock:
            for fault in self._faults:
                if not fault.speaks_of(hit):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                if fault.chance < 1 and fault.dice.random() >= fault.chance:
                    continue
                if fault.times > 0:
                    fault.times -= 1
                    if fault.times == 0:
                        self._faults.remove(fault)
                return fault
        return None


def random_schedule(seed: int, length: int = 3, *, seconds: float = 1.0) -> list[dict[str, Any]]:
    """`length` faults that pass, each somewhere among the first requests of a push; the same for the same seed.

    `seconds`: how long a slow answer takes; choose it longer than the read timeout of whom you test.
    """
    dice = random.Random(seed)  # noqa: S311 - reproducible on purpose
    schedule = []
    for _ in range(length):
        fault = dict(dice.choice(PASSING))
        fault |= {"skip": dice.randint(0, MAX_SKIP), "times": dice.randint(1, MAX_TIMES)}
        if fault["kind"] == "slow":
            fault["seconds"] = seconds
        schedule.append(fault)
    return schedule
