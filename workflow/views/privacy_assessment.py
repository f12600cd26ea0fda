"""The page Benefit and risk of the Privacy tab, and the memo of its decision for the public record."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from dossier.errors import DossierFrozen
from privacy.assessment import FACTORS
from privacy.errors import AssessmentRefused
from privacy.page_assessment import Typed, page_of
from privacy.selectors import state_of
from workflow.asked import TOOLKIT
from workflow.context import ReleaseContext
from workflow.hands import rating_is_drafted
from workflow.pdf import PdfUnavailable, pdf_of
from workflow.selectors.memo import memo_context
from workflow.services.weighing import benefit_decide, risk_rate
from workflow.stages import OPEN_PARTS, Stage
from workflow.views.base import get_context, may, say_refusal
from workflow.views.posted import posted_day
from workflow.views.privacy_nav import render_privacy
from workflow.weighed import hard_stops, is_weighed

_WORDS = ("decision", "rationale", "public_summary", "conditions", "until")


@require_GET
def privacy_assessment(request: HttpRequest, pk: int) -> HttpResponse:
    """Ratings before and after the remedies, the matrix, and what was decided."""
    return _page(request, get_context(request, pk))


@require_POST
def assessment_rate(request: HttpRequest, pk: int, run: str) -> HttpResponse:
    """Rate the file as it was handed in, or the treated copy."""
    context = get_context(request, pk, "rate_risk")
    values = {key: request.POST.get(key, "") for name in FACTORS for key in (name, f"why_{name}")}
    try:
        row = risk_rate(
            release_id=pk,
            run=run,
            factors={name: values[name] for name in FACTORS},
            reasons={name: values[f"why_{name}"] for name in FACTORS},
            actor=request.user,
        )
    except AssessmentRefused as error:
        return _page(request, context, Typed(run, error.faults, values))
    except DossierFrozen as error:
        say_refusal(request, error)
        return redirect("privacy_assessment", pk)
    messages.success(
        request,
        f"Recorded. {row}, benefit {row.get_benefit_display().lower()}. The matrix proposes: "
        f"{row.get_proposed_display()}.",
    )
    return redirect("privacy_assessment", pk)


@require_POST
def assessment_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide on the risk that is left, with the reason and the words for the public."""
    context = get_context(request, pk, "decide_risk")
    values = {name: request.POST.get(name, "") for name in _WORDS}
    try:
        row = benefit_decide(
            release_id=pk,
            decision=values["decision"],
            rationale=values["rationale"],
            public_summary=values["public_summary"],
            conditions=values["conditions"],
            until=posted_day(request, "until"),
            actor=request.user,
        )
    except AssessmentRefused as error:
        return _page(request, context, Typed("decide", error.faults, values))
    except DossierFrozen as error:
        say_refusal(request, error)
        return redirect("privacy_assessment", pk)
    messages.success(request, f"Recorded: {row}.")
    return redirect("privacy_assessment", pk)


@require_GET
def privacy_memo(request: HttpRequest, pk: int) -> HttpResponse:
    """The decision memo as a page that prints well."""
    context = get_context(request, pk)
    return render(request, "privacy/assessment/memo.html", memo_context(context))


@require_GET
def privacy_memo_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The same memo as a tagged PDF (PDF/UA-1)."""
    context = get_context(request, pk)
    try:
        content = pdf_of("privacy/assessment/memo_document.html", memo_context(context), css="css/memo.css")
    except PdfUnavailable as error:
        say_refusal(request, error)
        return redirect("privacy_memo", pk)
    response = HttpResponse(content, content_type="application/pdf")
    name = f"privacy-memo-{context.dataset.inventory_id}-{context.release.number}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _page(request: HttpRequest, context: ReleaseContext, typed: Typed | None = None) -> HttpResponse:
    release = context.release
    state = state_of(release.pk)
    is_open = "privacy" in OPEN_PARTS.get(Stage(release.stage), ())
    is_public = release.stage == Stage.PUBLISHED
    stops = hard_stops(context)
    page = page_of(state, context.profile.privacy, typed=typed, stops=stops, is_public=is_public)
    page |= {
        "is_needed": is_weighed(context),
        "privacy_is_open": is_open,
        "may_rate": is_open and may(request, "rate_risk", context),
        "may_decide": (is_open or page["has_ended"]) and may(request, "decide_risk", context),
        "escalates": _escalates(context),
        "drafted_by": context.profile.role_words(context.profile.drafts[TOOLKIT])
        if rating_is_drafted(context)
        else "",
        "is_officer": may(request, "decide_risk", context),
    }
    status = 422 if typed else 200
    return render_privacy(request, context, "assessment", "privacy/assessment/page.html", page, status=status)


def _escalates(context: ReleaseContext) -> str:
    """Where the program has the exception, more risk than benefit is taken to who decides it (Connecticut)."""
    rule = context.profile.exception("risk")
    return context.profile.role_words(rule.decide) if rule else ""


urlpatterns = [
    path("releases/<int:pk>/privacy/benefit-and-risk/", privacy_assessment, name="privacy_assessment"),
    path(
        "releases/<int:pk>/privacy/benefit-and-risk/rate/<slug:run>/", assessment_rate, name="assessment_rate"
    ),
    path("releases/<int:pk>/privacy/benefit-and-risk/decide/", assessment_decide, name="assessment_decide"),
    path("releases/<int:pk>/privacy/memo/", privacy_memo, name="privacy_memo"),
    path("releases/<int:pk>/privacy/memo.pdf", privacy_memo_pdf, name="privacy_memo_pdf"),
]
