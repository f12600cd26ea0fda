"""The reviews tab: what is needed, asked for and given; asking for a review; giving a verdict."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.profiles import ReviewRule
from workflow import approvals, policies, routing
from workflow.context import ReleaseContext
from workflow.errors import MoveRefused, ReasonRequired
from workflow.forms.reviews import ReviewRequestForm, VerdictForm
from workflow.models import Review
from workflow.services import reviews as services
from workflow.stages import MOVES
from workflow.views.base import get_context, may, render_tab, say_refusal


@require_safe
def release_reviews(request: HttpRequest, pk: int) -> HttpResponse:
    """Every review that is needed or asked for, with its verdicts."""
    return _tab(request, get_context(request, pk))


@require_http_methods(["GET", "POST"])
def review_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a review (a consultation)."""
    context = get_context(request, pk, "request_review")
    if request.method == "GET":
        return redirect("release_reviews", pk)
    form = ReviewRequestForm(request.POST, kinds=kinds_to_ask(context))
    if not form.is_valid():
        return _tab(request, context, ask_form=form, status=422)
    try:
        review = services.review_request(release_id=pk, actor=request.user, **form.cleaned_data)
    except MoveRefused as refusal:
        say_refusal(request, refusal)
    else:
        messages.success(
            request, f"{review.get_kind_display()}: asked for. {_asked_of(context, review.kind)}"
        )
    return redirect("release_reviews", pk)


@require_http_methods(["GET", "POST"])
def review_give(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Give the verdict on a review that is asked for."""
    if kind not in Review.Kind.values:
        raise Http404("There is no such review.")
    context = get_context(request, pk)
    if request.method == "GET":
        return redirect("release_reviews", pk)
    policies.check_review(request.user, kind, context)
    form = VerdictForm(request.POST, prefix=kind)
    if not form.is_valid():
        return _tab(request, context, verdict_form=(kind, form), status=422)
    try:
        review = services.review_give(release_id=pk, kind=kind, actor=request.user, **form.cleaned_data)
    except ReasonRequired as refusal:
        form.add_error("conditions", refusal.sentences)
        return _tab(request, context, verdict_form=(kind, form), status=422)
    except MoveRefused as refusal:
        say_refusal(request, refusal)
    else:
        words = review.get_verdict_display().lower()
        messages.success(request, f"{review.get_kind_display()}: your verdict is recorded ({words}).")
    return redirect("release_reviews", pk)


def kinds_to_ask(context: ReleaseContext) -> list[tuple[str, str]]:
    """The reviews of this program that can be asked for now: those that do not wait already."""
    pending = {review.kind for review in context.reviews if review.is_pending}
    kinds = dict.fromkeys(rule.kind for rule in context.profile.reviews if rule.kind not in pending)
    return [(kind, _with_role(context, kind)) for kind in kinds]


def _tab(
    request: HttpRequest,
    context: ReleaseContext,
    *,
    ask_form: ReviewRequestForm | None = None,
    verdict_form: tuple[str, VerdictForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    kinds = kinds_to_ask(context)
    may_ask = context.release.is_open and may(request, "request_review", context) and bool(kinds)
    return render_tab(
        request,
        context,
        "reviews",
        "workflow/tabs/reviews.html",
        {
            "to_give": [
                _to_give(context, review, verdict_form)
                for review in context.reviews
                if review.is_pending and policies.may_review(request.user, review, context)
            ],
            "kinds": [_kind_line(context, kind) for kind in _kinds_shown(context)],
            "ask_form": (ask_form or ReviewRequestForm(kinds=kinds)) if may_ask else None,
        },
        status=status,
    )


def _kinds_shown(context: ReleaseContext) -> list[str]:
    """Needed kinds in the order of the moves, then whatever else was asked for or decided."""
    needed = [rule.kind for rule in context.profile.reviews if _applies(rule, context)]
    return list(dict.fromkeys([*needed, *(review.kind for review in context.reviews)]))


def _kind_line(context: ReleaseContext, kind: str) -> dict[str, Any]:
    """One kind of review as the page shows it: its state, who holds it, and every verdict."""
    rows = [review for review in context.reviews if review.kind == kind]
    pending = next((review for review in rows if review.is_pending), None)
    rule = next(
        (rule for rule in context.profile.reviews if rule.kind == kind and _applies(rule, context)), None
    )
    role = context.profile.review_role(kind)
    word, tone = _state(context, kind, rule, pending)
    return {
        "label": Review.Kind(kind).label,
        "word": word,
        "tone": tone,
        "needed_for": MOVES[rule.move].label if rule else "",
        "role": context.profile.role_words(role) if role else "",
        "people": routing.holders(context, role) if role and pending else [],
        "pending": pending,
        "verdicts": [
            {"review": review, "voided_by": approvals.voided_by(review, context)}
            for review in reversed(rows)
            if review.verdict
        ],
    }


def _state(
    context: ReleaseContext, kind: str, rule: ReviewRule | None, pending: Review | None
) -> tuple[str, str]:
    """Word and tone of the badge."""
    if approvals.refusals_of(context, kind):
        return "Not approved", "bad"
    approved = approvals.approvals_of(context, kind)
    if approved and len(approved) >= (rule.people if rule else 1) and pending is None:
        return "Given", "good"
    if pending is not None:
        return "Asked for", "info"
    if any(review.kind == kind for review in context.reviews):
        return "No longer counts", "warn"
    return "Not asked for yet", ""


def _to_give(
    context: ReleaseContext, review: Review, bound: tuple[str, VerdictForm] | None
) -> dict[str, Any]:
    """What a reviewer decides on, and what exactly the verdict will be bound to."""
    parts = approvals.parts_for(review.kind, context)
    form = bound[1] if bound and bound[0] == review.kind else VerdictForm(prefix=review.kind)
    return {
        "review": review,
        "form": form,
        "bound_to": [
            {"words": approvals.PART_WORDS[part], "digest": digest[:12]} for part, digest in parts.items()
        ],
        "copy_url": context.data("private_copy", "url") if review.kind == Review.Kind.STEWARD_PREVIEW else "",
    }


def _applies(rule: ReviewRule, context: ReleaseContext) -> bool:
    return rule.applies(classification=context.dataset.classification)


def _with_role(context: ReleaseContext, kind: str) -> str:
    role = context.profile.review_role(kind)
    label = Review.Kind(kind).label
    return f"{label} ({context.profile.role_label(role)})" if role else label


def _asked_of(context: ReleaseContext, kind: str) -> str:
    role = context.profile.review_role(kind)
    people = routing.holders(context, role) if role else []
    return f"{' and '.join(str(person) for person in people)} will get a letter." if people else ""
