"""Due dates with their distance in the program's own business days, and why a clock stands still."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone

from accounts.profiles import profile_of
from workflow.calendar import BusinessCalendar, calendar_of
from workflow.models import DeadlinePause, Release
from workflow.selectors.deadlines import due_words, pause_of, pause_words

register = template.Library()


@register.inclusion_tag("workflow/deadlines/due.html")
def release_due(release: Release, with_link: bool = True) -> dict[str, Any]:
    """When a release is due, and since when its clock stands still for whom."""
    calendar = calendar_of(profile_of(release.profile))
    pause = pause_of(release)
    return _words(release.due_at if release.is_open else None, calendar, pause) | {
        "release": release if with_link else None
    }


@register.inclusion_tag("workflow/deadlines/due.html")
def line_due(
    due: datetime | None, calendar: BusinessCalendar, pause: DeadlinePause | None = None
) -> dict[str, Any]:
    """The same for a line of a list, where the calendar and the pause are known."""
    return _words(due, calendar, pause)


@register.filter
def due_for(value: date | datetime | None, release: Release) -> str:
    """A date that something of this release is due on, with its distance in the program's business days."""
    if not value:
        return ""
    calendar = calendar_of(profile_of(release.profile))
    moment = value if isinstance(value, datetime) else calendar.end_of(value)
    return due_words(moment, calendar, timezone.now())


def _words(due: datetime | None, calendar: BusinessCalendar, pause: DeadlinePause | None) -> dict[str, Any]:
    now = timezone.now()
    return {
        "day": calendar.local_day(due) if due else None,
        "words": due_words(due, calendar, now) if due else "",
        "paused": pause_words(pause, calendar, now) if due and pause else "",
    }
