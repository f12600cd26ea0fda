"""The HTTP side: who asks, which fault is on order, what is answered."""

from __future__ import annotations

import contextlib
import secrets
import socket
import struct
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from publishing.devserver import activity, control, people, throttle, transport
from publishing.devserver.dsmapi import jobs
from publishing.devserver.faults import Fault, FaultBox, Hit
from publishing.devserver.http import ApiError, Request, Response, json_response
from publishing.devserver.router import NAMES, route
from publishing.devserver.store import Store

LOG_LENGTH = 2000
# Kept out of the log of requests.
SECRET = ("authorization", "x-esri-authorization", "x-ckan-api-key", "cookie")
HANDSHAKE_SECONDS = 300


class QuietServer(ThreadingHTTPServer):
    """A thread for each connection; a client that goes away is no news."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections that break off, and handshakes that fail, are what this server is for."""


class PortalServer(QuietServer):
    def __init__(
        self,
        address: tuple[str, int],
        *,
        state: Path,
        keys: dict[str, str],
        store: Callable[[Path], Any] = Store,
        handler: type[PortalHandler] | None = None,
    ) -> None:
        self.store = store(state)
        self.keys = keys
        self.scheme = "http"
        self.faults = FaultBox()
        self.throttle = throttle.Buckets()
        self.tickets: dict[str, list[Any]] = {}
        self.log: deque[dict[str, Any]] = deque(maxlen=LOG_LENGTH)
        self.busy = 0.0
        self.time_lock = threading.Lock()
        super().__init__(address, handler or PortalHandler)

    @property
    def plain(self) -> PortalServer:
        return self

    def note(self, seconds: float) -> None:
        with self.time_lock:
            self.busy += seconds

    def server_close(self) -> None:
        super().server_close()
        self.store.close()


class ConnectionCut(Exception):
    """The fault says: no answer, the connection ends here."""


class PortalHandler(BaseHTTPRequestHandler):
    """One request to the Socrata portal. Other portals answer the same hooks in their own way."""

    server: PortalServer
    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = HANDSHAKE_SECONDS

    def do_GET(self) -> None:
        self._answer()

    do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """The log is kept for tests at /__standin/log; the terminal stays quiet."""

    def _answer(self) -> None:
        request = self._request()
        started = time.perf_counter()
        try:
            response = self._respond(request)
        except ConnectionCut:
            self._cut()
            return
        finally:
            request.file.close()
            self.server.plain.note(time.perf_counter() - started)
        with contextlib.suppress(ConnectionError):
            transport.send(self, response, self.server.plain.note)

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        file, size = transport.read_body(self)
        return Request(
            method="GET" if self.command == "HEAD" else self.command,
            path=parts.path if parts.path == "/" else parts.path.rstrip("/"),
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            file=file,
            size=size,
            client=self.client_address[0],
            host=self.headers.get("Host", "localhost"),
            scheme=self.server.scheme,
        )

    def _respond(self, request: Request) -> Response:
        if request.path.startswith(control.PREFIX):
            return self._guarded(request, lambda asked: control.answer(self.server.plain, asked, NAMES))
        entry: dict[str, Any] = {
            "method": request.method,
            "path": request.path,
            "route": self.route_name(request),
            "query": request.query,
            "size": request.size,
            "headers": {name: value for name, value in request.headers.items() if name not in SECRET},
            "signed": self.is_signed(request),
            "tls": request.scheme == "https",
        }
        self.server.log.append(entry)
        hit = Hit(request.method, request.path, entry["route"], request.size, not entry["signed"])
        response = self._with_fault(request, self.server.faults.take(hit))
        entry["status"] = response.status
        return response

    def _with_fault(self, request: Request, fault: Fault | None) -> Response:
        if fault is None:
            return self._guarded(request, self.dispatch)
        if fault.kind == "reset_before":
            raise ConnectionCut
        if fault.kind == "too_large":
            return self.refusal(transport.too_large())
        if fault.kind in ("status", "html", "redirect") and fault.when != "after":
            return self._instead(fault)
        if fault.kind == "slow" and fault.when == "before":
            time.sleep(fault.seconds)
        if fault.kind == "errors":
            request.headers["x-standin-drop"] = str(fault.count)
        if fault.kind == "corrupt":
            request.headers["x-standin-corrupt"] = "1"
        return self._afterwards(fault, self._guarded(request, self.dispatch))

    def _instead(self, fault: Fault) -> Response:
        """The answer of a fault that has one of its own."""
        if fault.kind == "status":
            return self.faulty(fault)
        if fault.kind == "redirect":
            return Response(302, b"", headers={"Location": "/"})
        page = b"<html><head><title>Error</title></head><body><h1>Bad gateway</h1></body></html>"
        return Response(fault.status, page, "text/html")

    def _afterwards(self, fault: Fault, response: Response) -> Response:
        """What a fault makes of an answer whose work is done and kept."""
        if fault.kind == "reset_after":
            raise ConnectionCut
        if fault.kind in ("status", "html", "redirect"):
            return self._instead(fault)
        if fault.kind == "slow" and fault.when != "before":
            time.sleep(fault.seconds)
        if fault.kind == "truncated":
            transport.cut_in_half(response)
        if fault.kind == "ticket":
            ticket = secrets.token_hex(8)
            self.server.tickets[ticket] = [fault.polls, transport.whole(response)]
            return _accepted(ticket)
        return response

    def _guarded(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        try:
            request.user = self.user_of(request)
            with self.server.store.transaction():
                return handle(request)
        except ApiError as error:
            return self.refusal(error)
        except Exception:  # noqa: BLE001 - whatever it is, the client gets an answer
            # A fault of the stand-in itself: shown on its terminal, told as a portal tells its own.
            traceback.print_exc()
            return self.refusal(ApiError(500, "internal_error", "Internal error"))

    # what portals differ in

    def route_name(self, request: Request) -> str:
        found = route(request.method, request.path)
        return found[0].name if found else ""

    def is_signed(self, request: Request) -> bool:
        return "authorization" in request.headers

    def user_of(self, request: Request) -> dict[str, Any] | None:
        return people.who(request, self.server.keys)

    def refusal(self, error: ApiError) -> Response:
        return error.response()

    def faulty(self, fault: Fault) -> Response:
        """The answer of an ordered fault of the kind "status"."""
        response = self.refusal(ApiError(fault.status, fault.code, fault.message))
        if fault.retry_after is not None:
            response.headers["Retry-After"] = str(fault.retry_after)
        return response

    def dispatch(self, request: Request) -> Response:
        self.server.throttle.admit(request, self.server.store.settings())
        ticket = request.query.get("ticket")
        if ticket in self.server.tickets:
            state = self.server.tickets[ticket]
            state[0] -= 1
            return _accepted(ticket) if state[0] > 0 else state[1]
        found = route(request.method, request.path)
        if found is None:
            raise ApiError(404, "not_found", "Not found")
        known, request.args = found
        jobs.settle(self.server.store)
        response = known.handler(self.server.store, request)
        activity.record(self.server.store, request, known.name)
        return response

    def _cut(self) -> None:
        """End the connection with a reset, as a crashing proxy does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()


def _accepted(ticket: str) -> Response:
    body = {"code": "accepted", "error": False, "ticket": ticket, "details": {}, "message": "Accepted"}
    return json_response(body, status=202)
