"""Refreshing public data: the form with the question, and the lists of what is due."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from accounts.profiles import profile_of
from datafiles.errors import DataFileError
from dossier.services_files import limits_current
from dossier.uploads import LimitedUploadHandler
from workflow.context import ReleaseContext
from workflow.errors import MoveRefused
from workflow.forms.refresh import RefreshForm
from workflow.models import Dataset
from workflow.selectors.datasets import datasets_for
from workflow.selectors.refresh import refresh_panel
from workflow.services.refresh import refresh_received
from workflow.views.base import get_context, say_refusal


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # checked by _posted, once the handler that holds the size limit stands
def dataset_refresh(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand in a new file of a dataset that is public. Who may not is refused before the file is received."""
    dataset = get_object_or_404(datasets_for(request.user).prefetch_related("releases"), pk=pk)
    public = dataset.public_release
    if public is None:
        raise Http404("Nothing of this dataset is public, so there is nothing to refresh.")
    context = get_context(request, public.pk, "refresh")
    if request.method == "POST":
        handler = LimitedUploadHandler(request, limits_current())
        request.upload_handlers = [handler]
        return _posted(request, context, handler)
    return _page(request, context, _form(context))


@csrf_protect
def _posted(request: HttpRequest, context: ReleaseContext, handler: LimitedUploadHandler) -> HttpResponse:
    upload = request.FILES.get("file")
    form = _form(context, request.POST)
    try:
        handler.check()
        is_valid = form.is_valid()
        if upload is None:
            return _page(request, context, form, "Choose the new file.")
        if not is_valid:
            return _page(request, context, form, "Choose the file again: browsers do not keep it.")
        said = form.cleaned_data
        refresh = refresh_received(
            dataset_id=context.dataset.pk,
            upload=upload,
            name=upload.name or "",
            actor=request.user,  # type: ignore[arg-type]
            method=said["method"],
            method_changed=said["method_changed"] == "yes",
            method_note=said["method_note"],
            source_rows=said["source_rows"],
        )
    except DataFileError as error:
        return _page(request, context, form, error.sentence)
    except MoveRefused as error:
        say_refusal(request, error)
        return _page(request, context, form)
    messages.success(
        request,
        f"“{upload.name}” has arrived and is being compared with what is public. You may leave the page.",
    )
    return redirect("release", refresh.release_id)


def _form(context: ReleaseContext, data: Any = None) -> RefreshForm:
    methods = profile_of(context.release.profile).updates.methods
    usual = context.dataset.update_method if context.dataset.update_method in methods else ""
    return RefreshForm(data, methods=methods, usual=usual or (methods[0] if len(methods) == 1 else ""))


def _page(
    request: HttpRequest, context: ReleaseContext, form: RefreshForm, upload_error: str = ""
) -> HttpResponse:
    dataset: Dataset = context.dataset
    page = {"form": form, "dataset": dataset, "release": context.release, "upload_error": upload_error}
    status = 422 if form.errors or upload_error else 200
    return render(
        request, "workflow/refresh/form.html", page | {"panel": refresh_panel(context)}, status=status
    )


urlpatterns = [path("datasets/<int:pk>/refresh/", dataset_refresh, name="dataset_refresh")]
