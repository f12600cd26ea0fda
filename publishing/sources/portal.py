"""What sources on a portal share: the domain that a person names, and the address made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from publishing.sources.base import Field, Secrets
from publishing.sources.safe import LOOPBACK

DOMAIN = Field(
    "domain",
    "Domain of the portal",
    "Its name without https:// and without a path.",
    example="data.example.gov",
)
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?(?::\d{2,5})?\Z")


def domain_fault(config: Mapping[str, Any]) -> dict[str, str]:
    """A sentence when the domain is no name of a host; nothing is looked up."""
    domain = str(config.get("domain", ""))
    if domain and not _DOMAIN.match(domain):
        return {"domain": "A domain is a name such as data.example.gov, without https:// and without a path."}
    return {}


def base_of(config: Mapping[str, Any], secrets: Secrets) -> str:
    """https, but for a stand-in on this machine in development."""
    domain = str(config["domain"])
    is_here = secrets.allow_loopback and domain.rsplit(":", 1)[0] in LOOPBACK
    return f"{'http' if is_here else 'https'}://{domain}"
