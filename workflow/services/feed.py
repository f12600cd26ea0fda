"""Writes about calendar addresses: made, renewed, revoked. Only the hash of the secret is kept."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import event_record
from workflow.models import CalendarFeed
from workflow.selectors.feed import token_hash


@transaction.atomic
def feed_make(*, user: User, now: datetime | None = None) -> str:
    """Give a person a calendar address; an earlier one stops working. Returns the token, which is shown once."""
    now = now or timezone.now()
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    CalendarFeed.objects.filter(user=user, revoked_at=None).update(revoked_at=now)
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(user=user, token_hash=token_hash(token), created_at=now)
    event_record(action="workflow.calendar_made", actor=user, subject=feed, now=now)
    return token


@transaction.atomic
def feed_revoke(*, user: User, now: datetime | None = None) -> bool:
    """Let a person's calendar address stop working. False when there was none."""
    now = now or timezone.now()
    feed = CalendarFeed.objects.select_for_update().filter(user=user, revoked_at=None).first()
    if feed is None:
        return False
    feed.revoked_at = now
    feed.save(update_fields=["revoked_at"])
    event_record(action="workflow.calendar_revoked", actor=user, subject=feed, now=now)
    return True
