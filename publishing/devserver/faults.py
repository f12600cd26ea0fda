"""Faults on order: how the stand-in misbehaves when a test, or a curious developer, asks it to."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
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


@dataclass
class Fault:
    kind: str
    method: str = ""
    path: str = ""
    times: int = 1
    skip: int = 0
    status: int = 500
    code: str = "internal_error"
    message: str = "Internal error"
    retry_after: str | None = None
    seconds: float = 1.0
    count: int = 1
    polls: int = 2
    bytes: int = 1_048_576
    anonymous: bool | None = None

    def speaks_of(self, method: str, path: str, size: int, anonymous: bool) -> bool:
        if self.method and self.method != method:
            return False
        if self.anonymous is not None and self.anonymous is not anonymous:
            return False
        if self.kind == "too_large" and size <= self.bytes:
            return False
        return re.search(self.path, path) is not None


class FaultBox:
    """The faults that are ordered and not used up; `times` -1 never ends."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, data: dict[str, Any]) -> Fault:
        fault = Fault(**data)
        if fault.kind not in KINDS:
            raise ValueError(f"Unknown fault {fault.kind!r}. Known: {', '.join(KINDS)}")
        re.compile(fault.path)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def take(self, method: str, path: str, size: int, anonymous: bool) -> Fault | None:
        """The first fault that speaks of this request, one use of it spent."""
        with self._lock:
            for fault in self._faults:
                if not fault.speaks_of(method, path, size, anonymous):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                if fault.times > 0:
                    fault.times -= 1
                    if fault.times == 0:
                        self._faults.remove(fault)
                return fault
        return None
