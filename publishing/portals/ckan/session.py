"""The session to a CKAN portal: one POST per action, the answer unwrapped or turned into one of our errors."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

import requests

from publishing.portals.base import PortalError
from publishing.portals.shared.config import PortalConfig
from publishing.portals.shared.errors import by_status, refused, strange, word
from publishing.portals.shared.session import PortalClient, PortalSession

# What the portal says about a dataset is ours to repeat; what it says about rows might quote them.
SPOKEN = re.compile(
    r"(already in use|must belong to|not exist|can't be private|license|Missing value)", re.IGNORECASE
)
ROW_ACTIONS = "datastore_"
_ROWS = ("records", "records_row", "data", "message", "__type")
ACTION = "/api/3/action/"
# Every action may be sent as a POST: which of ours only read, their names say.
READ_ACTIONS = frozenset(("organization_list_for_user", "package_show", "datastore_info", "datastore_search"))


@dataclass(frozen=True)
class CkanConfig(PortalConfig):
    """Where the portal is, our token, and the organization that owns what we publish."""

    PREFIX: ClassVar[str] = "CKAN"
    KEY_SETTINGS: ClassVar[str] = "CKAN_API_TOKEN"

    api_token: str = field(default="", repr=False)
    organization: str = ""


class CkanSession(PortalSession):
    def only_reads(self, method: str, path: str) -> bool:
        if path.startswith(ACTION):
            return path.removeprefix(ACTION) in READ_ACTIONS
        return super().only_reads(method, path)


class CkanClient(PortalClient):
    config: CkanConfig

    def __init__(self, config: CkanConfig, *, anonymous: bool = False) -> None:
        super().__init__(config)
        self.session = CkanSession(config)
        if not anonymous:
            self.session.headers["Authorization"] = config.api_token

    def action(self, act: str, what: str, /, *, idempotent: bool = True, **body: Any) -> Any:
        """The result of an action. `what` names it for people: "read the dataset"."""
        address = f"{self.config.base}{ACTION}{act}"
        return self.call(
            what,
            lambda: self._result(act, what, self.session.post(address, json=body)),
            idempotent=idempotent,
        )

    def _result(self, act: str, what: str, response: requests.Response) -> Any:
        if response.status_code == 200:
            # Numbers keep every digit that the portal sends.
            answer = response.json(parse_float=Decimal)
            if isinstance(answer, dict) and answer.get("success") is True and "result" in answer:
                return answer["result"]
            raise strange(what, self.config, "sent an answer that we cannot read")
        if response.status_code < 400:
            raise strange(what, self.config, f"answered {response.status_code}")
        raise self._error(act, what, response)

    def _error(self, act: str, what: str, response: requests.Response) -> PortalError:
        status, error = response.status_code, _error_of(response)
        about: dict[str, Any] = {
            "code": word(str(error.get("__type", "")).replace(" ", "-")),
            "request_id": self.session.request_id(response),
        }
        if status == 409 and error.get("__type"):
            # Validation, not a lock: sent again it would be refused again.
            reason = _reason(error, repeated=not act.startswith(ROW_ACTIONS))
            return refused(what, self.config, reason=reason, status=status, **about)
        wait = response.headers.get("Retry-After")
        return by_status(status, what=what, config=self.config, wait=wait, **about)


def _error_of(response: requests.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except requests.JSONDecodeError:
        return {}
    error = answer.get("error") if isinstance(answer, dict) else None
    return error if isinstance(error, dict) else {}


def _reason(error: dict[str, Any], *, repeated: bool) -> str:
    """Which fields of the dataset, and why where that is `repeated`; of a row only its place in the step."""
    row = error.get("records_row")
    if isinstance(row, int):
        return f", about row {row + 1:,} of the step"
    names = [name for name in error if name not in _ROWS]
    reason = f", about {', '.join(word(name) for name in names)}" if names else ""
    said = " ".join(str(text) for name in names for text in _texts(error[name]))
    return f'{reason}: "{said[:200]}"' if repeated and SPOKEN.search(said) else reason


def _texts(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
