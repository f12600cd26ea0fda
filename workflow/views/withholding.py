"""Withholding: recording why a dataset is not published, and lifting it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.selectors import profile_for
from workflow.forms.withholding import LiftForm, WithholdingForm
from workflow.models import Dataset, Withholding
from workflow.selectors.datasets import datasets_for
from workflow.services.withholding import check_withhold, may_withhold, withholding_lift, withholding_record


@require_http_methods(["GET", "POST"])
def dataset_withhold(request: HttpRequest, pk: int) -> HttpResponse:
    """The ground that stands, those before it, and a new one for whoever may record it."""
    dataset = _dataset(request, pk)
    form = WithholdingForm(request.POST or None)
    if request.method == "POST":
        check_withhold(request.user, dataset)
        if form.is_valid():
            try:
                withholding_record(dataset=dataset, actor=request.user, **form.cleaned_data)
            except ValidationError as error:
                _add_errors(form, error)
            else:
                messages.success(request, f"“{dataset.title}” is withheld, with its ground.")
                return redirect("dataset_withhold", pk)
    return _page(request, dataset, form=form)


@require_POST
def withholding_lift_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Lift the ground that stands."""
    dataset = _dataset(request, pk)
    check_withhold(request.user, dataset)
    standing = get_object_or_404(Withholding, dataset=dataset, lifted_at=None)
    form = LiftForm(request.POST)
    if form.is_valid():
        withholding_lift(withholding=standing, reason=form.cleaned_data["reason"], actor=request.user)
        messages.success(request, f"“{dataset.title}” is no longer withheld.")
        return redirect("dataset_withhold", pk)
    return _page(request, dataset, lift_form=form)


def _page(
    request: HttpRequest,
    dataset: Dataset,
    *,
    form: WithholdingForm | None = None,
    lift_form: LiftForm | None = None,
) -> HttpResponse:
    rows = list(dataset.withholdings.select_related("decided_by", "lifted_by"))
    standing = next((row for row in rows if row.lifted_at is None), None)
    failed = any(one is not None and one.errors for one in (form, lift_form))
    return render(
        request,
        "workflow/inventory/withhold.html",
        {
            "dataset": dataset,
            "release": dataset.current_release,
            "standing": standing,
            "to_be_reviewed": bool(standing and standing.to_be_reviewed(timezone.localdate())),
            "earlier": [row for row in rows if row.lifted_at is not None],
            "form": form or WithholdingForm(),
            "lift_form": lift_form or LiftForm(),
            "may_withhold": may_withhold(request.user, dataset),
            "presumed_open": profile_for(dataset.program).inventory.presumption_of_openness,
        },
        status=422 if failed else 200,
    )


def _dataset(request: HttpRequest, pk: int) -> Dataset:
    rows = datasets_for(request.user).select_related("program", "department").prefetch_related("releases")
    return get_object_or_404(rows, pk=pk)


def _add_errors(form: Any, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, sentences in error.message_dict.items():
        form.add_error(name if name in form.fields else None, sentences)


urlpatterns = [
    path("datasets/<int:pk>/withhold/", dataset_withhold, name="dataset_withhold"),
    path("datasets/<int:pk>/withhold/lift/", withholding_lift_view, name="withholding_lift"),
]
