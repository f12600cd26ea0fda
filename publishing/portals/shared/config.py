"""Where a portal is, and how long we wait for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")

Pause = Callable[[float, str], None]


def sleep(seconds: float, why: str) -> None:
    time.sleep(seconds)


@dataclass(frozen=True)
class PortalConfig:
    """A portal at one host. `pause` spends a wait, so that a worker can say so."""

    # How the settings are named that a person would have to correct.
    PREFIX: ClassVar[str] = "PORTAL"
    KEY_SETTINGS: ClassVar[str] = ""

    domain: str
    scheme: str = "https"
    read_seconds: float = 45.0
    wait_scale: float = 1.0
    pause: Pause = sleep
    # How often a call that met passing trouble is tried before its error goes to who asked.
    tries: int = 5
    # Refuse everything that could change something on the portal, before it is sent or written.
    read_only: bool = False

    def __post_init__(self) -> None:
        host = urlsplit(f"//{self.domain}").hostname or ""
        if self.scheme != "https" and host not in LOOPBACK:
            raise ValueError(f"A portal is spoken to over https. Set {self.PREFIX}_SCHEME=https.")
        if "/" in self.domain or not host:
            raise ValueError(f"{self.PREFIX}_DOMAIN is a host name such as data.example.gov, without a path.")

    @property
    def base(self) -> str:
        return f"{self.scheme}://{self.domain}"

    @property
    def hosts(self) -> frozenset[str]:
        """The only hosts that a session of this portal speaks to."""
        return frozenset((self.domain,))
