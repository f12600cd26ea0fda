"""Forms as ArcGIS takes them, its errors, and who may see what."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from publishing.devserver.documents import Documents
from publishing.devserver.http import ApiError, Request

NO_PERMISSION = "You do not have permissions to access this resource or perform this operation."
_NAME = re.compile(rb'name="([^"]*)"')
_BOUNDARY = re.compile(r"boundary=\"?([^\";]+)")


def denied(code: int, message: str, message_code: str = "") -> ApiError:
    return ApiError(code, message_code or None, message)


def gone() -> ApiError:
    return denied(400, "Item does not exist or is inaccessible.", "CONT_0001")


@dataclass
class Ask:
    """One request, read: the fields of its form or query, its file, and the groups of its path."""

    request: Request
    values: dict[str, str]
    file: bytes | None = None
    args: dict[str, str] = field(default_factory=dict)

    def json(self, name: str) -> Any:
        try:
            return json.loads(self.values.get(name) or "{}")
        except ValueError as error:
            raise denied(400, f"Unable to parse '{name}'.") from error

    def flag(self, name: str) -> bool:
        return self.values.get(name, "").lower() == "true"

    def signed(self) -> None:
        if self.request.user is None:
            raise denied(499, "Token Required")


def read(request: Request) -> Ask:
    kind = request.headers.get("content-type", "")
    values, file = dict(request.query), None
    if kind.startswith("multipart/form-data"):
        match = _BOUNDARY.search(kind)
        if match is None:
            raise denied(400, "No boundary.")
        for part in request.body.split(b"--" + match[1].encode())[1:-1]:
            head, _, body = part[2:].partition(b"\r\n\r\n")
            name = _NAME.search(head)
            content = body.removesuffix(b"\r\n")
            if name and b"filename=" in head:
                file = content
            elif name:
                values[name[1].decode()] = content.decode()
    else:
        values |= dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    return Ask(request, values, file)


def item(store: Documents, ask: Ask, name: str) -> dict[str, Any]:
    """The item, for someone who may see it."""
    found = store.get("item", name)
    if found is None:
        raise gone()
    if found["access"] != "public" and ask.request.user is None:
        raise denied(403, NO_PERMISSION, "GWM_0003")
    return found


def service(store: Documents, ask: Ask) -> dict[str, Any]:
    """The service of the path, for someone who may see its item."""
    found = store.get("service", ask.args["name"])
    if found is None:
        raise denied(404, "Service not found")
    holder = store.get("item", found["item"]) or {}
    if holder.get("access") != "public" and ask.request.user is None:
        raise denied(499, "Token Required")
    return found


def layer(store: Documents, ask: Ask) -> dict[str, Any]:
    found = service(store, ask)["layer"]
    if found is None or str(found["id"]) != ask.args.get("layer", "0"):
        raise denied(404, "Layer not found")
    return found
