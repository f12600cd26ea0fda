"""The departments that make a dataset together."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from accounts.selectors import profile_for
from workflow import duties
from workflow.forms.joint import ContributorForm
from workflow.forms.requests import show_errors
from workflow.joint import sides_of
from workflow.models import Dataset
from workflow.selectors.datasets import datasets_for
from workflow.services import joint as services


@require_http_methods(["GET", "HEAD", "POST"])
def dataset_departments(request: HttpRequest, pk: int) -> HttpResponse:
    """Whose data it is; who may, adds a department."""
    row = _visible(request, pk)
    if request.method == "POST":
        duties.check_joint(request.user, row)
    form = ContributorForm(request.POST or None, dataset=row)
    if request.method == "POST" and form.is_valid():
        try:
            services.contributor_add(dataset=row, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, f"{form.cleaned_data['department']} contributes to this dataset.")
            return redirect("dataset_departments", pk)
    return _page(request, row, form, 422 if form.errors else 200)


@require_POST
def contributor_remove(request: HttpRequest, pk: int, row_pk: int) -> HttpResponse:
    """Take a contributing department from a dataset."""
    dataset = _visible(request, pk)
    row = get_object_or_404(dataset.contributing.select_related("dataset", "department"), pk=row_pk)
    try:
        services.contributor_remove(row=row, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"{row.department} no longer contributes.")
    return redirect("dataset_departments", pk)


def _page(request: HttpRequest, row: Dataset, form: ContributorForm, status: int) -> HttpResponse:
    sides = {side.code: side.label for side in profile_for(row.program).sides}
    context = {
        "dataset": row,
        "form": form,
        "rows": row.contributing.select_related("department", "added_by"),
        "may_change": duties.may_joint(request.user, row),
        "sides": [sides[code] for code in sorted(sides_of(row)) if code in sides],
    }
    return render(request, "workflow/joint/departments.html", context, status=status)


def _visible(request: HttpRequest, pk: int) -> Dataset:
    rows = datasets_for(request.user).select_related("department", "program")
    return get_object_or_404(rows.prefetch_related("contributing__department"), pk=pk)


urlpatterns = [
    path("datasets/<int:pk>/departments/", dataset_departments, name="dataset_departments"),
    path("datasets/<int:pk>/departments/<int:row_pk>/remove/", contributor_remove, name="contributor_remove"),
]
