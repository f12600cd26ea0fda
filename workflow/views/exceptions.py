"""The exceptions of a release: asking for one, the advice, the decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workflow.context import ReleaseContext
from workflow.errors import MoveRefused, ReasonRequired
from workflow.forms.exceptions import AdviceForm, DecisionForm, ExceptionRequestForm, RevokeForm
from workflow.selectors.exceptions import Standing, standings_of
from workflow.services import exceptions as services
from workflow.views.base import get_context, may, render_tab, say_refusal

_FORMS: dict[str, type[forms.Form]] = {"advise": AdviceForm, "decide": DecisionForm, "revoke": RevokeForm}
_WORDS_FIELD = {"advise": "advice", "decide": "reason", "revoke": "reason"}


@require_safe
def release_exceptions(request: HttpRequest, pk: int) -> HttpResponse:
    """Every exception that speaks of the release, and what the reader may do with each."""
    return _page(request, get_context(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def exception_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for an exception."""
    context = get_context(request, pk, "request_exception")
    if request.method != "POST":
        return redirect("release_exceptions", pk)
    form = ExceptionRequestForm(request.POST, profile=context.profile)
    if form.is_valid():
        try:
            services.exception_request(release_id=pk, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        except MoveRefused as refusal:
            form.add_error("kind", refusal.sentences)
        else:
            messages.success(request, "The exception is asked for. You hear when it is decided.")
            return redirect("release_exceptions", pk)
    return _page(request, context, ask_form=form, status=422)


@require_POST
def exception_advise(request: HttpRequest, pk: int, exception_id: int) -> HttpResponse:
    """Advise on an exception."""
    return _act(request, pk, exception_id, "advise", services.exception_advise, "Your advice is recorded.")


@require_POST
def exception_decide(request: HttpRequest, pk: int, exception_id: int) -> HttpResponse:
    """Decide an exception."""
    return _act(request, pk, exception_id, "decide", services.exception_decide, "Your decision is recorded.")


@require_POST
def exception_revoke(request: HttpRequest, pk: int, exception_id: int) -> HttpResponse:
    """Take a request or a grant back."""
    return _act(request, pk, exception_id, "revoke", services.exception_revoke, "It is taken back.")


def _act(
    request: HttpRequest, pk: int, exception_id: int, act: str, service: Callable[..., Any], done: str
) -> HttpResponse:
    context = get_context(request, pk)
    if not any(line.row.pk == exception_id for line in standings_of(context, request.user)):
        raise Http404("There is no such exception.")
    form = _FORMS[act](request.POST, prefix=f"{act}-{exception_id}")
    if form.is_valid():
        try:
            service(release_id=pk, exception_id=exception_id, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        except ReasonRequired as refusal:
            form.add_error(_WORDS_FIELD[act], refusal.sentences)
        except MoveRefused as refusal:
            say_refusal(request, refusal)
            return redirect("release_exceptions", pk)
        else:
            messages.success(request, done)
            return redirect("release_exceptions", pk)
    return _page(request, context, bound=(act, exception_id, form), status=422)


def _page(
    request: HttpRequest,
    context: ReleaseContext,
    *,
    ask_form: ExceptionRequestForm | None = None,
    bound: tuple[str, int, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    may_ask = (
        bool(context.profile.exceptions)
        and context.release.is_open
        and may(request, "request_exception", context)
    )
    return render_tab(
        request,
        context,
        "reviews",
        "workflow/exceptions/page.html",
        {
            "title": "Exceptions",
            "knows_exceptions": bool(context.profile.exceptions),
            "lines": [_line(line, bound) for line in standings_of(context, request.user)],
            "ask_form": (ask_form or ExceptionRequestForm(profile=context.profile)) if may_ask else None,
            "asks_now": ask_form is not None,
        },
        status=status,
    )


def _line(standing: Standing, bound: tuple[str, int, forms.Form] | None) -> dict[str, Any]:
    """One exception with the forms that its reader may use."""
    allowed = {
        "advise": standing.may_advise,
        "decide": standing.may_decide,
        "revoke": standing.may_revoke,
    }
    line: dict[str, Any] = {"standing": standing, "row": standing.row, "is_open": ""}
    for act, is_allowed in allowed.items():
        if bound and bound[:2] == (act, standing.row.pk):
            line[f"{act}_form"], line["is_open"] = bound[2], act
        elif is_allowed:
            line[f"{act}_form"] = _FORMS[act](prefix=f"{act}-{standing.row.pk}")
    return line


urlpatterns = [
    path("releases/<int:pk>/exceptions/", release_exceptions, name="release_exceptions"),
    path("releases/<int:pk>/exceptions/request/", exception_request, name="exception_request"),
    path(
        "releases/<int:pk>/exceptions/<int:exception_id>/advise/", exception_advise, name="exception_advise"
    ),
    path(
        "releases/<int:pk>/exceptions/<int:exception_id>/decide/", exception_decide, name="exception_decide"
    ),
    path(
        "releases/<int:pk>/exceptions/<int:exception_id>/take-back/",
        exception_revoke,
        name="exception_revoke",
    ),
]
