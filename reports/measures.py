"""Small sums over days and months. What a word on the dashboard means is written here, once."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from accounts.profiles import Profile, Updates
from workflow.calendar import WEEKDAYS, calendar_of
from workflow.freshness import freshness_of


def percentile(values: Iterable[float], share: float) -> float | None:
    """The smallest of the values that `share` of them do not exceed (nearest rank); None without values."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def days_between(start: datetime, end: datetime) -> float:
    """Days with one decimal: a stage may be passed within hours."""
    return round((end - start).total_seconds() / 86400, 1)


def is_fresh(
    frequency: str,
    updated_at: datetime,
    now: datetime,
    profile: Profile | None = None,
    looked_at: datetime | None = None,
) -> bool | None:
    """Whether data is not overdue by the rules of its program; None when its frequency promises no date.

    `looked_at`: when its source was last read and held nothing newer than what is public.
    """
    updates, calendar = (profile.updates, calendar_of(profile)) if profile else (Updates(), WEEKDAYS)
    fresh = freshness_of(frequency, updated_at, now, updates, calendar, looked_at)
    return None if fresh is None else not fresh.is_late


def month_of(moment: datetime) -> str:
    """The calendar month, in the time zone of the page: "2026-11"."""
    return timezone.localtime(moment).strftime("%Y-%m")


def months_until(now: datetime, count: int) -> tuple[str, ...]:
    """The last `count` months, oldest first, the present one included."""
    local = timezone.localtime(now)
    last = local.year * 12 + local.month - 1
    return tuple(f"{index // 12}-{index % 12 + 1:02d}" for index in range(last - count + 1, last + 1))


def start_of_months(now: datetime, count: int) -> datetime:
    """The first moment of the first of those months."""
    year, month = months_until(now, count)[0].split("-")
    return timezone.localtime(now).replace(
        year=int(year), month=int(month), day=1, hour=0, minute=0, second=0, microsecond=0
    )
