"""Writes about orders: a consultation wants an audit or an update before the approval (Los Angeles, CDO review)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from audit.services import event_record
from notifications.services import message_queue
from work.services import task_nudge
from workflow import policies, routing
from workflow.calendar import calendar_of
from workflow.context import ReleaseContext
from workflow.errors import MoveRefused, ReasonRequired
from workflow.models import ReviewOrder
from workflow.selectors.reviews import is_order_hidden
from workflow.services.letters import letter_context
from workflow.services.review_desk import locked
from workflow.veil import open_seats, order_seats

State = ReviewOrder.State


@transaction.atomic
def order_make(
    *,
    release_id: int,
    review_id: int,
    kind: str,
    text: str,
    owner: User,
    due: date,
    actor: User,
    now: datetime | None = None,
) -> ReviewOrder:
    """Order an audit or an update from a named person, due at the end of a day.

    Raises PermissionDenied unless the review is the actor's to give (or given by them), ReasonRequired without
    words, MoveRefused when the review is gone, the owner cannot see the release, or the day is past.
    """
    now = now or timezone.now()
    context = locked(release_id, now)
    review = next((row for row in context.reviews if row.pk == review_id), None)
    if review is None:
        raise MoveRefused("This review is not asked for any more, so nothing can be ordered from it.")
    if review.reviewer_id != actor.pk:
        policies.check_review(actor, review.kind, context, review.department)
    if not text.strip():
        raise ReasonRequired("Say what is to be done; the owner of the order reads it.")
    if not owner.is_active or not policies.is_visible(owner, context.dataset):
        raise MoveRefused(
            f"{owner} does not see this dataset, so the order would not reach them. Choose another."
        )
    if owner.pk != actor.pk and any(
        policies.may_review(owner, seat, context) for seat in open_seats(review, context.reviews)
    ):
        raise MoveRefused(
            f"{owner} gives this review too, independently of you, and must not read what you think of it. "
            "Choose another."
        )
    calendar = calendar_of(context.profile)
    if due < calendar.local_day(now):
        raise MoveRefused("The day by which it is due is past. Give today or a later day.")
    order = ReviewOrder.objects.create(
        release=context.release,
        review=review,
        review_kind=review.kind,
        kind=kind,
        text=text.strip(),
        owner=owner,
        due=calendar.end_of(due),
        ordered_by=actor,
        ordered_at=now,
    )
    _record("workflow.order_made", order, context, actor, note=order.text, now=now)
    day = date_format(timezone.localtime(order.due), "D j M")
    _letter(
        "order_made", order, context, actor, [owner], routing.team(context), now, due=day, reason=order.text
    )
    return order


@transaction.atomic
def order_answer(
    *, release_id: int, order_id: int, answer: str, actor: User, now: datetime | None = None
) -> ReviewOrder:
    """Say that an order is done, and what was found or changed; whoever ordered it accepts that.

    Raises MoveRefused unless the order is open and the actor's, ReasonRequired without an answer.
    """
    now = now or timezone.now()
    context, order = _locked_order(release_id, order_id, now)
    if order.owner_id != actor.pk:
        raise MoveRefused(f"This order is for {order.owner} to answer.")
    if order.state != State.OPEN:
        raise MoveRefused("This order is answered already.")
    if not answer.strip():
        raise ReasonRequired("Say what was done and what came of it; who ordered it reads it.")
    order.state, order.answer, order.done_by, order.done_at = State.ANSWERED, answer.strip(), actor, now
    order.save(update_fields=["state", "answer", "done_by", "done_at"])
    _record("workflow.order_answered", order, context, actor, note=order.answer, now=now)
    _letter("order_answered", order, context, actor, [order.ordered_by], [], now, reason=order.answer)
    return order


@transaction.atomic
def order_close(
    *,
    release_id: int,
    order_id: int,
    outcome: str,
    actor: User,
    words: str = "",
    now: datetime | None = None,
) -> ReviewOrder:
    """Accept an answer, send it back, or withdraw an order: by whoever ordered it, the review's role, or the CDO.

    `outcome`: "accept", "reopen" or "withdraw"; the last two need words. Raises PermissionDenied,
    ReasonRequired, or MoveRefused when the order is not in a state for it.
    """
    now = now or timezone.now()
    context, order = _locked_order(release_id, order_id, now)
    policies.check_order(actor, order, context)
    words = words.strip()
    if outcome in ("reopen", "withdraw") and not words:
        raise ReasonRequired("Say why, in a sentence; the owner of the order reads it.")
    if outcome in ("accept", "reopen") and order.state != State.ANSWERED:
        raise MoveRefused("This order has no answer yet, so there is nothing to accept.")
    if outcome == "accept" and order.done_by_id == actor.pk:
        raise MoveRefused("You answered this order yourself, so somebody else must accept the answer.")
    action, said = _OUTCOMES[outcome]
    order.closing_words = words
    if outcome == "reopen":
        order.state = State.OPEN
    else:
        order.state = State.ACCEPTED if outcome == "accept" else State.WITHDRAWN
        order.closed_by, order.closed_at = actor, now
    order.save(update_fields=["state", "closing_words", "closed_by", "closed_at"])
    _record(action, order, context, actor, note=words, now=now)
    asked, told = ([order.owner], []) if outcome == "reopen" else ([], [order.owner, order.ordered_by])
    _letter("order_closed", order, context, actor, asked, told, now, outcome=said, reason=words)
    transaction.on_commit(lambda: task_nudge("workflow.tasks.settle", release_id))
    return order


# outcome -> (audit action, words in the letter)
_OUTCOMES: dict[str, tuple[str, str]] = {
    "accept": ("workflow.order_accepted", "accepted"),
    "reopen": ("workflow.order_reopened", "sent back"),
    "withdraw": ("workflow.order_withdrawn", "withdrawn"),
}


def _locked_order(release_id: int, order_id: int, now: datetime) -> tuple[ReleaseContext, ReviewOrder]:
    """The context under lock, and one of its open orders. Raises MoveRefused when it is closed."""
    context = locked(release_id, now)
    order = next((row for row in context.release.review_orders.all() if row.pk == order_id), None)
    if order is None:
        raise MoveRefused("There is no such order on this release.")
    if not order.is_open:
        state = order.get_state_display().lower()
        raise MoveRefused(f"This order is closed: {state}, by {order.closed_by}.")
    return context, order


def _record(
    action: str, order: ReviewOrder, context: ReleaseContext, actor: User, *, note: str, now: datetime
) -> None:
    if order_seats(order, context.reviews):
        # An independent review is still open: the history says neither whose the order is nor what it says.
        action, note = f"{action}_blinded", ""
    event_record(
        action=action,
        actor=actor,
        subject=context.release,
        data={"order": order.get_kind_display().lower(), "owner": str(order.owner), "id": order.pk},
        note=note,
        program_id=context.dataset.program_id,
        dataset_id=context.dataset.pk,
        release_id=context.release.pk,
        now=now,
    )


def _letter(
    message_id: str,
    order: ReviewOrder,
    context: ReleaseContext,
    actor: User,
    asked: list[User],
    told: list[User],
    now: datetime,
    **words: str,
) -> None:
    told = [person for person in told if not is_order_hidden(order, person, context)]
    message_queue(
        message_id=message_id,
        recipients=[*asked, *told],
        asked=asked,
        actor=actor,
        context=letter_context(
            context, actor, order=order.get_kind_display().lower(), owner=str(order.owner), **words
        ),
        path=reverse("release_reviews", args=[context.release.pk]),
        release_id=context.release.pk,
        dataset_id=context.dataset.pk,
        now=now,
    )
