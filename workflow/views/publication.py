"""The Publication tab: how far the copy on the portal is, what waits, and the button that resumes it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from dossier.errors import DossierFrozen
from publishing.selectors import page_of
from publishing.services import publication_resume
from workflow.views.base import get_context, may, render_tab, say_refusal


@require_GET
def release_publication(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole tab; `publication_progress` refreshes its moving part."""
    context = get_context(request, pk)
    return render_tab(
        request,
        context,
        "publication",
        "publishing/_tab.html",
        page_of(pk) | {"may_resume": may(request, "resume_publication", context)},
    )


@require_GET
def publication_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The moving part alone, asked for every few seconds while a worker is at it.

    When it has ended, the whole page is fetched anew: evidence, ledger and the next step of the release changed.
    """
    context = get_context(request, pk)
    page = page_of(pk)
    words = {"release": context.release, "may_resume": may(request, "resume_publication", context)}
    answer = render(request, "publishing/_progress.html", page | words)
    if not page.get("live"):
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def publication_resume_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Start a stopped or waiting publication again, where its ledger ends."""
    get_context(request, pk, "resume_publication")
    try:
        resumed = publication_resume(release_id=pk, actor=request.user)
    except DossierFrozen as error:
        say_refusal(request, error)
        return redirect("release_publication", pk)
    if resumed is None:
        messages.info(request, "There is nothing to resume: the publication is running or has ended.")
    else:
        messages.success(request, "The publication goes on where it stopped.")
    return redirect("release_publication", pk)


urlpatterns = [
    path("releases/<int:pk>/publication/", release_publication, name="release_publication"),
    path("releases/<int:pk>/publication/progress/", publication_progress, name="publication_progress"),
    path("releases/<int:pk>/publication/resume/", publication_resume_view, name="publication_resume"),
]
