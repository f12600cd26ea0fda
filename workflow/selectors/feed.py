"""The dates that a person's calendar shows: release dates, things to do for plans, deadlines."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import User
from accounts.roles import programs_of
from notifications.messages import absolute_link
from workflow.icalendar import CalendarEntry
from workflow.models import Bundle, CalendarFeed, Freeze, PlanItem, PublicationPlan, Release
from workflow.selectors.datasets import releases_for
from workflow.stages import OPEN_STAGES, Stage

# A calendar program reads the whole feed every time: dates long past are left out, and there is an end to it.
BACK = timedelta(days=90)
LIMIT = 1000


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def feed_of(user: User) -> CalendarFeed | None:
    """The calendar address that a person has now."""
    return CalendarFeed.objects.filter(user=user, revoked_at=None).first()


def reader_of(token: str) -> User | None:
    """Whose calendar a token opens; None when it was revoked, never was, or the account is closed."""
    feeds = CalendarFeed.objects.select_related("user").filter(revoked_at=None, user__is_active=True)
    feed = feeds.filter(token_hash=token_hash(token)).first()
    return feed.user if feed else None


def entries_for(user: User, *, now: datetime) -> list[CalendarEntry]:
    """The dates of every release that the person may see, and of what they have to do for plans."""
    releases = releases_for(user).filter(Q(stage__in=OPEN_STAGES) | Q(stage=Stage.PUBLISHED))
    found = _release_dates(releases, now) + _embargoes(releases, now) + _items(releases, now)
    found += _deadlines(releases, now) + _bundles(user, now) + _freezes(user, now)
    return found[:LIMIT]


def entries_of(release: Release, *, now: datetime) -> list[CalendarEntry]:
    """The dates of one release."""
    one = Release.objects.filter(pk=release.pk)
    return _release_dates(one, now) + _embargoes(one, now) + _items(one, now) + _deadlines(one, now)


def _release_dates(releases: QuerySet[Release], now: datetime) -> list[CalendarEntry]:
    plans = (
        PublicationPlan.objects.filter(release__in=releases, release_at__gte=now - BACK)
        .select_related("release__dataset")
        .order_by("release_at")
    )
    return [
        CalendarEntry(
            uid=_uid("public", plan.release_id),
            title=f"Goes public: {plan.release.dataset.title}",
            at=plan.release_at,
            url=absolute_link(reverse("release_plan", args=[plan.release_id])),
        )
        for plan in plans[:LIMIT]
        if plan.release_at is not None
    ]


def _embargoes(releases: QuerySet[Release], now: datetime) -> list[CalendarEntry]:
    """When an embargo ends, to the minute."""
    plans = PublicationPlan.objects.filter(release__in=releases, embargo_until__gte=now - BACK)
    return [
        CalendarEntry(
            uid=_uid("embargo", plan.release_id),
            title=f"Embargo ends: {plan.release.dataset.title}",
            at=plan.embargo_until,
            url=absolute_link(reverse("release_plan", args=[plan.release_id])),
        )
        for plan in plans.select_related("release__dataset").order_by("embargo_until")[:LIMIT]
        if plan.embargo_until is not None
    ]


def _bundles(user: User, now: datetime) -> list[CalendarEntry]:
    """When releases go public together, in every program where the person works."""
    rows = Bundle.objects.filter(program__in=programs_of(user), release_at__gte=now - BACK)
    return [
        CalendarEntry(
            uid=_uid("bundle", row.pk),
            title=f"Goes public together: {row.name}",
            at=row.release_at,
            url=absolute_link(reverse("bundle", args=[row.pk])),
        )
        for row in rows.exclude(state=Bundle.State.CLOSED)[:LIMIT]
    ]


def _freezes(user: User, now: datetime) -> list[CalendarEntry]:
    """When a freeze period begins and ends; one that was called off is not shown."""
    rows = Freeze.objects.filter(program__in=programs_of(user), lifted_at=None, ends_at__gte=now - BACK)
    return [
        CalendarEntry(
            uid=_uid(f"freeze-{word}", row.pk),
            title=f"{row.get_kind_display()}: {title}",
            at=at,
            url=absolute_link(reverse("freeze", args=[row.pk])),
        )
        for row in rows[:LIMIT]
        for word, at, title in (
            ("begins", row.starts_at, "nothing goes public from now on"),
            ("ends", row.ends_at, "data may go public again"),
        )
    ]


def _items(releases: QuerySet[Release], now: datetime) -> list[CalendarEntry]:
    """What is still to be done for plans; who does it stands on the page, not in the calendar."""
    items = (
        PlanItem.objects.filter(plan__release__in=releases, done_at=None, due__gte=(now - BACK).date())
        .select_related("plan__release__dataset")
        .order_by("due")
    )
    return [
        CalendarEntry(
            uid=_uid("item", item.pk),
            title=f"{item.get_tactic_display()}: {item.plan.release.dataset.title}",
            at=item.due,
            url=absolute_link(reverse("release_plan", args=[item.plan.release_id])),
        )
        for item in items[:LIMIT]
        if item.due is not None
    ]


def _deadlines(releases: QuerySet[Release], now: datetime) -> list[CalendarEntry]:
    rows = (
        Release.objects.filter(pk__in=releases, stage__in=OPEN_STAGES, due_at__gte=now - BACK)
        .select_related("dataset", "profile")
        .order_by("due_at")
    )
    return [
        CalendarEntry(
            uid=_uid("due", row.pk),
            title=f"Due in {row.get_stage_display()}: {row.dataset.title}",
            at=row.due_at,
            url=absolute_link(reverse("release", args=[row.pk])),
        )
        for row in rows[:LIMIT]
        if row.due_at is not None
    ]


def _uid(kind: str, pk: int) -> str:
    """The same for the same date on this installation, whatever changes about it (RFC 7986, 5.3)."""
    return f"{kind}-{pk}@{urlsplit(settings.BASE_URL).hostname or 'open-data'}"
