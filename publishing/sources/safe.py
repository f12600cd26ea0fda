"""Requests to addresses that a person typed, kept away from our own network (SSRF; ASVS 5.0 1.3.6, 13.2.4, 15.3.2).

https only. A host is resolved once for each connection; when any of its addresses is not a public one it is
refused, and the connection goes to exactly the addresses that were looked at, so that a second answer of the name
server (DNS rebinding) is never asked for. No redirect is followed unless the caller asks for it, and then each
target is looked at like the first. Nothing of the environment (proxies, netrc) is used. In development the
loopback address, spelt as such, may be asked over http.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from publishing.sources.base import Secrets, SourceFault, is_among

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

LOOPBACK = ("127.0.0.1", "localhost", "::1")
# Where https lives; 6443 is that of ArcGIS Server.
PORTS = (443, 6443, 8443)
USER_AGENT = "open-data-publication-workflow/1.0"
CONNECT_SECONDS = 10.0
READ_SECONDS = 45.0
REDIRECTS = 3
_MOVED = (301, 302, 303, 307, 308)
# Letters, digits, hyphens and dots; or an IPv6 address in brackets, without a zone.
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]+)\Z")
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
# Names of query parameters that open something: they would stand in the database and in the history.
_SECRET_PARAMETER = re.compile(
    r"(?:^|[&;])[^=&;]*(?:token|secret|password|passwd|api[_-]?key|signature|(?<![a-z])sig|credential|"
    r"access[_-]?key)[^=&;]*=",
    re.IGNORECASE,
)


class Refused(SourceFault):
    """An address that is never asked."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, final=True)


def url_fault(url: str, *, secrets: Secrets) -> str:
    """Why this address is never asked, as a sentence; empty when it may be. Nothing is looked up."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "This is not an address. Copy it from the browser, beginning with https://."
    # What browsers and libraries read differently is refused before anybody reads it.
    if re.search(r"[\s\\\x00-\x1f\x7f]", url) or not url.isascii():
        return "An address holds no spaces, backslashes or letters beyond ASCII. Copy it from the browser."
    host = parts.hostname or ""
    is_here = secrets.allow_loopback and host in LOOPBACK
    if parts.scheme != "https" and not (is_here and parts.scheme == "http"):
        return "Only addresses that begin with https:// are asked, so that nobody on the way reads along."
    if parts.username is not None or parts.password is not None:
        return "An address holds no user name or password. Name a secret of the server instead."
    if not _HOST.match(host):
        return "The address names no host such as data.example.gov."
    if is_here:
        return ""
    if port not in (None, *PORTS):
        return f"Only the ports {', '.join(map(str, PORTS))} are asked."
    return host_fault(host, secrets.hosts)


def typed_fault(url: str) -> str:
    """What is wrong with an address that a person typed and that is about to be stored; empty when nothing is.

    Which hosts are open is asked when it is fetched.
    """
    if fault := url_fault(url, secrets=Secrets(allow_loopback=True)):
        return fault
    if _SECRET_PARAMETER.search(urlsplit(url).query):
        return (
            "The address holds a key, which would stand in the history. Name a secret of the server instead."
        )
    return ""


def host_fault(host: str, allowed: Iterable[str]) -> str:
    """Why a host is not on the list of this installation; empty when it is, or when there is no list."""
    names = tuple(allowed)
    if not names or is_among(host, names):
        return ""
    return (
        f"{host} is not among the hosts that this installation asks. Ask your portal admin to add it to "
        "SOURCE_HOSTS."
    )


def is_public(address: Address) -> bool:
    """True for an address of the public internet, also behind the forms in which IPv6 wraps an IPv4 address."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if any(address in net for net in _NAT64):
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if int(address) >> 32 == 0:  # ::a.b.c.d, which is deprecated
            return False
        if any(one is not None and not is_public(one) for one in inner):
            return False
        if address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def addresses_of(host: str, port: int, *, allow_loopback: bool) -> list[tuple[Any, ...]]:
    """What the name server says of a host, in one question. Raises Refused when any address is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise SourceFault(
            f"The host {host} is not known on the internet. Correct the address, or try again later.",
            is_host=True,
        ) from None
    is_here = allow_loopback and host in LOOPBACK
    for *_, address in found:
        plain = ipaddress.ip_address(str(address[0]).split("%")[0])
        if not (is_public(plain) or (is_here and plain.is_loopback)):
            raise Refused(
                f"The host {host} lies in a private network, and this product asks public addresses only. "
                "Use an address that is reachable from the internet, or upload the file."
            )
    return found


def _connected(connection: HTTPConnection, allow_loopback: bool) -> socket.socket:
    """A socket to one of the addresses that were looked at: the host is not resolved a second time."""
    trouble: OSError | None = None
    port = connection.port or 443
    for family, kind, protocol, _, address in addresses_of(
        connection.host, port, allow_loopback=allow_loopback
    ):
        plain = socket.socket(family, kind, protocol)
        plain.settimeout(CONNECT_SECONDS)
        try:
            plain.connect(address)
        except OSError as error:
            plain.close()
            trouble = error
        else:
            return plain
    raise NewConnectionError(connection, "no address answers") from trouble


class _Https(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _connected(self, allow_loopback=False)


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


class _Here(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _connected(self, allow_loopback=True)


class _HerePool(HTTPConnectionPool):
    ConnectionCls = _Here


class _Adapter(HTTPAdapter):
    """Puts our connections under the session; there is no other way out of it."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = {"https": _HttpsPool, "http": _HerePool}

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        raise Refused("No proxy is used for sources.")


class SafeSession:
    """Requests to one source: every address is looked at, and every answer is streamed."""

    def __init__(self, secrets: Secrets) -> None:
        self.secrets = secrets
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.mount("https://", _Adapter())
        self._session.mount("http://", _Adapter())
        self._session.headers.update({"User-Agent": USER_AGENT, "Accept-Encoding": "identity"})
        # No cookie of one answer goes with the next question.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def __enter__(self) -> SafeSession:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, follow: bool = False
    ) -> requests.Response:
        """The answer, unread. With `follow`, up to three redirects, each looked at; a secret stays with its host.

        Raises Refused for an address that is never asked, SourceFault when nobody answers.
        """
        sent = dict(headers or {})
        for _ in range(REDIRECTS + 1):
            if fault := url_fault(url, secrets=self.secrets):
                raise Refused(fault)
            answer = self._ask(url, sent)
            if answer.status_code not in _MOVED or not answer.headers.get("Location"):
                return answer
            answer.close()
            if not follow:
                break
            target = urljoin(url, answer.headers["Location"])
            if urlsplit(target).netloc != urlsplit(url).netloc:
                sent.pop("Authorization", None)
                sent.pop("X-App-Token", None)
            url = target
        raise Refused(
            f"{urlsplit(url).hostname} sends us on to another address. Give the address at which the data lies itself."
        )

    def _ask(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        host = urlsplit(url).hostname
        try:
            return self._session.get(
                url,
                headers=dict(headers),
                stream=True,
                allow_redirects=False,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                proxies={},
            )
        except requests.exceptions.SSLError:
            raise SourceFault(
                f"The certificate of {host} is not valid, so nobody can tell who answers there. Tell whoever runs it.",
                is_host=True,
            ) from None
        except (requests.RequestException, OSError):
            raise SourceFault(f"{host} does not answer.", is_host=True) from None
