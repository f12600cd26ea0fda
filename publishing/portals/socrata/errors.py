"""From what Socrata answers to one of our errors with one plain sentence."""

from __future__ import annotations

import re
from typing import Any

import requests

from publishing.portals.base import BadRequest, PortalError
from publishing.portals.shared.config import PortalConfig
from publishing.portals.shared.errors import by_status, refused, strange, word

# What the portal says about a dataset is ours to repeat; what it says about rows might quote them.
SPOKEN = re.compile(
    r"(nonexistent category|unknown license|has already been taken|name cannot be blank)", re.IGNORECASE
)


def error_of(response: requests.Response | None, *, what: str, config: PortalConfig) -> PortalError:
    """The error for an answer of 400 or more."""
    if response is None:
        return strange(what, config, "sent no answer")
    status, body = response.status_code, _body(response)
    about: dict[str, Any] = {
        "code": word(body.get("code") or body.get("errorCode") or response.headers.get("X-Error-Code")),
        "request_id": response.headers.get("X-Socrata-RequestId", "")[:64],
    }
    if status == 409 and about["code"] == "soda.dataset.incorrect-lifecycle-stage":
        return BadRequest(
            f"The portal at {config.domain} does not do this in the present state ({what}).",
            status=status,
            **about,
        )
    known = (401, 403, 404, 408, 409, 413, 429)
    if status in known or status >= 500:
        return by_status(status, what=what, config=config, wait=response.headers.get("Retry-After"), **about)
    return refused(what, config, reason=_reason(body), status=status, **about)


def _reason(body: dict[str, Any]) -> str:
    message, data = str(body.get("message") or ""), body.get("data")
    column = word(data.get("column") or data.get("fieldName")) if isinstance(data, dict) else ""
    reason = f", about the column {column}" if column else ""
    return f'{reason}: "{message[:200]}"' if SPOKEN.search(message) else reason


def _body(response: requests.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except requests.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}
