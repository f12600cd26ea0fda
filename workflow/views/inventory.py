"""Import and export of the inventory: a file out, a file in, and a preview before anything changes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.models import Department, Program
from accounts.roles import programs_of
from accounts.selectors import departments_visible
from datafiles.errors import DataFileError
from dossier.errors import DossierFrozen
from dossier.uploads import LimitedUploadHandler
from workflow.forms.inventory import ApplyForm, ExportForm, ImportForm
from workflow.models import InventoryImport, InventoryTakeover
from workflow.selectors.inventory_io import columns_for, departments_to_import, is_taken_over
from workflow.selectors.inventory_plan import CHANGED, ERROR, NEW, UNCHANGED
from workflow.services.inventory_export import FORMATS, inventory_export, template_bytes
from workflow.services.inventory_import import (
    import_limits,
    inventory_discard,
    inventory_plan,
    inventory_receive,
)
from workflow.services.inventory_takeover import inventory_confirm, takeover_stop

PAGE_SIZE = 50
_SHOWN = {
    "": "Everything that changes, and errors",
    NEW: "New",
    CHANGED: "Changed",
    ERROR: "Errors",
    UNCHANGED: "Unchanged",
}


def program_chosen(request: HttpRequest) -> Program:
    """The program named in the address, else the person's first. 404 when they have none."""
    programs = list(programs_of(request.user))
    if not programs:
        raise Http404("You belong to no program.")
    code = request.GET.get("program", "")
    return next((row for row in programs if row.code == code), programs[0])


@require_safe
def inventory(request: HttpRequest) -> HttpResponse:
    """Where an inventory leaves and enters."""
    return _page(request)


@require_GET
def inventory_download(request: HttpRequest) -> HttpResponse:
    """The inventory as a file; the full one is for whoever may register there."""
    program = program_chosen(request)
    form = ExportForm(request.GET, departments=_visible_departments(request, program), may_full=True)
    if not form.is_valid():
        raise Http404("There is no such export.")
    data = form.cleaned_data
    file = inventory_export(
        program=program,
        department=data["department"],
        audience=data["audience"],
        form=data["form"],
        actor=request.user,
    )
    return _download(file.body, file.name, file.content_type)


@require_GET
def inventory_template(request: HttpRequest, form: str) -> HttpResponse:
    """An empty inventory with all headings."""
    if form not in FORMATS:
        raise Http404("There is no such template.")
    return _download(template_bytes(form), f"inventory-template.{form}", FORMATS[form])


@require_POST
@csrf_exempt  # checked by _receive, once the handler that holds the size limit stands
def inventory_import(request: HttpRequest) -> HttpResponse:
    """Take a file for its preview. Who may import nowhere is refused before the file is received."""
    program = program_chosen(request)
    if not departments_to_import(request.user, program).exists():
        raise PermissionDenied(
            "An inventory is imported by the department's coordinator, the open data team or the CDO."
        )
    handler = LimitedUploadHandler(request, import_limits())
    request.upload_handlers = [handler]
    return _receive(request, program, handler)


@csrf_protect
def _receive(request: HttpRequest, program: Program, handler: LimitedUploadHandler) -> HttpResponse:
    form = ImportForm(request.POST, request.FILES, departments=departments_to_import(request.user, program))
    try:
        handler.check()
        if form.is_valid():
            upload = form.cleaned_data["file"]
            row = inventory_receive(
                department=form.cleaned_data["department"],
                upload=upload,
                name=upload.name or "",
                actor=request.user,
            )
            return redirect("inventory_import_preview", row.pk)
    except DataFileError as error:
        form.is_valid()
        form.add_error("file", error.sentence)
    return _page(request, import_form=form, status=422)


@require_safe
def inventory_import_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Row by row what the import would do; nothing has changed yet."""
    row = _import_of(request, pk)
    if row.status != InventoryImport.Status.PREVIEW:
        return render(request, "workflow/inventory/decided.html", {"row": row})
    newest = row.takeovers.first()
    if newest is not None and newest.is_live:
        return render(request, "workflow/inventory/taking.html", {"row": row, "takeover": newest})
    return _preview(request, row, newest)


@require_GET
def inventory_import_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the worker is, asked for every two seconds; when it has ended the page is drawn anew."""
    newest = _import_of(request, pk).takeovers.first()
    words = {"percent": newest.progress, "message": newest.progress_message} if newest else {}
    response = render(request, "components/progress_inner.html", words | {"label": "Import"})
    if newest is None or not newest.is_live:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def inventory_import_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop the worker; the upload waits for its decision again."""
    if takeover_stop(row=_import_of(request, pk), actor=request.user):
        messages.success(request, "The import is stopped. The inventory is as it was.")
    else:
        messages.error(request, "The import had ended before it could be stopped.")
    return redirect("inventory_import_preview", pk)


@require_POST
def inventory_import_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the import over, whole: at once, or by a worker when it is large."""
    row = _import_of(request, pk)
    form = ApplyForm(request.POST)
    try:
        counts = inventory_confirm(
            row=row,
            digest=form.data.get("digest", ""),
            leave_out_errors=bool(form.data.get("leave_out")),
            actor=request.user,
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("inventory_import_preview", pk)
    except DossierFrozen as refusal:
        messages.error(request, f"Nothing was taken over. {refusal.sentence}")
        return redirect("inventory_import_preview", pk)
    if counts is not None:
        messages.success(request, _outcome(counts))
    return redirect("inventory_import_preview", pk)


@require_POST
def inventory_import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        inventory_discard(row=_import_of(request, pk), actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("inventory_import_preview", pk)
    messages.success(request, "The upload is discarded. The inventory is as it was.")
    return redirect("inventory")


def _page(request: HttpRequest, *, import_form: ImportForm | None = None, status: int = 200) -> HttpResponse:
    program = program_chosen(request)
    departments = departments_to_import(request.user, program)
    visible = _visible_departments(request, program)
    waiting = InventoryImport.objects.filter(
        uploaded_by=request.user.pk, status=InventoryImport.Status.PREVIEW, department__in=departments
    )
    return render(
        request,
        "workflow/inventory/inventory.html",
        {
            "program": program,
            "others": [row for row in programs_of(request.user) if row != program],
            "export_form": ExportForm(departments=visible, may_full=departments.exists()),
            "import_form": import_form or ImportForm(departments=departments),
            "may_import": departments.exists(),
            "waiting": waiting.select_related("department").annotate(is_taken_over=is_taken_over()),
            "public_columns": [column.heading for column in columns_for("public")],
        },
        status=status,
    )


def _preview(request: HttpRequest, row: InventoryImport, stopped: InventoryTakeover | None) -> HttpResponse:
    plan = inventory_plan(row=row, viewer=request.user)
    wanted = request.GET.get("show", "")
    shown = [
        one
        for one in plan.rows
        if (one.status == wanted if wanted in plan.counts else one.status != UNCHANGED)
    ]
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "workflow/inventory/preview.html",
        {
            "row": row,
            "stopped": stopped,
            "plan": plan,
            "page": page,
            "total": len(plan.rows),
            "counts": {
                "new": plan.counts[NEW],
                "changed": plan.counts[CHANGED],
                "unchanged": plan.counts[UNCHANGED],
                "error": plan.counts[ERROR],
            },
            "shows": [
                {
                    "key": key,
                    "words": words,
                    "count": plan.counts[key] if key else None,
                    "current": key == wanted,
                }
                for key, words in _SHOWN.items()
                if not key or plan.counts[key]
            ],
            "form": ApplyForm(initial={"digest": plan.digest}),
        },
    )


def _import_of(request: HttpRequest, pk: int) -> InventoryImport:
    """The import of a department in which the person may import; nobody else may know of it."""
    row = get_object_or_404(InventoryImport.objects.select_related("department__program"), pk=pk)
    if not departments_to_import(request.user, row.department.program).filter(pk=row.department_id).exists():
        raise Http404("There is no such import.")
    return row


def _visible_departments(request: HttpRequest, program: Program) -> Any:
    seen = departments_visible(request.user).values("pk")
    return Department.objects.filter(pk__in=seen, program=program).order_by("name")


def _outcome(counts: Any) -> str:
    if not counts[NEW] and not counts[CHANGED]:
        return "Nothing had to change: the inventory holds all of it already."
    left = f" {counts[ERROR]} rows with errors were left out." if counts[ERROR] else ""
    return f"Imported: {counts[NEW]} new, {counts[CHANGED]} changed, {counts[UNCHANGED]} unchanged.{left}"


def _download(body: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


urlpatterns = [
    path("inventory/", inventory, name="inventory"),
    path("inventory/export/", inventory_download, name="inventory_export"),
    path("inventory/template/<slug:form>/", inventory_template, name="inventory_template"),
    path("inventory/import/", inventory_import, name="inventory_import"),
    path("inventory/imports/<int:pk>/", inventory_import_preview, name="inventory_import_preview"),
    path("inventory/imports/<int:pk>/apply/", inventory_import_apply, name="inventory_import_apply"),
    path("inventory/imports/<int:pk>/discard/", inventory_import_discard, name="inventory_import_discard"),
    path("inventory/imports/<int:pk>/progress/", inventory_import_progress, name="inventory_import_progress"),
    path("inventory/imports/<int:pk>/stop/", inventory_import_stop, name="inventory_import_stop"),
]
