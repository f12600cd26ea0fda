"""Writes about reviews: ask for one, give a verdict."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.services import event_record
from dossier.services import dossier_lock
from notifications.services import message_queue
from publishing.services import publication_stay_private
from work.services import task_nudge
from workflow import approvals, policies, routing
from workflow.context import ReleaseContext, context_of
from workflow.errors import MoveRefused, ReasonRequired
from workflow.models import Release, Review
from workflow.policies import stage_holder
from workflow.services.effects import letter_context, review_ask


@transaction.atomic
def review_request(
    *, release_id: int, kind: str, actor: User, question: str = "", now: datetime | None = None
) -> Review:
    """Ask for a review (a consultation) on an open release.

    Raises PermissionDenied, or MoveRefused with a sentence when it is asked already or nobody could give it.
    """
    now = now or timezone.now()
    context = _locked(release_id, now)
    policies.check_action(actor, "request_review", context)
    role = context.profile.review_role(kind)
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
    _record("workflow.review_requested", review, context, actor, note=question, now=now)
    return review


@transaction.atomic
def review_give(
    *,
    release_id: int,
    kind: str,
    verdict: str,
    actor: User,
    conditions: str = "",
    now: datetime | None = None,
) -> Review:
    """Give the verdict on a review that is asked for; it is bound to what is there at this moment.

    Raises PermissionDenied (not yours, or two keys in one hand), ReasonRequired (a refusal or conditions
    without words), MoveRefused when no such review is asked for.
    """
    now = now or timezone.now()
    context = _locked(release_id, now)
    policies.check_review(actor, kind, context)
    review = next((row for row in context.reviews if row.kind == kind and row.is_pending), None)
    if review is None:
        raise MoveRefused("This review is not asked for now. It may have been given meanwhile.")
    conditions = conditions.strip()
    if verdict != Review.Verdict.APPROVED and not conditions:
        raise ReasonRequired("Say what must change, or under which conditions; the people concerned read it.")
    review.reviewer, review.verdict, review.conditions, review.decided_at = actor, verdict, conditions, now
    review.parts = approvals.parts_for(kind, context)
    review.digest = approvals.parts_digest(review.parts)
    review.full_clean(exclude=["release"])
    review.save()
    _record("workflow.review_given", review, context, actor, note=conditions, now=now)
    if not review.is_positive:
        publication_stay_private(release_id=release_id, now=now)
    message_queue(
        message_id="review_given",
        recipients=[*routing.team(context), *routing.holders(context, stage_holder(context))],
        actor=actor,
        context=letter_context(
            context,
            actor,
            kind=review.get_kind_display(),
            verdict=review.get_verdict_display(),
            conditions=conditions,
        ),
        path=reverse("release_reviews", args=[release_id]),
        release_id=release_id,
        dataset_id=context.dataset.pk,
        now=now,
    )
    transaction.on_commit(lambda: task_nudge("workflow.tasks.settle", release_id))
    return review


def _locked(release_id: int, now: datetime) -> ReleaseContext:
    """The context of an open release, under the locks of the door: a verdict is on what is there, not what was."""
    list(Release.objects.select_for_update(of=("self",), no_key=True).filter(pk=release_id))
    dossier_lock(release_id=release_id)
    context = context_of(release_id, now=now)
    if not context.release.is_open:
        raise MoveRefused("This release has ended; there is nothing to review.")
    return context


def _record(
    action: str, review: Review, context: ReleaseContext, actor: Any, *, note: str, now: datetime
) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=context.release,
        data={
            "kind": review.get_kind_display().lower(),
            "verdict": review.get_verdict_display().lower() if review.verdict else "",
            "parts": review.parts,
        },
        note=note,
        program_id=context.dataset.program_id,
        dataset_id=context.dataset.pk,
        release_id=context.release.pk,
        now=now,
    )
