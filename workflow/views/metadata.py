"""The Metadata page of a release: what readers will see beside the data, with hints for plain words."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods

from dossier.errors import DossierFrozen
from workflow.context import ReleaseContext
from workflow.forms.metadata import MetadataForm
from workflow.selectors.datasets import dictionary_of
from workflow.selectors.metadata import MetadataPage, edition_of, page_of
from workflow.services.metadata import MetadataChanged, metadata_change
from workflow.stages import OPEN_PARTS
from workflow.views.base import get_context, may, render_tab, say_refusal


@require_http_methods(["GET", "POST"])
def release_metadata(request: HttpRequest, pk: int) -> HttpResponse:
    """The program's metadata fields as a form for who may change them, to read for everybody else."""
    context = get_context(request, pk, "edit_metadata" if request.method == "POST" else "view")
    page = page_of(context, columns=dictionary_of(context.release))
    if request.method == "GET":
        return _page(request, context, page, MetadataForm(page=page, profile=context.profile))
    form = MetadataForm(request.POST, page=page, profile=context.profile)
    if not form.is_valid():
        return _page(request, context, page, form, status=422)
    try:
        changed = metadata_change(
            release_id=pk,
            values=form.written(),
            actor=request.user,
            edition=request.POST.get("edition", ""),
        )
    except MetadataChanged:
        return _changed_meanwhile(request, pk)
    except DossierFrozen as refusal:
        say_refusal(request, refusal)
    except ValidationError as refusal:
        form.add_errors_of(refusal)
        return _page(request, context, page, form, status=422)
    else:
        messages.success(request, "The metadata is saved." if changed else "Nothing has changed.")
    return redirect("release_metadata", pk)


def _changed_meanwhile(request: HttpRequest, pk: int) -> HttpResponse:
    """Two people wrote at once: what was typed stays in the form, beside a sentence on what differs."""
    context = get_context(request, pk)
    page = page_of(context, columns=dictionary_of(context.release))
    form = MetadataForm(request.POST, page=page, profile=context.profile)
    form.is_valid()
    form.add_error(
        None,
        "Somebody else has saved the metadata since you opened this page. Nothing of theirs was overwritten, and "
        f"what you wrote is still here. It differs in: {', '.join(form.differing())}. Compare, and save again "
        "if yours should stand.",
    )
    return _page(request, context, page, form, status=409)


def _page(
    request: HttpRequest,
    context: ReleaseContext,
    page: MetadataPage,
    form: MetadataForm,
    *,
    status: int = 200,
) -> HttpResponse:
    is_open = "metadata" in OPEN_PARTS[context.release.stage]
    may_edit = is_open and may(request, "edit_metadata", context)
    shown: dict[str, Any] = {
        "title": "Metadata",
        "page": page,
        "form": form if may_edit else None,
        "rows": [(line, form[line.asked.code]) for line in page.edited] if may_edit else [],
        "read": page.shown if may_edit else page.lines,
        "is_open": is_open,
        "edition": edition_of(context.dataset),
        "may_edit_record": "record" in OPEN_PARTS[context.release.stage]
        and may(request, "edit_record", context),
    }
    return render_tab(request, context, "data", "workflow/metadata/page.html", shown, status=status)


urlpatterns = [path("releases/<int:pk>/metadata/", release_metadata, name="release_metadata")]
