"""/__standin/…: orders for tests, from this machine only: faults, settings, the log, and what the portal did."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from publishing.devserver import faults
from publishing.devserver.http import ApiError, Request, Response, json_response

if TYPE_CHECKING:
    from publishing.devserver.server import PortalServer

PREFIX = "/__standin/"
LOOPBACK = ("127.0.0.1", "::1")


def answer(server: PortalServer, request: Request, routes: list[str]) -> Response:
    if request.client not in LOOPBACK:
        raise ApiError(403, "permission_denied", "Only this machine may give orders")
    order = ORDERS.get((request.method, request.path.removeprefix(PREFIX)))
    if order is None:
        raise ApiError(404, "not_found", "Not found")
    try:
        return json_response(order(server, request, routes))
    except (TypeError, ValueError) as error:
        raise ApiError(400, "invalid_request", str(error)) from error


def _log(server: PortalServer, request: Request, routes: list[str]) -> Any:
    return list(server.log)


def _clear_log(server: PortalServer, request: Request, routes: list[str]) -> Any:
    server.log.clear()
    return {}


def _settings(server: PortalServer, request: Request, routes: list[str]) -> Any:
    return server.store.settings()


def _set(server: PortalServer, request: Request, routes: list[str]) -> Any:
    server.store.set_settings(json.loads(request.body))
    return server.store.settings()


def _reset(server: PortalServer, request: Request, routes: list[str]) -> Any:
    server.store.reset_settings()
    server.throttle.forget()
    return server.store.settings()


def _faults(server: PortalServer, request: Request, routes: list[str]) -> Any:
    return {"faults": server.faults.listed(), "kinds": faults.KINDS, "routes": routes}


def _order(server: PortalServer, request: Request, routes: list[str]) -> Any:
    data = json.loads(request.body)
    if isinstance(data, dict) and "schedule" in data:
        seconds = float(data.get("seconds", 1.0))
        data = faults.random_schedule(int(data["schedule"]), int(data.get("length", 3)), seconds=seconds)
    added = [server.faults.add(item) for item in (data if isinstance(data, list) else [data])]
    told = [{"kind": fault.kind, "times": fault.times} for fault in added]
    return told if isinstance(data, list) else told[0]


def _quiet(server: PortalServer, request: Request, routes: list[str]) -> Any:
    server.faults.clear()
    return {}


def _time(server: PortalServer, request: Request, routes: list[str]) -> Any:
    """How long the stand-in itself was at work; what is measured against it can be reckoned without it."""
    return {"seconds": server.busy}


def _reset_time(server: PortalServer, request: Request, routes: list[str]) -> Any:
    server.busy = 0.0
    return {}


ORDERS = {
    ("GET", "log"): _log,
    ("DELETE", "log"): _clear_log,
    ("GET", "settings"): _settings,
    ("POST", "settings"): _set,
    ("DELETE", "settings"): _reset,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _order,
    ("DELETE", "faults"): _quiet,
    ("GET", "time"): _time,
    ("DELETE", "time"): _reset_time,
}
