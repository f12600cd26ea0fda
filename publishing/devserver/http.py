"""What a request and an answer are inside the stand-in."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"


class ApiError(Exception):
    """An answer in the portal's own error shape."""

    def __init__(
        self, status: int, code: str | None, message: str, data: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers: dict[str, str] = {}
        self.body: dict[str, Any] = {"error": True, "message": message}
        if code:
            self.body["code"] = code
        if data:
            self.body["data"] = data

    def response(self) -> Response:
        headers = {
            "X-Error-Message": self.body["message"].encode("ascii", "replace").decode(),
            **self.headers,
        }
        if "code" in self.body:
            headers["X-Error-Code"] = self.body["code"]
        return json_response(self.body, status=self.status, headers=headers)


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    client: str
    host: str
    # The body: a long one lies on disk, so read `file` in pieces where bodies may be long.
    file: IO[bytes] = field(default_factory=io.BytesIO)
    size: int = 0
    scheme: str = "http"
    user: dict[str, Any] | None = None
    args: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        self.file.seek(0)
        return self.file.read()

    @property
    def base(self) -> str:
        return f"{self.scheme}://{self.host}"

    def json(self) -> Any:
        """The body as JSON; numbers keep every digit, NaN and Infinity are refused as they are no JSON."""
        try:
            return json.loads(self.body.decode("utf-8"), parse_float=Decimal, parse_constant=no_constant)
        except (ValueError, UnicodeDecodeError) as error:
            raise ApiError(400, "req.body.malformed-json", f"Malformed JSON: {error}") from error

    def signed_in(self) -> dict[str, Any]:
        if self.user is None:
            raise ApiError(403, None, "You must be logged in to access this resource")
        return self.user

    def publisher(self) -> dict[str, Any]:
        """Who signed in, when it is somebody who may change the portal's contents."""
        user = self.signed_in()
        if "create_datasets" not in user["rights"]:
            raise ApiError(403, "permission_denied", "You do not have permission to do this")
        return user


@dataclass
class Response:
    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    # A long answer comes in pieces, made while they are sent; `body` is empty then.
    stream: Iterator[bytes] | None = None


def no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def json_response(data: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(status, json.dumps(data, default=str).encode() + b"\n", JSON, headers or {})
