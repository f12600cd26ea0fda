"""What follows from a move inside the door's transaction: reviews asked for, the permit, the portal copy."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from privacy.services import sketches_keep
from publishing.models import Permit
from publishing.services import permit_write, publication_make_private, publication_stay_private
from workflow import approvals
from workflow.context import ReleaseContext, context_of
from workflow.models import Dataset, Refresh, Release, Review
from workflow.services.catalogue import described_of, record_for
from workflow.services.letters import letter_context
from workflow.services.plans import plan_open
from workflow.services.refresh_bounds import bounds_write, refresh_permit_write
from workflow.services.retirement import retirement_carried_out
from workflow.services.retraction import retraction_begin, retraction_reinstated
from workflow.services.review_desk import (
    review_ask,
    reviews_ask,
    reviews_drop,
    reviews_due_anew,
    reviews_missing,
)

# Callers of the door know these by this name.
__all__ = ["after_move", "letter_context", "release_path", "review_ask", "reviews_ask", "reviews_missing"]

# After these moves the copy on the portal must not stay (or become) visible.
_TAKES_COPY_BACK = {"retract", "retire", "return_for_changes", "withdraw", "reject"}

# After these moves a refresh is on the way that the drift called for; one that comes back is reviewed in full.
_ROUTES = {
    "pass_refresh": Refresh.Decision.PUBLISH,
    "refresh_to_privacy": Refresh.Decision.PRIVACY,
    "refresh_to_review": Refresh.Decision.FULL,
    "return_for_changes": Refresh.Decision.FULL,
    "reinstate": Refresh.Decision.FULL,
}

# After these moves the copy is public: later ones are compared with it.
_MAKES_PUBLIC = {"publish", "reinstate"}


def after_move(name: str, release_id: int, person: Any, now: datetime, *, reason: str = "") -> None:
    """Everything that `name` brings about, apart from event, visit and letters of the move itself."""
    context = context_of(release_id, now=now)
    if name == "begin_readiness" and context.dataset.not_for_release_reason:
        # It is on its way now; the reason for which it rested stays in the history.
        Dataset.objects.filter(pk=context.dataset.pk).update(not_for_release_reason="")
    if name == "approve":
        bounds_write(context, _write_permit(context, now))
        plan_open(release_id=release_id, now=now)
    if name in _ROUTES:
        # Set before reviews are asked for: the route says which.
        _take_route(context, name, now)
        context = context_of(release_id, now=now)
    if name in _MAKES_PUBLIC:
        sketches_keep(release_id=release_id)
    if name in _TAKES_COPY_BACK:
        publication_make_private(release_id=release_id, now=now)
        reviews_drop(context, now)
    if name == "retract":
        retraction_begin(release_id=release_id, reason=reason, person=person, now=now)
    if name == "reinstate":
        retraction_reinstated(release_id=release_id, now=now)
    if name == "retire":
        retirement_carried_out(dataset_id=context.dataset.pk, person=person, now=now)
    if name == "hold":
        publication_stay_private(release_id=release_id, now=now)
    if name == "resume":
        reviews_due_anew(context, now)
    if context.release.is_open and not context.release.held_at:
        reviews_ask(context, now)


def _take_route(context: ReleaseContext, name: str, now: datetime) -> None:
    if name == "pass_refresh":
        refresh_permit_write(context, now)
    rows = Refresh.objects.filter(release=context.release)
    # What privacy read again stays that when it is let through.
    rows = rows.filter(route="") if name == "pass_refresh" else rows
    rows.update(route=_ROUTES[name])


def release_path(release: Release) -> str:
    return reverse("release", args=[release.pk])


def _write_permit(context: ReleaseContext, now: datetime) -> Permit:
    approvers = [
        {"kind": review.kind, "user": review.reviewer_id, "at": review.decided_at.isoformat()}
        for kind in Review.Kind.values
        for review in approvals.approvals_of(context, kind)
        if review.decided_at
    ]
    return permit_write(
        release_id=context.release.pk,
        treated_sha256=context.data("treated", "sha256"),
        record_digest=record_for(context).digest,
        approvers=approvers,
        described=described_of(context.dataset),
        expires_at=now + timedelta(days=context.profile.permit_days),
        now=now,
    )
