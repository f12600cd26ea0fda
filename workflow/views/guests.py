"""Comments by link: asking for one on the Reviews tab, and the page of somebody without an account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.limits import public_allowed
from workflow.context import ReleaseContext, context_of
from workflow.errors import MoveRefused
from workflow.forms.guests import GuestAskForm, GuestCommentForm
from workflow.models import GuestInvitation
from workflow.selectors.guests import CLOSED, OPEN, USED, evidence_of, invitation_of, kind_words
from workflow.services import guests as services
from workflow.views.base import get_context, render_tab, say_refusal

# Tries from one place within the window of accounts.limits.
TRIES_PER_PLACE = 40


@require_http_methods(["GET", "HEAD", "POST"])
def guest_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask somebody without an account for a comment."""
    context = get_context(request, pk, "ask_guest")
    form = GuestAskForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            row = services.guest_ask(release_id=pk, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        except MoveRefused as refusal:
            form.add_error(None, refusal.sentences)
        else:
            messages.success(
                request, f"{row.name} gets a letter with a link. You hear when they have written."
            )
            return redirect("release_reviews", pk)
    status = 422 if form.is_bound else 200
    page = {"title": "Ask somebody outside", "form": form}
    return render_tab(request, context, "reviews", "workflow/guests/ask.html", page, status=status)


@require_POST
def guest_revoke(request: HttpRequest, pk: int, invitation_id: int) -> HttpResponse:
    """Take a link back."""
    context = get_context(request, pk)
    row = get_object_or_404(GuestInvitation, pk=invitation_id, release=context.release)
    try:
        services.guest_revoke(invitation_id=row.pk, actor=request.user)
    except MoveRefused as refusal:
        say_refusal(request, refusal)
    else:
        messages.success(request, f"The link of {row.name} does not work any more.")
    return redirect("release_reviews", pk)


# The address is the only credential here and there is no session to abuse. Under "no-referrer", which keeps the
# address out of other places, browsers send "Origin: null", which the check of Origin headers must refuse.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def guest_comment(request: HttpRequest, token: str) -> HttpResponse:
    """The page of somebody without an account. GET consumes nothing; POST of code, name and comment does."""
    row, context = _invitation(token)
    if request.method != "POST":
        state = services.guest_open(row=row, context=context)
        return _page(request, token, row, context, state=state)
    form = GuestCommentForm(request.POST)
    if not _try_allowed(request):
        form.add_error(None, "There were too many tries from your place. Wait 15 minutes and try again.")
        return _page(request, token, row, context, form=form, status=429)
    if not form.is_valid():
        return _page(request, token, row, context, form=form, status=422)
    try:
        services.guest_comment(token=token, **form.cleaned_data)
    except ValidationError as refusal:
        form.add_error("comment", refusal)
        return _page(request, token, row, context, form=form, status=422)
    except services.GuestRefused as refusal:
        form.add_error("code", refusal.sentences)
        return _page(request, token, row, context, state=_state(refusal), form=form, status=422)
    return _private(render(request, "workflow/guests/thanks.html", {"row": row, "dataset": context.dataset}))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def guest_code(request: HttpRequest, token: str) -> HttpResponse:
    """Send a code to the mailbox that was asked. What was typed stays on the page."""
    row, context = _invitation(token)
    if request.method != "POST":
        return _private(redirect("guest_comment", token))
    typed = {name: request.POST.get(name, "") for name in ("comment", "name")}
    form = GuestCommentForm(initial=typed)
    if not _try_allowed(request):
        return _page(
            request,
            token,
            row,
            context,
            form=form,
            refusal="There were too many tries from your place. Wait 15 minutes and try again.",
            status=429,
        )
    try:
        services.guest_code_send(token=token)
    except services.GuestRefused as refused:
        words = refused.sentences[0]
        return _page(
            request, token, row, context, state=_state(refused), form=form, refusal=words, status=409
        )
    return _page(request, token, row, context, form=form, sent=True)


def _invitation(token: str) -> tuple[GuestInvitation, ReleaseContext]:
    row = invitation_of(token)
    if row is None:
        raise Http404("There is no such page.")
    return row, context_of(row.release_id, now=timezone.now())


def _state(refusal: services.GuestRefused) -> str:
    """The state of the link, where that is why it was refused; a wrong code leaves it open."""
    return refusal.why if refusal.why in CLOSED else OPEN


def _try_allowed(request: HttpRequest) -> bool:
    place = request.META.get("REMOTE_ADDR", "")
    return public_allowed(kind="guest-place", who=place, most=TRIES_PER_PLACE)


def _page(
    request: HttpRequest,
    token: str,
    row: GuestInvitation,
    context: ReleaseContext,
    *,
    state: str = OPEN,
    form: GuestCommentForm | None = None,
    refusal: str = "",
    sent: bool = False,
    status: int = 200,
) -> HttpResponse:
    shown: dict[str, Any] = {
        "row": row,
        "token": token,
        "kind": kind_words(row.kind),
        "program": context.dataset.program,
        "is_open": state == OPEN,
        "is_used": state == USED,
        "sent": sent,
        "refusal": refusal,
        "minutes": services.CODE_MINUTES,
    }
    if state == OPEN:
        shown |= {
            "form": form or GuestCommentForm(),
            "evidence": evidence_of(context),
            "columns": ["Column", "What it means", "Unit"],
        }
    else:
        shown["closed"] = services.closed_sentence(row, state, context)
    return _private(render(request, "workflow/guests/comment.html", shown, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    """The address is a secret: no cache, no search engine and no other site learns of it."""
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


urlpatterns = [
    path("releases/<int:pk>/outside/", guest_ask, name="guest_ask"),
    path("releases/<int:pk>/outside/<int:invitation_id>/take-back/", guest_revoke, name="guest_revoke"),
    path("comment/<str:token>/", guest_comment, name="guest_comment"),
    path("comment/<str:token>/code/", guest_code, name="guest_code"),
]
