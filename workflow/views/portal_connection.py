"""The connection to the portal, for its admin: what it says of itself and of us, and a trial on request."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_http_methods

from publishing.services.connection import connection_examine, connection_try
from publishing.services.remote import place_of


@require_http_methods(["GET", "HEAD", "POST"])
def portal_connection(request: HttpRequest) -> HttpResponse:
    """Looking changes nothing on the portal; only the button makes a private test dataset and removes it."""
    tried = connection_try(actor=request.user) if request.method == "POST" else []
    context = {
        "place": place_of("socrata"),
        "lines": [] if tried else connection_examine(),
        "tried": tried,
        "all_well": bool(tried) and all(line.tone != "bad" for line in tried),
        "is_standin": settings.SOCRATA_SCHEME != "https",
    }
    return render(request, "publishing/connection.html", context)


urlpatterns = [path("portal/connection/", portal_connection, name="portal_connection")]
