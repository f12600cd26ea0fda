"""The HTTP side: who asks, which fault is on order, what is answered."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hmac
import json
import secrets
import socket
import struct
import time
import traceback
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from publishing.devserver.faults import Fault, FaultBox
from publishing.devserver.http import ApiError, Request, Response, json_response
from publishing.devserver.router import route
from publishing.devserver.store import Store

CONTROL = "/__standin/"
LOOPBACK = ("127.0.0.1", "::1")
LOG_LENGTH = 2000
# Kept out of the log of requests.
SECRET = ("authorization", "x-esri-authorization", "x-ckan-api-key")
USER: dict[str, Any] = {
    "id": "demo-user",
    "displayName": "Portal publisher",
    "email": "publisher@example.gov",
    "roleName": "publisher",
    "rights": ["create_datasets", "edit_others_datasets", "review_public_approvals"],
}


class PortalServer(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

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
        self.faults = FaultBox()
        self.tickets: dict[str, list[Any]] = {}
        self.log: deque[dict[str, Any]] = deque(maxlen=LOG_LENGTH)
        super().__init__(address, handler or PortalHandler)

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

    def do_GET(self) -> None:
        self._answer()

    do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """The log is kept for tests at /__standin/log; the terminal stays quiet."""

    def _answer(self) -> None:
        request = self._request()
        try:
            response = self._respond(request)
        except ConnectionCut:
            self._cut()
            return
        with contextlib.suppress(ConnectionError):
            self._send(response)

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        return Request(
            method="GET" if self.command == "HEAD" else self.command,
            path=parts.path if parts.path == "/" else parts.path.rstrip("/"),
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length) if length else b"",
            client=self.client_address[0],
            host=self.headers.get("Host", "localhost"),
        )

    def _respond(self, request: Request) -> Response:
        if request.path.startswith(CONTROL):
            return self._guarded(request, self._control)
        entry = {
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "size": len(request.body),
            "headers": {name: value for name, value in request.headers.items() if name not in SECRET},
            "signed": self.is_signed(request),
        }
        self.server.log.append(entry)
        fault = self.server.faults.take(request.method, request.path, len(request.body), not entry["signed"])
        response = self._with_fault(request, fault)
        entry["status"] = response.status
        return response

    def _with_fault(self, request: Request, fault: Fault | None) -> Response:
        if fault is None:
            return self._guarded(request, self.dispatch)
        if fault.kind == "reset_before":
            raise ConnectionCut
        if fault.kind == "status":
            return self.faulty(fault)
        if fault.kind == "too_large":
            return self.refusal(ApiError(413, "req.body.too-large", "The body is too large"))
        if fault.kind == "redirect":
            return Response(302, b"", headers={"Location": "/"})
        if fault.kind == "html":
            page = b"<html><head><title>Error</title></head><body><h1>Bad gateway</h1></body></html>"
            return Response(fault.status, page, "text/html")
        if fault.kind == "errors":
            request.headers["x-standin-drop"] = str(fault.count)
        if fault.kind == "corrupt":
            request.headers["x-standin-corrupt"] = "1"
        response = self._guarded(request, self.dispatch)
        if fault.kind == "reset_after":
            raise ConnectionCut
        if fault.kind == "slow":
            time.sleep(fault.seconds)
        if fault.kind == "truncated":
            response.body = response.body[: max(1, len(response.body) // 2)]
        if fault.kind == "ticket":
            ticket = secrets.token_hex(8)
            self.server.tickets[ticket] = [fault.polls, response]
            return _accepted(ticket)
        return response

    def _guarded(self, request: Request, handle: Any) -> Response:
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

    def is_signed(self, request: Request) -> bool:
        return "authorization" in request.headers

    def user_of(self, request: Request) -> dict[str, Any] | None:
        header = request.headers.get("authorization")
        if header is None:
            return None
        kind, _, text = header.partition(" ")
        try:
            name, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            name = secret = ""
        known = self.server.keys.get(name, "")
        if kind.lower() != "basic" or not known or not hmac.compare_digest(known.encode(), secret.encode()):
            raise ApiError(401, "authentication_required", "Incorrect key id or secret")
        return USER

    def refusal(self, error: ApiError) -> Response:
        return error.response()

    def faulty(self, fault: Fault) -> Response:
        """The answer of an ordered fault of the kind "status"."""
        response = self.refusal(ApiError(fault.status, fault.code, fault.message))
        if fault.retry_after is not None:
            response.headers["Retry-After"] = str(fault.retry_after)
        return response

    def dispatch(self, request: Request) -> Response:
        ticket = request.query.get("ticket")
        if ticket in self.server.tickets:
            state = self.server.tickets[ticket]
            state[0] -= 1
            return _accepted(ticket) if state[0] > 0 else state[1]
        found = route(request.method, request.path)
        if found is None:
            raise ApiError(404, "not_found", "Not found")
        handler, request.args = found
        return handler(self.server.store, request)

    def _control(self, request: Request) -> Response:
        """Orders for tests: faults, settings and the log of requests, from this machine only."""
        if request.client not in LOOPBACK:
            raise ApiError(403, "permission_denied", "Only this machine may order faults")
        name = request.path.removeprefix(CONTROL)
        if name == "log" and request.method == "DELETE":
            self.server.log.clear()
            return json_response({})
        if name == "log":
            return json_response(list(self.server.log))
        if name == "settings":
            if request.method == "POST":
                self.server.store.set_settings(json.loads(request.body))
            return json_response(self.server.store.settings())
        if name == "faults" and request.method == "DELETE":
            self.server.faults.clear()
            return json_response({})
        if name == "faults" and request.method == "POST":
            try:
                fault = self.server.faults.add(json.loads(request.body))
            except (TypeError, ValueError) as error:
                raise ApiError(400, "invalid_request", str(error)) from error
            return json_response({"kind": fault.kind, "times": fault.times})
        raise ApiError(404, "not_found", "Not found")

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        self.send_header("X-Socrata-RequestId", secrets.token_hex(16))
        self.send_header("X-Socrata-Region", "stand-in")
        self.send_header("Access-Control-Allow-Origin", "*")
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def _cut(self) -> None:
        """End the connection with a reset, as a crashing proxy does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()


def _accepted(ticket: str) -> Response:
    body = {"code": "accepted", "error": False, "ticket": ticket, "details": {}, "message": "Accepted"}
    return json_response(body, status=202)
