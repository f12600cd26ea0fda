"""Data that is due: one mail per contact for all of theirs, once for each band and period."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from notifications.messages import absolute_link
from notifications.services import message_queue
from workflow.models import FreshnessNotice
from workflow.selectors.refresh import DueLine, due_lines


def freshness_sweep(*, now: datetime | None = None) -> int:
    """Write to the contacts of data that became due, overdue or long overdue since the last mail.

    One letter for each person, with a line and a link for each dataset. Returns how many letters; idempotent.
    """
    now = now or timezone.now()
    by_person: dict[User, list[DueLine]] = {}
    for line in due_lines(now=now):
        contact = contact_of(line)
        if contact is not None:
            by_person.setdefault(contact, []).append(line)
    return sum(_write(person, lines, now) for person, lines in by_person.items())


def contact_of(line: DueLine) -> User | None:
    """Who is asked for the update: the steward, else the coordinator."""
    people = (line.dataset.steward, line.dataset.coordinator)
    return next((person for person in people if person is not None and person.is_active), None)


@transaction.atomic
def _write(person: User, lines: list[DueLine], now: datetime) -> bool:
    told = [line for line in lines if _is_news(person, line, now)]
    if not told:
        return False
    message_queue(
        message_id="freshness",
        recipients=[],
        asked=[person],
        actor=None,
        context={"dataset": _titles(told), "lines": [_line(line) for line in told]},
        path=reverse("my_work"),
        now=now,
    )
    return True


def _is_news(person: User, line: DueLine, now: datetime) -> bool:
    """Note that they are told of this band of this period; False when they were."""
    _, is_new = FreshnessNotice.objects.get_or_create(
        dataset=line.dataset,
        person=person,
        band=line.freshness.band,
        since=line.freshness.current_at,
        defaults={"at": now},
    )
    return is_new


def _line(line: DueLine) -> dict[str, str]:
    due = date_format(timezone.localtime(line.freshness.due_at), "j M Y")
    return {
        "title": line.dataset.title,
        "words": f"is {line.freshness.words.lower()}: the update was due on {due}.",
        "link": absolute_link(reverse("dataset_refresh", args=[line.dataset.pk])),
    }


def _titles(lines: Iterable[DueLine]) -> str:
    titles = [line.dataset.title for line in lines]
    return titles[0] if len(titles) == 1 else f"{titles[0]} and {len(titles) - 1} more"
