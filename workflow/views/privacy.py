"""The Privacy tab: the scan, what becomes of each finding, who could be singled out, the treated copy."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from dossier.errors import DossierFrozen
from privacy.errors import DispositionRefused
from privacy.filters import Filters
from privacy.page import is_moving, moving_part, page_of
from privacy.page_findings import LIST_COLUMNS, SUGGESTED, Refusal, next_after
from privacy.selectors import state_of
from privacy.services import (
    findings_as_suggested,
    findings_dispose,
    findings_undo,
    risk_accept,
    scan_cancel,
    scan_request,
    treatment_retry,
)
from privacy.words import split_choice
from workflow.context import ReleaseContext
from workflow.forms.output import OutputForm
from workflow.stages import OPEN_PARTS, Stage
from workflow.views.base import get_context, may, say_refusal
from workflow.views.posted import posted_day
from workflow.views.privacy_nav import render_privacy


@require_GET
def release_privacy(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole tab; `privacy_progress` refreshes its moving part."""
    return _tab(request, get_context(request, pk), Filters.of(request.GET))


@require_GET
def privacy_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far scan and copy are; when both have ended the page is drawn anew."""
    context = get_context(request, pk)
    moving = moving_part(state_of(pk))
    response = render(request, "privacy/_moving.html", moving | _rights(request, context))
    if not is_moving(moving):
        response["HX-Refresh"] = "true"
    return response


@require_POST
def privacy_scan(request: HttpRequest, pk: int) -> HttpResponse:
    """Scan again: after it stopped, or when the detectors are newer."""
    get_context(request, pk, "run_scan")
    if scan_request(release_id=pk, actor=request.user) is None:
        messages.info(request, "There is no file to scan yet.")
    return redirect("release_privacy", pk)


@require_POST
def privacy_scan_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop the scan that waits or runs."""
    get_context(request, pk, "run_scan")
    if scan_cancel(release_id=pk, actor=request.user):
        messages.success(
            request, "The scan was stopped. The file counts as not scanned until you start it again."
        )
    return redirect("release_privacy", pk)


@require_POST
def finding_dispose(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide one column, the ticked ones, all that the filters show, or each as it is suggested."""
    context = get_context(request, pk, "dispose_findings")
    columns = _columns_named(request)
    choice, reason = request.POST.get("choice", ""), request.POST.get("reason", "")
    scan = request.POST.get("scan", "")
    about: dict[str, Any] = {
        "release_id": pk,
        "columns": columns,
        "reason": reason,
        "actor": request.user,
        "scan_id": int(scan) if scan.isdecimal() else None,
    }
    try:
        if choice == SUGGESTED:
            rows = findings_as_suggested(**about)
        else:
            decision, remedy = split_choice(choice)
            rows = findings_dispose(**about, decision=decision, remedy=remedy)
    except DispositionRefused as error:
        where = request.POST.get("where", "card")
        return _again(request, context, Refusal(error.sentence, tuple(columns), choice, reason, where))
    except DossierFrozen as error:
        say_refusal(request, error)
        return redirect("release_privacy", pk)
    what = f"“{rows[0].column}”" if len(rows) == 1 else f"{len(rows)} columns"
    words = ", ".join(dict.fromkeys(row.words for row in rows))
    messages.success(request, f"Recorded for {what}: {words}.")
    return _on(request, pk, rows[-1].column)


@require_POST
def finding_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what one decided last."""
    context = get_context(request, pk, "dispose_findings")
    last = request.POST.get("last", "")
    try:
        rows = findings_undo(release_id=pk, last_id=int(last) if last.isdecimal() else 0, actor=request.user)
    except DispositionRefused as error:
        return _again(request, context, Refusal(error.sentence, where="undo"))
    except DossierFrozen as error:
        say_refusal(request, error)
        return redirect("release_privacy", pk)
    what = f"“{rows[0].column}”" if len(rows) == 1 else f"{len(rows)} columns"
    messages.success(request, f"Taken back for {what}. What stood before counts again.")
    return _to(pk, _back(request), "privacy-findings")


@require_POST
def privacy_risk_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept a k below the program's threshold, with a reason and until a day."""
    context = get_context(request, pk, "dispose_findings")
    reason = request.POST.get("reason", "")
    try:
        risk_accept(
            release_id=pk,
            reason=reason,
            until=posted_day(request, "until"),
            actor=request.user,
            most_days=context.profile.privacy.override_days,
            is_public=context.release.stage == Stage.PUBLISHED,
        )
    except DispositionRefused as error:
        return _again(request, context, Refusal(error.sentence, reason=reason, where="risk"))
    except DossierFrozen as error:
        say_refusal(request, error)
        return redirect("release_privacy", pk)
    messages.success(request, "Recorded: the risk is accepted for this copy until that day.")
    return redirect("release_privacy", pk)


@require_POST
def privacy_copy_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the copy again after it stopped."""
    get_context(request, pk, "run_scan")
    treatment_retry(release_id=pk, actor=request.user)
    return redirect("release_privacy", pk)


def _tab(
    request: HttpRequest,
    context: ReleaseContext,
    filters: Filters,
    refusal: Refusal | None = None,
) -> HttpResponse:
    page = page_of(context.release.pk, filters=filters, refusal=refusal) | _rights(request, context)
    page["may_dispose"] = page["may_dispose"] and page["state"].is_scan_current
    scan = page["state"].scan
    page["detectors"] = scan.registry_version.partition("-")[0] if scan else ""
    ticks = [{"label": "Tick", "hide_label": True}] if page["may_dispose"] else []
    page["list_columns"] = [*ticks, *LIST_COLUMNS]
    status = 422 if refusal else 200
    return render_privacy(request, context, "findings", "privacy/_tab.html", page, status=status)


def _columns_named(request: HttpRequest) -> list[str]:
    """The columns that a form is about: one by its own button, all that were shown, else the ticked ones."""
    only = request.POST.get("only")
    if only:
        return [only]
    return request.POST.getlist("shown" if request.POST.get("scope") == "shown" else "column")


def _back(request: HttpRequest) -> Filters:
    """The filters of the page that a form was sent from."""
    return Filters.of_query(request.POST.get("back", ""))


def _on(request: HttpRequest, pk: int, column: str) -> HttpResponse:
    """To the same list, at the next column that is open."""
    filters, state = _back(request), state_of(pk)
    position = next((one.position for one in state.verdicts if one.column == column), -1)
    following = next_after(state, filters, position)
    return _to(pk, filters, f"column-{following.position}" if following else "privacy-findings")


def _to(pk: int, filters: Filters, anchor: str) -> HttpResponse:
    query = f"?{filters.query}" if filters.query else ""
    return redirect(f"{reverse('release_privacy', args=[pk])}{query}#{anchor}")


def _again(request: HttpRequest, context: ReleaseContext, refusal: Refusal) -> HttpResponse:
    """The page once more, with what was typed and the sentence that says what is missing."""
    return _tab(request, context, _back(request), refusal)


def _rights(request: HttpRequest, context: ReleaseContext) -> dict[str, Any]:
    is_open = "privacy" in OPEN_PARTS.get(context.release.stage, ())
    return {
        "release": context.release,
        "privacy_is_open": is_open,
        "privacy_opens_later": context.release.stage in (Stage.INVENTORY, Stage.READINESS),
        "may_dispose": is_open and may(request, "dispose_findings", context),
        "may_scan": may(request, "run_scan", context),
        "may_read_raw": may(request, "view_raw", context),
        **_output(request, context, is_open),
        "k_min": context.profile.k_min(classification=context.dataset.classification),
        "override_days": context.profile.privacy.override_days,
        # What was accepted for public data is looked at again when its day has passed.
        "may_renew": context.release.stage == Stage.PUBLISHED and may(request, "dispose_findings", context),
    }


def _output(request: HttpRequest, context: ReleaseContext, is_open: bool) -> dict[str, Any]:
    """Of which class the published form is: the form for who decides it, words for everybody else."""
    profile, dataset = context.profile, context.dataset
    if profile.classification(dataset.classification) is None:
        return {}
    return {
        "shows_output": True,
        "raw_class": profile.classification(dataset.classification),
        "security_level": profile.security_level(dataset.security_level),
        "output_class": profile.classification(dataset.output_classification),
        "output_form": OutputForm(profile=profile, dataset=dataset)
        if is_open and may(request, "dispose_findings", context)
        else None,
    }


urlpatterns = [
    path("releases/<int:pk>/privacy/", release_privacy, name="release_privacy"),
    path("releases/<int:pk>/privacy/progress/", privacy_progress, name="privacy_progress"),
    path("releases/<int:pk>/privacy/scan/", privacy_scan, name="privacy_scan"),
    path("releases/<int:pk>/privacy/scan/stop/", privacy_scan_cancel, name="privacy_scan_cancel"),
    path("releases/<int:pk>/privacy/findings/", finding_dispose, name="finding_dispose"),
    path("releases/<int:pk>/privacy/findings/undo/", finding_undo, name="finding_undo"),
    path("releases/<int:pk>/privacy/risk/", privacy_risk_accept, name="risk_accept"),
    path("releases/<int:pk>/privacy/copy/", privacy_copy_retry, name="treatment_retry"),
]
