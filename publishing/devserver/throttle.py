"""The shared pool of requests without an app token: so many a minute for each address, then 429."""

from __future__ import annotations

import threading
import time
from typing import Any

from publishing.devserver.http import ApiError, Request

WINDOW = 60.0


class Throttled(ApiError):
    """429 in the shape of soda-fountain, with `Retry-After` where the settings say so."""

    def __init__(self, retry_after: str) -> None:
        super().__init__(429, "too-many-requests", "Too many requests")
        self.body |= {"errorCode": "too-many-requests", "data": {}}
        if retry_after:
            self.headers["Retry-After"] = retry_after


class Buckets:
    def __init__(self) -> None:
        self._seen: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def admit(self, request: Request, settings: dict[str, Any]) -> None:
        """Raises Throttled for an address that has used up its minute; a request with an app token passes."""
        allowed = settings["tokenless_per_minute"]
        if not allowed or request.headers.get("x-app-token") or request.query.get("$$app_token"):
            return
        now = time.monotonic()
        with self._lock:
            since, count = self._seen.get(request.client, (now, 0))
            if now - since >= WINDOW:
                since, count = now, 0
            self._seen[request.client] = since, count + 1
        if count >= allowed:
            raise Throttled(str(settings["tokenless_retry_after"]))

    def forget(self) -> None:
        with self._lock:
            self._seen.clear()
