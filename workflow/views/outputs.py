"""One answer of the Privacy tab: of which class the published form is."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST

from dossier.errors import DossierFrozen
from workflow.context import ReleaseContext
from workflow.forms.output import OutputForm
from workflow.services.outputs import output_classify
from workflow.views.base import get_context, render_tab, say_refusal


@require_POST
def output_class(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the class of the published form; an answer that cannot stand comes back with what is wrong."""
    context = get_context(request, pk, "dispose_findings")
    form = OutputForm(request.POST, profile=context.profile, dataset=context.dataset)
    if not form.is_valid():
        return _again(request, context, form)
    try:
        output_classify(release_id=pk, actor=request.user, **form.cleaned_data)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return _again(request, context, form)
    except DossierFrozen as refusal:
        say_refusal(request, refusal)
    else:
        messages.success(request, "Recorded: the class of the published form.")
    return redirect("release_privacy", pk)


def _again(request: HttpRequest, context: ReleaseContext, form: OutputForm) -> HttpResponse:
    """The question alone, as it was answered, each fault at its field."""
    raw = context.profile.classification(context.dataset.classification)
    page = {"raw_class": raw, "output_form": form, "output_again": True}
    return render_tab(request, context, "privacy", "workflow/privacy/output.html", page, status=422)


urlpatterns = [path("releases/<int:pk>/privacy/output/", output_class, name="output_class")]
