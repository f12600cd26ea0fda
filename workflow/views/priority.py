"""Priorities: the inventory in its order, one dataset's score with its history, and the program's weights."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Department
from accounts.selectors import departments_visible, profile_for
from workflow.forms.priority import OverrideForm, ScoreForm, WeightsForm
from workflow.models import Dataset
from workflow.policies import check_register
from workflow.selectors.datasets import datasets_for
from workflow.selectors.priority import (
    answers_for,
    newest_score,
    ranked,
    record_answers,
    scale_of,
    weights_of,
    weights_row,
)
from workflow.selectors.requests import votes_of
from workflow.services.priority import (
    check_weights,
    may_set_weights,
    priority_override,
    priority_rescore,
    priority_score,
    priority_weights_set,
)
from workflow.views.inventory import program_chosen

PAGE_SIZE = 50
HISTORY = 20


@require_safe
def priority_list(request: HttpRequest) -> HttpResponse:
    """The inventory in the order of the program's scale; other weights can be tried out, which saves nothing."""
    program = program_chosen(request)
    profile = profile_for(program)
    scale, weights = scale_of(profile), weights_of(program, profile)
    departments = Department.objects.filter(
        pk__in=departments_visible(request.user).values("pk"), program=program
    ).order_by("name")
    chosen = request.GET.get("department", "")
    department = departments.filter(pk=chosen).first() if chosen.isdigit() else None
    form = WeightsForm.trying(request.GET, scale=scale, weights=weights)
    tried = form.tried()
    rows = ranked(
        request.user, program, profile, department=department, tried=tried if tried != weights else None
    )
    return render(
        request,
        "workflow/inventory/priority_list.html",
        {
            "program": program,
            "scale": scale,
            "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
            "departments": departments,
            "department": department,
            "form": form,
            "tried": tried != weights,
            "moved": sum(bool(row.moved) for row in rows),
            "unscored": sum(row.row is None for row in rows),
            "stale": sum(row.row is not None and row.row.weights != weights for row in rows),
            "weights_row": weights_row(program),
            "may_set": may_set_weights(request.user, program),
        },
    )


@require_http_methods(["GET", "POST"])
def priority_weights(request: HttpRequest) -> HttpResponse:
    """Set the weights of the program, with the reason; its scores are computed again."""
    program = program_chosen(request)
    check_weights(request.user, program)
    profile = profile_for(program)
    scale = scale_of(profile)
    form = WeightsForm(
        request.POST or None, scale=scale, weights=weights_of(program, profile), with_reason=True
    )
    if request.method == "POST" and form.is_valid():
        chosen = {code: form.cleaned_data[code] for code, _ in scale.weighted}
        try:
            scored = priority_weights_set(
                program=program, weights=chosen, reason=form.cleaned_data["reason"], actor=request.user
            )
        except ValidationError as error:
            _add_errors(form, error)
        else:
            messages.success(request, f"The weights are set. {scored} scores were computed again.")
            return redirect("priority_list")
    rows = program.priority_weights.select_related("by")[:HISTORY]
    page = {"program": program, "scale": scale, "form": form, "rows": rows}
    return render(request, "workflow/inventory/weights.html", page, status=422 if form.errors else 200)


@require_POST
def priority_again(request: HttpRequest) -> HttpResponse:
    """Store the scores anew that other weights or records have overtaken."""
    program = program_chosen(request)
    check_weights(request.user, program)
    scored = priority_rescore(program=program, actor=request.user)
    messages.success(request, f"{scored} scores were computed again and stored.")
    return redirect("priority_list")


@require_http_methods(["GET", "POST"])
def dataset_priority(request: HttpRequest, pk: int) -> HttpResponse:
    """The score of one dataset: the questions, what each factor gave, and every score before."""
    dataset = _dataset(request, pk)
    form = _score_form(dataset, request.POST or None)
    if request.method == "POST":
        check_register(request.user, dataset.program_id, dataset.department_id)
        if form.is_valid():
            row = priority_score(dataset=dataset, answers=form.cleaned_data, actor=request.user)
            messages.success(request, f"The priority is {row.label}.")
            return redirect("dataset_priority", pk)
    return _score_page(request, dataset, form=form)


@require_POST
def priority_override_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the priority by hand, or let it be computed again; a reason is needed for both."""
    dataset = _dataset(request, pk)
    check_register(request.user, dataset.program_id, dataset.department_id)
    scale = scale_of(profile_for(dataset.program))
    last = newest_score(dataset, scale)
    form = OverrideForm(request.POST, scale=scale, overridden=bool(last and last.override))
    if form.is_valid():
        try:
            row = priority_override(dataset=dataset, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            _add_errors(form, error)
        else:
            messages.success(request, f"The priority is {row.label}.")
            return redirect("dataset_priority", pk)
    return _score_page(request, dataset, override_form=form)


def _score_page(
    request: HttpRequest,
    dataset: Dataset,
    *,
    form: ScoreForm | None = None,
    override_form: OverrideForm | None = None,
) -> HttpResponse:
    profile = profile_for(dataset.program)
    scale = scale_of(profile)
    last = newest_score(dataset, scale)
    answers = _answers(dataset)
    failed = any(one is not None and one.errors for one in (form, override_form))
    return render(
        request,
        "workflow/inventory/dataset_priority.html",
        {
            "dataset": dataset,
            "release": dataset.current_release,
            "scale": scale,
            "last": last,
            "computed": scale.score(answers, weights_of(dataset.program_id, profile)),
            "missing": [one.label for one in scale.missing(answers)],
            "form": form or _score_form(dataset),
            "answered": [
                one.label for one in scale.questions if one.code in record_answers(dataset, profile)
            ],
            "override_form": override_form
            or OverrideForm(scale=scale, overridden=bool(last and last.override)),
            "history": dataset.priority_scores.select_related("by")[:HISTORY],
            "may_score": _may_score(request, dataset),
        },
        status=422 if failed else 200,
    )


def _score_form(dataset: Dataset, data: Any = None) -> ScoreForm:
    profile = profile_for(dataset.program)
    # The class is never asked here: whoever knows it better corrects the record.
    answered = {"classification", *record_answers(dataset, profile)}
    return ScoreForm(data, scale=scale_of(profile), answered=answered, initial=_answers(dataset))


def _answers(dataset: Dataset) -> dict[str, Any]:
    profile = profile_for(dataset.program)
    last = newest_score(dataset, scale_of(profile))
    return answers_for(dataset, profile, stored=last.inputs if last else None, votes=votes_of(dataset))


def _dataset(request: HttpRequest, pk: int) -> Dataset:
    return get_object_or_404(
        datasets_for(request.user).select_related("program", "department").prefetch_related("releases"), pk=pk
    )


def _may_score(request: HttpRequest, dataset: Dataset) -> bool:
    try:
        check_register(request.user, dataset.program_id, dataset.department_id)
    except PermissionDenied:
        return False
    return True


def _add_errors(form: Any, error: ValidationError) -> None:
    for name, sentences in error.message_dict.items():
        form.add_error(name if name in form.fields else None, sentences)


urlpatterns = [
    path("priorities/", priority_list, name="priority_list"),
    path("priorities/weights/", priority_weights, name="priority_weights"),
    path("priorities/again/", priority_again, name="priority_again"),
    path("datasets/<int:pk>/priority/", dataset_priority, name="dataset_priority"),
    path("datasets/<int:pk>/priority/override/", priority_override_view, name="priority_override"),
]
