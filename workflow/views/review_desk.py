"""What people do with a review besides the verdict: take it, assign it, step aside, order something first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST

from workflow.context import ReleaseContext
from workflow.errors import MoveRefused, ReasonRequired
from workflow.forms.reviews import AssignForm, OrderAnswerForm, OrderCloseForm, OrderForm, ReasonForm
from workflow.models import Review, ReviewOrder
from workflow.selectors.reviews import colleagues_on, holders_for, orders_of
from workflow.services import orders, review_claims
from workflow.views.base import get_context, say_refusal
from workflow.views.reviews import STEP_ASIDE_LABEL, reviews_tab


@require_POST
def review_claim(request: HttpRequest, pk: int, review_id: int) -> HttpResponse:
    """Take a review, so that others see who has it."""
    get_context(request, pk)
    return _plain(
        request,
        pk,
        lambda: review_claims.review_claim(release_id=pk, review_id=review_id, actor=request.user),
        "It is yours now; the others who may give it see that.",
    )


@require_POST
def review_unclaim(request: HttpRequest, pk: int, review_id: int) -> HttpResponse:
    """Give a review back to everybody who may give it."""
    context = get_context(request, pk)
    form = ReasonForm(request.POST, prefix=f"free-{review_id}", label="Why")
    return _answer(
        request,
        context,
        form,
        f"free-{review_id}",
        lambda **words: review_claims.review_unclaim(
            release_id=pk, review_id=review_id, actor=request.user, **words
        ),
        "The review is free again for everybody who may give it.",
    )


@require_POST
def review_assign(request: HttpRequest, pk: int, review_id: int) -> HttpResponse:
    """Give a review to somebody by name."""
    context = get_context(request, pk)
    people = holders_for(context, _review(context, review_id))
    form = AssignForm(request.POST, prefix=f"assign-{review_id}", people=people)
    return _answer(
        request,
        context,
        form,
        f"assign-{review_id}",
        lambda **words: review_claims.review_assign(
            release_id=pk, review_id=review_id, actor=request.user, **words
        ),
        "The review is assigned; they get a letter.",
    )


@require_POST
def review_step_aside(request: HttpRequest, pk: int, review_id: int) -> HttpResponse:
    """Declare a conflict of interest."""
    context = get_context(request, pk)
    form = ReasonForm(request.POST, prefix=f"aside-{review_id}", label=STEP_ASIDE_LABEL)
    return _answer(
        request,
        context,
        form,
        f"aside-{review_id}",
        lambda **words: review_claims.review_step_aside(
            release_id=pk, review_id=review_id, actor=request.user, **words
        ),
        "You stepped aside. Somebody else gives this review.",
    )


@require_POST
def review_withdraw(request: HttpRequest, pk: int, review_id: int) -> HttpResponse:
    """Take back the request for a review that is not needed any more."""
    context = get_context(request, pk, "request_review")
    form = ReasonForm(request.POST, prefix=f"withdraw-{review_id}", label="Why is it not needed any more?")
    return _answer(
        request,
        context,
        form,
        f"withdraw-{review_id}",
        lambda **words: review_claims.review_withdraw(
            release_id=pk, review_id=review_id, actor=request.user, **words
        ),
        "The request is taken back.",
    )


@require_POST
def order_make(request: HttpRequest, pk: int, review_id: int) -> HttpResponse:
    """Order an audit or an update before the approval."""
    context = get_context(request, pk)
    form = OrderForm(request.POST, prefix=f"order-{review_id}", people=colleagues_on(context))
    return _answer(
        request,
        context,
        form,
        f"order-{review_id}",
        lambda **words: orders.order_make(release_id=pk, review_id=review_id, actor=request.user, **words),
        "It is ordered; the owner gets a letter. The release cannot be approved before it is done.",
    )


@require_POST
def order_answer(request: HttpRequest, pk: int, order_id: int) -> HttpResponse:
    """Say that an order is done."""
    context = get_context(request, pk)
    _order(context, order_id, request.user)
    return _answer(
        request,
        context,
        OrderAnswerForm(request.POST, prefix=f"answer-{order_id}"),
        f"answer-{order_id}",
        lambda **words: orders.order_answer(release_id=pk, order_id=order_id, actor=request.user, **words),
        "Your answer is recorded. Whoever ordered it accepts it or sends it back.",
    )


@require_POST
def order_close(request: HttpRequest, pk: int, order_id: int) -> HttpResponse:
    """Accept an answer, send it back, or withdraw the order."""
    context = get_context(request, pk)
    answered = _order(context, order_id, request.user).state == ReviewOrder.State.ANSWERED
    return _answer(
        request,
        context,
        OrderCloseForm(request.POST, prefix=f"close-{order_id}", answered=answered),
        f"close-{order_id}",
        lambda **words: orders.order_close(release_id=pk, order_id=order_id, actor=request.user, **words),
        "The decision about the order is recorded.",
    )


# The field of a form in which the words stand that a refusal may ask for.
_WORDS = ("reason", "words", "text", "answer")


def _plain(request: HttpRequest, pk: int, act: Callable[[], Any], done: str) -> HttpResponse:
    try:
        act()
    except MoveRefused as refusal:
        say_refusal(request, refusal)
    else:
        messages.success(request, done)
    return redirect("release_reviews", pk)


def _answer(
    request: HttpRequest,
    context: ReleaseContext,
    form: Form,
    name: str,
    act: Callable[..., Any],
    done: str,
) -> HttpResponse:
    """Do what a form asks for; what it lacks comes back with what was typed, a refusal in words."""
    pk = context.release.pk
    if form.is_valid():
        try:
            act(**form.cleaned_data)
        except ReasonRequired as refusal:
            field = next(name for name in _WORDS if name in form.fields)
            form.add_error(field, refusal.sentences)
        except MoveRefused as refusal:
            request.refusal_reason = str(refusal)[:300]  # type: ignore[attr-defined]
            typed = [str(value) for value in form.cleaned_data.values() if isinstance(value, str)]
            lost = {"sentences": refusal.sentences, "words": "\n".join(filter(None, typed))}
            return reviews_tab(request, get_context(request, pk), lost=lost, status=409)
        else:
            messages.success(request, done)
            return redirect("release_reviews", pk)
    return reviews_tab(request, context, posted={name: form}, status=422)


def _review(context: ReleaseContext, review_id: int) -> Review:
    review = next((row for row in context.reviews if row.pk == review_id), None)
    if review is None:
        raise Http404("There is no such review any more.")
    return review


def _order(context: ReleaseContext, order_id: int, user: Any) -> ReviewOrder:
    order = next((row for row in orders_of(context, user) if row.pk == order_id), None)
    if order is None:
        raise Http404("There is no such order.")
    return order


_ROW = "releases/<int:pk>/reviews/<int:review_id>"
_ORDER = "releases/<int:pk>/orders/<int:order_id>"
urlpatterns = [
    path(f"{_ROW}/take/", review_claim, name="review_claim"),
    path(f"{_ROW}/free/", review_unclaim, name="review_unclaim"),
    path(f"{_ROW}/assign/", review_assign, name="review_assign"),
    path(f"{_ROW}/step-aside/", review_step_aside, name="review_step_aside"),
    path(f"{_ROW}/not-needed/", review_withdraw, name="review_withdraw"),
    path(f"{_ROW}/order/", order_make, name="order_make"),
    path(f"{_ORDER}/answer/", order_answer, name="order_answer"),
    path(f"{_ORDER}/close/", order_close, name="order_close"),
]
