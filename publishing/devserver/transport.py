"""Bytes in and bytes out: how a body is taken in, and how an answer is sent, whole or in pieces."""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import IO

from publishing.devserver.http import ApiError, Response

# A longer body waits on disk.
IN_MEMORY = 1_048_576
PIECE = 262_144


def read_body(handler: BaseHTTPRequestHandler) -> tuple[IO[bytes], int]:
    """The body of this request and its length, whether its length was told or it comes in chunks."""
    body: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed with the request
    size = 0
    for piece in _pieces(handler):
        body.write(piece)
        size += len(piece)
    body.seek(0)
    return body, size


def _pieces(handler: BaseHTTPRequestHandler) -> Iterator[bytes]:
    if "chunked" in (handler.headers.get("Transfer-Encoding") or "").lower():
        while length := int(handler.rfile.readline().split(b";")[0] or b"0", 16):
            yield handler.rfile.read(length)
            handler.rfile.readline()
        while handler.rfile.readline().strip():
            pass
        return
    left = int(handler.headers.get("Content-Length") or 0)
    while left > 0:
        piece = handler.rfile.read(min(left, PIECE))
        if not piece:
            raise ConnectionResetError("The client went away in the middle of its body")
        left -= len(piece)
        yield piece


def send(handler: BaseHTTPRequestHandler, response: Response, note: Callable[[float], None]) -> None:
    """Send the answer; `note` is told the seconds that making its pieces took, before the last goes out."""
    handler.send_response(response.status)
    handler.send_header("Content-Type", response.content_type)
    if response.stream is None:
        handler.send_header("Content-Length", str(len(response.body)))
    else:
        handler.send_header("Transfer-Encoding", "chunked")
    handler.send_header("X-Socrata-RequestId", _number(handler))
    handler.send_header("X-Socrata-Region", "stand-in")
    handler.send_header("Access-Control-Allow-Origin", "*")
    for name, value in response.headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    if handler.command == "HEAD":
        return
    if response.stream is None:
        handler.wfile.write(response.body)
    else:
        _send_pieces(handler, response.stream, note)


def _number(handler: BaseHTTPRequestHandler) -> str:
    """The number of a request: the client's own, when it gave one of the right form."""
    given = handler.headers.get("X-Socrata-RequestId") or ""
    known = len(given) <= 32 and given.isalnum()
    return given if known else secrets.token_hex(16)


def _send_pieces(
    handler: BaseHTTPRequestHandler, stream: Iterator[bytes], note: Callable[[float], None]
) -> None:
    busy = 0.0
    while True:
        started = time.perf_counter()
        piece = next(stream, b"")
        busy += time.perf_counter() - started
        if not piece:
            note(busy)
            handler.wfile.write(b"0\r\n\r\n")
            return
        handler.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))


def whole(response: Response) -> Response:
    """The answer as one body, for a fault that keeps it for later."""
    if response.stream is not None:
        response.body, response.stream = b"".join(response.stream), None
    return response


def cut_in_half(response: Response) -> None:
    """The fault "truncated": the first half of the body, or of the first piece."""
    if response.stream is not None:
        response.body, response.stream = next(response.stream, b""), None
    response.body = response.body[: max(1, len(response.body) // 2)]


def too_large() -> ApiError:
    return ApiError(413, "req.body.too-large", "The body is too large")
