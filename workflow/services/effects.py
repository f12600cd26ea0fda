"""What follows from a move inside the door's transaction: reviews asked for, the permit, the portal copy."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from notifications.services import message_queue
from publishing.services import permit_write, publication_make_private, publication_stay_private
from workflow import approvals, routing
from workflow.calendar import business_days_after
from workflow.context import ReleaseContext, context_of
from workflow.models import Dataset, Release, Review
from workflow.services.catalogue import record_for
from workflow.stages import ONWARD

REVIEW_DAYS = 5
# Asked for when the private copy is there, not when the stage is entered.
_LATER = {Review.Kind.STEWARD_PREVIEW}
# After these moves the copy on the portal must not stay (or become) visible.
_TAKES_COPY_BACK = {"retract", "retire", "return_for_changes", "withdraw", "reject"}


def after_move(name: str, release_id: int, person: Any, now: datetime) -> None:
    """Everything that `name` brings about, apart from event, visit and letters of the move itself."""
    context = context_of(release_id, now=now)
    if name == "begin_readiness" and context.dataset.not_for_release_reason:
        # It is on its way now; the reason for which it rested stays in the history.
        Dataset.objects.filter(pk=context.dataset.pk).update(not_for_release_reason="")
    if name == "approve":
        _write_permit(context, now)
    if name in _TAKES_COPY_BACK:
        publication_make_private(release_id=release_id, now=now)
        _drop_pending(context.release)
    if name == "hold":
        publication_stay_private(release_id=release_id, now=now)
    if context.release.is_open and not context.release.held_at:
        reviews_ask(context, now)


def reviews_missing(context: ReleaseContext) -> list[str]:
    """The kinds of review that the onward move of this stage needs and that are neither asked for nor in.

    A verdict that an edit has voided is missing again; one that refuses is not: it waits for an answer.
    """
    return [
        rule.kind
        for rule in context.profile.reviews_for(ONWARD[context.release.stage])
        if rule.kind not in _LATER
        and rule.applies(classification=context.dataset.classification)
        and len(approvals.approvals_of(context, rule.kind)) < rule.people
        and not approvals.refusals_of(context, rule.kind)
        and not any(review.kind == rule.kind and review.is_pending for review in context.reviews)
    ]


def reviews_ask(context: ReleaseContext, now: datetime) -> None:
    """Ask for every review that is missing."""
    for kind in reviews_missing(context):
        review_ask(context, kind=kind, requested_by=None, now=now)


def review_ask(
    context: ReleaseContext, *, kind: str, requested_by: Any, now: datetime, question: str = ""
) -> Review | None:
    """Ask for one review and write the letters; None when it is asked for already."""
    if any(review.kind == kind and review.is_pending for review in context.reviews):
        return None
    review = Review.objects.create(
        release=context.release,
        kind=kind,
        requested_by=requested_by,
        requested_at=now,
        question=question,
        due=business_days_after(now, REVIEW_DAYS),
    )
    role = context.profile.review_role(kind)
    message_queue(
        message_id="review_requested",
        recipients=routing.holders(context, role) if role else [],
        actor=requested_by,
        context=letter_context(context, requested_by, kind=review.get_kind_display(), reason=question),
        path=reverse("release_reviews", args=[context.release.pk]),
        release_id=context.release.pk,
        now=now,
    )
    return review


def letter_context(context: ReleaseContext, person: Any, **words: Any) -> dict[str, Any]:
    """Words for a letter: names of things and people, never data from the file."""
    return {
        "dataset": context.dataset.title,
        "inventory_id": context.dataset.inventory_id,
        "department": context.dataset.department.name,
        "program": context.dataset.program.name,
        "stage": context.release.get_stage_display(),
        "actor": str(person) if person else "The system",
        **{key: value for key, value in words.items() if value not in ("", None)},
    }


def release_path(release: Release) -> str:
    return reverse("release", args=[release.pk])


def _write_permit(context: ReleaseContext, now: datetime) -> None:
    approvers = [
        {"kind": review.kind, "user": review.reviewer_id, "at": review.decided_at.isoformat()}
        for kind in Review.Kind.values
        for review in approvals.approvals_of(context, kind)
        if review.decided_at
    ]
    permit_write(
        release_id=context.release.pk,
        treated_sha256=context.data("treated", "sha256"),
        record_digest=record_for(context).digest,
        approvers=approvers,
        expires_at=now + timedelta(days=context.profile.permit_days),
        now=now,
    )


def _drop_pending(release: Release) -> None:
    """Nobody is asked any longer for a verdict on what has gone back or ended."""
    Review.objects.filter(release=release, verdict="").delete()
