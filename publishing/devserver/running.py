"""Run a stand-in from the command line until it is told to stop."""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from publishing.devserver import tls
from publishing.devserver.server import PortalServer


def run(name: str, port: int, make: Callable[[tuple[str, int], Path], PortalServer]) -> None:
    """Read --host, --port and --state, then serve what `make` makes of them. `name`: "Stand-in portal"."""
    parser = argparse.ArgumentParser(description=f"{name}, for development and tests.")
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    parser.add_argument("--port", type=int, default=port)
    parser.add_argument(
        "--state", required=True, type=Path, help="directory that keeps the portal's contents"
    )
    parser.add_argument("--tls-port", type=int, help="serve https here as well, by a certificate of our own")
    options = parser.parse_args()
    server = make((options.host, options.port), options.state)
    if options.tls_port is not None:
        _serve_https(server, options.host, options.tls_port, options.state)

    def stop(signum: int, frame: FrameType | None) -> None:
        # shutdown() waits for serve_forever(), which runs in this very thread.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    host, port = server.server_address[:2]
    print(f"{name} on http://{host!s}:{port} (state in {options.state})", flush=True)
    server.serve_forever(poll_interval=0.1)
    server.server_close()


def _serve_https(server: PortalServer, host: str, port: int, state: Path) -> None:
    """The same portal behind TLS, in a thread that ends with the process."""
    ca_file = tls.certificate(state)
    secure = tls.TlsServer((host, port), server, ca_file)
    threading.Thread(target=secure.serve_forever, daemon=True).start()
    print(f"https://{host}:{secure.server_address[1]} (CA file: {ca_file.resolve()})", flush=True)
