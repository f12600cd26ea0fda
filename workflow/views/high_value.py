"""Yearly high-value inventories: the list, drafting, handing in, signing, and the table as CSV."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workflow import duties
from workflow.forms.high_value import ChooseForm, DraftForm
from workflow.forms.requests import show_errors
from workflow.models import HighValueInventory
from workflow.selectors import high_value as selectors
from workflow.services import high_value as services
from workflow.words import HIGH_VALUE_CRITERIA

PAGE_SIZE = 25


@require_safe
def inventories(request: HttpRequest) -> HttpResponse:
    """The inventories of the departments one sees, newest year first."""
    rows = selectors.inventories_for(request.user)
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "to_sign": selectors.inventories_to_sign(request.user),
        "may_draft": bool(selectors.departments_drafted(request.user)),
    }
    return render(request, "workflow/high_value/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def high_value_draft(request: HttpRequest) -> HttpResponse:
    """Draft a year's inventory from the records of a department."""
    departments = selectors.departments_drafted(request.user)
    if not departments:
        raise PermissionDenied(
            "High-value inventories are drafted by the coordinator or steward of a department, in programs "
            "that ask for one each year."
        )
    form = DraftForm(request.POST or None, departments=departments)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.inventory_draft(actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, f"The draft holds {len(row.rows)} datasets. Read it, then hand it in.")
            return redirect("high_value_inventory", row.pk)
    return render(
        request, "workflow/high_value/draft.html", {"form": form}, status=422 if form.errors else 200
    )


@require_safe
def high_value_inventory(request: HttpRequest, pk: int) -> HttpResponse:
    """One inventory: its geographic and its other data, what is wrong, and what can be done."""
    return _page(request, _visible(request, pk))


@require_POST
def high_value_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft anew with the chosen datasets, from the records of today."""
    row = _visible(request, pk)
    form = _choose_form(row, request.POST)
    if form.is_valid():
        _do(
            request,
            services.inventory_draft,
            "The draft is made anew from the records of today.",
            department=row.department,
            year=row.year,
            chosen=form.chosen(),
        )
    return redirect("high_value_inventory", pk)


@require_POST
def high_value_hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the head of the department to sign."""
    said = "It is handed in; the head of the department got a letter."
    _do(request, services.inventory_hand_in, said, inventory=_visible(request, pk))
    return redirect("high_value_inventory", pk)


@require_POST
def high_value_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign, as the head of the department."""
    said = "You signed it. Its table is on the way to the public, through the same reviews as any dataset."
    _do(request, services.inventory_sign, said, inventory=_visible(request, pk))
    return redirect("high_value_inventory", pk)


@require_safe
def high_value_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """The table of one year as CSV."""
    row = _visible(request, pk)
    response = HttpResponse(services.csv_of([row]), content_type="text/csv; charset=utf-8")
    name = f"high-value-inventory-{row.department.code}-{row.year}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _do(request: HttpRequest, act: Any, said: str, **arguments: Any) -> None:
    try:
        act(actor=request.user, **arguments)
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
    else:
        messages.success(request, said)


def _page(request: HttpRequest, row: HighValueInventory) -> HttpResponse:
    is_draft = row.state == HighValueInventory.State.DRAFT
    may_draft = is_draft and duties.may_high_value_draft(request.user, row.department)
    parts = [
        ("Geographic data", "geographic", [line for line in row.rows if line["geographic"]]),
        ("Other data", "other", [line for line in row.rows if not line["geographic"]]),
    ]
    context = {
        "row": row,
        "parts": parts,
        "criteria": HIGH_VALUE_CRITERIA,
        "faults": selectors.faults_of(row) if is_draft else [],
        "may_draft": may_draft,
        "choose": _choose_form(row) if may_draft else None,
        "may_sign": is_draft and row.handed_in_at and duties.may_high_value_sign(request.user, row),
    }
    return render(request, "workflow/high_value/inventory.html", context)


def _choose_form(row: HighValueInventory, data: Any = None) -> ChooseForm:
    chosen = [line["dataset"] for line in row.rows]
    return ChooseForm(data, candidates=selectors.candidates_of(row.department), chosen=chosen)


def _visible(request: HttpRequest, pk: int) -> HighValueInventory:
    return get_object_or_404(selectors.inventories_for(request.user), pk=pk)


urlpatterns = [
    path("high-value/", inventories, name="high_value_inventories"),
    path("high-value/draft/", high_value_draft, name="high_value_draft"),
    path("high-value/<int:pk>/", high_value_inventory, name="high_value_inventory"),
    path("high-value/<int:pk>/choose/", high_value_choose, name="high_value_choose"),
    path("high-value/<int:pk>/hand-in/", high_value_hand_in, name="high_value_hand_in"),
    path("high-value/<int:pk>/sign/", high_value_sign, name="high_value_sign"),
    path("high-value/<int:pk>/table.csv", high_value_csv, name="high_value_csv"),
]
