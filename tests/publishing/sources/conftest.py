from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from publishing.sources import KINDS
from publishing.sources.base import Fetched, Limits, Secrets
from tests.publishing.sources.server import KEY_ID, KEY_SECRET, Site, serving

SECRETS = {"BUCKET": f"{KEY_ID}:{KEY_SECRET}", "TOKEN": "a-token-of-the-source"}
Fetch = Callable[..., tuple[Fetched, bytes]]


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


@pytest.fixture
def fetch(tmp_path: Path) -> Fetch:
    """Fetch from a source as a worker does; gives what was said and the bytes that came."""

    def run(kind: str, config: dict[str, Any], **about: Any) -> tuple[Fetched, bytes]:
        secrets = Secrets(
            values=SECRETS | about.pop("secrets", {}),
            databases=about.pop("databases", {}),
            allow_loopback=True,
        )
        into = tmp_path / "fetched"
        into.unlink(missing_ok=True)
        known = about.pop("known", None)
        limits = Limits(**about)
        found = KINDS[kind].fetch(config, secrets, into, limits, lambda done, said: None, known=known)
        return found, into.read_bytes() if into.exists() else b""

    return run
