"""What a form posted, as the value it stands for."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils.dateparse import parse_date


def posted_day(request: HttpRequest, name: str) -> date | None:
    """The day in the field `name`; None when there is none, or no such day."""
    try:
        return parse_date(request.POST.get(name, ""))
    except ValueError:
        return None
