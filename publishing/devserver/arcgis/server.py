"""The HTTP side of the stand-in: tokens, errors that come with status 200, and every path in one table."""

from __future__ import annotations

import hmac
import os
import re
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from publishing.devserver.arcgis import content, forms, pages, services
from publishing.devserver.arcgis.forms import Ask, denied
from publishing.devserver.documents import Documents
from publishing.devserver.faults import Fault
from publishing.devserver.http import ApiError, Request, Response, json_response
from publishing.devserver.server import PortalHandler, PortalServer

DEMO_USER, DEMO_PASSWORD = content.OWNER, "standin-password"
TOKEN_SECONDS = 3600
# What comes as a status of HTTP itself; every other error comes with 200.
HTTP_ERRORS = (413, 429)

REST = "/sharing/rest"
USER = rf"{REST}/content/users/{content.OWNER}"
ITEM = rf"{USER}/items/(?P<item>\w+)"
SERVICE = r"/rest/services/(?P<name>\w+)/FeatureServer"
ADMIN = r"/rest/admin/services/(?P<name>\w+)/FeatureServer"
LAYER = r"/(?P<layer>\d+)"

Act = Callable[[Documents, Ask], dict[str, Any]]
ROUTES: list[tuple[str, Act]] = [
    (rf"{REST}/community/self", content.account),
    (USER, content.listed),
    (rf"{USER}/addItem", content.add),
    (rf"{USER}/publish", content.publish),
    (rf"{USER}/createService", content.create_service),
    (rf"{ITEM}/update", content.update),
    (rf"{ITEM}/addPart", content.add_part),
    (rf"{ITEM}/commit", content.commit),
    (rf"{ITEM}/status", content.status),
    (rf"{ITEM}/share", content.share),
    (rf"{ITEM}/unshare", content.unshare),
    (rf"{ITEM}/delete", content.delete),
    (rf"{REST}/content/items/(?P<item>\w+)", content.read),
    (SERVICE, services.root),
    (rf"{SERVICE}/uploads/upload", services.upload),
    (rf"{SERVICE}/jobs/(?P<job>\w+)", services.job_status),
    (rf"{SERVICE}{LAYER}", services.layer),
    (rf"{SERVICE}{LAYER}/query", services.query),
    (rf"{SERVICE}{LAYER}/append", services.append),
    (rf"{ADMIN}/addToDefinition", services.add_to_service),
    (rf"{ADMIN}/deleteFromDefinition", services.delete_from_service),
    (rf"{ADMIN}{LAYER}/addToDefinition", services.add_to_layer),
    (rf"{ADMIN}{LAYER}/deleteFromDefinition", services.delete_from_layer),
    (rf"{ADMIN}{LAYER}/updateDefinition", services.update_layer),
    (rf"{ADMIN}{LAYER}/truncate", services.truncate),
]
COMPILED = [(re.compile(pattern), act) for pattern, act in ROUTES]


class ArcgisHandler(PortalHandler):
    def is_signed(self, request: Request) -> bool:
        return "x-esri-authorization" in request.headers

    def user_of(self, request: Request) -> dict[str, Any] | None:
        token = request.headers.get("x-esri-authorization", "").removeprefix("Bearer ")
        if not token:
            return None
        known = self.server.store.get("token", token)
        if known is None or known["until"] < time.time():
            raise denied(498, "Invalid token.")
        return {"username": content.OWNER}

    def refusal(self, error: ApiError) -> Response:
        about = {"code": error.status, "message": error.body["message"], "details": []}
        if "code" in error.body:
            about["messageCode"] = error.body["code"]
        over_http = error.status in HTTP_ERRORS or (error.status >= 500 and error.status != 500)
        status = error.status if over_http else 200
        return json_response({"error": about}, status=status)

    def faulty(self, fault: Fault) -> Response:
        if fault.status == 404:
            return self.refusal(forms.gone())
        response = self.refusal(ApiError(fault.status, None, fault.message))
        if fault.retry_after is not None:
            response.headers["Retry-After"] = str(fault.retry_after)
        return response

    def dispatch(self, request: Request) -> Response:
        store: Documents = self.server.store
        if request.path == "/":
            return pages.home(store)
        if request.path == "/home/item.html":
            return pages.item(store, request)
        if request.path == f"{REST}/generateToken":
            return json_response(self._token(store, forms.read(request)))
        for pattern, act in COMPILED:
            match = pattern.fullmatch(request.path)
            if match:
                ask = forms.read(request)
                ask.args = match.groupdict()
                return json_response(act(store, ask))
        raise denied(404, "Not found")

    def _token(self, store: Documents, ask: Ask) -> dict[str, Any]:
        known = self.server.keys.get(ask.values.get("username", ""), "")
        if not known or not hmac.compare_digest(known.encode(), ask.values.get("password", "").encode()):
            raise denied(400, "Unable to generate token.")
        token = secrets.token_urlsafe(32)
        until = time.time() + TOKEN_SECONDS
        store.put("token", token, {"until": until})
        return {"token": token, "expires": int(until * 1000), "ssl": False}


def make(address: tuple[str, int], state: Path) -> PortalServer:
    password = os.environ.get("STANDIN_PASSWORD", DEMO_PASSWORD)
    return PortalServer(
        address, state=state, keys={DEMO_USER: password}, store=Documents, handler=ArcgisHandler
    )
