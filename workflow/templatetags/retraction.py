"""For the pages of retractions: how long something took, in words."""

from __future__ import annotations

from datetime import timedelta

from django import template

register = template.Library()


@register.filter
def took(duration: timedelta | None) -> str:
    """“42 seconds”, “4 minutes 10 seconds”, “2 hours 5 minutes”; empty while it is not over."""
    if duration is None:
        return ""
    seconds = max(0, round(duration.total_seconds()))
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [(hours, "hour"), (minutes, "minute"), (0 if hours else seconds, "second")]
    words = [f"{number} {noun}{'' if number == 1 else 's'}" for number, noun in parts if number]
    return " ".join(words) or "less than a second"
