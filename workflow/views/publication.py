"""The Publication tab: how far each copy on a portal is, what waits, and the buttons that go on or take back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from dossier.errors import DossierFrozen
from publishing.page import page_of
from publishing.recheck_page import recheck_page
from publishing.services import publication_hide_everywhere, publication_resume
from publishing.services.recheck import recheck_request
from workflow import policies
from workflow.context import ReleaseContext
from workflow.stages import Stage
from workflow.views.base import get_context, may, render_tab, say_refusal

_TAKE_BACK = (
    "The dataset is made private in every place, also where it is public already.",
    "The approval ends now: it cannot become public again without a new decision.",
    "What was sent stays on the portals, seen by nobody outside.",
)


@require_GET
def release_publication(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole tab; `publication_progress` refreshes its moving part."""
    context = get_context(request, pk)
    page = page_of(pk) | recheck_page(pk) | _rights(request, context)
    page["can_be_shared"] = any(
        place.private_copy and not place.public_copy and not place.taken_back for place in page["places"]
    )
    return render_tab(request, context, "publication", "publishing/_tab.html", page)


@require_GET
def publication_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The moving part alone, asked for every few seconds while a worker is at it.

    When it has ended, the whole page is fetched anew: evidence, ledger and the next step of the release changed.
    """
    context = get_context(request, pk)
    page = page_of(pk)
    words = {"release": context.release} | _rights(request, context)
    answer = render(request, "publishing/_progress.html", page | words)
    if not page.get("live"):
        answer["HX-Refresh"] = "true"
    return answer


def _rights(request: HttpRequest, context: ReleaseContext) -> dict[str, Any]:
    """Which buttons this person has."""
    return {
        "may_resume": may(request, "resume_publication", context),
        "may_retract": context.release.stage == Stage.PUBLISHED
        and policies.may_move(request.user, "retract", context),
        "take_back_effects": _TAKE_BACK,
    }


@require_POST
def publication_resume_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Start a stopped or waiting publication again, where its ledger ends: on the portal that is named, or on all."""
    get_context(request, pk, "resume_publication")
    try:
        resumed = publication_resume(release_id=pk, actor=request.user, portal=request.POST.get("portal", ""))
    except DossierFrozen as error:
        say_refusal(request, error)
        return redirect("release_publication", pk)
    if resumed is None:
        messages.info(request, "There is nothing to resume: the publication is running or has ended.")
    else:
        messages.success(request, "The publication goes on where it stopped.")
    return redirect("release_publication", pk)


@require_POST
def publication_recheck_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Have what is public compared with what was approved, now."""
    get_context(request, pk, "resume_publication")
    if recheck_request(release_id=pk, actor=request.user):
        messages.success(request, "What is public is being compared with what was approved.")
    else:
        messages.info(request, "Nothing of this release is public, or it is being compared already.")
    return redirect("release_publication", pk)


@require_POST
def publication_take_back_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a half success private in every place, and end its approval."""
    get_context(request, pk, "resume_publication")
    if publication_hide_everywhere(release_id=pk, actor=request.user) is None:
        messages.info(
            request,
            "Nothing was taken back: the copy is public nowhere, or everywhere it has to be. What is public "
            "everywhere is taken back by retracting the release.",
        )
    else:
        messages.success(request, "The copies are being made private in every place.")
    return redirect("release_publication", pk)


urlpatterns = [
    path("releases/<int:pk>/publication/", release_publication, name="release_publication"),
    path("releases/<int:pk>/publication/progress/", publication_progress, name="publication_progress"),
    path("releases/<int:pk>/publication/resume/", publication_resume_view, name="publication_resume"),
    path("releases/<int:pk>/publication/recheck/", publication_recheck_view, name="publication_recheck"),
    path(
        "releases/<int:pk>/publication/take-back/", publication_take_back_view, name="publication_take_back"
    ),
]
