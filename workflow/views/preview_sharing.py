"""Share the private copy with the people who preview it: who that is, and what the portal made of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_http_methods

from publishing.services.previewing import preview_share
from workflow.context import ReleaseContext
from workflow.models import Review
from workflow.selectors.reviews import holders_for
from workflow.views.base import get_context, render_tab


@require_http_methods(["GET", "HEAD", "POST"])
def preview_sharing(request: HttpRequest, pk: int) -> HttpResponse:
    """Looking shares nothing; the button does, and the page then says what came of it in each place."""
    context = get_context(request, pk, "resume_publication")
    emails = _previewers(context)
    places = (
        preview_share(release_id=pk, emails=emails, actor=request.user)
        if request.method == "POST" and emails
        else []
    )
    page = {"emails": emails, "places": places, "posted": request.method == "POST"}
    return render_tab(request, context, "publication", "publishing/sharing.html", page)


def _previewers(context: ReleaseContext) -> list[str]:
    """The addresses of those whose preview is asked for and not given yet."""
    pending = [
        review
        for review in context.reviews
        if review.kind == Review.Kind.STEWARD_PREVIEW and review.is_pending
    ]
    people = [
        person
        for review in pending
        for person in ([review.claimed_by] if review.claimed_by else holders_for(context, review))
    ]
    return sorted({person.email for person in people})


urlpatterns = [path("releases/<int:pk>/publication/sharing/", preview_sharing, name="preview_sharing")]
