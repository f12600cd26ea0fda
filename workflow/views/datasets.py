"""The inventory: the list of datasets, registering one, changing its record, and opening its next release."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Department, Program
from accounts.roles import programs_of
from accounts.selectors import profile_for
from dossier.errors import DossierFrozen
from workflow.calendar import WEEKDAYS, calendar_of
from workflow.context import ReleaseContext
from workflow.forms.filters import DatasetFilterForm
from workflow.forms.record import ReasonForm, RecordForm
from workflow.models import Dataset
from workflow.selectors.against_public import replacing_warning
from workflow.selectors.datasets import datasets_for
from workflow.selectors.inventory import inventory_listed
from workflow.selectors.people import RoleBook, departments_to_register
from workflow.selectors.refresh import freshness_of_many
from workflow.selectors.similar import similar_to, year_in_title
from workflow.services import datasets as services
from workflow.services.stewards import steward_invite
from workflow.stage_words import stage_label
from workflow.stages import Stage
from workflow.views.base import get_context, may, say_refusal

PAGE_SIZE = 25
_COLUMNS = [
    {"label": "Dataset", "sort": "title"},
    {"label": "Stage", "sort": "stage"},
    {"label": "Due", "sort": "due"},
    {"label": "In this stage since", "sort": "since"},
    {"label": "Priority", "sort": "priority"},
    {"label": "Number", "sort": "id"},
    {"label": "Department", "sort": "department"},
    "Steward",
]


@require_safe
def dataset_list(request: HttpRequest) -> HttpResponse:
    """Every dataset the person may know of: searched, filtered, sorted, 25 at a time."""
    program = getattr(request, "program", None)
    profile = profile_for(program) if program else None
    form = DatasetFilterForm(request.GET or None, user=request.user, profile=profile)
    rows = inventory_listed(request.user, order=form.order(), **form.wanted())
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    total = datasets_for(request.user).count()
    return render(
        request,
        "workflow/dataset_list.html",
        {
            "form": form,
            "final_review": stage_label(Stage.CDO_REVIEW, profile) if profile else "",
            "page": page,
            "columns": _COLUMNS,
            "now": timezone.now(),
            "freshness": freshness_of_many(row.pk for row in page.object_list),
            "calendar": calendar_of(profile) if profile else WEEKDAYS,
            "total": total,
            "summary": _summary(page.paginator.count, total, form),
            "may_register": program is not None and departments_to_register(request.user, program).exists(),
            "yearly_inventory": profile is not None and profile.inventory.yearly_high_value,
        },
    )


@require_http_methods(["GET", "POST"])
def dataset_register(request: HttpRequest) -> HttpResponse:
    """Enter a dataset in the inventory; its first release opens with it."""
    program, others = _program_to_register(request)
    departments = departments_to_register(request.user, program)
    form = RecordForm(
        request.POST or None,
        instance=Dataset(program=program),
        profile=profile_for(program),
        departments=departments,
        book=RoleBook([program.pk]),
        may_invite=True,
        initial={"coordinator": request.user.pk},
    )
    if request.method == "POST" and form.is_valid():
        dataset = _registered(request, form)
        if dataset is not None:
            messages.success(request, f"“{dataset.title}” is in the inventory as {dataset.inventory_id}.")
            _warn(request, dataset)
            return redirect("dataset", dataset.pk)
    page = {"form": form, "program": program, "other_programs": others}
    return render(request, "workflow/dataset_register.html", page, status=422 if form.errors else 200)


@require_safe
def dataset(request: HttpRequest, pk: int) -> HttpResponse:
    """A dataset is looked at through its current release."""
    row = _visible(request, pk)
    if row.current_release is None:
        raise Http404("This dataset has no release.")
    return redirect("release", row.current_release.pk)


@require_http_methods(["GET", "POST"])
def dataset_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the inventory record."""
    context = _current(request, pk, "edit_record")
    row = context.dataset
    departments = Department.objects.filter(pk=row.department_id)
    form = RecordForm(
        request.POST or None,
        instance=row,
        profile=profile_for(row.program),
        departments=departments,
        book=RoleBook([row.program_id]),
        may_invite=departments_to_register(request.user, row.program).filter(pk=row.department_id).exists(),
    )
    if request.method == "POST" and form.is_valid() and _changed(request, form, row):
        messages.success(request, "The record is saved.")
        return redirect("dataset", pk)
    page = {"form": form, "dataset": row, "release": context.release, "similar": similar_to(row)}
    return render(request, "workflow/dataset_edit.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def dataset_not_for_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a dataset rest in the inventory, with the reason."""
    context = _current(request, pk, "edit_record")
    row = context.dataset
    if profile_for(row.program).inventory.presumption_of_openness:
        # Everything is to be published unless a ground is recorded: a reason alone is not one.
        return redirect("dataset_withhold", pk)
    form = ReasonForm(request.POST or None, initial={"reason": row.not_for_release_reason})
    if request.method == "POST" and form.is_valid():
        try:
            services.dataset_not_for_release(
                dataset=row, reason=form.cleaned_data["reason"], actor=request.user
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"“{row.title}” stays in the inventory as not for release.")
            return redirect("dataset", pk)
    page = {"form": form, "dataset": row, "release": context.release}
    return render(request, "workflow/dataset_not_for_release.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def dataset_open_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the next release of a dataset, after saying what that does."""
    context = _current(request, pk, "open_release")
    if request.method == "POST":
        try:
            opened = services.release_open(dataset=context.dataset, actor=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("dataset", pk)
        messages.success(request, f"Release {opened.number} is open.")
        return redirect("release", opened.pk)
    # The next release goes by today's rules of the program.
    is_public = context.dataset.public_release is not None
    warning = replacing_warning(profile_for(context.dataset.program)) if is_public else ""
    return render(
        request,
        "workflow/dataset_open_release.html",
        {
            "dataset": context.dataset,
            "release": context.release,
            "warning": warning,
            "may_refresh": is_public and may(request, "refresh", context),
        },
    )


def _visible(request: HttpRequest, pk: int) -> Dataset:
    return get_object_or_404(datasets_for(request.user).prefetch_related("releases"), pk=pk)


def _current(request: HttpRequest, pk: int, action: str) -> ReleaseContext:
    """The context of the dataset's current release, with the refusals of get_context."""
    release = _visible(request, pk).current_release
    if release is None:
        raise Http404("This dataset has no release.")
    return get_context(request, release.pk, action)


def _program_to_register(request: HttpRequest) -> tuple[Program, list[Program]]:
    """The program named in the address, else the first where the person may register; and the others."""
    programs = [
        row for row in programs_of(request.user) if departments_to_register(request.user, row).exists()
    ]
    if not programs:
        raise PermissionDenied(
            "Datasets are registered by the department's coordinator or the open data team."
        )
    code = request.GET.get("program", "")
    chosen = next((row for row in programs if row.code == code), programs[0])
    return chosen, [row for row in programs if row != chosen]


def _registered(request: HttpRequest, form: RecordForm) -> Dataset | None:
    """The new dataset; None with the errors in the form when the service refuses a field."""
    department = form.cleaned_data["department"]
    try:
        with transaction.atomic():
            fields = _fields(request, form, department)
            return services.dataset_register(department=department, actor=request.user, fields=fields)
    except ValidationError as error:
        form.add_errors_of(error)
        return None


def _changed(request: HttpRequest, form: RecordForm, row: Dataset) -> bool:
    try:
        with transaction.atomic():
            fields = _fields(request, form, row.department)
            services.dataset_change(dataset=row, actor=request.user, fields=fields)
    except ValidationError as error:
        form.add_errors_of(error)
        return False
    except DossierFrozen as error:
        say_refusal(request, error)
        return False
    return True


def _fields(request: HttpRequest, form: RecordForm, department: Department) -> dict[str, Any]:
    fields = form.record()
    if form.cleaned_data.get("invite_email"):
        fields["steward"] = steward_invite(
            email=form.cleaned_data["invite_email"],
            full_name=form.cleaned_data["invite_name"],
            department=department,
            actor=request.user,
        )
    return fields


def _warn(request: HttpRequest, row: Dataset) -> None:
    """What looks like the same thing twice, and a record that ticks no criterion: said, never refused."""
    found = [similar.sentence for similar in similar_to(row)]
    if found:
        messages.warning(request, f"The inventory holds something similar already. {' '.join(found)}")
    if year := year_in_title(row.title):
        messages.warning(request, year)
    if not row.high_value and profile_for(row.program).asks_high_value:
        messages.info(
            request,
            "No high-value criterion is ticked, so the dataset counts as low priority. Change the record if "
            "the head of the department judges otherwise.",
        )


def _summary(found: int, total: int, form: DatasetFilterForm) -> str:
    noun = "dataset" if total == 1 else "datasets"
    return f"{found:,} of {total:,} {noun}" if form.is_filtering else f"{total:,} {noun}"
