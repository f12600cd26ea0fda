"""Proposals: the list, one proposal with its answers, and making one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workflow import duties
from workflow.forms.proposals import DeclineForm, DeferForm, ProposalFilterForm, ProposalForm
from workflow.forms.requests import show_errors
from workflow.models import DatasetProposal, DatasetRequest
from workflow.selectors import proposals as selectors
from workflow.selectors.requests import requests_to_triage
from workflow.services import proposals as services
from workflow.words import HIGH_VALUE_CRITERIA

PAGE_SIZE = 25


@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    """Every proposal the person may know of, newest first."""
    form = ProposalFilterForm(request.GET or None)
    rows = selectors.proposals_listed(request.user, state=form.state_wanted())
    context = {
        "form": form,
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "filtered": bool(form.state_wanted()),
        "may_propose": bool(duties.programs_of_intake(request.user)),
    }
    return render(request, "workflow/proposals/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_make(request: HttpRequest) -> HttpResponse:
    """Propose a dataset to a department; `?request=` names the public request it comes from."""
    departments = selectors.departments_to_propose_to(request.user)
    if not departments.exists():
        raise PermissionDenied("Datasets are proposed by the open data team and the CDO.")
    source = _source(request)
    if source is not None:
        departments = departments.filter(program=source.program_id)
    initial = {"title": source.title, "why": source.purpose} if source else {}
    form = ProposalForm(
        request.POST or None, departments=departments, from_request=source is not None, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = services.proposal_make(actor=request.user, request=source, **form.cleaned_data)
        except ValidationError as error:
            form.add_errors_of(error)
        else:
            messages.success(request, f"“{row.title}” is proposed to {row.department}.")
            return redirect("proposal", row.pk)
    context = {"form": form, "source": source}
    return render(request, "workflow/proposals/make.html", context, status=422 if form.errors else 200)


@require_safe
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal: why, what was talked about, and the answer or the ways to give it."""
    return _page(request, _visible(request, pk))


@require_POST
def proposal_answer(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """The department's answer: accept, decline, defer."""
    row = _visible(request, pk)
    duties.check_answer_proposal(request.user, row)
    forms: dict[str, Any] = {"accept": None, "decline": DeclineForm, "defer": DeferForm}
    if what not in forms:
        raise Http404("There is no such answer.")
    form = forms[what](request.POST, auto_id=f"id_{what}_%s") if forms[what] else None
    if form is not None and not form.is_valid():
        return _page(request, row, what, form)
    try:
        if what == "accept":
            return _accepted(request, row)
        act = services.proposal_decline if what == "decline" else services.proposal_defer
        act(proposal=row, actor=request.user, **form.cleaned_data)  # type: ignore[union-attr]
    except ValidationError as error:
        if form is not None and hasattr(error, "error_dict"):
            show_errors(form, error)
            return _page(request, row, what, form)
        messages.error(request, " ".join(error.messages))
        return redirect("proposal", pk)
    messages.success(request, "Your answer is recorded, and whoever proposed it is told.")
    return redirect("proposal", pk)


def _accepted(request: HttpRequest, row: DatasetProposal) -> HttpResponse:
    dataset = services.proposal_accept(proposal=row, actor=request.user)
    messages.success(
        request, f"“{dataset.title}” is in the inventory as {dataset.inventory_id}. Complete its record."
    )
    return redirect("dataset", dataset.pk)


def _page(request: HttpRequest, row: DatasetProposal, what: str = "", bound: Any = None) -> HttpResponse:
    may_answer = row.is_waiting and duties.may_answer_proposal(request.user, row)
    answers = [
        {
            "name": name,
            "url": reverse("proposal_answer", args=[row.pk, name]),
            "button": words,
            "form": bound if name == what else form(auto_id=f"id_{name}_%s"),
            "is_open": name == what,
        }
        for name, words, form in (
            ("defer", "Put it off", DeferForm),
            ("decline", "Decline it", DeclineForm),
        )
    ]
    criteria = dict(HIGH_VALUE_CRITERIA)
    context = {
        "row": row,
        "criteria": [f"{code}. {criteria[code]}" for code in row.high_value if code in criteria],
        "talks": row.talks.select_related("led_by"),
        "may_answer": may_answer,
        "may_talk": row.is_waiting and duties.may_talk(request.user, row.department),
        "sees_request": row.request is not None and duties.may_intake(request.user, row.program_id),
        "answers": answers,
    }
    return render(request, "workflow/proposals/proposal.html", context, status=422 if bound else 200)


def _visible(request: HttpRequest, pk: int) -> DatasetProposal:
    return get_object_or_404(selectors.proposals_for(request.user), pk=pk)


def _source(request: HttpRequest) -> DatasetRequest | None:
    """The open request that the proposal comes from. Raises Http404 when it is not this person's."""
    number = request.GET.get("request", "")
    if not number.isdecimal():
        return None
    row = get_object_or_404(requests_to_triage(request.user), pk=int(number))
    if not row.is_open:
        raise Http404("This request is closed.")
    return row


urlpatterns = [
    path("proposals/", proposal_list, name="proposal_list"),
    path("proposals/new/", proposal_make, name="proposal_make"),
    path("proposals/<int:pk>/", proposal, name="proposal"),
    path("proposals/<int:pk>/<slug:what>/", proposal_answer, name="proposal_answer"),
]
