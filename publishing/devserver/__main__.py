"""Start the stand-in: `python -m publishing.devserver --port 8001 --state DIR`."""

from __future__ import annotations

import argparse
import os
import signal
import threading
from pathlib import Path
from types import FrameType

from publishing.devserver.server import PortalServer

DEMO_KEY_ID = "standin-key"
DEMO_KEY_SECRET = "standin-secret"  # noqa: S105 - the published key of a portal that holds nothing real


def main() -> None:
    parser = argparse.ArgumentParser(prog="publishing.devserver", description=__doc__)
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument(
        "--state", required=True, type=Path, help="directory that keeps the portal's contents"
    )
    options = parser.parse_args()

    keys = {
        os.environ.get("STANDIN_KEY_ID", DEMO_KEY_ID): os.environ.get("STANDIN_KEY_SECRET", DEMO_KEY_SECRET)
    }
    server = PortalServer((options.host, options.port), state=options.state, keys=keys)

    def stop(signum: int, frame: FrameType | None) -> None:
        # shutdown() waits for serve_forever(), which runs in this very thread.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    host, port = server.server_address[:2]
    print(f"Stand-in portal on http://{host!s}:{port} (state in {options.state})", flush=True)
    server.serve_forever(poll_interval=0.1)
    server.server_close()


if __name__ == "__main__":
    main()
