"""The session to ArcGIS: forms out, JSON back, errors that come with status 200, one new token when one ends."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

import requests

from publishing.portals.base import Forbidden, NotFound, PortalError
from publishing.portals.shared.config import PortalConfig
from publishing.portals.shared.errors import by_status, refused, strange, word
from publishing.portals.shared.session import PortalClient, PortalSession

REFERER = "https://open-data-publication-workflow.invalid"
TOKEN_MINUTES = 60
# The token is not valid any more, or there is none.
TOKEN_ENDED = (498, 499)
# "Item does not exist or is inaccessible", which comes as a 400.
GONE = ("CONT_0001",)
# What the portal says about a dataset is ours to repeat; what it says about rows might quote them.
SPOKEN = re.compile(r"(already exists|is not available|not a valid name)", re.IGNORECASE)


# Everything is sent as a POST: these addresses sign in or answer, and change nothing.
READ_PATHS = re.compile(
    r"/sharing/rest/(generateToken|community/self|content/items/[0-9a-f]{32}|content/users/[^/]+)"
    r"|.*/rest/services/[^/]+/FeatureServer(/\d+(/query)?)?"
)


@dataclass(frozen=True)
class ArcgisConfig(PortalConfig):
    """The organization, the account that publishes, and the hosts where its services lie.

    `group` is the id of the group whose items the Hub site shows; empty: public items show by themselves.
    """

    PREFIX: ClassVar[str] = "ARCGIS"
    KEY_SETTINGS: ClassVar[str] = "ARCGIS_USERNAME and ARCGIS_PASSWORD"

    username: str = ""
    password: str = field(default="", repr=False)
    service_hosts: tuple[str, ...] = ()
    group: str = ""

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset((self.domain, *self.service_hosts))

    @property
    def rest(self) -> str:
        return f"{self.base}/sharing/rest"


class _TokenEnded(Exception):
    """Fetch a new one and ask again, once."""


class ArcgisSession(PortalSession):
    def only_reads(self, method: str, path: str) -> bool:
        return READ_PATHS.fullmatch(path) is not None


class ArcgisClient(PortalClient):
    config: ArcgisConfig

    def __init__(self, config: ArcgisConfig, *, anonymous: bool = False) -> None:
        super().__init__(config)
        self.anonymous = anonymous
        self.session = ArcgisSession(config)
        self.session.headers["Referer"] = REFERER
        self._token = ""

    def ask(
        self,
        address: str,
        what: str,
        /,
        *,
        idempotent: bool = True,
        file: tuple[str, bytes] | None = None,
        **form: Any,
    ) -> dict[str, Any]:
        """The answer to one form. `address` is a path below /sharing/rest or the address of a service."""
        url = address if address.startswith("http") else f"{self.config.rest}/{address}"
        return self.call(what, lambda: self._signed(what, url, _encoded(form), file), idempotent=idempotent)

    def _signed(
        self, what: str, url: str, form: dict[str, str], file: tuple[str, bytes] | None
    ) -> dict[str, Any]:
        try:
            return self._send(what, url, form, file)
        except _TokenEnded:
            if self.anonymous:
                raise Forbidden(f"{self.config.domain} asks for a sign-in ({what}).", status=403) from None
        self._token = ""
        try:
            return self._send(what, url, form, file)
        except _TokenEnded:
            raise by_status(401, what=what, config=self.config) from None

    def _send(
        self, what: str, url: str, form: dict[str, str], file: tuple[str, bytes] | None
    ) -> dict[str, Any]:
        headers = {} if self.anonymous else {"X-Esri-Authorization": f"Bearer {self._bearer()}"}
        files = {"file": file} if file else None
        response = self.session.post(url, data={**form, "f": "json"}, files=files, headers=headers)
        return self._result(what, response)

    def _bearer(self) -> str:
        if not self._token:
            form = {
                "username": self.config.username,
                "password": self.config.password,
                "client": "referer",
                "referer": REFERER,
                "expiration": str(TOKEN_MINUTES),
                "f": "json",
            }
            response = self.session.post(f"{self.config.rest}/generateToken", data=form)
            try:
                answer = self._result("sign in", response)
            except PortalError as error:
                # A wrong password is a "bad request" here.
                if not error.permanent or error.status in (403, 404):
                    raise
                raise by_status(401, what="sign in", config=self.config) from None
            token = answer.get("token")
            if not isinstance(token, str) or not token:
                raise strange("sign in", self.config, "sent no token")
            self._token = token
        return self._token

    def _result(self, what: str, response: requests.Response) -> dict[str, Any]:
        if response.status_code >= 400:
            wait = response.headers.get("Retry-After")
            raise by_status(response.status_code, what=what, config=self.config, wait=wait)
        if response.status_code != 200:
            raise strange(what, self.config, f"answered {response.status_code}")
        answer = response.json(parse_float=Decimal)
        if not isinstance(answer, dict):
            raise strange(what, self.config, "sent an answer that we cannot read")
        if isinstance(answer.get("error"), dict):
            raise self._error(what, answer["error"], response)
        if answer.get("success") is False:
            raise refused(what, self.config, status=200)
        return answer

    def _error(self, what: str, error: dict[str, Any], response: requests.Response) -> Exception:
        """Errors come with HTTP 200: what they mean is in the body."""
        code = str(error.get("code") or "")
        status = int(code) if code.isdecimal() else 400
        about = {"code": word(error.get("messageCode"))}
        if status in TOKEN_ENDED:
            return _TokenEnded()
        if about["code"] in GONE:
            return NotFound(
                f"The portal at {self.config.domain} has no such item any more ({what}).", status=404, **about
            )
        about_an_item = response.url.startswith(self.config.rest)
        said = str(error.get("message") or "") if about_an_item else ""
        reason = f': "{said[:200]}"' if SPOKEN.search(said) else ""
        # "Already exists" is a 409 here as well, and no lock: sent again it would be refused again.
        if not reason and (status in (401, 403, 404, 408, 409, 413, 429) or status >= 500):
            wait = response.headers.get("Retry-After")
            return by_status(status, what=what, config=self.config, wait=wait, **about)
        return refused(what, self.config, reason=reason, status=status, **about)


def _encoded(form: dict[str, Any]) -> dict[str, str]:
    """Lists are joined by commas, objects are JSON, booleans are words."""
    return {name: _text(value) for name, value in form.items() if value is not None}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return json.dumps(value)
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
