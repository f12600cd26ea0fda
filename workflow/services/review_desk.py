"""The desk of reviews: what is missing is asked for, what went back is dropped; and what its neighbours share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Department, User
from audit.services import event_record
from dossier.services import dossier_lock
from notifications.services import message_queue
from workflow import review_needs
from workflow.calendar import calendar_of
from workflow.context import ReleaseContext, context_of
from workflow.errors import MoveRefused
from workflow.models import Release, Review
from workflow.review_needs import Need
from workflow.selectors.reviews import people_for
from workflow.services.letters import letter_context
from workflow.veil import is_veiled

# Asked for when the private copy is there, not when the stage is entered.
_LATER = {Review.Kind.STEWARD_PREVIEW}


def reviews_missing(context: ReleaseContext) -> list[Need]:
    """The needs of the moves that count here for which a seat is neither asked for nor in.

    A verdict that an edit has voided is missing again; one that refuses is not: it waits for an answer.
    """
    return [
        need
        for move in review_needs.moves_here(context)
        for need in review_needs.needs_of(context, move)
        if need.kind not in _LATER
        and review_needs.is_ripe(need.rule, context)
        and review_needs.seats_missing(context, need)
    ]


def reviews_ask(context: ReleaseContext, now: datetime) -> None:
    """Ask for every seat that is missing; one letter per person and need."""
    for need in reviews_missing(context):
        seats = review_needs.seats_missing(context, need)
        rows = [_create(context, need.kind, seat, need.department, need.blinded, now) for seat in seats]
        if need.blinded:
            # The risk was rated after the first seat was asked for: from now on it is under the veil as well.
            Review.objects.filter(release=context.release, kind=need.kind, department=need.department).update(
                blinded=True
            )
        _ask_letter(context, rows[0], None, "", now)


def review_ask(
    context: ReleaseContext,
    *,
    kind: str,
    requested_by: Any,
    now: datetime,
    question: str = "",
    department: Department | None = None,
) -> Review | None:
    """Ask for one review and write the letters; None when it is asked for already."""
    place = department.pk if department else None
    rows = [row for row in context.reviews if row.kind == kind and row.department_id == place]
    if any(row.is_pending for row in rows):
        return None
    # Who gave it before gives it anew under the same number; a refusal is answered by a verdict on its seat.
    refused = [row.seat for row in rows if row.verdict == Review.Verdict.REFUSED]
    seat = refused[-1] if refused else 1
    need = review_needs.need_for(context, kind, place)
    review = _create(
        context, kind, seat, department, bool(need and need.blinded), now, requested_by, question
    )
    _ask_letter(context, review, requested_by, question, now)
    return review


def reviews_due_anew(context: ReleaseContext, now: datetime) -> None:
    """After a hold the days of a review start anew, as those of the stage do: nobody was late meanwhile."""
    for review in context.reviews:
        if review.is_pending and review.due is not None:
            days = review_needs.days_for(context, review.kind)
            Review.objects.filter(pk=review.pk).update(due=calendar_of(context.profile).due_after(now, days))


def reviews_drop(context: ReleaseContext, now: datetime) -> None:
    """Nobody is asked any longer for a verdict on what has gone back or ended; what was veiled is opened."""
    veiled = [review for review in context.reviews if is_veiled(review, context.reviews)]
    Review.objects.filter(release=context.release, verdict="").delete()
    for review in veiled:
        record(
            "workflow.review_opened",
            review,
            context,
            None,
            data={"verdict": review.get_verdict_display().lower(), "reviewer": str(review.reviewer)},
            note=review.conditions,
            now=now,
        )


def locked(release_id: int, now: datetime) -> ReleaseContext:
    """The context of an open release, under the locks of the door: a verdict is on what is there, not what was."""
    list(Release.objects.select_for_update(of=("self",), no_key=True).filter(pk=release_id))
    dossier_lock(release_id=release_id)
    context = context_of(release_id, now=now)
    if not context.release.is_open:
        raise MoveRefused("This release has ended; there is nothing to review.")
    return context


def locked_row(release_id: int, review_id: int, now: datetime) -> tuple[ReleaseContext, Review]:
    """The context under lock, and one of its reviews that is asked for. Raises MoveRefused when it is not any more."""
    context = locked(release_id, now)
    review = next((row for row in context.reviews if row.pk == review_id), None)
    if review is None:
        raise MoveRefused(
            "This review is not asked for any more: the release was returned, or the request taken back, meanwhile."
        )
    if not review.is_pending:
        at = date_format(timezone.localtime(review.decided_at), "j M, H:i") if review.decided_at else ""
        raise MoveRefused(
            f"{review.reviewer} gave this review on {at}, before you. Nothing of yours was recorded."
        )
    return context, review


def record(
    action: str,
    review: Review,
    context: ReleaseContext,
    actor: Any,
    *,
    data: dict[str, Any] | None = None,
    note: str = "",
    on_behalf_of: User | None = None,
    now: datetime,
) -> None:
    """One event about a review of a release."""
    label = review.get_kind_display().lower()
    event_record(
        action=action,
        actor=actor,
        on_behalf_of=on_behalf_of,
        subject=context.release,
        data={
            "kind": f"{label} of {review.department}" if review.department else label,
            "seat": review.seat,
            **(data or {}),
        },
        note=note.strip(),
        program_id=context.dataset.program_id,
        dataset_id=context.dataset.pk,
        release_id=context.release.pk,
        now=now,
    )


def _create(
    context: ReleaseContext,
    kind: str,
    seat: int,
    department: Department | None,
    blinded: bool,
    now: datetime,
    requested_by: Any = None,
    question: str = "",
) -> Review:
    days = review_needs.days_for(context, kind)
    return Review.objects.create(
        release=context.release,
        kind=kind,
        seat=seat,
        department=department,
        blinded=blinded,
        requested_by=requested_by,
        requested_at=now,
        question=question,
        due=calendar_of(context.profile).due_after(now, days),
    )


def _ask_letter(
    context: ReleaseContext, review: Review, requested_by: Any, question: str, now: datetime
) -> None:
    letter(
        "review_requested",
        context,
        review,
        requested_by,
        people_for(context, review),
        now,
        reason=question,
        due=date_format(timezone.localtime(review.due), "D j M") if review.due else "",
    )


def letter(
    message_id: str,
    context: ReleaseContext,
    review: Review,
    actor: Any,
    asked: list[User],
    now: datetime,
    told: list[User] | None = None,
    **words: Any,
) -> None:
    label = review.get_kind_display()
    message_queue(
        message_id=message_id,
        recipients=[*asked, *(told or [])],
        asked=asked,
        actor=actor,
        context=letter_context(
            context, actor, kind=f"{label} of {review.department}" if review.department else label, **words
        ),
        path=reverse("release_reviews", args=[context.release.pk]),
        release_id=context.release.pk,
        dataset_id=context.dataset.pk,
        now=now,
    )
