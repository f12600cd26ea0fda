"""One guarded HTTP session to one portal, shared with sodapy, and the calls that go through it."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from sodapy import Socrata

from publishing.portals.base import ProtocolError, Retryable, Throttled, TooLarge
from publishing.portals.socrata.errors import error_of, lost, strange

log = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "localhost", "::1")
USER_AGENT = "open-data-publication-workflow/1.0"
CONNECT_SECONDS = 5.0
MAX_BYTES = 128 << 20
TRIES = 5
BASE_WAIT = 1.0
# Longer waits than this are not slept through: the work goes back to the queue instead.
LONGEST_WAIT = 20.0
TICKET_POLLS = 30

Pause = Callable[[float, str], None]


def sleep(seconds: float, why: str) -> None:
    time.sleep(seconds)


@dataclass(frozen=True)
class SocrataConfig:
    """Where the portal is and who we are there. `pause` spends a wait, so that a worker can say so."""

    domain: str
    scheme: str = "https"
    key_id: str = ""
    key_secret: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    read_seconds: float = 45.0
    wait_scale: float = 1.0
    pause: Pause = sleep

    def __post_init__(self) -> None:
        host = urlsplit(f"//{self.domain}").hostname or ""
        if self.scheme != "https" and host not in LOOPBACK:
            raise ValueError("A portal is spoken to over https. Set SOCRATA_SCHEME=https.")
        if "/" in self.domain or not host:
            raise ValueError("SOCRATA_DOMAIN is a host name such as data.example.gov, without a path.")

    @property
    def base(self) -> str:
        return f"{self.scheme}://{self.domain}"


class SocrataSession(requests.Session):
    """A session to one host: no redirects, no endless waits, no endless answers."""

    def __init__(self, config: SocrataConfig, *, anonymous: bool) -> None:
        super().__init__()
        self.config = config
        self.last: requests.Response | None = None
        self.max_redirects = 0
        # No proxy, netrc or certificate settings from the environment of the process.
        self.trust_env = False
        self.headers.update(
            {
                "User-Agent": USER_AGENT,
                "Accept": "application/json",
                "Content-Type": "application/json",
                "X-Socrata-Host": config.domain,
            }
        )
        if not anonymous:
            self.auth = (config.key_id, config.key_secret)
            if config.app_token:
                self.headers["X-App-Token"] = config.app_token

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        parts = urlsplit(str(url))
        if parts.scheme != self.config.scheme or parts.netloc != self.config.domain:
            raise ValueError("This session speaks to the configured portal only.")
        kwargs["timeout"] = (CONNECT_SECONDS, self.config.read_seconds)
        kwargs["stream"] = True
        self.last = None
        response = super().request(method, url, *args, **kwargs)
        self._read(response)
        self.last = response
        log.info(
            "portal %s %s -> %s (request %s)", method, parts.path, response.status_code, request_id(response)
        )
        return response

    @staticmethod
    def _read(response: requests.Response) -> None:
        """Read the body with a cap, and spare the guess at its encoding, which is slow on large answers."""
        parts, size = [], 0
        for part in response.iter_content(1 << 16):
            size += len(part)
            if size > MAX_BYTES:
                response.close()
                raise TooLarge("The portal's answer was larger than we accept. Tell your portal admin.")
            parts.append(part)
        response._content = b"".join(parts)
        response.encoding = response.encoding or "utf-8"


def request_id(response: requests.Response | None) -> str:
    return "" if response is None else response.headers.get("X-Socrata-RequestId", "")[:64]


class SocrataClient:
    """sodapy behind our session: every call ends in a result or in one of our errors."""

    def __init__(self, config: SocrataConfig, *, anonymous: bool = False) -> None:
        self.config = config
        self.session = SocrataSession(config, anonymous=anonymous)
        # Token and authentication are on our own session, which replaces the one sodapy makes.
        self.soda = Socrata(config.domain, "on the session", timeout=config.read_seconds)
        self.soda.session.close()
        self.soda.session = self.session
        self.soda.uri_prefix = f"{config.scheme}://"

    def close(self) -> None:
        self.session.close()

    def send(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        """A request that sodapy has no good call for. Raises requests.HTTPError like sodapy does."""
        response = self.session.request(method, f"{self.config.base}{path}", **kwargs)
        response.raise_for_status()
        return response

    def call(self, what: str, act: Callable[[], Any], *, idempotent: bool = True) -> Any:
        """Run one call; wait and repeat while that may help. `what` names it: "read the rows"."""
        for attempt in range(TRIES):
            try:
                return self._once(what, act)
            except Retryable as error:
                wait = self._wait(error, attempt)
                unsafe = error.ambiguous and not idempotent
                if unsafe or error.timed_out or wait > LONGEST_WAIT or attempt == TRIES - 1:
                    raise
                self.config.pause(wait * self.config.wait_scale, str(error))
        raise AssertionError("the last attempt returns or raises")

    def _wait(self, error: Retryable, attempt: int) -> float:
        if isinstance(error, Throttled) and error.retry_after is not None:
            return error.retry_after
        return random.uniform(0, BASE_WAIT * 2**attempt)  # noqa: S311 - jitter, not a secret

    def _once(self, what: str, act: Callable[[], Any]) -> Any:
        self.session.last = None
        host = self.config.domain
        try:
            result = act()
        except requests.HTTPError as error:
            raise error_of(error.response, what=what, host=host) from None
        except requests.TooManyRedirects:
            raise strange(what, host, "sent us to another address") from None
        except requests.JSONDecodeError:
            raise strange(what, host, "sent an answer that we cannot read") from None
        except requests.RequestException as error:
            raise lost(what, host, error) from None
        except (TooLarge, ProtocolError):
            raise
        except Exception as error:
            # sodapy raises plain errors for a list as error body, a missing or unknown content type.
            response = self.session.last
            if response is None:
                raise
            if response.status_code >= 400:
                raise error_of(response, what=what, host=host) from error
            raise strange(what, host, "sent an answer that we cannot read") from error
        if self.session.last is not None and self.session.last.status_code == 202:
            return self._follow(what, self.session.last)
        if self.session.last is not None and self.session.last.status_code != 200:
            raise strange(what, host, f"answered {self.session.last.status_code}")
        return result

    def _follow(self, what: str, response: requests.Response) -> Any:
        """202 is no result yet: ask with the ticket, or at the Location, until there is one."""
        host = self.config.domain
        path = urlsplit(response.url).path
        for _ in range(TICKET_POLLS):
            try:
                data = response.json()
            except requests.JSONDecodeError:
                data = {}
            location = response.headers.get("Location")
            ticket = data.get("ticket") if isinstance(data, dict) else None
            if not ticket and not location:
                break
            self.config.pause(BASE_WAIT * self.config.wait_scale, f"The portal is still working ({what}).")
            if location:
                parts = urlsplit(location)
                response = self._poll(what, parts.path, dict(parse_qsl(parts.query)))
            else:
                response = self._poll(what, path, {"ticket": str(ticket)})
            if response.status_code == 200:
                return response.json() if response.content else response
        raise Retryable(
            f"The portal at {host} is still working on our request to {what}. We look again in a while.",
            ambiguous=True,
            status=202,
            request_id=request_id(response),
        )

    def _poll(self, what: str, path: str, params: dict[str, str]) -> requests.Response:
        response = self.session.get(f"{self.config.base}{path}", params=params)
        if response.status_code >= 400:
            raise error_of(response, what=what, host=self.config.domain)
        return response
