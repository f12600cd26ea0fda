"""Files over HTTP: 200 with the file, 404 for everything else, and the faults of the other stand-ins."""

from __future__ import annotations

import contextlib
import mimetypes
from pathlib import Path
from typing import Any

from publishing.devserver.http import HTML, ApiError, Request, Response
from publishing.devserver.server import PortalHandler, PortalServer


class Folder:
    """The state of this stand-in is not its own: it shows what others put there."""

    def __init__(self, root: Path) -> None:
        self.public = root / "public"

    def transaction(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()

    def close(self) -> None:
        """Nothing is open."""

    def settings(self) -> dict[str, Any]:
        return {}


class FileHandler(PortalHandler):
    def user_of(self, request: Request) -> None:
        return None

    def refusal(self, error: ApiError) -> Response:
        page = f"<!doctype html><html lang='en'><title>{error.status}</title><h1>{error.status}</h1></html>"
        return Response(error.status, page.encode(), HTML)

    def dispatch(self, request: Request) -> Response:
        public: Path = self.server.store.public
        steps = [step for step in request.path.split("/") if step]
        if request.method != "GET" or any(step.startswith(".") for step in steps):
            raise ApiError(404, None, "Not found")
        path = public.joinpath(*steps)
        if path.is_dir():
            path /= "index.html"
        try:
            body = path.read_bytes()
        except OSError:
            raise ApiError(404, None, "Not found") from None
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return Response(200, body, f"{kind}; charset=utf-8")


def make(address: tuple[str, int], state: Path) -> PortalServer:
    return PortalServer(address, state=state, keys={}, store=Folder, handler=FileHandler)
