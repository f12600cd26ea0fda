"""The raw rows of a file, in clear, for the few who may read them. Each look is recorded."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from dossier.services_files import PREVIEW_ROWS, file_preview
from workflow.views.base import for_raw_readers, get_context
from workflow.views.privacy_nav import render_privacy

_MOST_DIGITS = 12


@require_GET
def privacy_raw(request: HttpRequest, pk: int) -> HttpResponse:
    """A page of the file (`?page=`), or the page on which one row stands (`?row=`)."""
    context = get_context(request, pk, "view_raw")
    page, row = _number(request, "page"), _number(request, "row")
    if "go" in request.GET and row:
        # The form leads to the row itself, not only to its page.
        return redirect(f"{reverse('privacy_raw', args=[pk])}?{urlencode({'row': row})}#row-{row}")
    preview = file_preview(release_id=pk, actor=request.user, page=page or 1, row=None if page else row)
    pages = Paginator(range(preview.total_rows if preview else 0), PREVIEW_ROWS)
    shown = {
        "preview": preview,
        "page_obj": pages.get_page(preview.first_row // PREVIEW_ROWS + 1 if preview else 1),
        "sought": row if not page else None,
        "typed": "" if page else request.GET.get("row", "")[:_MOST_DIGITS],
        "is_beyond": bool(preview and row and not page and row > preview.total_rows),
    }
    return for_raw_readers(render_privacy(request, context, "raw", "privacy/raw.html", shown))


def _number(request: HttpRequest, name: str) -> int | None:
    asked = request.GET.get(name, "")
    return int(asked) if asked.isdecimal() and len(asked) <= _MOST_DIGITS else None


urlpatterns = [path("releases/<int:pk>/privacy/raw/", privacy_raw, name="privacy_raw")]
