"""From a status, or from no answer at all, to one of our errors with one plain sentence."""

from __future__ import annotations

import re
from typing import Any

import requests

from publishing.portals.base import (
    AuthFailed,
    BadRequest,
    Conflict,
    Forbidden,
    NotFound,
    PortalError,
    ProtocolError,
    Retryable,
    Throttled,
    TooLarge,
)
from publishing.portals.shared.config import PortalConfig
from publishing.waits import retry_after

LONGEST_RETRY_AFTER = 900.0
_WORD = re.compile(r"[^A-Za-z0-9_.:-]")


def by_status(
    status: int, *, what: str, config: PortalConfig, wait: str | None = None, **about: Any
) -> PortalError:
    """The error for a status of 400 or more. `wait` is the Retry-After header, `about` the code and request."""
    host, about = config.domain, {"status": status, **about}
    if status == 429:
        return _throttled(host, retry_after(wait, longest=LONGEST_RETRY_AFTER), about)
    if status == 408 or status >= 500:
        return Retryable(
            f"The portal at {host} has trouble just now (it answered {status}). We try again by ourselves.",
            ambiguous=True,
            **about,
        )
    if status == 409:
        return Conflict(
            f"Another program writes to this dataset on {host} just now. We wait until it has finished.",
            **about,
        )
    if status == 401:
        return AuthFailed(
            f"The portal at {host} refused our key. Ask your portal admin to check the key "
            f"({config.KEY_SETTINGS}), then press Resume.",
            **about,
        )
    if status == 403:
        return Forbidden(
            f"The portal at {host} does not let our key {what}. Ask your portal admin to give the account "
            "behind the key this right, then press Resume.",
            **about,
        )
    if status == 404:
        return NotFound(f"The portal at {host} has no such dataset any more ({what}).", **about)
    if status == 413:
        return TooLarge(f"One request was too large for the portal at {host} ({what}).", **about)
    return refused(what, config, **about)


def refused(what: str, config: PortalConfig, *, reason: str = "", **about: Any) -> BadRequest:
    """The error for a request that the portal would refuse again. `reason` must not repeat row values."""
    said = f"it answered {about.get('status')}{', ' + about['code'] if about.get('code') else ''}{reason}"
    return BadRequest(
        f"The portal at {config.domain} refused our request to {what} ({said}). "
        "Correct this, then press Resume.",
        **about,
    )


def _throttled(host: str, seconds: float | None, about: dict[str, Any]) -> Throttled:
    wait = f"{seconds:.0f} seconds" if seconds is not None else "a while"
    return Throttled(
        f"The portal at {host} asked us to wait {wait} because it gets too many requests. "
        "We go on by ourselves.",
        retry_after=seconds,
        **about,
    )


def lost(what: str, config: PortalConfig, error: requests.RequestException) -> Retryable:
    """The error for no answer at all."""
    host = config.domain
    timed_out = isinstance(error, requests.ReadTimeout) or "Read timed out" in str(error)
    never_sent = isinstance(error, requests.ConnectTimeout) or "Failed to establish" in str(error)
    if timed_out:
        sentence = f"The portal at {host} did not answer in time ({what}). We try again by ourselves."
    elif never_sent:
        sentence = f"The portal at {host} cannot be reached. We try again by ourselves."
    else:
        sentence = f"The connection to the portal at {host} broke ({what}). We try again by ourselves."
    return Retryable(sentence, ambiguous=not never_sent, timed_out=timed_out)


def strange(what: str, config: PortalConfig, how: str) -> ProtocolError:
    """The error for an answer that no such portal gives."""
    return ProtocolError(
        f"What answers at {config.domain} {how} ({what}). We try again; if this stays, ask your portal admin "
        f"whether {config.PREFIX}_DOMAIN names the portal itself and nothing stands in front of it.",
        ambiguous=True,
    )


def word(value: Any) -> str:
    """A code as a portal names it, and nothing that could be more than a code."""
    return _WORD.sub("", str(value or ""))[:80]
