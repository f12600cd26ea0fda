"""The deadline of a release: when it is due, why its clock stands still, which notices were sent."""

from __future__ import annotations

import zoneinfo
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from dossier.errors import DossierFrozen
from workflow.calendar import BusinessCalendar, calendar_of
from workflow.context import ReleaseContext
from workflow.errors import MoveRefused
from workflow.forms.deadline import PauseForm
from workflow.models import Release
from workflow.selectors.deadlines import (
    Cause,
    due_by_plan,
    due_words,
    notices_listed,
    others_waited_for,
    pause_of,
    pauses_listed,
    with_readers,
)
from workflow.services.deadlines import deadline_pause, deadline_resume
from workflow.views.base import get_context, may, say_refusal


@require_safe
def release_deadline(request: HttpRequest, pk: int) -> HttpResponse:
    """The due date with its pauses and notices; whoever holds the stage may stop the clock here."""
    return _page(request, get_context(request, pk), PauseForm())


@require_POST
def deadline_pause_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop the clock: somebody outside of the product is waited for."""
    context = get_context(request, pk, "pause_deadline")
    form = PauseForm(request.POST)
    if not form.is_valid():
        return _page(request, context, form, status=422)
    try:
        deadline_pause(release_id=pk, actor=request.user, **form.cleaned_data)
    except (DossierFrozen, MoveRefused) as refusal:
        say_refusal(request, refusal)
    else:
        messages.success(request, "The clock stands still. Let it go on when you have the answer.")
    return redirect("release_deadline", pk)


@require_POST
def deadline_resume_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the clock go on."""
    get_context(request, pk, "pause_deadline")
    try:
        deadline_resume(release_id=pk, actor=request.user)
    except (DossierFrozen, MoveRefused) as refusal:
        say_refusal(request, refusal)
    else:
        messages.success(
            request, "The clock goes on. The due date moved by the business days it stood still."
        )
    return redirect("release_deadline", pk)


def _page(
    request: HttpRequest, context: ReleaseContext, form: PauseForm, *, status: int = 200
) -> HttpResponse:
    release, profile = context.release, context.profile
    calendar = calendar_of(profile)
    running = pause_of(release)
    may_pause = may(request, "pause_deadline", context) and release.due_at is not None and release.is_open
    with timezone.override(zoneinfo.ZoneInfo(profile.timezone)):
        return render(
            request,
            "workflow/deadlines/release.html",
            {
                "release": release,
                "dataset": context.dataset,
                "clock": profile.clock,
                "days": profile.deadlines.get(release.stage),
                "escalate_to": profile.role_words(profile.clock.escalate_to),
                "zone": profile.timezone.replace("_", " "),
                "due": due_words(release.due_at, calendar, context.now)
                if release.due_at and release.is_open
                else "",
                "is_past": release.due_at is not None and release.due_at < context.now,
                "running": running,
                "running_by_hand": running is not None and running.cause == Cause.HAND,
                "pauses": pauses_listed(release)[:50],
                "others": others_waited_for(context, running),
                "days_off": _days_off(release, calendar, context),
                "plan_due": due_by_plan(context),
                "notices": with_readers(notices_listed(release)[:50]),
                "form": form if may_pause and running is None else None,
                "may_resume": may_pause and running is not None and running.cause == Cause.HAND,
            },
            status=status,
        )


def _days_off(release: Release, calendar: BusinessCalendar, context: ReleaseContext) -> list[date]:
    """The weekdays from now to the due date that do not count."""
    if release.due_at is None or not release.is_open:
        return []
    return calendar.days_off(calendar.local_day(context.now), calendar.local_day(release.due_at))


urlpatterns = [
    path("releases/<int:pk>/deadline/", release_deadline, name="release_deadline"),
    path("releases/<int:pk>/deadline/pause/", deadline_pause_view, name="deadline_pause"),
    path("releases/<int:pk>/deadline/resume/", deadline_resume_view, name="deadline_resume"),
]
