"""The dry run of a publication: what would be asked of each portal, without one write."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from publishing.errors import NothingToPublish
from workflow.services.rehearsal import rehearsal_standing, release_rehearse
from workflow.views.base import get_context, render_tab


@require_safe
def publication_dry_run(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan in words, made anew each time: the portal is asked, and nothing is written there or here."""
    context = get_context(request, pk)
    try:
        page = {
            "rehearsed": release_rehearse(context),
            "standing": rehearsal_standing(context),
            "nothing": "",
        }
    except NothingToPublish as error:
        page = {"rehearsed": [], "nothing": error.sentence}
    return render_tab(request, context, "publication", "publishing/dry_run.html", page)


urlpatterns = [
    path("releases/<int:pk>/publication/dry-run/", publication_dry_run, name="publication_dry_run")
]
