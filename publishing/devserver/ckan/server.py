"""The HTTP side of the stand-in: the envelope of CKAN's answers, and who asks."""

from __future__ import annotations

import hmac
import os
from pathlib import Path
from typing import Any

from publishing.devserver.ckan import datastore, packages, pages
from publishing.devserver.documents import Documents
from publishing.devserver.faults import Fault
from publishing.devserver.http import ApiError, Request, Response, json_response
from publishing.devserver.server import PortalHandler, PortalServer

DEMO_TOKEN = "standin-token"  # noqa: S105 - the published token of a portal that holds nothing real
ACTION = "/api/3/action/"
ACTIONS = packages.ACTIONS | datastore.ACTIONS
TYPES = {403: "Authorization Error", 404: "Not Found Error", 409: "Validation Error"}


class CkanHandler(PortalHandler):
    def user_of(self, request: Request) -> dict[str, Any] | None:
        token = request.headers.get("authorization", "")
        known = self.server.keys["token"]
        return {"name": "publisher"} if hmac.compare_digest(token.encode(), known.encode()) else None

    def refusal(self, error: ApiError) -> Response:
        about = dict(error.body.get("data") or {"message": error.body["message"]})
        about["__type"] = TYPES.get(error.status, "Internal Server Error")
        return json_response({"help": ACTION, "success": False, "error": about}, status=error.status)

    def faulty(self, fault: Fault) -> Response:
        if fault.status == 409 and fault.code != "validation":
            response = Response(409, b"Conflict", "text/plain")
        else:
            response = self.refusal(ApiError(fault.status, fault.code, fault.message))
        if fault.retry_after is not None:
            response.headers["Retry-After"] = str(fault.retry_after)
        return response

    def dispatch(self, request: Request) -> Response:
        store: Documents = self.server.store
        if request.path.startswith(ACTION):
            return self._act(store, request)
        if request.path == "/":
            return pages.home(store)
        if request.path.startswith("/dataset/"):
            return pages.dataset(store, request)
        if request.path.startswith("/datastore/dump/"):
            return datastore.dump(store, request)
        raise ApiError(404, None, "Not found")

    def _act(self, store: Documents, request: Request) -> Response:
        name = request.path.removeprefix(ACTION)
        act = ACTIONS.get(name)
        if act is None:
            # As the real one does: a bare JSON string.
            return json_response(f"Bad request - Action name not known: {name}", status=400)
        asked: Any = request.json() if request.body else dict(request.query)
        if not isinstance(asked, dict):
            return json_response(
                "Bad request - JSON Error: Request data JSON must be a dictionary", status=400
            )
        result = act(store, request, asked)
        help_text = f"http://{request.host}{ACTION}help_show?name={name}"
        if isinstance(result, datastore.Raw):
            head = json_response({"help": help_text, "success": True}).body.rstrip(b"}\n")
            return Response(200, head + b', "result": ' + result.text.encode() + b"}\n")
        return json_response({"help": help_text, "success": True, "result": result})


def make(address: tuple[str, int], state: Path) -> PortalServer:
    token = os.environ.get("STANDIN_TOKEN", DEMO_TOKEN)
    return PortalServer(address, state=state, keys={"token": token}, store=Documents, handler=CkanHandler)
