"""Deadlines as people see them: whom a release waits for, when it is due in words, which notice is due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max, QuerySet
from django.utils.formats import date_format

from audit.models import AuditEvent
from notifications.models import OutgoingMessage
from workflow import policies
from workflow.calendar import BusinessCalendar, calendar_of
from workflow.context import ReleaseContext
from workflow.freezing import free_from
from workflow.models import (
    DeadlineNotice,
    DeadlinePause,
    GuestInvitation,
    HelpRequest,
    Release,
    ReviewOrder,
)
from workflow.selectors.people import RoleBook
from workflow.stages import Stage

# Notices leave on business days from this hour, where the program is: nobody is woken by a deadline.
FROM_HOUR = 8
# Stages in which work by people stands still. A dataset may rest in the inventory, a staged release for its day.
PARKED_STAGES = (Stage.READINESS, Stage.QUALITY, Stage.PRIVACY, Stage.CDO_REVIEW)
Kind = DeadlineNotice.Kind
Cause = DeadlinePause.Cause


@dataclass(frozen=True)
class Wait:
    """Somebody whom the holder of the stage has asked and who has not answered: the clock stands still."""

    cause: str
    waiting_on: str
    why: str


def waits_of(contexts: Sequence[ReleaseContext]) -> dict[int, list[Wait]]:
    """Whom each release waits for: what its stage holder asked of others, and what those ordered to answer it.

    A bounded number of queries. What somebody else asked for does not stop the holder's clock.
    """
    ids = [context.release.pk for context in contexts]
    book = RoleBook({context.dataset.program_id for context in contexts})
    asked = _questions(ids), _guests(ids, contexts[0].now if contexts else None), _orders(ids)
    found: dict[int, list[Wait]] = {}
    for context in contexts:
        holders = {user.pk for user in book.holders(policies.stage_holder(context), context.dataset)}
        waits = [
            Wait(Cause.REVIEW, _review_role(context, review.kind), f"{review.get_kind_display()} review")
            for review in context.reviews
            if review.is_pending and review.requested_by_id in holders
        ]
        for rows in asked:
            waits += [wait for by, wait in rows.get(context.release.pk, ()) if by in holders]
        found[context.release.pk] = waits
    return found


def others_waited_for(context: ReleaseContext, running: DeadlinePause | None) -> list[Wait]:
    """Whom else a release waits for while its clock stands still for somebody."""
    waits = waits_of([context])[context.release.pk] if running is not None else []
    return [
        wait
        for wait in waits
        if running and (wait.cause, wait.waiting_on) != (running.cause, running.waiting_on)
    ]


def _review_role(context: ReleaseContext, kind: str) -> str:
    role = context.profile.review_role(kind)
    return context.profile.role_label(role) if role else kind


def _questions(ids: list[int]) -> dict[int, list[tuple[int, Wait]]]:
    found: dict[int, list[tuple[int, Wait]]] = {}
    for row in HelpRequest.objects.filter(release__in=ids, closed_at=None):
        wait = Wait(Cause.QUESTION, row.get_of_role_display(), "A question that was asked")
        found.setdefault(row.release_id, []).append((row.asked_by_id, wait))
    return found


def _guests(ids: list[int], now: datetime | None) -> dict[int, list[tuple[int, Wait]]]:
    found: dict[int, list[tuple[int, Wait]]] = {}
    rows = GuestInvitation.objects.filter(release__in=ids, consumed_at=None, revoked_at=None)
    for row in rows.filter(expires_at__gt=now) if now else rows.none():
        wait = Wait(Cause.GUEST, row.name, "A comment from outside that was asked for")
        found.setdefault(row.release_id, []).append((row.asked_by_id, wait))
    return found


def _orders(ids: list[int]) -> dict[int, list[tuple[int, Wait]]]:
    """Orders whose owner has not answered, by who made them and by who asked for the consultation."""
    found: dict[int, list[tuple[int, Wait]]] = {}
    rows = ReviewOrder.objects.filter(release__in=ids, state=ReviewOrder.State.OPEN)
    for row in rows.select_related("owner", "review"):
        wait = Wait(Cause.ORDER, str(row.owner), f"{row.get_kind_display()} that was ordered")
        asker = row.review.requested_by_id if row.review else None
        found.setdefault(row.release_id, []).extend((by, wait) for by in {row.ordered_by_id, asker} if by)
    return found


def due_by_plan(context: ReleaseContext) -> datetime | None:
    """The end of the business day on which a staged release goes public by its plan; None when no day is set.

    Its bundle and the freeze periods of the program move that day.
    """
    if context.release.stage != Stage.STAGED or context.plan is None:
        return None
    dates = [at for at in (context.plan.release_at, context.plan.embargo_until) if at is not None]
    if not dates:
        return None
    if context.together is not None:
        dates.append(context.together.bundle.release_at)
    calendar, last = calendar_of(context.profile), free_from(context, max(dates))
    day = calendar.local_day(last)
    if not calendar.is_business_day(day) or last > calendar.end_of(day):
        day = calendar.add(day, 1)
    return calendar.end_of(day)


def pauses_running(release_ids: Iterable[int]) -> dict[int, DeadlinePause]:
    """The pause that runs now, by release. One query."""
    rows = DeadlinePause.objects.filter(release__in=list(release_ids), until=None)
    return {row.release_id: row for row in rows}


def pause_of(release: Release) -> DeadlinePause | None:
    """The pause that runs now for the due date that the release shows; None when it is on hold or has ended."""
    if release.due_at is None or not release.is_open:
        return None
    pause = DeadlinePause.objects.filter(release=release, until=None).first()
    return pause if pause is not None and pause.due_moved == release.due_at else None


def pauses_listed(release: Release) -> QuerySet[DeadlinePause]:
    return DeadlinePause.objects.filter(release=release).select_related("by").order_by("-since", "-pk")


def notices_listed(release: Release) -> QuerySet[DeadlineNotice]:
    return DeadlineNotice.objects.filter(release=release).select_related("review").order_by("-at", "-pk")


def with_readers(notices: Iterable[DeadlineNotice]) -> list[tuple[DeadlineNotice, list[str]]]:
    """Notices with the names of whoever got the letter: a letter is written in the moment of its notice. One query."""
    rows = list(notices)
    letters = OutgoingMessage.objects.filter(
        release_id__in={row.release_id for row in rows},
        message_id__in=("deadline_near", "deadline_passed", "review_due"),
        created_at__in={row.at for row in rows},
    )
    readers: dict[tuple[datetime, str], list[str]] = {}
    for letter in letters.select_related("recipient").order_by("-asked", "pk"):
        kind = letter.context.get("kind", "") if letter.message_id == "review_due" else ""
        readers.setdefault((letter.created_at, kind), []).append(str(letter.recipient))
    return [
        (row, readers.get((row.at, row.review.get_kind_display() if row.review else ""), [])) for row in rows
    ]


def notice_due(*, due_at: datetime | None, context: ReleaseContext, now: datetime) -> str:
    """The latest notice that applies to a due date now; empty when none does, or letters wait for the morning.

    After a time in which nobody swept, only this one is written: what it overtook is not sent late.
    """
    if due_at is None:
        return ""
    calendar, clock = calendar_of(context.profile), context.profile.clock
    today = calendar.local_day(now)
    if not calendar.is_business_day(today) or now.astimezone(ZoneInfo(calendar.zone)).hour < FROM_HOUR:
        return ""
    due = calendar.local_day(due_at)
    if clock.escalate_days and today >= calendar.add(due, clock.escalate_days):
        return str(Kind.ESCALATE)
    if today >= due:
        return str(Kind.DUE)
    if clock.remind_days and today >= calendar.add(due, -clock.remind_days):
        return str(Kind.REMIND)
    return ""


def notices_written(release_ids: Iterable[int]) -> set[tuple[int, int | None, str, datetime]]:
    """Notices that exist: (release, review or None, kind, due date). One query."""
    rows = DeadlineNotice.objects.filter(release__in=list(release_ids))
    return set(rows.values_list("release_id", "review_id", "kind", "due_at"))


def idle_since(releases: Sequence[Release]) -> dict[int, datetime]:
    """When somebody last did anything with each release; refusals do not count. One query."""
    rows = (
        AuditEvent.objects.filter(release_id__in=[release.pk for release in releases], actor__isnull=False)
        .exclude(action="access.refused")
        .values("release_id")
        .annotate(last=Max("at"))
        .values_list("release_id", "last")
    )
    acted = dict(rows)
    return {
        release.pk: max(acted.get(release.pk, release.stage_entered_at), release.stage_entered_at)
        for release in releases
    }


def is_to_be_parked(context: ReleaseContext, since: datetime, now: datetime) -> bool:
    """Nobody has done anything for as many days as the program allows."""
    days = context.profile.clock.park_days
    release = context.release
    return bool(
        days
        and release.stage in PARKED_STAGES
        and not release.held_at
        and now - since >= timedelta(days=days)
    )


# --- In words ---
def day_words(day: date, today: date) -> str:
    """As "Fri 4 Dec", with the year when it is not this one."""
    return date_format(day, "D j M" if day.year == today.year else "D j M Y")


def due_words(due: datetime, calendar: BusinessCalendar, now: datetime) -> str:
    """As "due Fri 4 Dec, in 9 business days", counted by the program's calendar, in its time zone."""
    day, today = calendar.local_day(due), calendar.local_day(now)
    if day == today:
        return "due today" if now <= due else "was due today"
    distance = abs(calendar.between(today, day))
    count = f"{distance} business day{'' if distance == 1 else 's'}"
    if day < today:
        return f"was due {day_words(day, today)}" + (f", {count} late" if distance else "")
    if day == today + timedelta(days=1):
        return "due tomorrow"
    return f"due {day_words(day, today)}" + (f", in {count}" if distance else "")


def pause_words(pause: DeadlinePause, calendar: BusinessCalendar, now: datetime) -> str:
    """As "clock paused since Mon 16 Nov, waiting on Legal"."""
    since = day_words(calendar.local_day(pause.since), calendar.local_day(now))
    return f"clock paused since {since}, waiting on {pause.waiting_on}"
