"""Retirement of a dataset, as colleagues work on it: proposed, agreed to, decided, objected to, carried out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.profiles import Profile
from accounts.selectors import profile_for
from workflow import gates, retiring
from workflow.context import context_of
from workflow.errors import MoveRefused
from workflow.forms import retirement as forms
from workflow.models import ArchiveCopy, Dataset, Retirement, RetirementObjection
from workflow.policies import may_move
from workflow.selectors.datasets import datasets_for
from workflow.selectors.evidence import gate_line
from workflow.selectors.retirement import (
    page_of,
    retirement_open_of,
    retirements_for,
    retirements_of,
)
from workflow.services import retirement as services
from workflow.services.archive import archive_open
from workflow.services.endings import retirement_complete
from workflow.services.retirement_objections import objection_answer, objection_make
from workflow.stages import Stage
from workflow.views.base import for_raw_readers, say_refusal

PAGE_SIZE = 25
_COLUMNS = ["Dataset", "Department", "State", "Notice until", "Proposed"]


@require_safe
def retirement_list(request: HttpRequest) -> HttpResponse:
    """Every retirement that this person may see."""
    page = Paginator(retirements_for(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "workflow/retirement/list.html", {"page": page, "columns": _COLUMNS})


@require_safe
def dataset_retirement(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the retirement of a dataset stands, and what this person may do about it."""
    return _page(request, _dataset(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def retirement_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose to retire a dataset."""
    dataset = _dataset(request, pk)
    profile = profile_for(dataset.program)
    retiring.check_propose(request.user, dataset, profile)
    if retiring.release_to_retire(dataset) is None:
        messages.error(request, "Nothing of this dataset is public, so there is nothing to retire.")
        return redirect("dataset_retirement", pk)
    form = forms.ProposeForm(
        request.POST if request.method == "POST" else None, dataset=dataset, profile=profile
    )
    if form.is_valid():
        try:
            services.retirement_propose(dataset=dataset, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            forms.show_errors(form, error)
        else:
            messages.success(request, "The retirement is proposed. Nothing is public about it yet.")
            return redirect("dataset_retirement", pk)
    context = {
        "dataset": dataset,
        "form": form,
        "release": dataset.current_release,
        "may_retract": dataset.public_release is not None
        and may_move(request.user, "retract", context_of(dataset.public_release.pk)),
    }
    return render(request, "workflow/retirement/propose.html", context, status=422 if form.errors else 200)


@require_POST
def retirement_approve(request: HttpRequest, pk: int, role: str) -> HttpResponse:
    """Agree or not, for a role whose approval is wanted besides."""
    return _act(
        request,
        pk,
        forms.ApprovalForm(request.POST, prefix=role),
        lambda row, data: services.retirement_approve(
            retirement=row,
            role=role,
            agrees=data["agrees"] == "yes",
            comment=data["comment"],
            actor=request.user,
        ),
        "Your word is recorded.",
        f"approve_{role}",
    )


@require_POST
def retirement_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the notice, or decline."""
    dataset = _dataset(request, pk)
    form = _decide_form(dataset, profile_for(dataset.program), request.POST)
    return _act(
        request,
        pk,
        form,
        lambda row, data: services.retirement_decide(
            retirement=row,
            goes=data["goes"] == "yes",
            answer=data["answer"],
            skip_notice=data.get("skip_notice", False),
            actor=request.user,
        ),
        "The decision is recorded.",
        "decide",
    )


@require_POST
def retirement_extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the public more time."""
    return _act(
        request,
        pk,
        forms.ExtendForm(request.POST, prefix="extend"),
        lambda row, data: services.retirement_extend(retirement=row, actor=request.user, **data),
        "The notice runs longer now.",
        "extend",
    )


@require_POST
def retirement_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The data stays after all."""
    return _act(
        request,
        pk,
        forms.WithdrawForm(request.POST, prefix="withdraw"),
        lambda row, data: services.retirement_withdraw(retirement=row, actor=request.user, **data),
        "The retirement is withdrawn; the data stays.",
        "withdraw",
    )


@require_POST
def retirement_object(request: HttpRequest, pk: int) -> HttpResponse:
    """Object, as a colleague."""
    return _act(
        request,
        pk,
        forms.ObjectionForm(request.POST, prefix="object"),
        lambda row, data: objection_make(retirement=row, actor=request.user, **data),
        "Your objection is recorded; the notice stands still until it is answered.",
        "object",
    )


@require_POST
def objection_answer_view(request: HttpRequest, pk: int, objection: int) -> HttpResponse:
    """Answer an objection."""
    found = get_object_or_404(RetirementObjection, pk=objection, retirement__dataset=_dataset(request, pk))
    return _act(
        request,
        pk,
        forms.AnswerForm(request.POST, prefix=f"answer{found.pk}"),
        lambda row, data: objection_answer(objection=found, actor=request.user, **data),
        "The objection is answered.",
        f"answer{found.pk}",
    )


@require_POST
def retirement_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Carry it out: the window has ended and nothing is in the way."""
    dataset = _dataset(request, pk)
    row = _open(dataset)
    try:
        if retirement_complete(retirement=row, actor=request.user):
            messages.success(
                request, f"“{dataset.title}” is retired. Its page says why, and what to use instead."
            )
    except MoveRefused as refusal:
        say_refusal(request, refusal)
    return redirect("dataset_retirement", pk)


@require_safe
def archive_download(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The archive copy. Each download is recorded."""
    copy = get_object_or_404(ArchiveCopy.objects.select_related("file", "release__dataset"), pk=pk)
    _dataset(request, copy.release.dataset_id)
    found = archive_open(copy=copy, actor=request.user)
    if found is None:
        messages.info(request, "The archive copy is not made yet.")
        return redirect("dataset_retirement", copy.release.dataset_id)
    stored, content = found
    response = FileResponse(
        content, as_attachment=True, filename=stored.name, content_type=stored.content_type
    )
    response["Content-Length"] = str(stored.size)
    return for_raw_readers(response)


def _act(
    request: HttpRequest,
    pk: int,
    form: Any,
    act: Callable[[Retirement, dict[str, Any]], Any],
    done: str,
    name: str,
) -> HttpResponse:
    """One thing done to the open retirement; the page again with the sentences when it cannot be."""
    dataset = _dataset(request, pk)
    row = _open(dataset)
    if form.is_valid():
        try:
            act(row, form.cleaned_data)
        except ValidationError as error:
            forms.show_errors(form, error)
        else:
            messages.success(request, done)
            return redirect("dataset_retirement", pk)
    return _page(request, dataset, bound=form, name=name)


def _page(request: HttpRequest, dataset: Dataset, *, bound: Any = None, name: str = "") -> HttpResponse:
    profile = profile_for(dataset.program)
    rows = retirements_of(dataset)
    shown = [page_of(row, profile) for row in rows]
    current = shown[0] if shown and (rows[0].is_open or rows[0].state == Retirement.State.RETIRED) else None
    to_retire = retiring.release_to_retire(dataset)
    context: dict[str, Any] = {
        "dataset": dataset,
        "profile": profile,
        "release": dataset.current_release,
        "current": current,
        "earlier": shown[1:] if current else shown,
        "rule_days": retiring.window_days(profile),
        "to_retire": to_retire,
        "is_retracted": to_retire is not None and to_retire.stage == Stage.RETRACTED,
        "may_propose": current is None
        and to_retire is not None
        and retiring.may(retiring.check_propose, request.user, dataset, profile),
        "may_archive": retiring.may(retiring.check_archive, request.user, dataset, profile),
    }
    if current is not None and current.row.is_open:
        context |= _doing(request, current.row, profile, bound, name)
    return render(request, "workflow/retirement/page.html", context, status=422 if bound is not None else 200)


def _doing(request: HttpRequest, row: Retirement, profile: Profile, bound: Any, name: str) -> dict[str, Any]:
    """What this person may do about an open retirement, with its forms, and what is in the way of its end."""
    dataset, user = row.dataset, request.user
    in_notice = row.state == Retirement.State.NOTICE
    may_decide = retiring.may(retiring.check_decide, user, row, profile)
    said = {one.role: one for one in row.approvals.select_related("by")}
    approvals = [
        {
            "role": role,
            "label": profile.role_label(role),
            "said": said.get(role),
            "form": bound if name == f"approve_{role}" else forms.ApprovalForm(prefix=role),
            "may": not in_notice and retiring.may(retiring.check_approve, user, role, row, profile),
        }
        for role in profile.retirement.approval
    ]
    answers = {
        one.pk: bound if name == f"answer{one.pk}" else forms.AnswerForm(prefix=f"answer{one.pk}")
        for one in row.objections.filter(verdict="")
    }
    release = retiring.release_to_retire(dataset)
    in_the_way = []
    if in_notice and release is not None:
        context = context_of(release.pk)
        here = reverse("dataset_retirement", args=[dataset.pk])
        lines = [gate_line(item, context) for item in gates.unmet("retire", context)]
        # What is cured on this very page needs no link to it.
        in_the_way = [line | ({"url": ""} if line["url"] == here else {}) for line in lines]
    return {
        "in_notice": in_notice,
        "approvals": approvals,
        "may_decide": may_decide and not in_notice,
        "decide_form": bound if name == "decide" else _decide_form(dataset, profile),
        "may_extend": may_decide and in_notice and retiring.window_days(profile),
        "extend_form": bound if name == "extend" else forms.ExtendForm(prefix="extend"),
        "may_withdraw": retiring.may(retiring.check_withdraw, user, row, profile),
        "withdraw_form": bound if name == "withdraw" else forms.WithdrawForm(prefix="withdraw"),
        "may_object": in_notice and retiring.may(retiring.check_propose, user, dataset, profile),
        "object_form": bound if name == "object" else forms.ObjectionForm(prefix="object"),
        "answers": answers,
        "may_answer": may_decide and in_notice,
        "in_the_way": in_the_way,
        "may_complete": may_decide and in_notice and not in_the_way,
        "why_not": _why_not(user, row, profile),
        "open_form": name,
    }


def _why_not(user: Any, row: Retirement, profile: Profile) -> str:
    """Why somebody who holds the role may not decide, in the words of the rule."""
    if user.pk == row.proposed_by_id:
        return "You proposed it, so somebody else decides."
    return "" if retiring.may(retiring.check_decide, user, row, profile) else "Others decide about it."


def _decide_form(dataset: Dataset, profile: Profile, data: Any = None) -> forms.DecideForm:
    may_skip = retiring.may_skip_notice(profile, retiring.release_to_retire(dataset), timezone.now())
    return forms.DecideForm(
        data,
        prefix="decide",
        may_skip=may_skip,
        days=retiring.window_days(profile),
        is_kept=dataset.public_release is not None,
    )


def _dataset(request: HttpRequest, pk: int) -> Dataset:
    rows = datasets_for(request.user).select_related("program", "department").prefetch_related("releases")
    return get_object_or_404(rows, pk=pk)


def _open(dataset: Dataset) -> Retirement:
    row = retirement_open_of(dataset)
    if row is None:
        raise Http404("No retirement of this dataset is under way.")
    return row


_BASE = "datasets/<int:pk>/retirement/"
urlpatterns = [
    path("retirements/", retirement_list, name="retirement_list"),
    path(_BASE, dataset_retirement, name="dataset_retirement"),
    path(f"{_BASE}propose/", retirement_propose, name="retirement_propose"),
    path(f"{_BASE}approve/<slug:role>/", retirement_approve, name="retirement_approve"),
    path(f"{_BASE}decide/", retirement_decide, name="retirement_decide"),
    path(f"{_BASE}extend/", retirement_extend, name="retirement_extend"),
    path(f"{_BASE}withdraw/", retirement_withdraw, name="retirement_withdraw"),
    path(f"{_BASE}now/", retirement_now, name="retirement_now"),
    path(f"{_BASE}object/", retirement_object, name="retirement_object"),
    path(f"{_BASE}objections/<int:objection>/", objection_answer_view, name="objection_answer"),
    path("archive/<int:pk>/", archive_download, name="archive_download"),
]
