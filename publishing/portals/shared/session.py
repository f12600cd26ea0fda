"""One guarded HTTP session to one portal, and the patience with which calls go through it."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from publishing.portals.base import Retryable, Throttled, TooLarge
from publishing.portals.shared.config import PortalConfig
from publishing.portals.shared.errors import lost, strange

log = logging.getLogger(__name__)

USER_AGENT = "open-data-publication-workflow/1.0"
CONNECT_SECONDS = 5.0
MAX_BYTES = 128 << 20
BASE_WAIT = 1.0
# Longer waits than this are not slept through: the work goes back to the queue instead.
LONGEST_WAIT = 20.0


READS = ("GET", "HEAD")
ONLY_READS = "This session only reads; nothing was sent to the portal."


@dataclass
class Tally:
    """What went over a session, in numbers only."""

    requests: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    repeated: int = 0
    throttled: int = 0
    seconds: float = 0.0


class PortalSession(requests.Session):
    """A session to the hosts of one portal: no redirects, no endless waits, no endless answers."""

    # The header in which the portal numbers its answers, for its own support.
    REQUEST_ID = "X-Request-Id"

    def __init__(self, config: PortalConfig) -> None:
        super().__init__()
        self.config = config
        self.hosts = config.hosts
        self.tally = Tally()
        self.last: requests.Response | None = None
        self.max_redirects = 0
        # No proxy, netrc or certificate settings from the environment of the process.
        self.trust_env = False
        self.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json"})

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        parts = urlsplit(str(url))
        if parts.scheme != self.config.scheme or parts.netloc not in self.hosts:
            raise ValueError("This session speaks to the configured portal only.")
        if self.config.read_only and not self.only_reads(str(method).upper(), parts.path):
            raise ValueError(ONLY_READS)
        kwargs["timeout"] = (CONNECT_SECONDS, self.config.read_seconds)
        whole = not kwargs.get("stream", False)
        kwargs["stream"] = True
        self.last = None
        began = time.monotonic()
        response = super().request(method, url, *args, **kwargs)
        if whole:
            self._read(response)
        self.last = response
        self._log(method, parts.path, response, time.monotonic() - began)
        return response

    def only_reads(self, method: str, path: str) -> bool:
        """Can such a request change nothing on the portal? What nobody can tell counts as a write."""
        return method in READS

    def _log(self, method: str | bytes, path: str, response: requests.Response, seconds: float) -> None:
        """The path without its query, and the portal's number of the request: no key, and nothing of a row."""
        sent = int(response.request.headers.get("Content-Length") or 0)
        self.tally.requests += 1
        self.tally.bytes_sent += sent
        self.tally.seconds += seconds
        log.info(
            "portal %s %s -> %s in %.2f s, %d bytes sent (request %s)",
            method,
            path,
            response.status_code,
            seconds,
            sent,
            self.request_id(response),
        )

    def _read(self, response: requests.Response) -> None:
        """Read the body with a cap, and spare the guess at its encoding, which is slow on large answers."""
        parts, size = [], 0
        for part in response.iter_content(1 << 16):
            size += len(part)
            if size > MAX_BYTES:
                response.close()
                raise TooLarge("The portal's answer was larger than we accept. Tell your portal admin.")
            parts.append(part)
        self.tally.bytes_received += size
        response._content = b"".join(parts)
        response.encoding = response.encoding or "utf-8"

    def request_id(self, response: requests.Response | None) -> str:
        return "" if response is None else response.headers.get(self.REQUEST_ID, "")[:64]


class PortalClient:
    """Calls over one session: every one ends in a result or in one of our errors."""

    session: PortalSession

    def __init__(self, config: PortalConfig) -> None:
        self.config = config

    def close(self) -> None:
        tally = self.session.tally
        if tally.requests:
            log.info("portal %s, this piece of work: %s", self.config.domain, tally)
        self.session.close()

    def call(self, what: str, act: Callable[[], Any], *, idempotent: bool = True) -> Any:
        """Run one call; wait and repeat while that may help. `what` names it: "read the rows"."""
        for attempt in range(self.config.tries):
            try:
                return self._once(what, act)
            except Retryable as error:
                self.session.tally.throttled += isinstance(error, Throttled)
                wait = _wait(error, attempt)
                unsafe = error.ambiguous and not idempotent
                if unsafe or error.timed_out or wait > LONGEST_WAIT or attempt == self.config.tries - 1:
                    raise
                self.session.tally.repeated += 1
                self.config.pause(wait * self.config.wait_scale, str(error))
        raise AssertionError("the last attempt returns or raises")

    def _once(self, what: str, act: Callable[[], Any]) -> Any:
        """One attempt. What the answer of a portal means is for its own client to say, in `act`."""
        try:
            return act()
        except requests.TooManyRedirects:
            raise strange(what, self.config, "sent us to another address") from None
        except requests.JSONDecodeError:
            raise strange(what, self.config, "sent an answer that we cannot read") from None
        except requests.RequestException as error:
            raise lost(what, self.config, error) from None


def _wait(error: Retryable, attempt: int) -> float:
    if isinstance(error, Throttled) and error.retry_after is not None:
        return error.retry_after
    return random.uniform(0, BASE_WAIT * 2**attempt)  # noqa: S311 - jitter, not a secret
