"""Recording a readiness talk, on a proposal before its dataset is in the inventory, or on a dataset."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from accounts.selectors import profile_for
from dossier.errors import DossierFrozen
from workflow import duties
from workflow.forms.talks import TalkForm
from workflow.models import Dataset, DatasetProposal
from workflow.selectors.datasets import datasets_for
from workflow.selectors.proposals import proposals_for
from workflow.services import talks as services


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_talk(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a talk about a proposed dataset."""
    row = get_object_or_404(proposals_for(request.user), pk=pk)
    return _record(request, row, {"proposal": row}, "proposal")


@require_http_methods(["GET", "HEAD", "POST"])
def dataset_talk(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a talk about a dataset of the inventory."""
    row = get_object_or_404(datasets_for(request.user), pk=pk)
    return _record(request, row, {"dataset": row}, "dataset_talks")


@require_safe
def dataset_talks(request: HttpRequest, pk: int) -> HttpResponse:
    """The talks about a dataset, and what they filled in."""
    row = get_object_or_404(datasets_for(request.user), pk=pk)
    context = {
        "dataset": row,
        "talks": row.talks.select_related("led_by"),
        "may_talk": duties.may_talk(request.user, row.department),
    }
    return render(request, "workflow/talks/list.html", context)


def _record(
    request: HttpRequest, row: DatasetProposal | Dataset, about: dict[str, Any], after: str
) -> HttpResponse:
    duties.check_talk(request.user, row.department)
    form = TalkForm(
        request.POST or None,
        department=row.department,
        profile=profile_for(row.program),
        initial={"title": row.title},
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.talk_record(actor=request.user, **about, **form.talk())
        except ValidationError as error:
            form.add_errors_of(error)
        except DossierFrozen as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, "The talk is recorded.")
            return redirect(after, row.pk)
    context = {"form": form, "row": row, "after": after}
    return render(request, "workflow/talks/record.html", context, status=422 if form.errors else 200)


urlpatterns = [
    path("proposals/<int:pk>/talk/record/", proposal_talk, name="proposal_talk"),
    path("datasets/<int:pk>/talks/", dataset_talks, name="dataset_talks"),
    path("datasets/<int:pk>/talks/record/", dataset_talk, name="dataset_talk"),
]
