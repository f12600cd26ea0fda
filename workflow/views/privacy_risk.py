"""The page Risk of the Privacy tab: which columns are measured, and who could be singled out by them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from dossier.errors import DossierFrozen
from privacy.errors import DispositionRefused
from privacy.page_risk import risk_page
from privacy.services import quasi_confirm
from workflow.context import ReleaseContext
from workflow.stages import OPEN_PARTS
from workflow.views.base import get_context, may, say_refusal
from workflow.views.privacy_nav import render_privacy


@require_GET
def privacy_risk(request: HttpRequest, pk: int) -> HttpResponse:
    """Measures before and after the recipe, in words, figures and charts."""
    return _page(request, get_context(request, pk))


@require_POST
def quasi_identifiers_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm which columns together could single somebody out, which are sensitive, and the weights."""
    context = get_context(request, pk, "dispose_findings")
    typed = {
        "quasi": request.POST.getlist("quasi"),
        "sensitive": request.POST.getlist("sensitive"),
        "weights": request.POST.get("weights", ""),
        "reason": request.POST.get("reason", ""),
    }
    try:
        row = quasi_confirm(
            release_id=pk,
            columns=typed["quasi"],
            sensitive=typed["sensitive"],
            weights=typed["weights"],
            reason=typed["reason"],
            k_min=_threshold(context),
            actor=request.user,
        )
    except DispositionRefused as error:
        return _page(request, context, sentence=error.sentence, typed=typed)
    except DossierFrozen as error:
        say_refusal(request, error)
        return redirect("privacy_risk", pk)
    messages.success(request, f"Recorded: the columns that could single out a person are {row}.")
    return redirect("privacy_risk", pk)


def _page(request: HttpRequest, context: ReleaseContext, **refused: Any) -> HttpResponse:
    is_open = "privacy" in OPEN_PARTS.get(context.release.stage, ())
    page = risk_page(context.release.pk, k_min=_threshold(context), **refused) | {
        "release": context.release,
        "quasi_reason": (refused.get("typed") or {}).get("reason", ""),
        "may_dispose": is_open and may(request, "dispose_findings", context),
        "may_scan": may(request, "run_scan", context),
    }
    status = 422 if refused else 200
    return render_privacy(request, context, "risk", "privacy/risk/page.html", page, status=status)


def _threshold(context: ReleaseContext) -> int:
    """The program's smallest group for data of this classification."""
    return context.profile.k_min(classification=context.dataset.classification)


urlpatterns = [
    path("releases/<int:pk>/privacy/risk-measures/", privacy_risk, name="privacy_risk"),
    path("releases/<int:pk>/privacy/quasi-identifiers/", quasi_identifiers_confirm, name="quasi_confirm"),
]
