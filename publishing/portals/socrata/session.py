"""The session to a Socrata portal, shared with sodapy, and the calls that go through it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import requests
from sodapy import Socrata

from publishing.portals.base import ProtocolError, Retryable, TooLarge
from publishing.portals.shared.config import PortalConfig
from publishing.portals.shared.errors import lost, strange
from publishing.portals.shared.session import BASE_WAIT, PortalClient, PortalSession
from publishing.portals.socrata.errors import error_of

TICKET_POLLS = 30
DRAFTS = "/api/publishing/"


@dataclass(frozen=True)
class SocrataConfig(PortalConfig):
    """Where the portal is and who we are there."""

    PREFIX: ClassVar[str] = "SOCRATA"
    KEY_SETTINGS: ClassVar[str] = "SOCRATA_KEY_ID and SOCRATA_KEY_SECRET"

    key_id: str = ""
    key_secret: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    # Other sites that show what this portal has public; strangers look there too, our key never goes there.
    federated_sites: tuple[str, ...] = ()
    # A table of more bytes than this is sent as one file in parts; 0: never.
    file_bytes: int = 50 << 20


class SocrataSession(PortalSession):
    """Every request names the portal and is JSON; a stranger sends neither key nor token."""

    REQUEST_ID = "X-Socrata-RequestId"

    def __init__(self, config: SocrataConfig, *, anonymous: bool) -> None:
        super().__init__(config)
        self.headers.update({"Content-Type": "application/json", "X-Socrata-Host": config.domain})
        if anonymous:
            self.hosts = config.hosts | set(config.federated_sites)
        else:
            self.auth = (config.key_id, config.key_secret)
            if config.app_token:
                self.headers["X-App-Token"] = config.app_token


class SocrataClient(PortalClient):
    """sodapy behind our session: every call ends in a result or in one of our errors."""

    def __init__(self, config: SocrataConfig, *, anonymous: bool = False) -> None:
        super().__init__(config)
        self.session: SocrataSession = SocrataSession(config, anonymous=anonymous)
        # Token and authentication are on our own session, which replaces the one sodapy makes.
        self.soda = Socrata(config.domain, "on the session", timeout=config.read_seconds)
        self.soda.session.close()
        self.soda.session = self.session
        self.soda.uri_prefix = f"{config.scheme}://"

    def send(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        """A request that sodapy has no good call for. Raises requests.HTTPError like sodapy does."""
        return self.fetch(f"{self.config.base}{path}", method=method, **kwargs)

    def fetch(self, url: str, *, method: str = "GET", **kwargs: Any) -> requests.Response:
        """The same for a whole address: a site that the portal federates to is another host."""
        response = self.session.request(method, url, **kwargs)
        response.raise_for_status()
        return response

    def _once(self, what: str, act: Callable[[], Any]) -> Any:
        self.session.last = None
        try:
            result = act()
        except requests.HTTPError as error:
            raise error_of(error.response, what=what, config=self.config) from None
        except requests.TooManyRedirects:
            raise strange(what, self.config, "sent us to another address") from None
        except requests.JSONDecodeError:
            raise strange(what, self.config, "sent an answer that we cannot read") from None
        except requests.RequestException as error:
            raise lost(what, self.config, error) from None
        except (TooLarge, ProtocolError):
            raise
        except Exception as error:
            # sodapy raises plain errors for a list as error body, a missing or unknown content type.
            response = self.session.last
            if response is None:
                raise
            if response.status_code >= 400:
                raise error_of(response, what=what, config=self.config) from error
            raise strange(what, self.config, "sent an answer that we cannot read") from error
        last = self.session.last
        if last is not None and urlsplit(last.url).path.startswith(DRAFTS) and last.status_code == 202:
            # Drafts say "accepted" to a change that is made: their own state tells how far they are.
            return result
        if last is not None and last.status_code == 202:
            return self._follow(what, last)
        if last is not None and last.status_code not in (200, 201):
            raise strange(what, self.config, f"answered {last.status_code}")
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
                return _result(response)
        raise Retryable(
            f"The portal at {host} is still working on our request to {what}. We look again in a while.",
            ambiguous=True,
            status=202,
            request_id=self.session.request_id(response),
        )

    def _poll(self, what: str, path: str, params: dict[str, str]) -> requests.Response:
        response = self.session.get(f"{self.config.base}{path}", params=params)
        if response.status_code >= 400:
            raise error_of(response, what=what, config=self.config)
        return response


def _result(response: requests.Response) -> Any:
    """JSON where the portal says that it is; else the bytes, for whoever asked for something else."""
    if not response.content:
        return response
    return response.json() if "json" in response.headers.get("Content-Type", "") else response.content
