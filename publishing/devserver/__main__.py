"""Start the stand-in for Socrata: `python -m publishing.devserver --port 8001 --state DIR`.

The stand-ins for other portals: `python -m publishing.devserver.ckan`, `publishing.devserver.arcgis`, and
`publishing.devserver.static` for the web server in front of a static catalogue.
"""

from __future__ import annotations

import os
from pathlib import Path

from publishing.devserver.running import run
from publishing.devserver.server import PortalServer

DEMO_KEY_ID = "standin-key"
DEMO_KEY_SECRET = "standin-secret"  # noqa: S105 - the published key of a portal that holds nothing real


def make(address: tuple[str, int], state: Path) -> PortalServer:
    key_id = os.environ.get("STANDIN_KEY_ID", DEMO_KEY_ID)
    secret = os.environ.get("STANDIN_KEY_SECRET", DEMO_KEY_SECRET)
    return PortalServer(address, state=state, keys={key_id: secret})


if __name__ == "__main__":
    run("Stand-in portal", 8001, make)
