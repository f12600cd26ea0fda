"""Whose a review is: claimed, assigned, given back, stepped aside from, or not needed any more.

A review is asked of a role. One person takes it, so that two do not write the same verdict; others see who.
Sources: FEATURES M05, M12, M16.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from work.services import task_nudge
from workflow import policies, review_needs
from workflow.context import ReleaseContext, context_of
from workflow.errors import MoveRefused, ReasonRequired
from workflow.models import Recusal, Review
from workflow.selectors.reviews import people_for
from workflow.services.review_desk import letter, locked_row, record


@transaction.atomic
def review_claim(*, release_id: int, review_id: int, actor: User, now: datetime | None = None) -> Review:
    """Take a review that is asked of one's role; others see who has it.

    Raises PermissionDenied when it is not the actor's to give, MoveRefused when somebody else was faster.
    """
    now = now or timezone.now()
    context, review = locked_row(release_id, review_id, now)
    policies.check_seat(actor, review, context)
    check_not_taken(review, actor)
    _check_one_seat(context, review, actor)
    if review.claimed_by_id != actor.pk:
        review.claimed_by, review.claimed_at, review.assigned_by = actor, now, None
        review.save(update_fields=["claimed_by", "claimed_at", "assigned_by"])
        record("workflow.review_claimed", review, context, actor, now=now)
    return review


@transaction.atomic
def review_unclaim(
    *, release_id: int, review_id: int, actor: User, reason: str = "", now: datetime | None = None
) -> Review:
    """Give a claimed review back to everybody who may give it; somebody else's claim with a reason.

    Raises PermissionDenied, ReasonRequired, or MoveRefused when nobody has it.
    """
    now = now or timezone.now()
    context, review = locked_row(release_id, review_id, now)
    holder = review.claimed_by
    if holder is None:
        raise MoveRefused("Nobody has taken this review, so there is nothing to give back.")
    if holder.pk != actor.pk:
        policies.check_assign(actor, review, context)
        _need_reason(reason, f"Say why you take the review from {holder}; they read it.")
    _free(review)
    record("workflow.review_unclaimed", review, context, actor, note=reason, now=now)
    letter("review_freed", context, review, actor, people_for(context, review), now, [holder], reason=reason)
    return review


@transaction.atomic
def review_assign(
    *,
    release_id: int,
    review_id: int,
    person: User,
    actor: User,
    reason: str = "",
    now: datetime | None = None,
) -> Review:
    """Give a review to a named holder of its role, who gets a letter; away from somebody else with a reason.

    Raises PermissionDenied when the actor may not assign, MoveRefused when the person could not give it,
    ReasonRequired for a reassignment without one.
    """
    now = now or timezone.now()
    context, review = locked_row(release_id, review_id, now)
    policies.check_assign(actor, review, context)
    earlier = review.claimed_by
    if earlier is not None and earlier.pk == person.pk:
        raise MoveRefused(f"{person} has this review already.")
    if not policies.may_review(person, review, context):
        raise MoveRefused(
            f"{person} cannot give this review: they do not hold its role here, prepared the release, stepped "
            "aside, or gave another of its approvals. Choose somebody else."
        )
    _check_one_seat(context, review, person)
    if earlier is not None and earlier.pk != actor.pk:
        _need_reason(reason, f"Say why the review goes from {earlier} to {person}; both read it.")
    review.claimed_by, review.claimed_at, review.assigned_by = person, now, actor
    review.save(update_fields=["claimed_by", "claimed_at", "assigned_by"])
    record(
        "workflow.review_assigned",
        review,
        context,
        actor,
        data={"person": str(person)},
        note=reason,
        now=now,
    )
    told = [earlier] if earlier is not None else []
    letter("review_assigned", context, review, actor, [person], now, told, reason=reason, person=str(person))
    return review


@transaction.atomic
def review_step_aside(
    *, release_id: int, review_id: int, actor: User, reason: str, now: datetime | None = None
) -> Recusal:
    """Declare a conflict of interest: the review goes back to the others, and the actor cannot give it any more.

    Raises PermissionDenied when it is not the actor's to give, ReasonRequired without a reason. Rule: FEATURES M16.
    """
    now = now or timezone.now()
    context, review = locked_row(release_id, review_id, now)
    policies.check_review(actor, review.kind, context, review.department)
    _need_reason(
        reason, "Say what stake you have in it, in a sentence; it stands in the history of the release."
    )
    recusal = Recusal.objects.create(
        release=context.release, kind=review.kind, person=actor, reason=reason.strip(), at=now
    )
    for row in context.reviews:
        if row.is_pending and row.kind == review.kind and row.claimed_by_id == actor.pk:
            _free(row)
    record("workflow.review_stepped_aside", review, context, actor, note=reason, now=now)
    context = context_of(release_id, now=now)
    others = people_for(context, review)
    asker = [review.requested_by] if review.requested_by else []
    letter("review_stepped_aside", context, review, actor, others, now, asker, reason=reason)
    return recusal


@transaction.atomic
def review_withdraw(
    *, release_id: int, review_id: int, actor: User, reason: str, now: datetime | None = None
) -> None:
    """Take back a request that the program does not need: a consultation, or what a lower risk made needless.

    Raises PermissionDenied, ReasonRequired, or MoveRefused when the move onward needs this review.
    """
    now = now or timezone.now()
    context, review = locked_row(release_id, review_id, now)
    policies.check_action(actor, "request_review", context)
    if review_needs.need_for(context, review.kind, review.department_id) is not None:
        raise MoveRefused(
            "The program needs this review before the release can go on; it cannot be taken back."
        )
    _need_reason(reason, "Say why it is not needed any more; who was asked reads it.")
    people = people_for(context, review)
    record("workflow.review_withdrawn", review, context, actor, note=reason, now=now)
    letter("review_withdrawn", context, review, actor, [], now, people, reason=reason)
    review.delete()
    transaction.on_commit(lambda: task_nudge("workflow.tasks.settle", release_id))


def check_not_taken(review: Review, actor: User) -> None:
    """Raise MoveRefused while somebody else has the review."""
    if review.claimed_by is not None and review.claimed_by_id != actor.pk:
        raise MoveRefused(
            f"{review.claimed_by} has taken this review. Ask them, or have it assigned to you on the Reviews tab."
        )


def _free(review: Review) -> None:
    review.claimed_by, review.claimed_at, review.assigned_by = None, None, None
    review.save(update_fields=["claimed_by", "claimed_at", "assigned_by"])


def _check_one_seat(context: ReleaseContext, review: Review, person: User) -> None:
    others = (row for row in context.reviews if row.is_pending and row.kind == review.kind)
    if any(row.claimed_by_id == person.pk for row in others if row.pk != review.pk):
        raise MoveRefused(
            f"{person} has another seat of this review already; the seats are for different people."
        )


def _need_reason(reason: str, sentence: str) -> None:
    if not reason.strip():
        raise ReasonRequired(sentence)
