"""The Data tab: upload, live reading, profile, data dictionary; preview and download for those who may."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from datafiles.errors import DataFileError
from datafiles.limits import human_bytes
from datafiles.readers import READERS, accepted_formats
from dossier.errors import DossierFrozen
from dossier.page import page_of
from dossier.selectors import current_file, latest_read
from dossier.services_files import (
    file_download,
    file_read_again,
    file_receive,
    limits_current,
)
from dossier.uploads import LimitedUploadHandler
from workflow.context import ReleaseContext
from workflow.selectors.datasets import dictionary_of
from workflow.services.datasets import columns_describe
from workflow.stages import OPEN_PARTS
from workflow.views.base import for_raw_readers, get_context, may, render_tab, say_refusal


@require_GET
def release_data(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole tab; `file_progress` refreshes its moving part."""
    return _tab(request, get_context(request, pk))


@require_GET
def file_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the reading is, asked for every second; when it has ended the page is drawn anew."""
    context = get_context(request, pk)
    page = page_of(pk) | _moving(context)
    response = render(request, "dossier/_reading.html", page | {"release": context.release})
    if not page["reading"] and not page["columns_awaited"]:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@csrf_exempt  # checked by _file_upload, once the handler that holds the size limit stands
def file_upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file. Who may not upload is refused before the file itself is received."""
    context = get_context(request, pk, "upload_file")
    handler = LimitedUploadHandler(request, limits_current())
    request.upload_handlers = [handler]
    return _file_upload(request, context, handler)


@csrf_protect
def _file_upload(
    request: HttpRequest, context: ReleaseContext, handler: LimitedUploadHandler
) -> HttpResponse:
    pk = context.release.pk
    upload = request.FILES.get("file")
    before = current_file(pk)
    try:
        handler.check()
        if upload is None:
            return _tab(request, context, upload_error="Choose a file first.")
        stored = file_receive(release_id=pk, upload=upload, name=upload.name or "", actor=request.user)
    except DataFileError as error:
        return _tab(request, context, upload_error=error.sentence)
    except DossierFrozen as error:
        say_refusal(request, error)
        return redirect("release_data", pk)
    if stored == before:
        messages.info(
            request, f"This is the file that is here already (“{stored.name}”). Nothing has changed."
        )
    else:
        messages.success(request, f"“{stored.name}” has arrived and is being read.")
    return redirect("release_data", pk)


@require_POST
def file_read_again_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the last file read once more, where the fault may have been the machine's."""
    get_context(request, pk, "upload_file")
    read = latest_read(pk)
    if read is not None and read.has_failed:
        try:
            file_read_again(read=read, actor=request.user)
        except DossierFrozen as error:
            say_refusal(request, error)
    return redirect("release_data", pk)


@require_GET
def file_download_view(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The raw file as it was uploaded. Each download is recorded."""
    get_context(request, pk, "download_raw")
    found = file_download(release_id=pk, actor=request.user)
    if found is None:
        messages.info(request, "There is no file yet.")
        return redirect("release_data", pk)
    stored, content = found
    response = FileResponse(
        content, as_attachment=True, filename=stored.name, content_type=stored.content_type
    )
    response["Content-Length"] = str(stored.size)
    return for_raw_readers(response)


@require_POST
def columns_describe_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the data dictionary: the whole table by its button, or one row by itself as it is typed."""
    context = get_context(request, pk, "describe_columns")
    fields = {key: request.POST.getlist(key) for key in ("name", "label", "description", "unit")}
    if len({len(values) for values in fields.values()}) != 1:
        return HttpResponseBadRequest("The form came incomplete; nothing was saved. Reload the page.")
    rows = [dict(zip(fields, values, strict=True)) for values in zip(*fields.values(), strict=True)]
    try:
        described = columns_describe(release_id=pk, rows=rows, actor=request.user)
    except DossierFrozen as error:
        if request.htmx:
            return render(request, "dossier/_saved.html", {"problem": error.sentence})
        say_refusal(request, error)
        return redirect("release_data", pk)
    if request.htmx:
        total = len(dictionary_of(context.release))
        saved = {"saved_at": timezone.localtime(), "described": described, "total": total}
        response = render(request, "dossier/_saved.html", saved)
        response["HX-Trigger"] = "dossier-changed"
        return response
    messages.success(request, "The descriptions are saved.")
    return redirect("release_data", pk)


def _tab(request: HttpRequest, context: ReleaseContext, *, upload_error: str = "") -> HttpResponse:
    release = context.release
    open_parts = OPEN_PARTS[release.stage]
    dictionary = list(dictionary_of(release).values())
    page = page_of(release.pk) | _moving(context)
    return render_tab(
        request,
        context,
        "data",
        "dossier/data.html",
        page
        | {
            "upload_error": upload_error,
            "may_upload": "file" in open_parts and may(request, "upload_file", context),
            "file_is_open": "file" in open_parts,
            "may_describe": "metadata" in open_parts and may(request, "describe_columns", context),
            "may_read_raw": may(request, "view_raw", context),
            "formats": accepted_formats(),
            "accept": ",".join(READERS),
            "max_size": human_bytes(limits_current().max_bytes),
            "dictionary": dictionary,
            "described": sum(bool(column.description) for column in dictionary),
        },
        status=422 if upload_error else 200,
    )


def _moving(context: ReleaseContext) -> dict[str, Any]:
    """The dictionary follows the file a moment later, when the conductor has seen it."""
    file = context.facts.get("file")
    awaited = file is not None and file.ok and context.about("metadata", "file") != file.about.get("file")
    return {"columns_awaited": awaited}


urlpatterns = [
    path("releases/<int:pk>/data/", release_data, name="release_data"),
    path("releases/<int:pk>/data/upload/", file_upload, name="file_upload"),
    path("releases/<int:pk>/data/progress/", file_progress, name="file_progress"),
    path("releases/<int:pk>/data/read-again/", file_read_again_view, name="file_read_again"),
    path("releases/<int:pk>/data/download/", file_download_view, name="file_download"),
    path("releases/<int:pk>/data/describe/", columns_describe_view, name="columns_describe"),
]
