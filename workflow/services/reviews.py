"""Writes about reviews: ask for one, give a verdict."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from notifications.services import message_queue
from privacy.personal_values import raw_values_in
from publishing.services import publication_stay_private
from work.services import task_nudge
from workflow import approvals, policies, review_needs, routing
from workflow.context import ReleaseContext, context_of
from workflow.errors import MoveRefused, ReasonRequired
from workflow.models import Review
from workflow.policies import stage_holder
from workflow.selectors.reviews import holders_for
from workflow.services.letters import letter_context
from workflow.services.review_claims import check_not_taken
from workflow.services.review_desk import locked, locked_row, record, review_ask
from workflow.veil import is_veiled


@transaction.atomic
def review_request(
    *, release_id: int, kind: str, actor: User, question: str = "", now: datetime | None = None
) -> Review:
    """Ask for a review (a consultation) on an open release.

    Raises PermissionDenied, or MoveRefused with a sentence when it is asked already or nobody could give it.
    """
    now = now or timezone.now()
    context = locked(release_id, now)
    policies.check_action(actor, "request_review", context)
    role = review_needs.role_of(context, kind)
    if role is None:
        raise MoveRefused("This program has no such review.")
    if not routing.holders(context, role):
        raise MoveRefused(
            f"Nobody holds the role {context.profile.role_label(role)}, so nobody could give this review. "
            "Ask your portal admin to name somebody."
        )
    review = review_ask(context, kind=kind, requested_by=actor, question=question.strip(), now=now)
    if review is None:
        raise MoveRefused("This review is asked for already and not given yet.")
    record("workflow.review_requested", review, context, actor, note=question, now=now)
    return review


@transaction.atomic
def review_give(
    *,
    release_id: int,
    kind: str,
    verdict: str,
    actor: User,
    conditions: str = "",
    review_id: int | None = None,
    now: datetime | None = None,
) -> Review:
    """Give the verdict on a review that is asked for; it is bound to what is there at this moment.

    Without `review_id` it is the row of this kind that the actor has claimed, else the first one that is free
    for them. Raises PermissionDenied (not yours, or two keys in one hand), ReasonRequired (a refusal or
    conditions without words), MoveRefused when no such review is asked for or somebody else has it.
    """
    now = now or timezone.now()
    context, review = _row(release_id, kind, review_id, actor, now)
    policies.check_seat(actor, review, context)
    check_not_taken(review, actor)
    conditions = conditions.strip()
    if verdict != Review.Verdict.APPROVED and not conditions:
        raise ReasonRequired("Say what must change, or under which conditions; the people concerned read it.")
    if sentence := raw_values_in(conditions):
        raise MoveRefused(sentence)
    role = review_needs.role_of(context, review.kind) or ""
    review.reviewer, review.verdict, review.conditions, review.decided_at = actor, verdict, conditions, now
    review.on_behalf_of = policies.lender_of(actor, role, context, review.department)
    review.parts = approvals.parts_for(review.kind, context)
    review.digest = approvals.parts_digest(review.parts)
    review.full_clean(exclude=["release"])
    review.save()
    if not review.is_positive:
        publication_stay_private(release_id=release_id, now=now)
    _tell(context_of(release_id, now=now), review, actor, now)
    transaction.on_commit(lambda: task_nudge("workflow.tasks.settle", release_id))
    return review


def _row(
    release_id: int, kind: str, review_id: int | None, actor: User, now: datetime
) -> tuple[ReleaseContext, Review]:
    """The row that the verdict is for, under lock."""
    if review_id is not None:
        return locked_row(release_id, review_id, now)
    context = locked(release_id, now)
    rows = [row for row in context.reviews if row.kind == kind and row.is_pending]
    if not rows:
        policies.check_review(actor, kind, context)
        raise MoveRefused("This review is not asked for now. It may have been given meanwhile.")
    rows.sort(key=lambda row: (row.claimed_by_id != actor.pk, row.claimed_by_id is not None, row.seat))
    free = (row for row in rows if policies.may_review(actor, row, context))
    return context, next(free, rows[0])


def _tell(context: ReleaseContext, review: Review, actor: User, now: datetime) -> None:
    """Event and letters of a verdict; of a blinded one only that it is in, until all of them are."""
    lender = review.on_behalf_of
    rows = [
        row
        for row in context.reviews
        if row.kind == review.kind and row.department_id == review.department_id and row.blinded
    ]
    row = next(row for row in context.reviews if row.pk == review.pk)
    if is_veiled(row, context.reviews):
        record("workflow.review_given_blinded", review, context, actor, on_behalf_of=lender, now=now)
        given = sum(1 for other in rows if is_veiled(other, context.reviews))
        total = given + sum(1 for other in rows if other.is_pending)
        _letter("review_in", context, review, actor, now, count=given, total=total)
        return
    record(
        "workflow.review_given",
        review,
        context,
        actor,
        data={"verdict": review.get_verdict_display().lower(), "parts": review.parts},
        note=review.conditions,
        on_behalf_of=lender,
        now=now,
    )
    opened = [
        other
        for other in rows
        if other.verdict and other.pk != review.pk and approvals.is_current(other, context)
    ]
    for other in opened:
        record(
            "workflow.review_opened",
            other,
            context,
            None,
            data={"verdict": other.get_verdict_display().lower(), "reviewer": str(other.reviewer)},
            note=other.conditions,
            now=now,
        )
    if review.blinded and opened:
        words = [f"{other.reviewer}: {other.get_verdict_display().lower()}" for other in [*opened, review]]
        _letter("reviews_opened", context, review, actor, now, verdicts="; ".join(words))
        return
    verdict = review.get_verdict_display()
    _letter(
        "review_given",
        context,
        review,
        actor,
        now,
        verdict=verdict,
        conditions=review.conditions,
        on_behalf_of=str(lender) if lender else "",
    )


def _letter(
    message_id: str, context: ReleaseContext, review: Review, actor: User, now: datetime, **words: object
) -> None:
    label = review.get_kind_display()
    people = [*routing.team(context), *routing.holders(context, stage_holder(context))]
    message_queue(
        message_id=message_id,
        recipients=[*people, *(holders_for(context, review) if review.blinded else [])],
        actor=actor,
        context=letter_context(
            context, actor, kind=f"{label} of {review.department}" if review.department else label, **words
        ),
        path=reverse("release_reviews", args=[context.release.pk]),
        release_id=context.release.pk,
        dataset_id=context.dataset.pk,
        now=now,
    )
