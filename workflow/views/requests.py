"""Requests of the public: the pages without a log-in, and the queue in which they are decided."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.limits import public_allowed
from accounts.models import Program
from workflow.forms import requests as forms
from workflow.models import DatasetRequest
from workflow.selectors import requests as selectors
from workflow.services import request_triage as triage
from workflow.services import requests as services

PAGE_SIZE = 25
VOTER_COOKIE = "voter"
VOTER_AGE = 365 * 24 * 3600
LETTERS_PER_PLACE, LETTERS_PER_ADDRESS, VOTES_PER_PLACE = 10, 3, 40
TOO_MANY = "Too many tries in a short time. Wait a quarter of an hour, then try again."
_COLUMNS = [{"label": "Votes", "number": True}, "Asked for", "State", "Since"]

# what is decided on the triage page -> its form
_FORMS: dict[str, Any] = {
    "accept": forms.AcceptForm,
    "answer": forms.AnswerForm,
    "merge": forms.MergeForm,
    "close": forms.CloseForm,
    "hide": forms.HideForm,
}
# what is decided -> (words of the button that unfolds it, of the one that does it, tone)
_WORDS: dict[str, tuple[str, str, str]] = {
    "accept": ("Accept: the inventory has it", "Accept the request", "primary"),
    "answer": ("Answer and keep it open", "Publish the answer", ""),
    "merge": ("Asked for already", "Move the votes and close it", ""),
    "close": ("Close it", "Close the request", ""),
}
_DONE = {
    "accept": "The request is accepted.",
    "answer": "The answer stands on the page of the request.",
    "merge": "The request is closed as asked for already; its votes count for the other one now.",
    "close": "The request is closed.",
    "hide": "It is done; the open data team still sees the request.",
}


@require_safe
def programs(request: HttpRequest) -> HttpResponse:
    """The programs one may ask, which are those with a department; where there is one, its list at once."""
    rows = list(Program.objects.filter(departments__isnull=False).distinct().order_by("name"))
    if len(rows) == 1:
        return redirect("public_requests", rows[0].code)
    return render(request, "workflow/requests/programs.html", {"programs": rows})


@require_safe
def requests_list(request: HttpRequest, code: str) -> HttpResponse:
    """What the public asked a program for, most wanted first."""
    program = _program(request, code)
    form = forms.RequestFilterForm(request.GET or None)
    rows = selectors.requests_listed(selectors.requests_public(program), **form.wanted())
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"program": program, "form": form, "page": page, "columns": _COLUMNS}
    return render(request, "workflow/requests/list.html", context)


@require_safe
def request_page(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One request, with its votes and what became of it."""
    program = _program(request, code)
    return _request_page(request, _public(program, pk), forms.FollowForm())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for a dataset. The answer is the same page for everybody: look into your mail."""
    program = _program(request, code)
    form = forms.AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.is_trapped:
            return redirect("public_request_sent", code)
        if not _letter_allowed(request, form.cleaned_data["email"]):
            form.add_error(None, TOO_MANY)
            return _ask_page(request, program, form, 429)
        try:
            services.request_ask(program=program, **form.record())
        except ValidationError as error:
            form.add_errors_of(error)
        else:
            return redirect("public_request_sent", code)
    return _ask_page(request, program, form, 422 if form.errors else 200)


@require_safe
def sent(request: HttpRequest, code: str) -> HttpResponse:
    """After asking or following: the letter is on its way."""
    return render(request, "workflow/requests/sent.html", {"program": _program(request, code)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, secret: str) -> HttpResponse:
    """The link of a letter: opening it changes nothing (mail programs open links too), the button confirms."""
    if request.method != "POST":
        row = services.request_of_link(secret)
        if row is None:
            return _lapsed(request)
        request.program = row.program  # type: ignore[attr-defined]
        return render(request, "workflow/requests/confirm.html", {"row": row, "program": row.program})
    cookie = _voter_secret(request) or secrets.token_urlsafe(24)
    try:
        row = services.request_confirm(secret=secret, voter=services.voter_digest(cookie))
    except services.LinkLapsed:
        return _lapsed(request)
    messages.success(request, "Thank you. Your address is confirmed and your vote counts.")
    response = redirect("public_request", row.program.code, row.pk)
    return _remember(response, cookie)


@require_POST
def vote(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Vote from this browser, or take the vote back."""
    row = _public(_program(request, code), pk)
    cookie = _voter_secret(request) or secrets.token_urlsafe(24)
    if not public_allowed(kind="vote", who=_place(request), most=VOTES_PER_PLACE):
        messages.error(request, TOO_MANY)
        return redirect("public_request", code, pk)
    act = services.request_unvote if "take_back" in request.POST else services.request_vote
    voter = services.voter_digest(cookie)
    try:
        act(request=row, voter=voter)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        if "take_back" in request.POST and selectors.has_voted(row, voter):
            messages.info(request, "This request is your own, so its vote stays until it is closed.")
    return _remember(redirect("public_request", code, pk), cookie)


@never_cache
@require_POST
def follow(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Vote with an address: a letter brings the link that confirms it."""
    row = _public(_program(request, code), pk)
    form = forms.FollowForm(request.POST)
    if not form.is_valid():
        return _request_page(request, row, form, status=422)
    if form.is_trapped:
        return redirect("public_request_sent", code)
    if not _letter_allowed(request, form.cleaned_data["email"]):
        form.add_error(None, TOO_MANY)
        return _request_page(request, row, form, status=429)
    try:
        services.request_follow(request=row, email=form.cleaned_data["email"])
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("public_request", code, pk)
    return redirect("public_request_sent", code)


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The requests that this person's programs got, those due first on top."""
    form = forms.QueueFilterForm(request.GET or None)
    rows = selectors.requests_listed(selectors.requests_to_triage(request.user), **form.wanted())
    waiting, late = selectors.requests_waiting(request.user, now=timezone.now())
    return render(
        request,
        "workflow/requests/queue.html",
        {
            "form": form,
            "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
            "now": timezone.now(),
            "waiting": waiting,
            "late": late,
            "programs": Program.objects.filter(pk__in=selectors.programs_of_intake(request.user)),
        },
    )


@require_safe
def request_triage(request: HttpRequest, pk: int) -> HttpResponse:
    """One request with everything the open data team needs to decide it."""
    return _triage_page(request, _mine(request, pk))


@require_POST
def request_decide(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Decide a request: accept, answer, merge, close, or hide its words."""
    row = _mine(request, pk)
    if what not in _FORMS:
        raise Http404("There is no such decision.")
    form = _FORMS[what](request.POST, request_row=row, auto_id=f"id_{what}_%s")
    if not form.is_valid():
        return _triage_page(request, row, what, form)
    try:
        _decide(request, row, what, form.cleaned_data)
    except ValidationError as error:
        forms.show_errors(form, error)
        return _triage_page(request, row, what, form)
    messages.success(request, _DONE[what])
    return redirect("request_triage", pk)


def _decide(request: HttpRequest, row: DatasetRequest, what: str, data: dict[str, Any]) -> None:
    if what == "accept":
        triage.request_accept(request=row, actor=request.user, **data)
    elif what == "answer":
        triage.request_answer(request=row, actor=request.user, **data)
    elif what == "merge":
        triage.request_merge(request=row, actor=request.user, **data)
    elif what == "close":
        triage.request_close(request=row, actor=request.user, **data)
    else:
        triage.request_hide(request=row, hidden=not row.hidden, actor=request.user, **data)


def _triage_page(request: HttpRequest, row: Any, what: str = "", bound: Any = None) -> HttpResponse:
    built = {
        name: bound if name == what else form(request_row=row, auto_id=f"id_{name}_%s")
        for name, form in _FORMS.items()
    }
    decisions = [
        {
            "name": name,
            "url": reverse("request_decide", args=[row.pk, name]),
            "button": button,
            "submit": submit,
            "tone": tone,
            "form": built[name],
            "is_open": name == what,
        }
        for name, (button, submit, tone) in _WORDS.items()
    ]
    context = {
        "row": row,
        "asker": selectors.asker_of(row),
        "decisions": decisions,
        "hide": {
            "url": reverse("request_decide", args=[row.pk, "hide"]),
            "button": "Show it in public again" if row.hidden else "Take it from the public pages",
            "tone": "" if row.hidden else "danger",
            "form": built["hide"],
            "is_open": what == "hide",
        },
        "proposals": row.proposals.select_related("department"),
        "overdue": row.state == DatasetRequest.State.NEW and row.due_at and row.due_at < timezone.now(),
    }
    return render(request, "workflow/requests/triage.html", context, status=422 if bound else 200)


def _request_page(
    request: HttpRequest, row: Any, form: forms.FollowForm, *, status: int = 200
) -> HttpResponse:
    cookie = _voter_secret(request)
    context = {
        "row": row,
        "program": row.program,
        "form": form,
        "voted": bool(cookie) and selectors.has_voted(row, services.voter_digest(cookie)),
        "dataset_addresses": selectors.public_addresses(row.dataset),
        "proposal": row.proposals.select_related("department").first(),
    }
    return render(request, "workflow/requests/request.html", context, status=status)


def _ask_page(request: HttpRequest, program: Program, form: forms.AskForm, status: int) -> HttpResponse:
    return render(request, "workflow/requests/ask.html", {"program": program, "form": form}, status=status)


def _lapsed(request: HttpRequest) -> HttpResponse:
    return render(request, "workflow/requests/lapsed.html", {"sentence": services.LAPSED}, status=410)


def _program(request: HttpRequest, code: str) -> Program:
    """The program of the address; the frame of the page speaks in its name."""
    program = get_object_or_404(Program, code=code)
    request.program = program  # type: ignore[attr-defined]
    return program


def _public(program: Program, pk: int) -> Any:
    return get_object_or_404(selectors.requests_public(program), pk=pk)


def _mine(request: HttpRequest, pk: int) -> Any:
    return get_object_or_404(selectors.requests_to_triage(request.user), pk=pk)


def _letter_allowed(request: HttpRequest, address: str) -> bool:
    return public_allowed(
        kind="request-place", who=_place(request), most=LETTERS_PER_PLACE
    ) and public_allowed(kind="request-address", who=address, most=LETTERS_PER_ADDRESS)


def _place(request: HttpRequest) -> str:
    return request.META.get("REMOTE_ADDR", "")


def _voter_secret(request: HttpRequest) -> str:
    """The secret by which this browser votes; empty before its first vote."""
    return request.get_signed_cookie(VOTER_COOKIE, default="", max_age=VOTER_AGE) or ""


def _remember(response: HttpResponse, secret: str) -> HttpResponse:
    response.set_signed_cookie(
        VOTER_COOKIE,
        secret,
        max_age=VOTER_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


urlpatterns = [
    path("requests/", programs, name="public_request_programs"),
    path("requests/confirm/<slug:secret>/", confirm, name="request_confirm"),
    path("requests/<slug:code>/", requests_list, name="public_requests"),
    path("requests/<slug:code>/ask/", ask, name="public_request_ask"),
    path("requests/<slug:code>/sent/", sent, name="public_request_sent"),
    path("requests/<slug:code>/<int:pk>/", request_page, name="public_request"),
    path("requests/<slug:code>/<int:pk>/vote/", vote, name="public_request_vote"),
    path("requests/<slug:code>/<int:pk>/follow/", follow, name="public_request_follow"),
    path("work/requests/", queue, name="request_queue"),
    path("work/requests/<int:pk>/", request_triage, name="request_triage"),
    path("work/requests/<int:pk>/<slug:what>/", request_decide, name="request_decide"),
]
