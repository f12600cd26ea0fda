"""The reconciliation note of a release: the counts beside one another, signed by a person; made for printing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods

from workflow.errors import MoveRefused
from workflow.forms.reconciliation import ReconciliationForm
from workflow.selectors.reconciliation import first_counts, note_of, way_of
from workflow.services.reconciliation import reconciliation_sign
from workflow.views.base import get_context, may, render_tab


@require_http_methods(["GET", "HEAD", "POST"])
def release_reconciliation(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody who may see the release reads it; who prepares or publishes it signs."""
    is_post = request.method == "POST"
    context = get_context(request, pk, "sign_reconciliation") if is_post else get_context(request, pk)
    form = ReconciliationForm(request.POST if is_post else None, initial=first_counts(context))
    if is_post and form.is_valid():
        try:
            reconciliation_sign(release_id=pk, actor=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except MoveRefused as refusal:
            form.add_error(None, refusal.sentences)
        else:
            messages.success(request, "The reconciliation is signed.")
            return redirect("release_reconciliation", pk)
    page = {
        "form": form,
        "way": way_of(context),
        "note": note_of(context),
        "earlier": context.release.reconciliations.select_related("signed_by"),
        "may_sign": may(request, "sign_reconciliation", context),
    }
    status = 422 if form.errors else 200
    return render_tab(request, context, "publication", "workflow/reconciliation.html", page, status=status)


urlpatterns = [
    path(
        "releases/<int:pk>/publication/reconciliation/", release_reconciliation, name="release_reconciliation"
    )
]
