"""Dates in one's own calendar: the secret address of a person, and the dates of one release as a file."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from notifications.messages import absolute_link
from workflow.icalendar import CalendarEntry, calendar_text
from workflow.selectors.feed import entries_for, entries_of, feed_of, reader_of
from workflow.services.feed import feed_make, feed_revoke
from workflow.views.base import get_context


@require_safe
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """Has the person an address, and what is it for."""
    return render(request, "workflow/schedule/calendar.html", {"feed": feed_of(request.user)})


@require_POST
@never_cache
def calendar_make(request: HttpRequest) -> HttpResponse:
    """Make or renew the address; this page is the only one that ever shows it."""
    token = feed_make(user=request.user)
    address = absolute_link(reverse("calendar_file", args=[token]))
    page = {"feed": feed_of(request.user), "address": address}
    return render(request, "workflow/schedule/calendar.html", page)


@require_POST
def calendar_revoke(request: HttpRequest) -> HttpResponse:
    """The address stops working at once."""
    if feed_revoke(user=request.user):
        messages.success(request, "The address no longer works. Calendars that read it keep what they have.")
    return redirect("calendar_feed")


@require_safe
@never_cache
def calendar_file(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind a secret address; who holds the address is who reads."""
    user = reader_of(token)
    if user is None:
        raise Http404("There is no such calendar.")
    return _calendar("Open data: dates", entries_for(user, now=timezone.now()))


@require_safe
def release_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """The dates of one release, to take into a calendar once."""
    context = get_context(request, pk)
    response = _calendar(context.dataset.title, entries_of(context.release, now=context.now))
    response["Content-Disposition"] = f'attachment; filename="release-{pk}.ics"'
    return response


def _calendar(name: str, entries: list[CalendarEntry]) -> HttpResponse:
    text = calendar_text(name, entries, now=timezone.now())
    return HttpResponse(text.encode(), content_type="text/calendar; charset=utf-8")


urlpatterns = [
    path("calendar/", calendar_feed, name="calendar_feed"),
    path("calendar/make/", calendar_make, name="calendar_make"),
    path("calendar/revoke/", calendar_revoke, name="calendar_revoke"),
    path("calendar/<slug:token>.ics", calendar_file, name="calendar_file"),
    path("releases/<int:pk>/dates.ics", release_calendar, name="release_calendar"),
]
