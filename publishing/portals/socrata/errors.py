"""From what Socrata answers to one of our errors with one plain sentence."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
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

LONGEST_RETRY_AFTER = 900.0
_WORD = re.compile(r"[^A-Za-z0-9_.:-]")
# What the portal says about a dataset is ours to repeat; what it says about rows might quote them.
SPOKEN = re.compile(
    r"(nonexistent category|unknown license|has already been taken|name cannot be blank)", re.IGNORECASE
)


def error_of(response: requests.Response | None, *, what: str, host: str) -> PortalError:
    """The error for an answer of 400 or more."""
    if response is None:
        return strange(what, host, "sent no answer")
    status, body = response.status_code, _body(response)
    about: dict[str, Any] = {
        "status": status,
        "code": _word(body.get("code") or body.get("errorCode") or response.headers.get("X-Error-Code")),
        "request_id": response.headers.get("X-Socrata-RequestId", "")[:64],
    }
    if status == 429:
        return _throttled(response, host, about)
    if status in (408, 502, 503, 504) or status >= 500:
        return Retryable(
            f"The portal at {host} has trouble just now (it answered {status}). We try again by ourselves.",
            ambiguous=True,
            **about,
        )
    if status == 409:
        return _conflict(what, host, about)
    if status == 401:
        return AuthFailed(
            f"The portal at {host} refused our key. Ask your portal admin to check the key "
            "(SOCRATA_KEY_ID and SOCRATA_KEY_SECRET), then press Resume.",
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
    return BadRequest(_refusal(what, host, body, about), **about)


def _throttled(response: requests.Response, host: str, about: dict[str, Any]) -> Throttled:
    seconds = retry_after(response.headers.get("Retry-After"))
    wait = f"{seconds:.0f} seconds" if seconds is not None else "a while"
    return Throttled(
        f"The portal at {host} asked us to wait {wait} because it gets too many requests. "
        "We go on by ourselves.",
        retry_after=seconds,
        **about,
    )


def _conflict(what: str, host: str, about: dict[str, Any]) -> PortalError:
    if about["code"] == "soda.dataset.incorrect-lifecycle-stage":
        return BadRequest(f"The portal at {host} does not do this in the present state ({what}).", **about)
    return Conflict(
        f"Another program writes to this dataset on {host} just now. We wait until it has finished.", **about
    )


def _refusal(what: str, host: str, body: dict[str, Any], about: dict[str, Any]) -> str:
    message = str(body.get("message") or "")
    data = body.get("data")
    column = _word(data.get("column") or data.get("fieldName")) if isinstance(data, dict) else ""
    reason = f"it answered {about['status']}{', ' + about['code'] if about['code'] else ''}"
    if column:
        reason += f", about the column {column}"
    if SPOKEN.search(message):
        reason += f': "{message[:200]}"'
    return f"The portal at {host} refused our request to {what} ({reason}). Correct this, then press Resume."


def lost(what: str, host: str, error: requests.RequestException) -> Retryable:
    """The error for no answer at all."""
    timed_out = isinstance(error, requests.ReadTimeout) or "Read timed out" in str(error)
    never_sent = isinstance(error, requests.ConnectTimeout) or "Failed to establish" in str(error)
    if timed_out:
        sentence = f"The portal at {host} did not answer in time ({what}). We try again by ourselves."
    elif never_sent:
        sentence = f"The portal at {host} cannot be reached. We try again by ourselves."
    else:
        sentence = f"The connection to the portal at {host} broke ({what}). We try again by ourselves."
    return Retryable(sentence, ambiguous=not never_sent, timed_out=timed_out)


def strange(what: str, host: str, how: str) -> ProtocolError:
    """The error for an answer that no Socrata portal gives."""
    return ProtocolError(
        f"What answers at {host} {how} ({what}). We try again; if this stays, ask your portal admin whether "
        "SOCRATA_DOMAIN names the portal itself and nothing stands in front of it.",
        ambiguous=True,
    )


def retry_after(text: str | None) -> float | None:
    """Seconds from a Retry-After header, a number or a date, capped; None when there is none we can read."""
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
        except (TypeError, ValueError):
            return None
    return max(0.0, min(seconds, LONGEST_RETRY_AFTER))


def _body(response: requests.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except requests.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _word(value: Any) -> str:
    return _WORD.sub("", str(value or ""))[:80]
