"""One answer of the Privacy tab: of which class the published form is."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST

from dossier.errors import DossierFrozen
from workflow.forms.output import OutputForm
from workflow.services.outputs import output_classify
from workflow.views.base import get_context, say_refusal


@require_POST
def output_class(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the class of the published form; what is wrong with the answer is said on the next page."""
    context = get_context(request, pk, "dispose_findings")
    form = OutputForm(request.POST, profile=context.profile, dataset=context.dataset)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
        return redirect("release_privacy", pk)
    try:
        output_classify(release_id=pk, actor=request.user, **form.cleaned_data)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    except DossierFrozen as refusal:
        say_refusal(request, refusal)
    else:
        messages.success(request, "Recorded: the class of the published form.")
    return redirect("release_privacy", pk)


urlpatterns = [path("releases/<int:pk>/privacy/output/", output_class, name="output_class")]
