"""Middleware: request ids, default-deny access, recording of refusals, time zone, no-store."""

from __future__ import annotations

import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from accounts.selectors import profile_for, program_of
from audit.request import request_id
from audit.services import event_record
from opendata_portal.access import PUBLIC, may_open
from opendata_portal.logs import SECRET_PARTS

GetResponse = Callable[[HttpRequest], HttpResponse]
REFUSALS_PER_HOUR = 60


class RequestIdMiddleware:
    """Gives each request an id, which error pages show and audit events carry."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex[:16]
        token = request_id.set(request.request_id)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-Id"] = request.request_id
        return response


class AccessMiddleware:
    """Refuses by default: a URL name that URL_ACCESS does not have is closed to everybody."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if "\0" in request.path:
            raise Http404  # PostgreSQL takes no NUL, so nothing has it in its name
        name = request.resolver_match.view_name if request.resolver_match else ""
        if request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
            return None
        rule = may_open(name)
        if rule is PUBLIC:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if rule is None or not rule(request.user):
            raise PermissionDenied("This page is not part of your role.")
        return None


class RefusalMiddleware:
    """Records refusals of people who are logged in, after the rollback, at most so many an hour each.

    A view that answers a refusal with a page of its own leaves the reason on the request (`refusal_reason`).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        was_refused = response.status_code == 403 or hasattr(request, "refusal_reason")
        if was_refused and getattr(request, "user", None) and request.user.is_authenticated:
            self._record(request)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if isinstance(exception, PermissionDenied):
            request.refusal_reason = str(exception)[:300]

    def _record(self, request: HttpRequest) -> None:
        key = f"refusals:{request.user.pk}"
        count = cache.get_or_set(key, 0, timeout=3600)
        if count >= REFUSALS_PER_HOUR:
            return
        cache.set(key, count + 1, timeout=3600)
        match = request.resolver_match
        program = getattr(request, "program", None) or program_of(request.user)
        event_record(
            action="access.refused",
            actor=request.user,
            data={
                "page": match.view_name if match else "",
                "of": {k: str(v) for k, v in match.kwargs.items() if k not in SECRET_PARTS} if match else {},
                "reason": getattr(request, "refusal_reason", "not allowed"),
            },
            program_id=program.pk if program else None,
        )


class TimezoneMiddleware:
    """Shows times in the time zone of the person's program."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.program = program_of(request.user) if request.user.is_authenticated else None
        zone = profile_for(request.program).timezone if request.program else settings.TIME_ZONE
        with timezone.override(zoneinfo.ZoneInfo(zone)):
            return self.get_response(request)


class PrivateResponseMiddleware:
    """Pages of people who are logged in are kept by no cache; and what the product never uses is switched off."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store, private"
        response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
        return response
