"""The pages Tables of counts and Already public of the Privacy tab."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from dossier.errors import DossierFrozen
from privacy.aggregates.calhhs import VARIABLES
from privacy.copy_state import copy_columns
from privacy.errors import DispositionRefused, RecipeRefused
from privacy.page_tables import mosaic_page, tables_page
from privacy.selectors import state_of
from privacy.services import aggregate_declare, aggregate_suppress, copy_check_again
from workflow.context import ReleaseContext
from workflow.stages import OPEN_PARTS
from workflow.views.base import get_context, may, say_refusal
from workflow.views.privacy_nav import render_privacy


@require_GET
def privacy_aggregates(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether the rows are cells of a table of counts, its small cells and its publication score."""
    return _tables(request, get_context(request, pk))


@require_POST
def aggregates_declare(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a row is and, of a table of counts, what its columns are."""
    context = get_context(request, pk, "dispose_findings")
    typed = _typed(request.POST, pk)
    try:
        row = aggregate_declare(release_id=pk, actor=request.user, **_described(typed))
    except DispositionRefused as error:
        return _tables(request, context, sentence=error.sentence, typed=typed)
    except DossierFrozen as error:
        say_refusal(request, error)
        return redirect("privacy_aggregates", pk)
    messages.success(request, f"Recorded: {str(row).lower()}.")
    return redirect("privacy_aggregates", pk)


@require_POST
def aggregates_suppress(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the suppression of the described table into the recipe."""
    get_context(request, pk, "dispose_findings")
    number = request.POST.get("number", "")
    try:
        version = aggregate_suppress(
            release_id=pk, actor=request.user, expected_number=int(number) if number.isdecimal() else 0
        )
    except (DispositionRefused, RecipeRefused) as error:
        messages.error(request, error.sentence)
    except DossierFrozen as error:
        say_refusal(request, error)
    else:
        messages.success(
            request,
            f"The recipe hides the small cells now (version {version.number}). The copy is being made anew.",
        )
    return redirect("privacy_aggregates", pk)


@require_GET
def privacy_mosaic(request: HttpRequest, pk: int) -> HttpResponse:
    """What the copy tells together with the last release and with other published tables."""
    context = get_context(request, pk)
    page = mosaic_page(context.release.pk) | _rights(request, context)
    return render_privacy(request, context, "mosaic", "privacy/aggregates/mosaic.html", page)


@require_POST
def mosaic_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare the copy with what is public by now."""
    get_context(request, pk, "run_scan")
    if copy_check_again(release_id=pk, actor=request.user) is None:
        messages.info(request, "There is no copy to compare yet. It is made once every finding is decided.")
    return redirect("privacy_mosaic", pk)


def _tables(request: HttpRequest, context: ReleaseContext, **refused: Any) -> HttpResponse:
    page = tables_page(context.release.pk, **refused) | _rights(request, context)
    status = 422 if refused else 200
    return render_privacy(request, context, "aggregates", "privacy/aggregates/page.html", page, status=status)


def _typed(posted: QueryDict, pk: int) -> dict[str, Any]:
    """The form as it was sent: what each column is, by its position in the copy."""
    columns = copy_columns(state_of(pk))
    return {
        "is_table": {"table": True, "records": False}.get(posted.get("kind", "")),
        "roles": {name: posted.get(f"role-{position}", "") for position, name in enumerate(columns)},
        "rule": posted.get("rule", ""),
        "is_high_risk": posted.get("high_risk") == "yes",
        "totals_known": posted.get("totals_known") == "yes",
        "breakdown": {
            one.code: [chosen] for one in VARIABLES if (chosen := posted.get(f"variable-{one.code}", ""))
        },
        "reason": posted.get("reason", ""),
    }


def _described(typed: dict[str, Any]) -> dict[str, Any]:
    """The form in the words of aggregate_declare. Raises DispositionRefused for what it cannot say."""
    if typed["is_table"] is None:
        raise DispositionRefused("Say what a row is.")
    of_role: dict[str, list[str]] = {}
    for name, role in typed["roles"].items():
        of_role.setdefault(role, []).append(name)
    people = of_role.get("denominator", [])
    if len(people) > 1:
        raise DispositionRefused(
            f"“{people[0]}” and “{people[1]}” cannot both say out of how many people. Choose one."
        )
    kept = {
        name: typed[name]
        for name in ("is_table", "rule", "is_high_risk", "totals_known", "breakdown", "reason")
    }
    return kept | {
        "dimensions": of_role.get("dimension", []),
        "counts": of_role.get("count", []),
        "statistics": of_role.get("statistic", []),
        "denominator": people[0] if people else "",
    }


def _rights(request: HttpRequest, context: ReleaseContext) -> dict[str, Any]:
    is_open = "privacy" in OPEN_PARTS.get(context.release.stage, ())
    return {
        "release": context.release,
        "may_dispose": is_open and may(request, "dispose_findings", context),
        "may_scan": may(request, "run_scan", context),
        "override_days": context.profile.privacy.override_days,
    }


urlpatterns = [
    path("releases/<int:pk>/privacy/tables/", privacy_aggregates, name="privacy_aggregates"),
    path("releases/<int:pk>/privacy/tables/declare/", aggregates_declare, name="aggregates_declare"),
    path("releases/<int:pk>/privacy/tables/suppress/", aggregates_suppress, name="aggregates_suppress"),
    path("releases/<int:pk>/privacy/already-public/", privacy_mosaic, name="privacy_mosaic"),
    path("releases/<int:pk>/privacy/already-public/again/", mosaic_again, name="mosaic_again"),
]
