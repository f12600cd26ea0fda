"""The schedule of publication, and the open data access plan of a department."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Department, Program
from accounts.roles import programs_of
from accounts.selectors import departments_visible, profile_for
from workflow import calendar_duties
from workflow.errors import MoveRefused
from workflow.forms.schedule import AccessPlanForm, InputForm, ScheduleFilterForm, ScheduleForm
from workflow.models import AccessPlanFile, Dataset
from workflow.selectors.ahead import ahead_of, bundle_rows, freeze_rows
from workflow.selectors.datasets import datasets_for
from workflow.selectors.schedule import (
    ACCESS_PLAN_COLUMNS,
    ELSEWHERE,
    PLANNED,
    PUBLISHED,
    SCHEDULE_COLUMNS,
    Row,
    access_plan_cells,
    access_plan_files,
    departments_of,
    row_of,
    schedule_cells,
    scheduled,
)
from workflow.services import schedule as services
from workflow.services.inventory_export import csv_bytes
from workflow.views.base import say_refusal

PAGE_SIZE = 50
# So many rows stand on one page of the access plan, which is read and printed as a whole.
PLAN_ROWS = 2000


@require_safe
def schedule_list(request: HttpRequest) -> HttpResponse:
    """When each dataset of the program is to be published, soonest first."""
    program = program_here(request)
    form = ScheduleFilterForm(request.GET or None, user=request.user, program=program)
    rows = scheduled(request.user, program, **form.wanted())
    if request.GET.get("format") == "csv":
        cells = [schedule_cells(row_of(dataset)) for dataset in rows]
        return _csv("schedule", program.code, SCHEDULE_COLUMNS, cells)
    page = Paginator(rows, rows.count() or 1 if _is_print(request) else PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "workflow/schedule/list.html",
        {
            "program": program,
            "profile": profile_for(program),
            "form": form,
            "page": page,
            "rows": [row_of(dataset) for dataset in page],
            "departments": departments_of(request.user, program),
            "summary": f"{page.paginator.count} dataset{'' if page.paginator.count == 1 else 's'}",
            "query": _query(request),
            "is_print": _is_print(request),
            **_ahead(request, program),
        },
    )


@require_http_methods(["GET", "POST"])
def schedule_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The estimate of one dataset, with what its department says."""
    dataset = _dataset(request, pk)
    entry = getattr(dataset, "schedule", None)
    may_plan = services.may_schedule(request.user, dataset)
    if request.method == "POST":
        services.check_schedule(request.user, dataset)
    form = ScheduleForm(request.POST or None, entry=entry)
    if request.method == "POST" and form.is_valid():
        try:
            services.schedule_change(dataset_id=pk, actor=request.user, **form.given())
        except MoveRefused as refusal:
            form.add_error("reason" if "reason" in form.fields else None, refusal.sentences[0])
        else:
            messages.success(request, "The schedule is saved.")
            return redirect("schedule_edit", pk)
    return _edit_page(request, dataset, form if may_plan else None, InputForm())


@require_http_methods(["POST"])
def schedule_input(request: HttpRequest, pk: int) -> HttpResponse:
    """What the department says about when and how."""
    dataset = _dataset(request, pk)
    services.check_input(request.user, dataset)
    form = InputForm(request.POST)
    if not form.is_valid():
        entry = getattr(dataset, "schedule", None)
        plan = ScheduleForm(entry=entry) if services.may_schedule(request.user, dataset) else None
        return _edit_page(request, dataset, plan, form)
    services.schedule_input(dataset_id=pk, actor=request.user, **form.cleaned_data)
    messages.success(request, "What the department says is written down, with your name and the time.")
    return redirect("schedule_edit", pk)


@require_http_methods(["GET", "POST"])
def access_plan(request: HttpRequest, department: int) -> HttpResponse:
    """What a department has published and plans to, on the portal or elsewhere; and its own plan as a file."""
    place = _department(request, department)
    if request.method == "POST":
        services.check_access_plan(request.user, place)
    form = AccessPlanForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.access_plan_upload(department=place, actor=request.user, **form.cleaned_data)
        except MoveRefused as refusal:
            say_refusal(request, refusal)
        else:
            messages.success(request, "The plan is kept. Everybody who may see the department can open it.")
        return redirect("access_plan", department)
    rows = [row_of(row) for row in scheduled(request.user, place.program, department=place)[:PLAN_ROWS]]
    if request.GET.get("format") == "csv":
        return _csv("access-plan", place.code.lower(), ACCESS_PLAN_COLUMNS, map(access_plan_cells, rows))
    return render(
        request,
        "workflow/schedule/access_plan.html",
        {
            "department": place,
            "parts": _parts(rows),
            "files": access_plan_files(place),
            "form": form if services.may_access_plan(request.user, place) else None,
            "is_print": _is_print(request),
            "today": timezone.localdate(),
        },
        status=422 if form.errors else 200,
    )


@require_safe
def access_plan_file(request: HttpRequest, pk: int) -> FileResponse:
    """An agency's own plan. Each opening is recorded."""
    file = AccessPlanFile.objects.filter(
        pk=pk, department__in=departments_visible(request.user).values("pk")
    ).first()
    if file is None:
        raise Http404("There is no such file.")
    content = services.access_plan_open(file=file, actor=request.user)
    return FileResponse(content, as_attachment=True, filename=file.name, content_type=file.content_type)


def _ahead(request: HttpRequest, program: Program) -> dict[str, Any]:
    """What goes public when, together with what, and when nothing does."""
    zone, now = ZoneInfo(profile_for(program).timezone), timezone.now()
    return {
        "ahead": ahead_of(request.user, program, now=now),
        "bundles": bundle_rows(request.user, program, zone),
        "freezes": freeze_rows(request.user, program, zone, now=now),
        "may_bundle": calendar_duties.may_make_bundle(request.user, program),
        "may_freeze": calendar_duties.may_set_freeze(request.user, program),
    }


def _edit_page(
    request: HttpRequest, dataset: Dataset, form: ScheduleForm | None, input_form: InputForm
) -> HttpResponse:
    may_input = services.may_input(request.user, dataset)
    row = row_of(scheduled(request.user, dataset.program).filter(pk=dataset.pk).first() or dataset)
    return render(
        request,
        "workflow/schedule/edit.html",
        {
            "dataset": dataset,
            "row": row,
            "form": form,
            "input_form": input_form if may_input else None,
            "has_access_plan": profile_for(dataset.program).plan.access_plan,
        },
        status=422 if (form and form.errors) or input_form.errors else 200,
    )


def _parts(rows: list[Row]) -> list[dict[str, Any]]:
    words = {
        PUBLISHED: ("Published", "Nothing of this department is public yet."),
        PLANNED: ("Planned", "Nothing is planned."),
        ELSEWHERE: ("Published elsewhere", "Nothing is published elsewhere."),
    }
    return [
        {"key": key, "title": title, "empty": empty, "rows": [row for row in rows if row.status == key]}
        for key, (title, empty) in words.items()
    ]


def _csv(name: str, place: str, columns: Any, rows: Any) -> HttpResponse:
    day = timezone.localdate().isoformat()
    response = HttpResponse(csv_bytes(columns, list(rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{place}-{day}.csv"'
    return response


def program_here(request: HttpRequest) -> Program:
    """The program of the header; the person holds a role there."""
    program = getattr(request, "program", None) or programs_of(request.user).first()
    if program is None:
        raise Http404("You hold no role in a program.")
    return program


def _dataset(request: HttpRequest, pk: int) -> Dataset:
    rows = datasets_for(request.user).select_related("department", "program", "schedule__input_by")
    dataset = rows.filter(pk=pk).first()
    if dataset is None:
        raise Http404("There is no such dataset.")
    return dataset


def _department(request: HttpRequest, pk: int) -> Department:
    place = departments_visible(request.user).filter(pk=pk).select_related("program").first()
    if place is None:
        raise Http404("There is no such department.")
    return place


def _is_print(request: HttpRequest) -> bool:
    return request.GET.get("print") == "yes"


def _query(request: HttpRequest) -> str:
    """The filters of the address, for the links that carry them on."""
    query = request.GET.copy()
    for name in ("page", "format", "print"):
        query.pop(name, None)
    return query.urlencode()


urlpatterns = [
    path("schedule/", schedule_list, name="schedule_list"),
    path("schedule/datasets/<int:pk>/", schedule_edit, name="schedule_edit"),
    path("schedule/datasets/<int:pk>/input/", schedule_input, name="schedule_input"),
    path("access-plan/<int:department>/", access_plan, name="access_plan"),
    path("access-plan/files/<int:pk>/", access_plan_file, name="access_plan_file"),
]
