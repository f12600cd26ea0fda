"""Letters about due dates: reminder, due, escalation. Each once, in the transaction of the row that says so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from audit.services import event_record
from dossier.services import dossier_lock
from notifications.services import message_queue, names
from workflow import routing
from workflow.calendar import calendar_of
from workflow.context import ReleaseContext, context_of
from workflow.models import DeadlineNotice, Review
from workflow.selectors.deadlines import Kind, due_words, notice_due, pause_of
from workflow.selectors.reviews import people_for
from workflow.selectors.turns import Turn, turns_of
from workflow.selectors.work import returns_standing
from workflow.services.letters import letter_context
from workflow.stages import SYSTEM_OWNER


@transaction.atomic
def stage_notice(*, release_id: int, kind: str, now: datetime) -> bool:
    """Write the notice of `kind` about the stage's due date, once; False when it is written or not due any more."""
    dossier_lock(release_id=release_id)
    context = context_of(release_id, now=now)
    release = context.release
    if release.due_at is None or release.held_at or pause_of(release) is not None:
        return False
    if notice_due(due_at=release.due_at, context=context, now=now) != kind:
        return False
    if not _written(context, kind, release.due_at, None, now):
        return False
    turn, asked = _asked(context)
    told = [] if asked else routing.holders(context, Role.COORDINATOR)
    if kind == Kind.ESCALATE:
        told = [*told, *_escalated_to(context, asked)]
    overview = reverse("release", args=[release.pk])
    work = reverse(turn.url_name, args=[release.pk, *turn.url_args]) if turn else overview
    words = letter_context(
        context,
        None,
        due=due_words(release.due_at, calendar_of(context.profile), now),
        what=turn.what if turn else "",
        others_told=kind == Kind.ESCALATE and bool(told),
    )
    # Who only looks after late work may have no business on the page where it is done.
    for readers, path in ((asked, work), ([person for person in told if person not in asked], overview)):
        message_queue(
            message_id="deadline_passed" if kind == Kind.ESCALATE else "deadline_near",
            recipients=readers,
            asked=[person for person in readers if person in asked],
            actor=None,
            context={"waits_on": names(asked), **words},
            path=path,
            release_id=release_id,
            dataset_id=context.dataset.pk,
            now=now,
        )
    return True


@transaction.atomic
def review_notice(*, release_id: int, review_id: int, kind: str, now: datetime) -> bool:
    """Write the notice of `kind` about a review that is asked for, once; False when it is not due any more."""
    dossier_lock(release_id=release_id)
    context = context_of(release_id, now=now)
    review = next((row for row in context.reviews if row.pk == review_id and row.is_pending), None)
    if review is None or review.due is None or context.release.held_at:
        return False
    if notice_due(due_at=review.due, context=context, now=now) != kind:
        return False
    if not _written(context, kind, review.due, review, now):
        return False
    asked = [person for person in people_for(context, review) if person.is_active]
    told = _escalated_to(context, asked) if kind == Kind.ESCALATE else []
    if kind == Kind.ESCALATE and review.requested_by is not None:
        told.append(review.requested_by)
    message_queue(
        message_id="review_due",
        recipients=told,
        asked=asked,
        actor=None,
        context=letter_context(
            context,
            None,
            kind=review.get_kind_display(),
            due=due_words(review.due, calendar_of(context.profile), now),
        ),
        path=reverse("release_reviews", args=[release_id]),
        release_id=release_id,
        dataset_id=context.dataset.pk,
        now=now,
    )
    return True


def _written(
    context: ReleaseContext, kind: str, due_at: datetime, review: Review | None, now: datetime
) -> bool:
    """Write the row of a notice with its event; False when it is there already. Under the lock of the dossier."""
    about: dict[str, Any] = {
        "release": context.release,
        "review": review,
        "kind": kind,
        "due_at": due_at,
    }
    if DeadlineNotice.objects.filter(**about).exists():
        return False
    notice = DeadlineNotice.objects.create(**about, at=now)
    event_record(
        action="workflow.deadline_noticed",
        actor=None,
        subject=context.release,
        data={
            "notice": notice.get_kind_display(),
            "about": f"{review.get_kind_display()} review" if review else context.release.get_stage_display(),
        },
        program_id=context.dataset.program_id,
        dataset_id=context.dataset.pk,
        release_id=context.release.pk,
        now=now,
    )
    return True


def _asked(context: ReleaseContext) -> tuple[Turn | None, list[User]]:
    """What the stage asks for now, and of whom; reviews have due dates of their own."""
    returned = returns_standing([context]).get(context.release.pk)
    turns = [turn for turn in turns_of(context, returned) if turn.due == context.release.due_at]
    people = {
        person: turn
        for turn in reversed(turns)
        if turn.role not in ("", SYSTEM_OWNER)
        for person in routing.holders(context, turn.role)
        if person.is_active
    }
    return (turns[0] if turns else None), list(people)


def _escalated_to(context: ReleaseContext, asked: list[User]) -> list[User]:
    """Whom the program names, and the CDO; the portal admin where those are the very people who are late."""
    roles = dict.fromkeys((context.profile.clock.escalate_to, Role.CDO.value))
    found = [person for role in roles for person in routing.holders(context, role) if person.is_active]
    if set(found) <= set(asked):
        found = [person for person in routing.holders(context, Role.PORTAL_ADMIN) if person.is_active]
    return found
