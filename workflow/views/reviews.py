"""The reviews tab: what is needed, asked for and given; asking for a review; giving a verdict."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from workflow import policies, review_needs
from workflow.context import ReleaseContext
from workflow.errors import MoveRefused, ReasonRequired
from workflow.forms.reviews import (
    AssignForm,
    OrderAnswerForm,
    OrderCloseForm,
    OrderForm,
    ReasonForm,
    ReviewRequestForm,
    VerdictForm,
)
from workflow.models import Review, ReviewOrder
from workflow.selectors.copies import copies_of
from workflow.selectors.review_tracks import bound_to, seats_to_give, tracks_of
from workflow.selectors.reviews import colleagues_on, orders_of, people_for
from workflow.services import reviews as services
from workflow.services.describing import against_of
from workflow.views.base import get_context, may, render_tab, say_refusal

STEP_ASIDE_LABEL = "What stake do you have in it?"


@require_safe
def release_reviews(request: HttpRequest, pk: int) -> HttpResponse:
    """Every review that is needed or asked for, with its verdicts."""
    return reviews_tab(request, get_context(request, pk))


@require_http_methods(["GET", "POST"])
def review_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a review (a consultation)."""
    context = get_context(request, pk, "request_review")
    if request.method == "GET":
        return redirect("release_reviews", pk)
    form = ReviewRequestForm(request.POST, kinds=kinds_to_ask(context))
    if not form.is_valid():
        return reviews_tab(request, context, posted={"ask": form}, status=422)
    try:
        review = services.review_request(release_id=pk, actor=request.user, **form.cleaned_data)
    except MoveRefused as refusal:
        say_refusal(request, refusal)
    else:
        people = " and ".join(str(person) for person in people_for(context, review))
        told = f"{people} will get a letter." if people else ""
        messages.success(request, f"{review.get_kind_display()}: asked for. {told}")
    return redirect("release_reviews", pk)


@require_http_methods(["GET", "POST"])
def review_give(request: HttpRequest, pk: int, review_id: int) -> HttpResponse:
    """Give the verdict on a review that is asked for; who comes second gets their own words back."""
    context = get_context(request, pk)
    if request.method == "GET":
        return redirect("release_reviews", pk)
    review = next((row for row in context.reviews if row.pk == review_id), None)
    if review is not None:
        policies.check_review(request.user, review.kind, context, review.department)
    form = VerdictForm(request.POST, prefix=f"review-{review_id}")
    if not form.is_valid():
        return reviews_tab(request, context, posted={f"verdict-{review_id}": form}, status=422)
    kind = review.kind if review else ""
    try:
        given = services.review_give(
            release_id=pk, kind=kind, review_id=review_id, actor=request.user, **form.cleaned_data
        )
    except ReasonRequired as refusal:
        form.add_error("conditions", refusal.sentences)
        return reviews_tab(request, context, posted={f"verdict-{review_id}": form}, status=422)
    except MoveRefused as refusal:
        request.refusal_reason = str(refusal)[:300]  # type: ignore[attr-defined]
        lost = {"sentences": refusal.sentences, "words": form.cleaned_data["conditions"]}
        return reviews_tab(request, get_context(request, pk), lost=lost, status=409)
    words = given.get_verdict_display().lower()
    messages.success(request, f"{given.get_kind_display()}: your verdict is recorded ({words}).")
    return redirect("release_reviews", pk)


def kinds_to_ask(context: ReleaseContext) -> list[tuple[str, str]]:
    """The reviews of this program that can be asked for now: those that do not wait already."""
    pending = {review.kind for review in context.reviews if review.is_pending}
    rules = review_needs.rules_of(context)
    kinds = dict.fromkeys(rule.kind for rule in rules if rule.kind not in pending)
    return [(kind, _with_role(context, kind)) for kind in kinds]


def reviews_tab(
    request: HttpRequest,
    context: ReleaseContext,
    *,
    posted: dict[str, Form] | None = None,
    lost: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page. `posted` are forms that came back with an error, by name; `lost` words that were not recorded."""
    posted = posted or {}
    kinds = kinds_to_ask(context)
    may_ask = context.release.is_open and may(request, "request_review", context) and bool(kinds)
    return render_tab(
        request,
        context,
        "reviews",
        "workflow/tabs/reviews.html",
        {
            "lost": lost,
            "against": against_of(context),
            "to_give": [
                _to_give(request, context, review, posted) for review in seats_to_give(context, request.user)
            ],
            "tracks": [_with_forms(track, posted) for track in tracks_of(context, request.user)],
            "orders": [_order(request, context, order, posted) for order in orders_of(context, request.user)],
            "ask_form": posted.get("ask", ReviewRequestForm(kinds=kinds)) if may_ask else None,
        },
        status=status,
    )


def _to_give(
    request: HttpRequest, context: ReleaseContext, review: Review, posted: dict[str, Form]
) -> dict[str, Any]:
    """What a reviewer decides on, and what exactly the verdict will be bound to."""
    pk = review.pk
    role = review_needs.role_of(context, review.kind) or ""
    return {
        "review": review,
        "in_place_of": policies.lender_of(request.user, role, context, review.department),
        "form": posted.get(f"verdict-{pk}", VerdictForm(prefix=f"review-{pk}")),
        "is_mine": review.claimed_by_id == request.user.pk,
        "bound_to": bound_to(context, review.kind),
        "copies": copies_of(context) if review.kind == Review.Kind.STEWARD_PREVIEW else [],
        "aside_form": posted.get(f"aside-{pk}", ReasonForm(prefix=f"aside-{pk}", label=STEP_ASIDE_LABEL)),
        "order_form": posted.get(
            f"order-{pk}", OrderForm(prefix=f"order-{pk}", people=colleagues_on(context))
        )
        if review.kind != Review.Kind.STEWARD_PREVIEW
        else None,
        "open": {name: f"{name}-{pk}" in posted for name in ("aside", "order")},
    }


def _with_forms(track: dict[str, Any], posted: dict[str, Form]) -> dict[str, Any]:
    """A track with the forms by which a seat is assigned, freed or taken back."""
    for seat in track["seats"]:
        pk = seat["review"].pk
        if seat["able"]:
            seat["assign_form"] = posted.get(
                f"assign-{pk}", AssignForm(prefix=f"assign-{pk}", people=seat["able"])
            )
        if seat["may_free"] and not seat["is_mine"]:
            seat["free_form"] = posted.get(f"free-{pk}", ReasonForm(prefix=f"free-{pk}", label="Why"))
        if seat["may_withdraw"]:
            seat["withdraw_form"] = posted.get(
                f"withdraw-{pk}", ReasonForm(prefix=f"withdraw-{pk}", label="Why is it not needed any more?")
            )
        seat["open"] = {name: f"{name}-{pk}" in posted for name in ("assign", "free", "withdraw")}
    return track


def _order(
    request: HttpRequest, context: ReleaseContext, order: ReviewOrder, posted: dict[str, Form]
) -> dict[str, Any]:
    """An order with the form of whoever has to do something about it."""
    pk = order.pk
    answered = order.state == ReviewOrder.State.ANSWERED
    tones = {"open": "warn", "answered": "info", "accepted": "good", "withdrawn": ""}
    may_answer = order.state == ReviewOrder.State.OPEN and order.owner_id == request.user.pk
    may_close = order.is_open and policies.may_order(request.user, order, context)
    return {
        "order": order,
        "tone": tones[order.state],
        "answer_form": posted.get(f"answer-{pk}", OrderAnswerForm(prefix=f"answer-{pk}"))
        if may_answer and context.release.is_open
        else None,
        "close_form": posted.get(f"close-{pk}", OrderCloseForm(prefix=f"close-{pk}", answered=answered))
        if may_close and context.release.is_open
        else None,
        "is_open": f"close-{pk}" in posted or answered,
    }


def _with_role(context: ReleaseContext, kind: str) -> str:
    role = review_needs.role_of(context, kind)
    label = Review.Kind(kind).label
    return f"{label} ({context.profile.role_label(role)})" if role else label


urlpatterns = [
    path("releases/<int:pk>/reviews/", release_reviews, name="release_reviews"),
    path("releases/<int:pk>/reviews/request/", review_request, name="review_request"),
    path("releases/<int:pk>/reviews/<int:review_id>/", review_give, name="review_give"),
]
